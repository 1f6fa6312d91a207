"""Loops to be measured, each run in a fresh process: ``python -m unmask.benchmark.loops face|pos|decode …``.

Each prints one JSON object. Times are processor time of the process, all threads together.
"""

import json
import resource
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from unmask.faces.build import CropBudget, TrackBuilder
from unmask.faces.track import FaceTracker
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.settings import settings
from unmask.signals.pulse import pos
from unmask.types import Frame, RgbImage

WARM_FRAMES = 30
RATE_HZ = 30.0
POS_CELLS, POS_FRAMES, POS_ROUNDS = 32, 300, 20


def cpu_seconds() -> float:
    """Processor time of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def face_loop(images: Sequence[RgbImage]) -> dict[str, float]:
    """Follow the face through pictures taken at 30 a second, and measure it alone once more.

    Returns:
        ``loop_ms`` a frame for following and measuring; ``measuring_ms``, the part of it that reads colours, sharpness
        and crops; ``frames``; ``tracked``, the share (0–1) of frames in which a face was followed.
    """
    frames = [Frame(image, index / RATE_HZ) for index, image in enumerate(images)]
    tracker = FaceTracker()
    for frame in frames[:WARM_FRAMES]:
        tracker.see(frame)
    begun = cpu_seconds()
    seen = [tracker.see(frame) for frame in frames[WARM_FRAMES:]]
    followed = cpu_seconds()
    builder = TrackBuilder(CropBudget())
    for frame, faces in zip(frames[WARM_FRAMES:], seen, strict=True):
        for face in faces[:1]:
            builder.add(frame, face)
    ended = cpu_seconds()
    count = len(seen)
    return {
        "loop_ms": 1000 * (followed - begun) / count,
        "measuring_ms": 1000 * (ended - followed) / count,
        "frames": count,
        "tracked": sum(bool(faces) for faces in seen) / count,
    }


def pos_loop(seed: int = 0) -> dict[str, float]:
    """POS over 32 cells of 300 frames of noisy skin; ``pos_ms`` a call."""
    skin = np.random.default_rng(seed).normal((150.0, 110.0, 90.0), 2.0, (POS_CELLS, POS_FRAMES, 3))
    pos(skin, RATE_HZ)
    begun = cpu_seconds()
    for _ in range(POS_ROUNDS):
        pos(skin, RATE_HZ)
    return {"pos_ms": 1000 * (cpu_seconds() - begun) / POS_ROUNDS}


def decode_loop(film: Path) -> dict[str, float]:
    """Read every picture of a film and do nothing with it; what this process spends, and the number of frames."""
    limits = settings()
    media = probe(film, limits)
    begun = cpu_seconds()
    with open_frames(film, media, limits) as frames:
        count = sum(1 for _ in frames)
    return {"receiving_seconds": cpu_seconds() - begun, "frames": count}


def main(words: Sequence[str]) -> dict[str, float]:
    """Run the loop that the command line names."""
    name, *rest = words
    if name == "face":
        return face_loop(list(np.load(rest[0], allow_pickle=False)))
    return decode_loop(Path(rest[0])) if name == "decode" else pos_loop()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1:])))
