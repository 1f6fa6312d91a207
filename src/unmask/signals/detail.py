"""How much detail a face shows against its own surround in the same picture, colour by colour, from fine to coarse."""

import numpy as np
from jaxtyping import Float64

from unmask.faces.bands import CHANNELS, detail_bands, mean_sizes
from unmask.faces.masks import face_regions
from unmask.types import Crop

SIGMAS = (0.7, 1.0, 2.0, 4.0)
"""Of the Gaussians between which the bands lie, in pixels of the crop; what is coarser is shape and light."""
LEAST_LEVEL = 0.05
"""Added before taking logarithms, so that a smooth picture has one."""
BANDS, REGIONS = ("finest", "fine", "middling", "coarse"), ("skin", "eyes and mouth", "rim")
VERSION = "1"
"""Of the measurement; another one makes numbers that were kept worthless."""

Contrasts = Float64[np.ndarray, " contrasts"]


def detail_contrasts(crop: Crop) -> Contrasts | None:
    """Mean size of each band of detail in each part of the face against that in the surround, as log ratios.

    Lens, sensor and coder act on both, and largely cancel. What is left tells whether one was drawn by something else.

    Args:
        crop: Of one face.

    Returns:
        Numbers that run over channel, band and region, the region fastest; None where too little is in the picture.

    Reference:
        The idea of local noise levels as a trace of splicing: Mahdian and Saic, Image and Vision Computing 27, 2009.
    """
    regions = face_regions(crop)
    if regions is None:
        return None
    logs = np.log(mean_sizes(detail_bands(crop.image, SIGMAS)[:, :-1], regions).astype(np.float64) + LEAST_LEVEL)
    return (logs[..., :-1] - logs[..., -1:]).reshape(-1)


def detail_contrast_names() -> tuple[str, ...]:
    """Names of the numbers.

    >>> len(detail_contrast_names()), detail_contrast_names()[0]
    (36, 'skin, Y, finest')
    """
    return tuple(f"{region}, {channel}, {band}" for channel in CHANNELS for band in BANDS for region in REGIONS)
