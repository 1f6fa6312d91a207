"""The rungs of the suite ``ladder``: what a film goes through before it is checked. Pure functions on pictures.

Each is the same for every film, a fake and its original alike: what is random is drawn from the number of the frame.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import cv2
import numpy as np
from jaxtyping import Float32, Float64

from unmask.benchmark.attacks import ChangedImage, Coding, middle_of, scaled, with_contrast
from unmask.types import RgbImage

FrameChange = Callable[[RgbImage, int], ChangedImage]
"""Takes a picture and the number of its frame, from 0."""
Warp = Float64[np.ndarray, "3 3"]
Places = Float32[np.ndarray, "rows columns"]

NEARLY_LOSSLESS = Coding("libx264", 10, "veryfast")
GENTLE = Coding("libx264", 18, "veryfast")
"""Follows each change of pictures, so that what is lost is the change's and hardly the coder's."""
VP9_FAST = (("deadline", "realtime"), ("cpu-used", "8"), ("b", "0"))

SCREEN_YAW_DEGREES, SCREEN_PITCH_DEGREES = 5.0, 3.0
SCREEN_DISTANCE = 1.6
"""Of the camera from the screen, in widths of the picture."""
STRIPES_A_PIXEL = 0.93
"""Columns of the screen a camera pixel: near one, so that sampling them makes broad bands."""
STRIPE_DEPTH = 0.06
SCREEN_GAMMA, SCREEN_BLACK, SCREEN_WHITE = 1.15, 10.0, 240.0
"""A screen's tone curve as a camera's exposure gives it, and where it puts black and white of 0–255."""
CAMERA_SIGMA, CAMERA_NOISE = 0.8, 2.5


@dataclass(frozen=True, slots=True)
class Rung:
    """What happens to a film.

    Attributes:
        name: In words.
        coding: The coder; None leaves a short film as it is.
        change: What is done to each picture before, None for nothing.
        every: 2 leaves out every other frame.
        further: More options of the coder, by name.
    """

    name: str
    coding: Coding | None = GENTLE
    change: FrameChange | None = None
    every: int = 1
    further: tuple[tuple[str, str], ...] = ()

    def changed(self, image: RgbImage, index: int) -> ChangedImage:
        """The picture as it goes into the coder."""
        return image if self.change is None else self.change(image, index)


def blurred(image: RgbImage, _: int, sigma: float) -> ChangedImage:
    """The picture blurred by a Gaussian of so many pixels.

    >>> blurred(np.full((4, 4, 3), 7, np.uint8), 0, 2.0).max()
    np.uint8(7)
    """
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8)


def noisy(image: RgbImage, index: int, sigma: float) -> ChangedImage:
    """The picture with Gaussian noise of so many levels of 255, each channel its own, the same for the same frame."""
    noise = np.random.default_rng(index).standard_normal(image.shape, np.float32) * np.float32(sigma)
    return _levels(image.astype(np.float32) + noise)


def as_jpeg(image: RgbImage, _: int, quality: int) -> ChangedImage:
    """The picture after JPEG of a quality of 0–100, colour at half the detail as usual."""
    _, coded = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    decoded = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
    return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB), np.uint8)


def shrunk(image: RgbImage, _: int, share: float) -> ChangedImage:
    """The picture at a share of its size."""
    return scaled(image, share)


def cut_to_middle(image: RgbImage, _: int, share: float) -> ChangedImage:
    """The middle of the picture, as large as it was there.

    >>> cut_to_middle(np.zeros((100, 60, 3), np.uint8), 0, 0.8).shape
    (80, 48, 3)
    """
    return middle_of(image, 1 - share)


def brighter(image: RgbImage, _: int, gain: float) -> ChangedImage:
    """The gamma-coded levels multiplied, clipped at 255.

    >>> brighter(np.array([[[100, 200, 0]]], np.uint8), 0, 1.4)[0, 0].tolist()
    [140, 255, 0]
    """
    return with_contrast(image, gain, around=0.0)


def refilmed(image: RgbImage, index: int) -> ChangedImage:
    """The picture as if filmed from a screen a little aslant: a simulation, no recording of one.

    Perspective of a few degrees, bands where the screen's columns beat with the camera's (moiré, a shift from channel
    to channel as the columns are red, green and blue), another tone curve, blur and noise.

    Reference:
        The steps follow Patel, Han and Jain, Secure Face Unlock, IEEE TIFS 2016, on moiré and tone in re-filmed faces.
    """
    height, width = image.shape[:2]
    across, down, bands = _screen(height, width)
    seen = cv2.remap(image, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    toned = SCREEN_BLACK + (SCREEN_WHITE - SCREEN_BLACK) * (seen.astype(np.float32) / 255) ** SCREEN_GAMMA
    softened = cv2.GaussianBlur(toned * bands, (0, 0), CAMERA_SIGMA)
    return noisy(_levels(softened), index, CAMERA_NOISE)


@lru_cache(maxsize=2)
def _screen(height: int, width: int) -> tuple[Places, Places, Float32[np.ndarray, "rows columns 3"]]:
    """Where on the screen each camera pixel looks, and how bright the screen's columns are there."""
    down, across = np.mgrid[0:height, 0:width].astype(np.float64)
    places = np.stack([across.ravel(), down.ravel(), np.ones(height * width)])
    x, y, depth = np.linalg.inv(_aslant(height, width)) @ places
    shape = (height, width)
    columns = (x / depth).reshape(shape)
    phases = 2 * np.pi * (STRIPES_A_PIXEL * columns[..., None] + np.arange(3) / 3)
    bands = (1 + STRIPE_DEPTH * np.cos(phases)).astype(np.float32)
    return columns.astype(np.float32), (y / depth).reshape(shape).astype(np.float32), bands


