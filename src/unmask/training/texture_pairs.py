"""Faces drawn whole by a network, and filmed ones, that go through the same on their way to a viewer.

The filmed one is often scaled down and up by plain interpolation beforehand, so that lack of detail is no sign of a network,
and both may have been coded before: coded pictures that are enlarged have patterns of their own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from jaxtyping import UInt8

from unmask.media.recode import recoded
from unmask.training.texture_traces import Decoder, drawn_anew
from unmask.types import RgbImage

Coder = Literal["none", "jpeg", "h264"]
Retouch = Literal["none", "soft", "smooth", "sharp", "grainy"]
CODERS: tuple[Coder, ...] = ("none", "jpeg", "jpeg", "h264")
RETOUCHES: tuple[Retouch, ...] = ("none", "none", "none", "none", "soft", "smooth", "sharp", "grainy")
KERNELS = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_AREA, cv2.INTER_LANCZOS4)
AS_IT_IS_SHARE = 0.4
CODED_BEFORE_SHARE, LEAST_BEFORE, MOST_BEFORE = 0.35, 50, 95
"""How often a picture is coded as JPEG before it is scaled, and at which qualities."""
MOST_SCALE = 2.0
LEAST_SIDE = 72.0
"""Pixels of a face after scaling: a little more than the detector asks for."""

Seen = UInt8[np.ndarray, "rows columns 3"]
"""Gamma-coded RGB of another size than what it comes from."""


@dataclass(frozen=True, slots=True)
class Way:
    """What happens to a face on its way.

    Attributes:
        before: Quality 0–100 of the JPEG that it is before it is scaled; 0 for none.
        scale: Of its sides.
        kernel: By which it is scaled, as OpenCV counts them.
        retouch: What a filter does to it.
        strength: Of that, 0–1.
        coder: What codes it.
        quality: Of JPEG 0–100, or x264's CRF 0–51.
        seed: Of noise.
    """

    before: int = 0
    scale: float = 1.0
    kernel: int = cv2.INTER_AREA
    retouch: Retouch = "none"
    strength: float = 0.5
    coder: Coder = "none"
    quality: int = 0
    seed: int = 0


WAYS = {
    "as it is": Way(),
    "JPEG 75": Way(coder="jpeg", quality=75),
    "H.264 CRF 28": Way(coder="h264", quality=28),
    "0.7 ×": Way(scale=0.7),
}
"""Ways on which the detector is judged, by name."""


@dataclass(frozen=True, slots=True)
class Zoom:
    """A face made smaller, then larger, by plain interpolation.

    Attributes:
        down: Share of the side that is left.
        up: Factor by which that grows again.
        kernel: By which it grows, as OpenCV counts them.
        between: Quality 0–100 of the JPEG that it is between the two; 0 for none.
    """

    down: float
    up: float
    kernel: int = cv2.INTER_CUBIC
    between: int = 0


def draw_way(face_side: float, chance: np.random.Generator) -> Way:
    """A way drawn at random, for a face of so many pixels."""
    least = max(0.5, LEAST_SIDE / face_side)
    scaled = chance.random() < 0.5 and least < 1
    coder = CODERS[int(chance.integers(len(CODERS)))]
    return Way(
        before=_coded_before(chance),
        scale=float(np.exp(chance.uniform(np.log(least), np.log(MOST_SCALE)))) if scaled else 1.0,
        kernel=KERNELS[int(chance.integers(len(KERNELS)))],
        retouch=RETOUCHES[int(chance.integers(len(RETOUCHES)))],
        strength=float(chance.random()),
        coder=coder,
        quality=int(chance.integers(18, 35)) if coder == "h264" else int(chance.integers(60, 96)),
        seed=int(chance.integers(2**31)),
    )


def draw_zoom(chance: np.random.Generator) -> Zoom | None:
    """What a filmed face went through before; None for nothing."""
    if chance.random() < AS_IT_IS_SHARE:
        return None
    down = float(np.exp(chance.uniform(np.log(0.2), 0.0)))
    return Zoom(down, 1 / down, KERNELS[int(chance.integers(len(KERNELS)))], _coded_before(chance))


def _coded_before(chance: np.random.Generator) -> int:
    return int(chance.integers(LEAST_BEFORE, MOST_BEFORE + 1)) if chance.random() < CODED_BEFORE_SHARE else 0


def made(pictures: Sequence[RgbImage], decoder: Decoder, way: Way) -> list[Seen]:
    """The pictures as one network draws them, and as they arrive."""
    return arrived([drawn_anew(picture, decoder) for picture in pictures], way)


def filmed(pictures: Sequence[RgbImage], zoom: Zoom | None, way: Way) -> list[Seen]:
    """The pictures as they are, or zoomed, and as they arrive."""
    return arrived([picture if zoom is None else zoomed(picture, zoom) for picture in pictures], way)


def zoomed(picture: RgbImage, zoom: Zoom) -> Seen:
    """Smaller, then larger."""
    small = np.asarray(cv2.resize(picture, None, fx=zoom.down, fy=zoom.down, interpolation=cv2.INTER_AREA), np.uint8)
    small = _jpeg(small, zoom.between)
    return np.asarray(cv2.resize(small, None, fx=zoom.up, fy=zoom.up, interpolation=zoom.kernel), np.uint8)


def arrived(pictures: Sequence[RgbImage], way: Way) -> list[Seen]:
    """The pictures at the end of their way; of even sides."""
    seen = [_even(_retouched(_scaled(picture, way), way)) for picture in pictures]
    if way.coder == "h264":
        return recoded(_of_one_size(seen), way.quality)
    return [_jpeg(picture, way.quality) for picture in seen] if way.coder == "jpeg" else seen


def _scaled(picture: RgbImage, way: Way) -> Seen:
    picture = _jpeg(picture, way.before)
    if way.scale == 1.0:
        return picture
    return np.asarray(cv2.resize(picture, None, fx=way.scale, fy=way.scale, interpolation=way.kernel), np.uint8)


def _retouched(picture: RgbImage, way: Way) -> RgbImage:
    levels = picture.astype(np.float32)
    if way.retouch == "soft":
        levels = np.asarray(cv2.GaussianBlur(levels, (0, 0), 0.4 + 0.6 * way.strength), np.float32)
    elif way.retouch == "smooth":
        levels = np.asarray(cv2.bilateralFilter(levels, 7, 10 + 30 * way.strength, 3), np.float32)
    elif way.retouch == "sharp":
        soft = np.asarray(cv2.GaussianBlur(levels, (0, 0), 1.0), np.float32)
        levels = levels + np.float32(0.3 + 0.9 * way.strength) * (levels - soft)
    elif way.retouch == "grainy":
        noise = np.random.default_rng(way.seed).normal(0, 0.5 + 3.5 * way.strength, levels.shape)
        levels = levels + noise.astype(np.float32)
    return np.clip(np.rint(levels), 0, 255).astype(np.uint8)


def _jpeg(picture: RgbImage, quality: int) -> RgbImage:
    """The picture as such a JPEG shows it; as it is at quality 0."""
    if not quality:
        return picture
    _, written = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(np.asarray(cv2.imdecode(written, cv2.IMREAD_COLOR), np.uint8)[..., ::-1])


def _even(picture: RgbImage) -> Seen:
    height, width = (side // 2 * 2 for side in picture.shape[:2])
    return np.ascontiguousarray(picture[:height, :width])


def _of_one_size(pictures: Sequence[RgbImage]) -> list[Seen]:
    height, width = (min(picture.shape[axis] for picture in pictures) for axis in (0, 1))
    return [np.ascontiguousarray(picture[:height, :width]) for picture in pictures]
