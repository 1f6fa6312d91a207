"""Tiny copies of data sets: files with nothing in them but their names, and films that are drawn."""

from pathlib import Path

import numpy as np

from unmask.datasets import DataSet
from unmask.datasets.clip import Clip, below
from unmask.media.encode import write_video
from unmask.types import RgbImage

FRAMES, SIDE, RATE = 10, 64, 25.0


def put(folder: Path, *names: str) -> Path:
    """Files that hold their own names, no two alike; the folder."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder


def by_name(data_set: DataSet) -> dict[str, Clip]:
    """Clips by their paths below the folder."""
    return {below(clip.path, data_set.folder): clip for clip in data_set.clips}


def room(seed: int) -> RgbImage:
    """A picture of coarse patches, another for each seed."""
    patches = np.random.default_rng(seed).integers(20, 236, (8, 8, 3))
    return np.kron(patches, np.ones((SIDE // 8, SIDE // 8, 1))).astype(np.uint8)


def write_film(path: Path, picture: RgbImage, crf: int = 18) -> Path:
    """A film of 0.4 s that shows one picture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_video(path, [picture] * FRAMES, RATE, crf=crf, preset="ultrafast")
    return path


def swapped(picture: RgbImage) -> RgbImage:
    """The same room with a paler middle, as large as a face."""
    changed = picture.copy()
    changed[20:44, 20:44] = changed[20:44, 20:44] // 2 + 90
    return changed
