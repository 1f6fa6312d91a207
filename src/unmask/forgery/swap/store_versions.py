"""Versions of a store's index, and the way from each to the next.

A store of an older version is brought to the newest in memory when it is opened; what lies on the disk stays as it is until
the store is written again.

1   the first
2   a face may name a mask, which is learned instead of the hull of its points; a store may show many people
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

Told = dict[str, Any]
"""An index as plain values."""

VERSION = 2


def upgraded(told: Told) -> Told:
    """An index of a known version as one of the newest.

    Args:
        told: Of version 1 to ``VERSION``.

    Raises:
        KeyError: Its version is none of these, or something is missing in it; TypeError where it is something else.

    >>> upgraded({"version": 1, "faces": [{"picture": "000001.jpg"}]})
    {'version': 2, 'faces': [{'picture': '000001.jpg', 'mask': None}], 'many': False}
    """
    while told["version"] != VERSION:
        told = NEXT[told["version"]](told)
    return told


def _with_masks(told: Told) -> Told:
    """From 1 to 2: no face names a mask, and all are one person's."""
    return {**told, "version": 2, "faces": [{**face, "mask": None} for face in told["faces"]], "many": False}


NEXT: Mapping[int, Callable[[Told], Told]] = MappingProxyType({1: _with_masks})
"""By the version that each begins from."""
