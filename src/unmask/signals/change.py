"""How a face changes from frame to frame against its own surround, in numbers that do not know the camera."""

import numpy as np
from jaxtyping import Float64

from unmask.faces.bands import CHANNELS
from unmask.types import Changes

LEAST_LEVEL = 0.01
"""Added before taking logarithms, so that a still picture has one."""
LAGS = ("1/30 s", "2/30 s", "4/30 s")
BANDS, REGIONS = ("finest", "fine", "coarse", "coarsest"), ("skin", "eyes and mouth", "rim")
VERSION = "1"
"""Of the measurement, the sampling of the changes included; another one makes numbers that were kept worthless."""

Contrasts = Float64[np.ndarray, "measurements contrasts"]


def change_contrasts(changes: Changes) -> Contrasts:
    """Change of each part of the face against that of the surround in the same frames, as log ratios.

    Camera, stream and coder act on both, and largely cancel. What is left tells whether the face is drawn anew.

    Args:
        changes: As a track holds them.

    Returns:
        A row for each measurement; its numbers run over lag, channel, band and region, the region fastest.

    Reference:
        Amerini et al., Deepfake Video Detection through Optical Flow Based CNN, ICCV Workshops 2019, for the thought
        that a forged face moves and changes otherwise than its surround.
    """
    logs = np.log(changes.sizes.astype(np.float64) + LEAST_LEVEL)
    return (logs[..., :-1] - logs[..., -1:]).reshape(len(logs), len(contrast_names()))


def contrast_names() -> tuple[str, ...]:
    """Names of the numbers of a row.

    >>> len(contrast_names()), contrast_names()[0]
    (108, 'skin, Y, finest, after 1/30 s')
    """
    return tuple(
        f"{region}, {channel}, {band}, after {lag}"
        for lag in LAGS
        for channel in CHANNELS
        for band in BANDS
        for region in REGIONS
    )