def _aslant(height: int, width: int) -> Warp:
    """From the screen's pixels to the camera's, which stands a little to the side and below."""
    yaw, pitch = np.radians([SCREEN_YAW_DEGREES, SCREEN_PITCH_DEGREES])
    turned = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]]) @ np.array(
        [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
    )
    away = SCREEN_DISTANCE * width
    to_middle = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1]])
    plane = np.column_stack([turned[:, 0], turned[:, 1], [0, 0, away]])
    camera = np.array([[away, 0, width / 2], [0, away, height / 2], [0, 0, 1]])
    return np.asarray(camera @ plane @ to_middle, np.float64)


def _levels(values: Float32[np.ndarray, "rows columns 3"]) -> ChangedImage:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


AS_IT_IS = Rung("as it is", None)
STRONG = Rung("H.264 CRF 36", Coding("libx264", 36, "veryfast"))
REFILMED = Rung("re-filmed screen (simulated)", change=refilmed)
RUNGS = (
    AS_IT_IS,
    *(Rung(f"H.264 CRF {crf}", Coding("libx264", crf, "veryfast")) for crf in (18, 23, 28, 32)),
    STRONG,
    Rung("H.264 CRF 40", Coding("libx264", 40, "veryfast")),
    Rung("H.265 CRF 28", Coding("libx265", 28, "veryfast"), further=(("x265-params", "log-level=error"),)),
    Rung("VP9 CRF 36", Coding("libvpx-vp9", 36), further=VP9_FAST),
    *(Rung(f"resized to {share:g}", change=partial(shrunk, share=share)) for share in (0.7, 0.5)),
    *(Rung(f"Gaussian blur, σ {sigma:g}", change=partial(blurred, sigma=sigma)) for sigma in (1.0, 2.0)),
    Rung("noise, σ 5", change=partial(noisy, sigma=5.0)),
    Rung("JPEG 50, frame by frame", change=partial(as_jpeg, quality=50)),
    *(Rung(f"brightness × {gain:g}", change=partial(brighter, gain=gain)) for gain in (0.6, 1.4)),
    Rung("cropped to the central 80 %", change=partial(cut_to_middle, share=0.8)),
    Rung("frame rate halved", every=2),
    REFILMED,
)
"""All rungs, as they are printed."""
QUICK = (AS_IT_IS, STRONG, REFILMED)
