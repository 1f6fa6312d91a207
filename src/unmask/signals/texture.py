"""What a picture's finest detail tells of how it was made: patterns that repeat, and ties between colours.

A network that draws a picture makes it larger in steps, and each may leave a pattern that repeats every 2, 4 or 8 pixels.
All numbers are ratios within one picture, so that light and contrast do not count; how fast the spectrum falls is left
out, as it tells cameras and coders apart. The picture is looked at in its own pixels: scaling makes and destroys traces.

References:
    Zhang, Karaman, Chang: Detecting and simulating artifacts in GAN fake images, WIFS 2019; Durall, Keuper, Keuper: Watch
    your up-convolution, CVPR 2020; Gallagher: Detection of linear and cubic interpolation in JPEG compressed images, CRV
    2005, for the variance by phase.
"""

from functools import cache
from itertools import product

import cv2
import numpy as np
from jaxtyping import Bool, Float32, Float64

from unmask.types import RgbImage

VERSION = "1"
"""Of the measurement; another one makes numbers that were kept worthless."""
PATCH_SIDE, PATCH_STEP = 32, 16
LEAST_SIDE = 48
"""Pixels of a picture below which too few patches lie in it."""
PERIODS = {"8": 4, "4": 8, "8/3": 12, "2": 16}
"""Pixels after which a pattern repeats, and the step of a patch's spectrum where it lies."""
NEAR, FAR = 2, 3
"""A peak is compared with what lies this many steps from it; a step further in is the window's own width."""
SLOWEST = 3
"""Steps from frequency zero below which a peak is shape and light."""
FAST, FASTEST = 8, 16
"""Steps from frequency zero between which what lies across and down is held against what lies aslant."""
LEAST_COLOR = 1.0
"""Mean difference of two colours, levels of 255, below which a picture is grey."""
FLOOR = 0.01
"""Power that is added before taking logarithms, levels² of 255: well below what rounding leaves."""
SIGMAS = (0.8, 1.6)
"""Of the Gaussians that part the finest detail from the fine, pixels."""
LEAST_LEVEL = 0.05
MOST_TIE = 0.98

Plane = Float32[np.ndarray, "channels rows columns"]
Spectra = Float64[np.ndarray, "channels 32 32"]
"""Mean log power; frequency zero first, 1/32 cycle a pixel from one to the next."""
Textures = Float64[np.ndarray, " numbers"]

CHANNELS = ("brightness", "red-difference colour", "blue-difference colour")
TIES = ("red and green", "green and blue", "red and blue")
SIZES = ("finest", "fine")


def texture_of(picture: RgbImage) -> Textures | None:
    """Numbers on the texture of a picture.

    Args:
        picture: Gamma-coded RGB in its own pixels: cut out, never scaled or turned.

    Returns:
        Numbers in the order of ``texture_names``; None where the picture is too small.
    """
    if min(picture.shape[:2]) < LEAST_SIDE:
        return None
    levels = picture.astype(np.float32)
    colors = np.moveaxis(np.asarray(cv2.cvtColor(levels, cv2.COLOR_RGB2YCrCb), np.float32), -1, 0)
    spectra = mean_spectra(np.ascontiguousarray(colors))
    slants = [_slant(spectrum) for spectrum in spectra]
    patterns = [_standing_out(spectrum) for spectrum in spectra]
    peaks, tones = [_peaks(one) for one in patterns], [_tones(one) for one in patterns]
    return np.concatenate([*peaks, *tones, slants, _ties(levels), _colourfulness(colors), _phases(colors)])


def is_grey(picture: RgbImage) -> bool:
    """Whether a picture has no colour, as a grey photograph."""
    red, green, blue = np.moveaxis(picture.astype(np.float32), -1, 0)
    return float((np.abs(red - green) + np.abs(green - blue)).mean() / 2) < LEAST_COLOR


def mean_spectra(planes: Plane) -> Spectra:
    """Mean log power of overlapping patches of each channel, under a Hann window."""
    patches = np.lib.stride_tricks.sliding_window_view(planes, (PATCH_SIDE, PATCH_SIDE), axis=(1, 2))
    chosen = patches[:, ::PATCH_STEP, ::PATCH_STEP]
    flat = (chosen - chosen.mean(axis=(3, 4), keepdims=True)) * _window()
    power = np.abs(np.fft.fft2(flat)) ** 2 / float((_window() ** 2).sum())
    return np.asarray(np.log(power + FLOOR).mean(axis=(1, 2)), np.float64)


@cache
def texture_names() -> tuple[str, ...]:
    """What each number is, as it reads after "is".

    >>> len(texture_names()), texture_names()[0]
    (46, 'the pattern of period 8 pixels across and down in the brightness')
    """
    peaks = [
        f"the pattern of period {period} pixels {way} in the {channel}"
        for channel, way, period in product(CHANNELS, ("across and down", "aslant"), PERIODS)
    ]
    tones = [f"{what} of the {channel}" for channel in CHANNELS for what in ("the strongest pattern", "the unrest")]
    slants = [f"the power across and down against aslant in the {channel}" for channel in CHANNELS]
    ties = [f"the tie of {pair} in the {size} detail" for size, pair in product(SIZES, TIES)]
    colors = [f"the {size} detail of the {channel}" for size, channel in product(SIZES, CHANNELS[1:])]
    phases = [f"the variance by place in squares of two pixels in the {channel}" for channel in CHANNELS]
    return (*peaks, *tones, *slants, *ties, *colors, *phases)


