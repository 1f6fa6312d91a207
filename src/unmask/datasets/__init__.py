"""Data sets of real and forged faces that lie on this machine, read into clips. Nothing is ever downloaded.

Each layout is one file with a ``LAYOUT``: its name, what it is, where to get it, how its folder must look, whether a
folder looks so, and how it is read.
"""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from unmask.datasets import celebdf, deepfakebench, dfdc, faceforensics, lab, stills, wilddeepfake
from unmask.datasets import folder as own_folder
from unmask.datasets.clip import SPLITS, Clip, DataSet, Label, Split
from unmask.datasets.layout import Layout
from unmask.datasets.splitting import groups_of, require_disjoint, split, to_learn_from
from unmask.errors import UsageError
from unmask.media.source import shown

__all__ = [
    "LAYOUTS",
    "SPLITS",
    "Clip",
    "DataSet",
    "Label",
    "Layout",
    "Split",
    "groups_of",
    "layouts",
    "read_data_set",
    "require_disjoint",
    "split",
    "to_learn_from",
]
_MODULES = (lab, faceforensics, celebdf, wilddeepfake, dfdc, deepfakebench, stills, own_folder)
LAYOUTS: Mapping[str, Layout] = {module.LAYOUT.name: module.LAYOUT for module in _MODULES}
"""Layouts by name, in the order in which a folder is tried: the plainest last."""


def layouts() -> tuple[str, ...]:
    """Names of all layouts.

    >>> layouts()
    ('lab', 'faceforensics', 'celebdf', 'wilddeepfake', 'dfdc', 'deepfakebench', 'stills', 'folder')
    """
    return tuple(LAYOUTS)


def read_data_set(folder: Path, *, layout: str | None = None) -> DataSet:
    """The clips of a data set.

    Args:
        folder: Where it lies.
        layout: Name of its layout; None to recognise it.

    Raises:
        UsageError: There is no such folder or layout, the folder looks otherwise, or a table in it makes no sense.
    """
    known = None if layout is None else _named(layout)
    if not os.path.isdir(folder):
        state = "is no folder" if os.path.exists(folder) else "is not there"
        raise UsageError(f"The folder {shown(folder)} {state}; name the folder of a data set.")
    found = _recognised(folder) if known is None else known
    if not found.found_in(folder):
        way = f"; get it from {found.where}" if found.where else ""
        raise UsageError(f"{shown(folder)} is not {found.what}: a folder {found.looks} was looked for{way}.")
    data_set = found.read(folder)
    if not data_set.clips:
        hint = f" {data_set.remarks[0]}" if data_set.remarks else ""
        raise UsageError(f"{shown(folder)} looks like {found.what} but holds no clip.{hint}")
    return data_set


def _named(name: str) -> Layout:
    if name in LAYOUTS:
        return LAYOUTS[name]
    near = get_close_matches(name, LAYOUTS, 1)
    hint = f"Did you mean '{near[0]}'?" if near else f"There are {', '.join(LAYOUTS)}."
    raise UsageError(f"No layout is called '{name}'. {hint}")


def _recognised(folder: Path) -> Layout:
    for layout in LAYOUTS.values():
        if layout.found_in(folder):
            return layout
    raise UsageError(
        f"{shown(folder)} looks like none of the layouts {', '.join(LAYOUTS)}; put films into real/ and fake/ in it, or name a layout to hear how it must look."
    )
