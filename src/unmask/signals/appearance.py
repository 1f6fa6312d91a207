"""What a network that was taught on photographs sees in a face against what it sees around it, in the same picture."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float64

from unmask.faces.masks import face_regions, inner_mask, rim_mask, surround_mask
from unmask.networks.inference import onnx_network
from unmask.types import Crop

NETWORK = "imagenet_contrasts"
MOST_CROPS = 16
"""Looked at of a track, chosen evenly; each costs about 15 ms."""
CHANNELS = (16, 24, 32, 64, 96)
"""Of the five layers that are read."""
LAYERS = (*(f"maps with a step of {step} pixels" for step in (2, 4, 8, 16)), "deeper maps with a step of 16 pixels")
REGIONS = ("inner face", "rim")
VERSION = "1"
"""Of the measurement, the network's own file aside; another one makes numbers that were kept worthless."""

Contrasts = Float64[np.ndarray, " contrasts"]


def appearance_contrasts(crop: Crop) -> Contrasts | None:
    """Mean and spread of the network's maps in the inner face and at its rim against those in the surround.

    Args:
        crop: Of one face.

    Returns:
        Differences of means and log ratios of spreads; they run over layer, region, kind and channel, the channel
        fastest. None where too little of the face or its surround is in the picture.

    Raises:
        MissingComponent: The network is missing or altered.

    Reference:
        Sandler et al., MobileNetV2, CVPR 2018, for the maps; the statistics are those of Huang and Belongie, Arbitrary
        Style Transfer in Real-time with Adaptive Instance Normalization, ICCV 2017.
    """
    if face_regions(crop) is None:
        return None
    picture = np.moveaxis(crop.image.astype(np.float32) / np.float32(255), -1, 0)
    masks = np.stack([inner_mask(crop), rim_mask(crop), surround_mask(crop)]).astype(np.float32)
    (found,) = onnx_network(NETWORK)({"picture": np.ascontiguousarray(picture)[None], "masks": masks[None]})
    return np.asarray(found[0], np.float64)


def chosen_evenly(crops: Sequence[Crop], most: int = MOST_CROPS) -> tuple[Crop, ...]:
    """At most so many crops, from the first to the last."""
    rows = np.unique(np.linspace(0, len(crops) - 1, min(len(crops), most)).round().astype(int))
    return tuple(crops[row] for row in rows)


def sums_by_part(parts: Contrasts) -> Float64[np.ndarray, "layers regions"]:
    """Parts of a weighted sum, added up for each layer and region."""
    lengths = np.repeat(CHANNELS, 2 * len(REGIONS)).reshape(-1, 2).sum(axis=1)
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    return np.add.reduceat(parts, starts).reshape(len(CHANNELS), len(REGIONS))
