"""What every layout says of itself, and how it is asked for clips."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from unmask.datasets.clip import DataSet


@dataclass(frozen=True, slots=True)
class Layout:
    """A way in which a data set lies on a disk.

    Attributes:
        name: One word for it.
        what: What the data set is.
        where: Where to get it; empty where it is the user's own.
        looks: How its folder must look.
        found_in: Whether a folder looks so.
        read: All clips of such a folder.
    """

    name: str
    what: str
    where: str
    looks: str
    found_in: Callable[[Path], bool]
    read: Callable[[Path], DataSet]
