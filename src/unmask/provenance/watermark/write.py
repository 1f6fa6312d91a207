"""Films and stills written with the mark, whole or not at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from unmask.errors import BrokenMedia, UsageError
from unmask.media.image import read_image, write_image
from unmask.media.rewrite import Progress, rewrite_video
from unmask.media.runs import sample_runs
from unmask.media.sound import Sound
from unmask.media.source import shown
from unmask.provenance.keys import MarkKeys
from unmask.provenance.watermark.embed import PictureMarker
from unmask.provenance.watermark.find import find_untouched
from unmask.settings import Settings
from unmask.types import Frame, Media, RgbImage

CRF = 18
PEAK = 255.0


@dataclass(frozen=True, slots=True)
class Marked:
    """What became of a film or still.

    Attributes:
        frames: Pictures that were marked.
        psnr_db: Peak signal-to-noise ratio of the marked pictures' luma, before coding.
        remarks: Sentences on what else is not as it was.
    """

    frames: int
    psnr_db: float
    remarks: tuple[str, ...] = ()


class Changes:
    """Marks frames, and keeps count of how much was changed."""

    def __init__(self, marker: PictureMarker) -> None:
        self._marker = marker
        self.frames = 0
        self._squares = 0.0

    def mark(self, frame: Frame) -> RgbImage:
        """The frame with the mark."""
        marked = self._marker.mark(frame)
        before, after = (cv2.cvtColor(image, cv2.COLOR_RGB2GRAY) for image in (frame.image, marked))
        self._squares += float(cv2.norm(before, after, cv2.NORM_L2SQR)) / before.size
        self.frames += 1
        return marked

    @property
    def psnr_db(self) -> float:
        """Of all frames so far; endless when nothing was changed."""
        error = self._squares / max(1, self.frames)
        return float(10 * np.log10(PEAK**2 / error)) if error else float("inf")


def mark_video(
    source: Path,
    destination: Path,
    media: Media,
    settings: Settings,
    *,
    keys: MarkKeys,
    clip: int,
    crf: int = CRF,
    preset: str = "medium",
    audio: Iterable[Sound] | None = None,
    on_progress: Progress | None = None,
) -> Marked:
    """Write a film with the mark of a clip; its times are kept, its sound is carried through.

    Args:
        source: The film.
        destination: Where to; an MP4 that appears only when it is complete.
        media: What ``probe`` found in the source.
        settings: Limits, and the least sandbox.
        keys: The institution's keys.
        clip: Number of the clip, 32 bits.
        crf: Quality of the coder, 0 (without loss) to 51.
        preset: Speed of the coder, as x264 names it.
        audio: Sound that takes the place of the film's.
        on_progress: Told how far the film is written.

    Raises:
        UsageError: It is too small, or carries a mark of these keys already.
        InputError: The source cannot be decoded to its end.
        OutputError: The film cannot be written.
    """
    _require_unmarked(source, list(sample_runs(source, media, settings)), keys)
    changes = Changes(_marker(keys, clip))
    written = rewrite_video(
        source, destination, media, settings, changes.mark, crf=crf, preset=preset, audio=audio, on_progress=on_progress
    )
    return Marked(changes.frames, changes.psnr_db, written.remarks)


def mark_image(source: Path, destination: Path, settings: Settings, keys: MarkKeys, clip: int) -> Marked:
    """Write a still with the mark of a clip, as PNG, JPEG or WebP by the ending of the destination.

    Raises:
        UsageError: It is too small, or carries a mark of these keys already.
        InputError: The source cannot be decoded.
        OutputError: The still cannot be written.
    """
    frame = Frame(read_image(source, settings), 0.0)
    _require_unmarked(source, [frame], keys)
    changes = Changes(_marker(keys, clip))
    write_image(destination, changes.mark(frame))
    return Marked(changes.frames, changes.psnr_db)


def _marker(keys: MarkKeys, clip: int) -> PictureMarker:
    return PictureMarker(keys.clip_key(clip), keys.payload_secret)


def _require_unmarked(source: Path, frames: list[Frame], keys: MarkKeys) -> None:
    """Refuse to write a mark over another one of the same keys: neither could be read with certainty.

    Raises:
        UsageError: It carries a mark of these keys.
    """
    if not frames:
        raise BrokenMedia(f"{shown(source)} holds no picture that can be decoded.")
    found = find_untouched(frames, keys)
    if found is not None:
        which = f"clip {found.payload.clip:08x}" if found.payload else "a clip that cannot be read"
        raise UsageError(
            f"{shown(source)} carries a mark of {keys.organization} already, of {which}; mark the original instead."
        )
