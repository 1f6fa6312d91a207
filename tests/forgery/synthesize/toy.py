"""Stores of drawn faces and plans of small networks, for tests."""

from pathlib import Path

import numpy as np

from tests.forgery.swap.toy import BLUE, RED, discs
from unmask.forgery.lab import Lab
from unmask.forgery.swap.store import FaceSource, FaceStore, StoredFace, write_store
from unmask.forgery.synthesize.faces import TrainingFaces, in_luma
from unmask.forgery.synthesize.plan import Recipe, SynthesisPlan

TONES = (RED, BLUE, (120, 180, 110))


def faces(count: int = 12, *, luma: bool = False) -> TrainingFaces:
    """Faces of three people, drawn."""
    pictures = np.concatenate([discs(tone, count, 64, seed).images for seed, tone in enumerate(TONES)])
    owners = np.repeat(np.arange(len(TONES)), count)
    return TrainingFaces(in_luma(pictures) if luma else pictures, owners)


def plan(iterations: int | None, method: str = "vae", **recipe: object) -> SynthesisPlan:
    """A short training of small networks, seldom saving on its own."""
    small: dict[str, object] = {"latent": 8, "width": 2, "batch": 4, "warm_iterations": 4, "learning_rate": 3e-3}
    wanted = Recipe(method, **(small | recipe))  # type: ignore[arg-type] # mypy cannot know which is which
    return SynthesisPlan(wanted, iterations, save_every_seconds=1e6)


def store(lab: Lab, name: str, tone: tuple[int, int, int] = RED, count: int = 12, **changed: object) -> Path:
    """A store of drawn faces in a lab."""
    drawn = discs(tone, count, 64)
    rows = zip(drawn.landmarks, drawn.pose, strict=True)
    stored = [
        StoredFace("", 0, float(number), points, (float(yaw), 0.0, 0.0), 9.0, 60.0, (120.0, 0.0), 0.1)
        for number, (points, (yaw, _, _)) in enumerate(rows)
    ]
    known: dict[str, object] = {"face_type": "full", "consents": ()}
    folder = lab.faces / name
    written = FaceStore(
        folder=folder,
        subject=name,
        side=64,
        sources=(FaceSource(f"{name}.mp4", name.encode().hex().ljust(64, "0")),),
        faces=tuple(stored),
        **(known | changed),  # type: ignore[arg-type]
    )
    write_store(written, drawn.images)
    return folder
