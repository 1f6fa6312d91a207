"""Films as the suite ``watermark`` takes them: some seconds of each in memory, coded anew through a file, compared."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import Float32

from unmask.benchmark.attacks import Attack, Coding, scaled
from unmask.media.encode import write_video
from unmask.media.probe import probe
from unmask.media.runs import LAST_SHARE, RUN_SECONDS, RUNS
from unmask.media.video import open_frames
from unmask.settings import Settings
from unmask.types import Frame, RgbImage

MOST_FRAMES = 110
"""Frames taken of each film, about four seconds."""
ATTACKED_FRAMES = 72
"""Frames that go through each attack on the payload: fewer than a film has, so harder to read."""
LARGEST_SIDE = 1400
"""Larger pictures are halved."""
USUAL_RATE = 30.0
PEAK = 255.0
COMPARED_EVERY = 10
SSIM_WINDOW, SSIM_SIGMA = 11, 1.5
SSIM_FIRST, SSIM_SECOND = (0.01 * PEAK) ** 2, (0.03 * PEAK) ** 2

Luma = Float32[np.ndarray, "height width"]


@dataclass(frozen=True, slots=True, eq=False)
class Excerpt:
    """The beginning of a film.

    Attributes:
        frames: Its pictures, the first at 0 s.
        rate: Frames a second.
        halved: Whether the pictures were halved.
    """

    frames: tuple[Frame, ...]
    rate: float
    halved: bool

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.frames[0].image.shape[:2]
        return width, height


@dataclass(frozen=True, slots=True, eq=False)
class CodedFilm:
    """Pictures after a coder.

    Attributes:
        frames: Pictures as a reader gets them.
        size: Bytes of the file.
    """

    frames: tuple[Frame, ...]
    size: int


def excerpt_of(film: Path, settings: Settings, most_frames: int = MOST_FRAMES) -> Excerpt:
    """The first frames of a film, their sides even; large ones halved.

    Raises:
        InputError: It cannot be read.
    """
    media = probe(film, settings)
    with open_frames(film, media, settings) as frames:
        taken = list(islice(frames, most_frames))
    halved = max(taken[0].image.shape) > LARGEST_SIDE
    images = [scaled(frame.image, 0.5) if halved else even(frame.image) for frame in taken]
    first = taken[0].seconds
    rate = media.video.frame_rate if media.video is not None else None
    shown = zip(images, taken, strict=True)
    return Excerpt(
        tuple(Frame(image, frame.seconds - first) for image, frame in shown), rate or USUAL_RATE, halved=halved
    )


def even(image: RgbImage) -> RgbImage:
    """The picture without an odd last row or column, which no coder takes."""
    height, width = image.shape[:2]
    return np.ascontiguousarray(image[: height - height % 2, : width - width % 2])


def coded(frames: Sequence[Frame], rate: float, coding: Coding, settings: Settings) -> CodedFilm:
    """Pictures written to a file and read back.

    Raises:
        OutputError: The coder is not there or refuses.
    """
    times = np.array([frame.seconds for frame in frames]) - frames[0].seconds
    with tempfile.TemporaryDirectory(prefix="unmask-bench-") as folder:
        path = Path(folder) / "coded.mp4"
        images = (frame.image for frame in frames)
        write_video(path, images, rate, times=times, crf=coding.crf, preset=coding.preset, codec=coding.codec)
        with open_frames(path, probe(path, settings), settings) as film:
            return CodedFilm(tuple(film), path.stat().st_size)


def attacked(
    frames: Sequence[Frame], rate: float, attack: Attack, settings: Settings, most_frames: int = ATTACKED_FRAMES
) -> CodedFilm:
    """A film after an attack.

    Raises:
        OutputError: A coder is not there or refuses.
    """
    cut = min(attack.cut, len(frames) // 2)
    taken = frames[cut : cut + most_frames]
    changed: Sequence[Frame] = [Frame(attack.changed(frame.image), frame.seconds) for frame in taken]
    after = CodedFilm(tuple(changed), 0)
    for coding in attack.codings:
        after = coded(after.frames, rate, coding, settings)
    return after


def sampled(frames: Sequence[Frame]) -> list[Frame]:
    """The frames in which a reader looks for the mark: some runs spread over the film, as ``sample_runs`` takes them.

    >>> grey = np.zeros((2, 2, 3), np.uint8)
    >>> [frame.seconds for frame in sampled([Frame(grey, second / 2) for second in range(10)])]
    [0.0, 1.0, 2.0, 3.0, 4.0]
    """
    length = frames[-1].seconds + (frames[-1].seconds / max(1, len(frames) - 1))
    if length <= RUNS * RUN_SECONDS:
        return list(frames)
    places = [length * LAST_SHARE * index / (RUNS - 1) for index in range(RUNS)]
    return [frame for frame in frames if any(place <= frame.seconds < place + RUN_SECONDS for place in places)]


def luma_psnr(before: Sequence[RgbImage], after: Sequence[RgbImage]) -> float:
    """Peak signal-to-noise ratio of luma in dB, over all pictures together; endless when nothing was changed."""
    pairs = zip(map(_luma, before), map(_luma, after), strict=True)
    error = float(np.mean([((first - second) ** 2).mean() for first, second in pairs]))
    return float(10 * np.log10(PEAK**2 / error)) if error else float("inf")


def rgb_psnr(before: Sequence[RgbImage], after: Sequence[RgbImage]) -> float:
    """The same of red, green and blue together."""
    pairs = zip(before, after, strict=True)
    error = float(np.mean([((first.astype(np.float32) - second) ** 2).mean() for first, second in pairs]))
    return float(10 * np.log10(PEAK**2 / error)) if error else float("inf")


def mean_ssim(before: Sequence[RgbImage], after: Sequence[RgbImage]) -> float:
    """Mean structural similarity of luma, every tenth picture.

    Reference:
        Wang, Bovik, Sheikh and Simoncelli, Image Quality Assessment: From Error Visibility to Structural Similarity,
        IEEE Transactions on Image Processing 13(4), 2004.
    """
    pairs = zip(before[::COMPARED_EVERY], after[::COMPARED_EVERY], strict=True)
    return float(np.mean([ssim(_luma(first), _luma(second)) for first, second in pairs]))


def ssim(first: Luma, second: Luma) -> float:
    """Structural similarity of two pictures, 1 for the same.

    >>> ssim(np.eye(16, dtype=np.float32), np.eye(16, dtype=np.float32))
    1.0
    """
    mean_first, mean_second = _window(first), _window(second)
    varied_first = _window(first * first) - mean_first**2
    varied_second = _window(second * second) - mean_second**2
    together = _window(first * second) - mean_first * mean_second
    light = (2 * mean_first * mean_second + SSIM_FIRST) / (mean_first**2 + mean_second**2 + SSIM_FIRST)
    structure = (2 * together + SSIM_SECOND) / (varied_first + varied_second + SSIM_SECOND)
    return float((light * structure).mean())


def _window(values: Luma) -> Luma:
    return cv2.GaussianBlur(values, (SSIM_WINDOW, SSIM_WINDOW), SSIM_SIGMA)


def _luma(image: RgbImage) -> Luma:
    return cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)


def images_of(frames: Sequence[Frame]) -> list[RgbImage]:
    """The pictures alone."""
    return [frame.image for frame in frames]


def with_images(frames: Sequence[Frame], images: Iterator[RgbImage] | Sequence[RgbImage]) -> tuple[Frame, ...]:
    """Other pictures at the same times."""
    return tuple(Frame(image, frame.seconds) for image, frame in zip(images, frames, strict=True))
