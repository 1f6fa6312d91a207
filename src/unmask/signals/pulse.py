"""Seven ways to see the blood's pulse in the colour of skin, each one pure function.

All take the mean colour of skin cells, gamma-coded or linear RGB, evenly sampled, and give a waveform without unit for
each cell. All waveforms rise with the blood in the skin, so their peaks are heartbeats whatever the method (blood
darkens green most: where a paper lets the waveform rise with the light, the sign is turned). A cell with a NaN, or black
on average, gives NaN. The sums of sliding windows are taken by differences of running sums, so cost grows with frames.
"""

from collections.abc import Callable
from functools import wraps

import numpy as np
from jaxtyping import Float64

from unmask.signals.color import DARKEST, normalise
from unmask.signals.filters import band_pass, detrend, hann
from unmask.signals.spectrum import power_spectrum
from unmask.types import ColorTrace, Waveform

WINDOW_SECONDS = 1.6
"""Window of CHROM and POS: their papers' 32 frames at 20 a second, at least one beat of a calm heart."""
PBV_WINDOW_SECONDS = 3.2
"""Window of PBV: its three-by-three covariance needs more than one beat."""
BLOOD_VOLUME = np.array([0.33, 0.77, 0.53])
"""Relative strength of the pulse in R, G and B under white light (de Haan and van Leest 2014)."""

Method = Callable[[ColorTrace, float], Waveform]
CellRows = Float64[np.ndarray, "rows frames 3"]
CellWaves = Float64[np.ndarray, "rows frames"]


def _by_cell(method: Callable[[CellRows, float], CellWaves]) -> Method:
    """Give the method the living cells as rows of one array; the others become NaN."""

    @wraps(method)
    def over_cells(rgb: ColorTrace, rate_hz: float) -> Waveform:
        rows = rgb.reshape(-1, *rgb.shape[-2:])
        waves = np.full(rows.shape[:-1], np.nan)
        alive = np.isfinite(rows).all(axis=(-2, -1)) & (rows.mean(axis=-2) > 0).all(axis=-1)
        if alive.any() and rgb.shape[-2] > 3:
            waves[alive] = method(rows[alive], rate_hz)
        return waves.reshape(rgb.shape[:-1])

    return over_cells


@_by_cell
def green(rgb: CellRows, rate_hz: float) -> CellWaves:  # noqa: ARG001 - one signature for all methods
    """Pulse by the green channel alone: the simplest, and open to every change of light.

    Reference:
        Verkruysse, Svaasand and Nelson, Optics Express 16(26), 2008.

    >>> green(np.array([[100.0, 80.0, 60.0], [100.0, 84.0, 60.0]] * 4), 30.0)[:2].round(3).tolist()
    [0.024, -0.024]
    """
    return -normalise(rgb)[..., 1]


