"""Faces of drawn people, as a network learns from them."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.puppet import Puppet, Stage, film
from unmask.datasets import Clip
from unmask.media.encode import write_video
from unmask.settings import Settings
from unmask.training.faces import Faces, gather

PEOPLE = 4
SECONDS = 0.5


def drawn_film(folder: Path, tone: int) -> Clip:
    path = folder / f"p{tone}.mp4"
    stage = Stage(puppets=(Puppet(tone=tone),), seconds=SECONDS, seed=tone)
    write_video(path, (frame.image for frame in film(stage)), 30.0, crf=20, preset="veryfast")
    return Clip(path, "real", (f"p{tone}",), path.stem)


@cache
def drawn_faces() -> tuple[Faces, ...]:
    """Three faces of each of four people."""
    with TemporaryDirectory() as folder:
        clips = [drawn_film(Path(folder), tone) for tone in range(PEOPLE)]
        found, _ = gather(clips, [f"p{tone}" for tone in range(PEOPLE)], Path(folder) / "work", Settings())
    return found
