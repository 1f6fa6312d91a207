"""What is measured of each film for ``texture``: faces drawn anew, the same as they were filmed, and both on fixed ways."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from unmask.datasets import Clip
from unmask.faces.align import NATIVE_SIDE
from unmask.media.writing import written_aside
from unmask.signals import texture
from unmask.signals.texture import Textures, texture_names, texture_of
from unmask.training.texture_faces import NativeFaces
from unmask.training.texture_pairs import LEAST_SIDE, WAYS, Seen, Way, Zoom, draw_way, draw_zoom, filmed, made
from unmask.training.texture_traces import DOUBLINGS, draw_decoder
from unmask.types import RgbImage

MAKING_VERSION = 2
"""Of the way in which pairs are made; another one makes what was kept worthless."""
VIEWS = 3
"""Pictures of a film that make one row."""
FILM_PAIRS, STILL_PAIRS = 8, 3
ALIKE_SIDE, ALIKE_ZOOM = 45.0, 2.0
"""Pixels to which a filmed face is shrunk, and by how much it is enlarged again, to be like faces that small networks draw."""

Rows = Float64[np.ndarray, "rows numbers"]
WayRows = Float64[np.ndarray, "ways numbers"]


@dataclass(frozen=True, slots=True, eq=False)
class TextureRows:
    """What was measured of one film; not a number where a face was too small.

    Attributes:
        faces: The film.
        made: A row for each time that its faces were drawn anew.
        filmed: A row for each, of the faces as they were filmed, on the same way.
        kinds: How each was drawn, one of DOUBLINGS.
        coders: What coded each pair.
        ways: A row for each of WAYS, of the film's faces as they are.
        alike: Likewise, of its faces made smaller and larger before, as faces by small networks are.
    """

    faces: NativeFaces
    made: Rows
    filmed: Rows
    kinds: tuple[str, ...]
    coders: tuple[str, ...]
    ways: WayRows
    alike: WayRows


def rows_of(faces: NativeFaces, work: Path, seed: int, pairs: int | None = None) -> TextureRows:
    """Measure a film, or read what was kept of it.

    Args:
        faces: Of the film.
        work: Folder in which rows are kept.
        seed: Of everything drawn.
        pairs: How many are made; none of a forgery, and otherwise more of a film than of a still.

    Raises:
        OutputError: Rows cannot be kept.
    """
    if pairs is None:
        pairs = STILL_PAIRS if len(faces.pictures) == 1 else FILM_PAIRS
    if is_only_asked(faces.clip):
        pairs = 0
    place = work / f"{faces.digest}-texture-{texture.VERSION}.{MAKING_VERSION}-{seed}-{pairs}.npz"
    if not place.is_file():
        measured = _measured(faces, seed, pairs)
        with written_aside(place) as aside, aside.open("wb") as file:
            np.savez(file, allow_pickle=False, **measured)
    with np.load(place) as kept:
        made, filmed_rows, ways, alike = (kept[name] for name in ("made", "filmed", "ways", "alike"))
        kinds, coders = (tuple(str(one) for one in kept[name]) for name in ("kinds", "coders"))
    return TextureRows(faces, made, filmed_rows, kinds, coders, ways, alike)


def is_only_asked(clip: Clip) -> bool:
    """Whether nothing is learned from a clip: it is forged, or of a test split."""
    return clip.label == "fake" or clip.split == "test"


def _measured(faces: NativeFaces, seed: int, pairs: int) -> dict[str, np.ndarray]:
    chance = np.random.default_rng([seed, int(faces.digest[:12], 16)])
    made_rows, filmed_rows, kinds, coders = list[Textures](), list[Textures](), list[str](), list[str]()
    for number in range(pairs):
        pictures = _chosen(faces.pictures, chance)
        decoder = draw_decoder((DOUBLINGS[number % len(DOUBLINGS)],), chance)
        way, zoom = draw_way(faces.side, chance), draw_zoom(chance)
        made_rows.append(_middle(made(pictures, decoder, way), faces.side * way.scale))
        filmed_rows.append(_middle(filmed(pictures, zoom, way), faces.side * way.scale))
        kinds.append(decoder.doubling)
        coders.append(way.coder)
    numbers = len(texture_names())
    return {
        "made": np.array(made_rows).reshape(-1, numbers),
        "filmed": np.array(filmed_rows).reshape(-1, numbers),
        "kinds": np.array(kinds, str),
        "coders": np.array(coders, str),
        "ways": np.array([_on_way(faces, way, None) for way in WAYS.values()]),
        "alike": _alike(faces),
    }


def _alike(faces: NativeFaces) -> WayRows:
    """On each way, what filmed faces of the size of drawn ones are like; of what is only asked about nobody needs it."""
    if is_only_asked(faces.clip):
        return np.full((len(WAYS), len(texture_names())), np.nan)
    zoom = Zoom(ALIKE_SIDE / faces.side, ALIKE_ZOOM)
    return np.array([_on_way(faces, way, zoom) for way in WAYS.values()])


def _chosen(pictures: Sequence[RgbImage], chance: np.random.Generator) -> list[RgbImage]:
    rows = np.sort(chance.choice(len(pictures), min(VIEWS, len(pictures)), replace=False))
    return [pictures[row] for row in rows]


def _on_way(faces: NativeFaces, way: Way, zoom: Zoom | None) -> Textures:
    side = faces.side * way.scale * (1.0 if zoom is None else zoom.down * zoom.up)
    if side < LEAST_SIDE * 0.85:
        return np.full(len(texture_names()), np.nan)
    return _middle(filmed(faces.pictures[:VIEWS], zoom, way), side)


def _middle(pictures: Sequence[RgbImage], side: float) -> Textures:
    """Median over the pictures of what is measured in the middle of each, as the detector sees it."""
    rows = [texture_of(_cut(picture, side)) for picture in pictures]
    seen = [row for row in rows if row is not None]
    return np.asarray(np.median(seen, axis=0), np.float64) if seen else np.full(len(texture_names()), np.nan)


def _cut(picture: RgbImage, side: float) -> Seen:
    half = min(side, NATIVE_SIDE) / 2
    top, left = (max(0, round(length / 2 - half)) for length in picture.shape[:2])
    bottom, right = (round(length / 2 + half) for length in picture.shape[:2])
    return np.ascontiguousarray(picture[top:bottom, left:right])
