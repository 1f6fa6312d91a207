"""Originals to make corpora of: three people who do not exist, a wall, and a torn file."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from tests.puppet import Stage
from tests.puppet import film as drawn_film
from unmask.forgery.dataset.beginning import Wanted
from unmask.forgery.dataset.building import Built, build
from unmask.forgery.dataset.recipes import LastCodec, Recipe
from unmask.forgery.lab import Lab, open_lab, open_sealer
from unmask.forgery.puppets.film import Scene, scene_frames
from unmask.forgery.puppets.identity import identity
from unmask.forgery.seal import Made, Pace, seal_reel
from unmask.forgery.truth import Truth
from unmask.forgery.writing import Coding, write_sealed
from unmask.media.encode import write_video
from unmask.settings import settings
from unmask.types import Frame

RATE, SECONDS, SIDE = 15.0, 1.2, 240
STRANGERS = (2, 4)
"""Seeds of two puppets that are as far from each other as people are."""


@dataclass(frozen=True)
class Originals:
    """A folder of films, and the lab that drew the people in them."""

    folder: Path
    lab: Lab
    people: tuple[str, ...]


@pytest.fixture(scope="session")
def originals(tmp_path_factory: pytest.TempPathFactory) -> Originals:
    home = tmp_path_factory.mktemp("originals")
    lab, folder = open_lab(home / "lab"), home / "films"
    (folder / "below").mkdir(parents=True)
    sealer = open_sealer(lab)
    names = ("one.mp4", "two.mp4", "below/three.mp4")
    for name, frames in zip(names, _people(), strict=True):
        media = seal_reel(_made(frames), Pace(RATE), Truth("puppet", "drawn"), sealer)
        write_sealed(media, folder / name, settings(), Coding(14, "ultrafast"))
    return Originals(folder, lab, names)


@pytest.fixture(scope="session")
def with_faults(originals: Originals, tmp_path_factory: pytest.TempPathFactory) -> Originals:
    """The same, with a film of a wall, a torn one, one that is too short, and one twice."""
    folder = tmp_path_factory.mktemp("faults") / "films"
    folder.mkdir()
    for name in originals.people:
        (folder / Path(name).name).write_bytes((originals.folder / name).read_bytes())
    (folder / "yet-two.mp4").write_bytes((originals.folder / "two.mp4").read_bytes())
    (folder / "torn.mp4").write_bytes((originals.folder / "two.mp4").read_bytes()[:3000])
    wall = [np.full((SIDE, SIDE, 3), 90 + index, np.uint8) for index in range(18)]
    write_video(folder / "wall.mp4", wall, RATE, preset="ultrafast")
    write_video(folder / "glimpse.mp4", wall[:3], RATE, preset="ultrafast")
    (folder / "notes.txt").write_text("no film")
    return Originals(folder, originals.lab, originals.people)


MOST = 4
ALL_KINDS = Recipe(
    "all",
    {"self-blend": 0.25, "own-paste": 0.25, "paste": 0.25, "re-encoded": 0.25},
    clips_per_film=2,
    seconds=0.6,
    least_seconds=0.5,
    short_side=200,
    codecs=(LastCodec(20, "ultrafast"), LastCodec(27, "superfast")),
    splits={"train": 1.0},
)


@pytest.fixture(scope="session")
def built(with_faults: Originals, tmp_path_factory: pytest.TempPathFactory) -> tuple[Built, Path]:
    """A corpus of a pair of each kind, and its folder."""
    corpus = tmp_path_factory.mktemp("built") / "corpus"
    wanted = Wanted(ALL_KINDS, with_faults.folder, corpus, seed=3, most=MOST, workers=1)
    return build(wanted, with_faults.lab, settings()), corpus


def _people() -> Iterator[list[Frame]]:
    yield list(drawn_film(Stage(width=SIDE, height=SIDE, seconds=SECONDS, frame_rate=RATE)))
    for seed in STRANGERS:
        scene = Scene(identity(seed), width=SIDE, height=SIDE, seconds=SECONDS, frame_rate=RATE)
        yield [shot.frame for shot in scene_frames(scene)]


def _made(frames: list[Frame]) -> Iterator[tuple[float, Made]]:
    return ((frame.seconds, Made(frame.image)) for frame in frames)