@_by_cell
def chrom(rgb: CellRows, rate_hz: float) -> CellWaves:
    """Pulse by chrominance: two colour differences are mixed so that the shine which motion adds cancels.

    The mix is found anew in half-overlapping Hann windows of 1.6 s. Unlike in the paper, the colours are divided by a
    running mean and band-passed before they are cut, which spares the edges of the short windows.

    Reference:
        de Haan and Jeanne, IEEE Transactions on Biomedical Engineering 60(10), 2013.

    >>> seconds = np.arange(300)[:, None] / 30
    >>> flicker = np.array([150.0, 110.0, 90.0]) * (1 + 0.02 * np.sin(2 * np.pi * 2.0 * seconds))
    >>> bool(abs(chrom(flicker, 30.0)).max() < abs(green(flicker, 30.0)).max() / 20)
    True
    """
    red, green_, blue = np.moveaxis(normalise(rgb, rate_hz, WINDOW_SECONDS), -1, 0)
    first = band_pass(3.0 * red - 2.0 * green_, rate_hz)
    second = band_pass(1.5 * red + green_ - 1.5 * blue, rate_hz)
    width = min(rgb.shape[1], 2 * round(WINDOW_SECONDS * rate_hz / 2))
    starts = np.arange(-(width // 2), rgb.shape[1], max(1, width // 2))
    mix = np.zeros_like(first)
    weight = np.zeros(rgb.shape[1])
    for start in starts:
        inside = slice(max(0, start), start + width)
        taper = hann(width)[max(0, -start) : rgb.shape[1] - start]
        ratio = _ratio(first[:, inside].std(axis=-1), second[:, inside].std(axis=-1))
        mix[:, inside] += ratio[:, None] * taper
        weight[inside] += taper
    return first - mix / weight * second


@_by_cell
def pos(rgb: CellRows, rate_hz: float) -> CellWaves:
    """Pulse on the plane orthogonal to skin tone: two projections that no change of brightness reaches.

    Each window of 1.6 s, one from every frame, has its own mean colour and its own mix of the projections. As the rows
    of the projection sum to zero, a window's share in a frame is linear in that frame's colour alone; so the windows'
    coefficients are added up and applied once. A frame's value is the mean, not the sum, of the windows over it.

    Reference:
        Wang, den Brinker, Stuijk and de Haan, IEEE Transactions on Biomedical Engineering 64(7), 2017.

    >>> seconds = np.arange(300)[:, None] / 30
    >>> flicker = np.array([150.0, 110.0, 90.0]) * (1 + 0.02 * np.sin(2 * np.pi * 2.0 * seconds))
    >>> bool(abs(pos(flicker, 30.0)).max() < abs(green(flicker, 30.0)).max() / 20)
    True
    """
    width = min(rgb.shape[1], int(np.ceil(WINDOW_SECONDS * rate_hz)))
    relative = normalise(rgb)
    mean = _window_sums(relative, width) / width
    # Relative to each window's own mean colour; a channel that goes black for a while must not divide by nothing.
    own = np.maximum(1.0 + mean, DARKEST)
    covariance = _window_covariance(relative, width, mean) / (own[..., :, None] * own[..., None, :])
    first, second = np.array([0.0, 1.0, -1.0]), np.array([-2.0, 1.0, 1.0])
    ratio = np.sqrt(_ratio(_variance(covariance, first), _variance(covariance, second)))
    coefficients = (first + ratio[..., None] * second) / own
    covering = _spread(np.ones((1, mean.shape[1], 1)), rgb.shape[1])
    return -(_spread(coefficients, rgb.shape[1]) / covering * (1 + relative)).sum(axis=-1)


@_by_cell
def ica(rgb: CellRows, rate_hz: float) -> CellWaves:
    """Pulse as the independent component with the sharpest spectral peak of the pulse band.

    Symmetric FastICA with the fourth-order contrast, started at the identity, so equal input gives equal output.
    The sign is the one that falls with green.

    Reference:
        Poh, McDuff and Picard, Optics Express 18(10), 2010; Hyvärinen, IEEE Transactions on Neural Networks 10(3), 1999.

    >>> seconds = np.arange(300) / 30
    >>> beat, sway = np.sin(2 * np.pi * 1.2 * seconds), np.cos(2 * np.pi * 0.9 * seconds) ** 3
    >>> skin = np.array([150.0, 110.0, 90.0]) * (1 - 0.01 * np.outer(beat, [0.33, 0.77, 0.53]) + 0.03 * sway[:, None])
    >>> bool(np.corrcoef(ica(skin, 30.0), beat)[0, 1] > 0.9)
    True
    """
    channels = detrend(np.moveaxis(normalise(rgb), -1, -2), rate_hz)
    deviation = channels.std(axis=-1, keepdims=True)
    channels = channels / np.where(deviation > 0, deviation, 1.0)
    sources = _independent(channels)
    _, power = power_spectrum(band_pass(sources, rate_hz), rate_hz)
    chosen = (power.max(axis=-1) / (power.sum(axis=-1) + np.finfo(float).tiny)).argmax(axis=-1)
    wave = np.take_along_axis(sources, chosen[:, None, None], axis=1)[:, 0]
    sign = np.sign((wave * channels[:, 1]).sum(axis=-1, keepdims=True))
    return -np.where(sign == 0, 1.0, sign) * wave


@_by_cell
def pbv(rgb: CellRows, rate_hz: float) -> CellWaves:
    """Pulse by the blood-volume vector: the mix of colours whose variation best has the colour of blood.

    Windows of 3.2 s from every frame; each gives weights w with w · blood volume = 1, and a frame takes the mean of the
    weights of the windows over it.

    Reference:
        de Haan and van Leest, Physiological Measurement 35(9), 2014.

    >>> seconds = np.arange(300) / 30
    >>> beat, flicker = np.sin(2 * np.pi * 1.2 * seconds), np.sin(2 * np.pi * 2.1 * seconds)
    >>> change = 1 - 0.01 * np.outer(beat, [0.33, 0.77, 0.53]) + 0.02 * flicker[:, None]
    >>> bool(np.corrcoef(pbv(np.array([150.0, 110.0, 90.0]) * change, 30.0), beat)[0, 1] > 0.95)
    True
    """
    width = min(rgb.shape[1], round(PBV_WINDOW_SECONDS * rate_hz))
    relative = np.moveaxis(band_pass(np.moveaxis(normalise(rgb, rate_hz, WINDOW_SECONDS), -1, -2), rate_hz), -2, -1)
    covariance = _window_covariance(relative, width, _window_sums(relative, width) / width)
    # A thousandth of the mean variance keeps the inverse finite where the channels move as one.
    ridge = 1e-3 * np.trace(covariance, axis1=-2, axis2=-1) / 3 + 1e-18
    weights = np.linalg.solve(covariance + ridge[..., None, None] * np.eye(3), BLOOD_VOLUME[:, None])[..., 0]
    weights /= (weights @ BLOOD_VOLUME)[..., None]
    covering = _spread(np.ones((1, weights.shape[1], 1)), rgb.shape[1])
    return -(_spread(weights, rgb.shape[1]) / covering * relative).sum(axis=-1)


@_by_cell
def lgi(rgb: CellRows, rate_hz: float) -> CellWaves:  # noqa: ARG001 - one signature for all methods
    """Pulse as what green holds outside the main direction of colour, which is brightness.

    Reference:
        Pilz, Zaunseder, Krajewski and Blazek, CVPR Workshops, 2018 (local group invariance).

    >>> flicker = np.array([150.0, 110.0, 90.0]) * (1 + 0.02 * np.sin(np.arange(300)[:, None] * 0.4))
    >>> bool(abs(lgi(flicker, 30.0)).max() < 1e-9)
    True
    """
    scaled = rgb / rgb.mean(axis=(1, 2), keepdims=True)
    _, directions = np.linalg.eigh(np.einsum("cti,ctj->cij", scaled, scaled))
    return _outside(scaled, directions[..., -1])


@_by_cell
def omit(rgb: CellRows, rate_hz: float) -> CellWaves:  # noqa: ARG001 - one signature for all methods
    """Pulse as what green holds outside the first orthogonal direction of a QR decomposition.

    Reference:
        Álvarez Casado and Bordallo López, Face2PPG, IEEE Journal of Biomedical and Health Informatics 27(11), 2023.

    >>> flicker = np.array([150.0, 110.0, 90.0]) * (1 + 0.02 * np.sin(np.arange(300)[:, None] * 0.4))
    >>> bool(abs(omit(flicker, 30.0)).max() < 1e-9)
    True
    """
    scaled = rgb / rgb.mean(axis=(1, 2), keepdims=True)
    orthogonal, _ = np.linalg.qr(np.moveaxis(scaled, -1, -2))
    return _outside(scaled, orthogonal[..., 0])


METHODS: dict[str, Method] = {
    "green": green,
    "chrom": chrom,
    "pos": pos,
    "ica": ica,
    "pbv": pbv,
    "lgi": lgi,
    "omit": omit,
}
"""Every method by its usual name."""


def _ratio(upper: Float64[np.ndarray, "..."], lower: Float64[np.ndarray, "..."]) -> Float64[np.ndarray, "..."]:
    """Quotient that is 0 where there is nothing below the line: a still colour has no share to mix."""
    return np.divide(upper, lower, out=np.zeros_like(upper), where=lower > 1e-15)


def _window_sums(
    values: Float64[np.ndarray, "rows frames *rest"], width: int
) -> Float64[np.ndarray, "rows starts *rest"]:
    """Sum over ``width`` frames from each frame that has so many after it."""
    running = np.cumsum(values, axis=1)
    sums = running[:, width - 1 :].copy()
    sums[:, 1:] -= running[:, :-width]
    return sums


def _window_covariance(
    values: CellRows, width: int, mean: Float64[np.ndarray, "rows starts 3"]
) -> Float64[np.ndarray, "rows starts 3 3"]:
    products = _window_sums(values[..., :, None] * values[..., None, :], width) / width
    return products - mean[..., :, None] * mean[..., None, :]


def _variance(
    covariance: Float64[np.ndarray, "rows starts 3 3"], mix: Float64[np.ndarray, "3"]
) -> Float64[np.ndarray, "rows starts"]:
    return np.maximum(covariance @ mix @ mix, 0.0)


def _spread(
    of_windows: Float64[np.ndarray, "rows starts channels"], frames: int
) -> Float64[np.ndarray, "rows frames channels"]:
    """Sum, at each frame, of the values of the windows that cover it."""
    rows, starts, channels = of_windows.shape
    running = np.zeros((rows, starts + 1, channels))
    np.cumsum(of_windows, axis=1, out=running[:, 1:])
    width = frames - starts + 1
    frame = np.arange(frames)
    return running[:, np.minimum(frame + 1, starts)] - running[:, np.maximum(frame - width + 1, 0)]


def _independent(channels: Float64[np.ndarray, "rows 3 frames"]) -> Float64[np.ndarray, "rows 3 frames"]:
    """Whiten and rotate until the components are independent (at most 100 steps)."""
    frames = channels.shape[-1]
    spread, axes = np.linalg.eigh(channels @ channels.swapaxes(-1, -2) / frames)
    white = (axes / np.sqrt(np.maximum(spread, 1e-12))[:, None, :]).swapaxes(-1, -2) @ channels
    turn = np.broadcast_to(np.eye(3), (len(channels), 3, 3)).copy()
    moving = np.arange(len(channels))
    for _ in range(100):
        still_white, before = white[moving], turn[moving]
        left, _, right = np.linalg.svd(
            (before @ still_white) ** 3 @ still_white.swapaxes(-1, -2) / frames - 3.0 * before
        )
        turn[moving] = left @ right
        # Each row stops by itself, so that a cell's waveform does not depend on the other cells.
        moving = moving[np.abs(np.abs((turn[moving] * before).sum(axis=-1)) - 1.0).max(axis=-1) > 1e-8]
        if not len(moving):
            break
    return turn @ white


def _outside(scaled: CellRows, direction: Float64[np.ndarray, "rows 3"]) -> CellWaves:
    """Green, less its share along one direction of colour; turned so that blood raises it."""
    along = np.einsum("cti,ci->ct", scaled, direction)
    return along * direction[:, 1, None] - scaled[..., 1]
