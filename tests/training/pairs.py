"""Drawn pairs of films, for trainings in small."""

from pathlib import Path

from tests.puppet import Puppet, Stage, film
from unmask.datasets import Clip
from unmask.media.encode import write_video

SECONDS = 2.4


def clip(path: Path, label: str, person: str, pair: str | None) -> Clip:
    return Clip(
        path=path,
        label="fake" if label == "fake" else "real",
        identities=(person,) if person else (),
        source=path.stem,
        kind="drawn" if label == "fake" else "",
        pair=pair,
        split=None,
        label_box=None,
        mask=None,
    )


def drawn_pairs(folder: Path, people: int) -> tuple[Clip, ...]:
    """Puppets, each filmed and with a face laid over anew in each frame."""
    found = []
    for tone in range(people):
        for label in ("real", "fake"):
            path = folder / f"p{tone}_{label}.mp4"
            stage = Stage(puppets=(Puppet(tone=tone, swapped=label == "fake"),), seconds=SECONDS, seed=tone)
            write_video(path, (frame.image for frame in film(stage)), 30.0, crf=20, preset="veryfast")
            found.append(clip(path, label, f"p{tone}", f"p{tone}"))
    return tuple(found)
