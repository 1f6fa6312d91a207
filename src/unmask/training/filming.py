"""What happens to a picture on its way to a viewer, drawn once for both members of a pair.

The crop is turned, scaled and mirrored a little; lit and tinted otherwise; loses detail, gains noise; and is coded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from unmask.media.recode import recoded
from unmask.networks.blend import MASK_SIDE, SIDE
from unmask.types import Mask, RgbImage

Coder = Literal["none", "jpeg", "h264", "webp"]
FilmedPicture = UInt8[np.ndarray, "224 224 3"]
FilmedMask = Float32[np.ndarray, "28 28"]
CROP_MIDDLE = 128.0
STILLS = {"jpeg": (".jpg", cv2.IMWRITE_JPEG_QUALITY), "webp": (".webp", cv2.IMWRITE_WEBP_QUALITY)}
"""Ending and setting of the coders of stills; no network is trained on WebP, so that it may be asked about it."""


@dataclass(frozen=True, slots=True)
class Filming:
    """One way to the viewer.

    Attributes:
        mirrored: Left and right swapped.
        scale: Of the picture.
        degrees: Its turn.
        shift: Its move along x and y, pixels.
        shrink: It is shrunk to this share of its side and enlarged again; 1 for not at all.
        blur: Of a Gaussian, pixels; 0 for none.
        gamma: Exponent of the brightness.
        gains: Factors of red, green and blue.
        noise: Spread of what is added to each channel, levels of 255.
        noise_seed: Which noise; each member of a pair gets the same.
        coder: What codes it.
        quality: Of JPEG or WebP 0–100, or x264's CRF 0–51.
    """

    mirrored: bool = False
    scale: float = 1.0
    degrees: float = 0.0
    shift: tuple[float, float] = (0.0, 0.0)
    shrink: float = 1.0
    blur: float = 0.0
    gamma: float = 1.0
    gains: tuple[float, float, float] = (1.0, 1.0, 1.0)
    noise: float = 0.0
    noise_seed: int = 0
    coder: Coder = "none"
    quality: int = 0


PLAIN = Filming()


def draw_filming(chance: np.random.Generator) -> Filming:
    """A way drawn at random, as webcams, platforms and messengers treat pictures."""
    coder: Coder = (("h264",) * 5 + ("jpeg",) * 3 + ("none",) * 2)[int(chance.integers(10))]
    return Filming(
        mirrored=bool(chance.random() < 0.5),
        scale=float(np.exp(chance.uniform(-0.12, 0.12))),
        degrees=float(chance.uniform(-8, 8)),
        shift=(float(chance.uniform(-10, 10)), float(chance.uniform(-10, 10))),
        shrink=float(chance.uniform(0.4, 1.0)) if chance.random() < 0.4 else 1.0,
        blur=float(chance.uniform(0.4, 1.2)) if chance.random() < 0.2 else 0.0,
        gamma=float(np.exp(chance.uniform(-0.3, 0.3))),
        gains=tuple(float(gain) for gain in np.exp(chance.uniform(-0.1, 0.1, 3))),  # type: ignore[arg-type] # three of them
        noise=float(chance.uniform(1, 6)) if chance.random() < 0.25 else 0.0,
        noise_seed=int(chance.integers(2**31)),
        coder=coder,
        quality=int(chance.integers(18, 37)) if coder == "h264" else int(chance.integers(30, 96)),
    )


def filmed(picture: RgbImage, filming: Filming) -> FilmedPicture:
    """What of a crop of 256 pixels arrives."""
    seen = cv2.warpAffine(_mirrored(picture, filming), _way(filming), (SIDE, SIDE), flags=cv2.INTER_CUBIC)
    if filming.shrink < 1:
        small = (round(SIDE * filming.shrink),) * 2
        seen = cv2.resize(cv2.resize(seen, small, interpolation=cv2.INTER_AREA), (SIDE, SIDE))
    if filming.blur > 0:
        seen = cv2.GaussianBlur(seen, (0, 0), filming.blur)
    light = 255 * (np.asarray(seen, np.float32) / 255) ** filming.gamma * np.array(filming.gains, np.float32)
    if filming.noise > 0:
        light = light + np.random.default_rng(filming.noise_seed).normal(0, filming.noise, light.shape)
    return _coded(np.clip(np.rint(light), 0, 255).astype(np.uint8), filming)


def filmed_mask(mask: Mask, filming: Filming) -> FilmedMask:
    """Where in the arriving picture something was made, square by square."""
    moved = cv2.warpAffine(_mirrored(mask, filming), _way(filming), (SIDE, SIDE))
    return np.asarray(cv2.resize(moved, (MASK_SIDE, MASK_SIDE), interpolation=cv2.INTER_AREA), np.float32)


def _mirrored(picture: np.ndarray, filming: Filming) -> np.ndarray:
    return np.ascontiguousarray(picture[:, ::-1]) if filming.mirrored else picture


def _way(filming: Filming) -> np.ndarray:
    """From the crop to the picture that arrives."""
    way = np.array(cv2.getRotationMatrix2D((CROP_MIDDLE, CROP_MIDDLE), filming.degrees, filming.scale), np.float64)
    way[:, 2] += SIDE / 2 - CROP_MIDDLE + np.array(filming.shift)
    return way


def _coded(picture: FilmedPicture, filming: Filming) -> FilmedPicture:
    if filming.coder in STILLS:
        ending, quality = STILLS[filming.coder]
        _, written = cv2.imencode(ending, picture[..., ::-1], [quality, filming.quality])
        return np.ascontiguousarray(np.asarray(cv2.imdecode(written, cv2.IMREAD_COLOR), np.uint8)[..., ::-1])
    if filming.coder == "h264":
        return recoded(_approach(picture), filming.quality)[-1]
    return picture


def _approach(picture: FilmedPicture) -> Sequence[FilmedPicture]:
    """The picture, and before it a shifted one from which a coder predicts it, as from the frame before."""
    return np.roll(picture, (1, 1), (0, 1)), picture