def _peaks(out: Float64[np.ndarray, "32 32"]) -> Textures:
    """How much patterns of the known periods stand out: across and down, then aslant."""
    straight = [(out[0, step] + out[step, 0]) / 2 for step in PERIODS.values()]
    aslant = [(out[step, step] + out[step, -step]) / 2 for step in PERIODS.values()]
    return np.array(straight + aslant)


def _tones(out: Float64[np.ndarray, "32 32"]) -> Textures:
    """The strongest pattern of any period, and how restless the spectrum is."""
    fast = out[_steps() >= SLOWEST]
    return np.array([np.sort(fast)[-2:].mean(), fast.std()])


def _standing_out(spectrum: Float64[np.ndarray, "32 32"]) -> Float64[np.ndarray, "32 32"]:
    """Log power above the median of its surroundings, everywhere."""
    offsets = [(y, x) for y, x in product(range(-FAR, FAR + 1), repeat=2) if max(abs(y), abs(x)) >= NEAR]
    around = np.stack([np.roll(spectrum, offset, axis=(0, 1)) for offset in offsets])
    return np.asarray(spectrum - np.median(around, axis=0), np.float64)


def _slant(spectrum: Float64[np.ndarray, "32 32"]) -> float:
    """Log power of what is fast across and down against what is fast aslant."""
    straight, aslant = _ways()
    return float(spectrum[straight].mean() - spectrum[aslant].mean())


def _ties(levels: Float32[np.ndarray, "rows columns 3"]) -> Textures:
    """How the details of two colours go together, as Fisher's z; a sensor's mosaic ties them, and so does a coder."""
    found = []
    for band in _bands(np.ascontiguousarray(levels)):
        tied = np.corrcoef(band.reshape(-1, 3).T + _jitter(band.size // 3))
        found += [tied[0, 1], tied[1, 2], tied[0, 2]]
    return np.arctanh(np.clip(found, -MOST_TIE, MOST_TIE))


def _colourfulness(colors: Plane) -> Textures:
    """Spread of the details of colour against those of brightness, as log ratios."""
    logs = []
    for band in _bands(np.ascontiguousarray(np.moveaxis(colors, 0, -1))):
        spread = np.log(band.reshape(-1, 3).std(axis=0) + LEAST_LEVEL)
        logs += [spread[1] - spread[0], spread[2] - spread[0]]
    return np.array(logs, np.float64)


def _phases(colors: Plane) -> Textures:
    """Log ratio of the largest to the least mean detail among the four places of a square of two pixels."""
    fine = np.abs(_bands(np.ascontiguousarray(np.moveaxis(colors, 0, -1)))[0])
    height, width = (side // 2 * 2 for side in fine.shape[:2])
    places = fine[:height, :width].reshape(height // 2, 2, width // 2, 2, 3).mean(axis=(0, 2)).reshape(4, 3)
    logs = np.log(places + LEAST_LEVEL)
    return np.asarray(logs.max(axis=0) - logs.min(axis=0), np.float64)


def _bands(picture: Float32[np.ndarray, "rows columns 3"]) -> tuple[Float32[np.ndarray, "rows columns 3"], ...]:
    """The finest detail, and the fine."""
    first, second = (np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma), np.float32) for sigma in SIGMAS)
    return picture - first, first - second


@cache
def _jitter(pixels: int) -> Float64[np.ndarray, "3 pixels"]:
    """Less than rounding leaves, so that a picture of one colour has a correlation."""
    return np.random.default_rng(0).normal(0, LEAST_LEVEL, (3, pixels))


@cache
def _window() -> Float32[np.ndarray, "32 32"]:
    one = np.hanning(PATCH_SIDE + 1)[:-1].astype(np.float32)
    return np.outer(one, one)


@cache
def _steps() -> Float64[np.ndarray, "32 32"]:
    """Distance of each place of a spectrum from frequency zero."""
    one = np.abs(np.fft.fftfreq(PATCH_SIDE, 1 / PATCH_SIDE))
    return np.hypot(one[:, None], one[None])


@cache
def _ways() -> tuple[Bool[np.ndarray, "32 32"], Bool[np.ndarray, "32 32"]]:
    """Where the fast patterns across and down lie, and where those aslant."""
    one = np.abs(np.fft.fftfreq(PATCH_SIDE, 1 / PATCH_SIDE))
    fast = (_steps() >= FAST) & (_steps() <= FASTEST)
    low, high = np.minimum(one[:, None], one[None]), np.maximum(one[:, None], one[None])
    return fast & (low < 0.3 * high), fast & (low > 0.7 * high)
