"""Masks written beside a film or still: white where pixels were made."""

from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np

from unmask.media.encode import CLOCK_HZ
from unmask.media.image import write_image
from unmask.media.muxing import media_file
from unmask.media.tracks import PictureTrack
from unmask.types import Mask, RgbImage

OPTIONS = {"crf": "10", "preset": "veryfast"}
NAME = ".mask"


class MaskFilm:
    """A film of masks that grows as the film beside it does.

    Args:
        path: Where to; ends with .mp4, or with .png for the mask of a still.
        frame_rate: Frames a second, which guides the coder.
    """

    def __init__(self, path: Path, frame_rate: float = 25.0) -> None:
        self.path = path
        self.seen = 0
        self._frame_rate = frame_rate
        self._stack = ExitStack()
        self._track: PictureTrack | None = None

    def __enter__(self) -> "MaskFilm":  # noqa: PYI034 # the run-time shape checks do not know Self
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None and self._track is not None:
            self._track.finish()
        self._stack.__exit__(kind, error, trace)

    def add(self, mask: Mask | None, shape: tuple[int, ...], seconds: float) -> None:
        """One mask more; none is a black picture."""
        self.seen += mask is not None
        picture = grey_of(mask, shape)
        if self.path.suffix == ".png":
            write_image(self.path, picture)
            return
        if self._track is None:
            file = self._stack.enter_context(media_file(self.path))
            self._track = PictureTrack(
                file,
                shape=picture.shape,
                codec="libx264",
                rate=Fraction(self._frame_rate).limit_denominator(1001),
                options=OPTIONS,
                clock_hz=CLOCK_HZ,
            )
        self._track.write(picture, seconds)


def mask_place(path: Path) -> Path:
    """Where the masks of a file lie.

    >>> mask_place(Path("out/swap.mp4")).name, mask_place(Path("face.jpg")).name
    ('swap.mask.mp4', 'face.mask.png')
    """
    return path.with_name(f"{path.stem}{NAME}{'.mp4' if path.suffix.lower() in {'.mp4', '.m4v'} else '.png'}")


def grey_of(mask: Mask | None, shape: tuple[int, ...]) -> RgbImage:
    """A mask as a grey picture, white where pixels were made; black where there is none."""
    levels = np.zeros(shape[:2], np.uint8) if mask is None else np.rint(mask * 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(levels, cv2.COLOR_GRAY2RGB), np.uint8)
