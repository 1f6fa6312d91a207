"""People with evidence, made by hand."""

import numpy as np

from unmask.types import Card, Evidence, Media, Person, Reason, Track

MEDIA = Media(
    file="clip.mp4",
    sha256="0" * 64,
    bytes=1000,
    kind="video",
    container="mp4",
    duration_seconds=10.0,
    video=None,
    audio=None,
)
CARDS = {
    name: Card(
        name=name,
        question="What?",
        needs="media" if name == "tags" else "track",
        kinds=("video",),
        requires="",
        answers="",
        paper="",
        failures=(),
        cap=cap,
    )
    for name, cap in {"rim": 1.2, "gait": 1.0, "blood": 0.85, "tags": 0.5, "talk": 0.0}.items()
}


def track(number: int = 1, seconds: float = 9.0) -> Track:
    times = np.linspace(0, seconds, 4)
    return Track(
        id=number,
        times=times,
        boxes=np.tile(np.array([0, 0, 100, 140], np.float32), (4, 1)),
        mesh=np.zeros((4, 468, 3), np.int16),
        pose=np.zeros((4, 3), np.float32),
        colors=np.zeros((4, 1, 3), np.float32),
        cells=("cheek",),
        sharpness=np.zeros(4, np.float32),
        clipped=np.zeros(4, np.float32),
        scores=np.ones(4, np.float32),
        eyes=np.zeros((4, 2), np.float32),
        lips=np.zeros(4, np.float32),
        crops=(),
    )


def says(detector: str, fake: float, interval: tuple[float, float] | None = None) -> Evidence:
    return Evidence(detector, fake, (f"The {detector} reads {fake}.",), interval=interval)


def silent(detector: str, reason: Reason = "too-short") -> Evidence:
    return Evidence.abstain(detector, reason, f"The {detector} saw 1 s.")


def person(*evidence: Evidence, number: int = 1, seconds: float = 9.0) -> Person:
    return Person(track(number, seconds), evidence)
