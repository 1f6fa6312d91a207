"""Films of the tests of marks: keys, frames with a mark, and what befalls them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from unmask.media.encode import write_video
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.provenance.keys import ClipKey, MarkKeys, mark_keys
from unmask.provenance.watermark.embed import PictureMarker
from unmask.provenance.watermark.find import Found, find_mark
from unmask.provenance.watermark.lattice import luma_of
from unmask.provenance.watermark.read import NO_MARK, read_frames
from unmask.settings import Settings
from unmask.types import Frame, PictureMark, RgbImage, Track

REAL = Path(__file__).parents[3] / "examples" / "real.mp4"
LIMITS = Settings()
KEYS = mark_keys(bytes(range(32)), 0x1A2B3C4D, "Example Archive")
OTHERS = mark_keys(bytes(range(1, 33)), 0x0BADCAFE, "Other House")
CLIP = 7
FRAME_RATE = 24.0
Change = Callable[[RgbImage], RgbImage]


def frames_of(path: Path, stop_seconds: float | None = None) -> list[Frame]:
    """The frames of a film up to a time."""
    with open_frames(path, probe(path, LIMITS), LIMITS, stop_seconds=stop_seconds) as film:
        return list(film)


def marked_by(keys: MarkKeys, frames: Iterable[Frame], clip: int = CLIP) -> list[Frame]:
    """The frames with the mark of a clip."""
    marker = PictureMarker(keys.clip_key(clip), keys.payload_secret)
    return [replace(frame, image=marker.mark(frame)) for frame in frames]


def changed(frames: Iterable[Frame], change: Change) -> list[Frame]:
    """The frames with each picture changed."""
    return [replace(frame, image=change(frame.image)) for frame in frames]


def from_frame(frames: Sequence[Frame], first: int) -> list[Frame]:
    """The film from a frame on, which is shown at time zero."""
    return [replace(frame, seconds=frame.seconds - frames[first].seconds) for frame in frames[first:]]


def coded(frames: Sequence[Frame], folder: Path, crf: int, preset: str = "veryfast") -> list[Frame]:
    """The frames after they were coded and decoded."""
    path = folder / "coded.mp4"
    times = np.array([frame.seconds for frame in frames])
    write_video(path, (frame.image for frame in frames), FRAME_RATE, times=times, crf=crf, preset=preset)
    return frames_of(path)


def scaled(factor: float) -> Change:
    """Makes pictures larger or smaller."""
    return lambda image: np.asarray(cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))


def cropped(share: float) -> Change:
    """Cuts a share of each side off, evenly, and scales the rest to the old size."""

    def crop(image: RgbImage) -> RgbImage:
        height, width = image.shape[:2]
        top, left = round(height * share / 2), round(width * share / 2)
        rest = image[top : height - top, left : width - left]
        return np.asarray(cv2.resize(rest, (width, height), interpolation=cv2.INTER_LINEAR))

    return crop


def levels(gain: float = 1.0, shift: float = 0.0) -> Change:
    """Changes contrast about middle grey, and brightness."""
    return lambda image: np.clip((image - 128.0) * gain + 128.0 + shift, 0, 255).round().astype(np.uint8)


def as_jpeg(image: RgbImage, quality: int = 50) -> RgbImage:
    """The picture after it was a JPEG."""
    done, content = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    picture = cv2.imdecode(content, cv2.IMREAD_COLOR)
    assert picture is not None
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))


def with_blurred_face(frames: Iterable[Frame], face: Track, start: float, stop: float) -> list[Frame]:
    """The frames with all fine structure gone from the box of a face for a while."""
    return [
        replace(frame, image=_blurred(frame.image, face_box(face, frame.seconds)))
        if start <= frame.seconds < stop
        else frame
        for frame in frames
    ]


def face_box(face: Track, seconds: float) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a face at a time, in whole pixels."""
    left, top, right, bottom = face.boxes[int(np.abs(face.times - seconds).argmin())].round().astype(int).tolist()
    return max(0, left), max(0, top), right, bottom


def _blurred(image: RgbImage, box: tuple[int, int, int, int]) -> RgbImage:
    left, top, right, bottom = box
    made = image.copy()
    made[top:bottom, left:right] = cv2.GaussianBlur(image[top:bottom, left:right], (0, 0), (right - left) / 40)
    return made


def found_in(frames: Sequence[Frame], keys: MarkKeys | ClipKey = KEYS) -> Found | None:
    """The mark in a few frames of a film, as a reader takes them from several places."""
    return find_mark(frames[:: max(1, len(frames) // 12)], keys)


def read(frames: Sequence[Frame], keys: MarkKeys | ClipKey = KEYS, tracks: Sequence[Track] = ()) -> PictureMark:
    """What the mark of a film says."""
    found = found_in(frames, keys)
    return NO_MARK if found is None else read_frames(iter(frames), found, keys, tracks)


def psnr_db(frames: Iterable[Frame], others: Iterable[Frame]) -> float:
    """Peak signal-to-noise ratio of luma, over all frames."""
    errors = [
        float(np.mean((luma_of(one.image) - luma_of(other.image)) ** 2))
        for one, other in zip(frames, others, strict=True)
    ]
    return float(10 * np.log10(255.0**2 / np.mean(errors)))
