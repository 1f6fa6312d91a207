"""What marking and reading a frame of 720p cost in processor time, beside the peer."""

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unmask.benchmark import watermark_loops
from unmask.benchmark.cost import cost_of
from unmask.benchmark.films import FILM_RATE, FILM_SIZE, fitted, source_frames, to_and_fro, write_film
from unmask.benchmark.watermark_beside import PAYLOAD_BITS, Peer
from unmask.errors import UnmaskError
from unmask.settings import Settings
from unmask.types import RgbImage

MOST_MS = 33.0
"""Target for marking and for reading a frame of 720p."""
FILM_SECONDS = 10
LOOP_FRAMES = 48
PEER_LOOP_FRAMES = 8
MILLISECONDS = 1000.0


@dataclass(frozen=True, slots=True)
class CostRow:
    """One figure of cost.

    Attributes:
        name: What was measured.
        cpu_ms: Processor time in milliseconds, a frame unless the name says otherwise.
        at_most: Target, None where there is none.
        peer_ms: What the peer takes, None where it has nothing like it or was not measured.
        detail: What it is made of.
    """

    name: str
    cpu_ms: float
    at_most: float | None = None
    peer_ms: float | None = None
    detail: str = ""


def cost_rows(clip: Path, settings: Settings, peer_python: str | None) -> tuple[CostRow, ...]:
    """What it costs to mark and to read a film of 720p that is made of a clip.

    Args:
        clip: Any film.
        settings: Limits, and the least sandbox.
        peer_python: A Python that has the peer, None for none.

    Raises:
        InputError: The clip cannot be read.
        UnmaskError: A program that was to be measured failed.
    """
    images = source_frames(clip, settings)
    with tempfile.TemporaryDirectory(prefix="unmask-bench-") as folder:
        return tuple(_rows(images, Path(folder), peer_python))


def _rows(images: Sequence[RgbImage], folder: Path, peer_python: str | None) -> Iterator[CostRow]:
    pictures, film, marked = folder / "pictures.npy", folder / "film.mp4", folder / "marked.mp4"
    np.save(pictures, np.stack([fitted(image, FILM_SIZE) for image in to_and_fro(images, LOOP_FRAMES)]))
    write_film(images, film, FILM_SECONDS)
    peer_mark, peer_read = (None, None) if peer_python is None else _peer_ms(pictures, peer_python)
    alone, _ = _loop("mark", pictures)
    told = f"{FILM_SIZE[0]}×{FILM_SIZE[1]}, {LOOP_FRAMES} pictures in memory"
    yield CostRow("marking a frame", alone["mark_ms"], MOST_MS, peer_mark, told)
    whole, below = _loop("embed", film, marked)
    frames = whole["frames"]
    each = MILLISECONDS * (whole["seconds"] + below) / frames
    plain, plain_below = _loop("recode", film, folder / "plain.mp4")
    without = MILLISECONDS * (plain["seconds"] + plain_below) / frames
    coding = (
        f"without the mark {without:.1f}, decoder {MILLISECONDS * plain_below / frames:.1f} of it; x264 CRF 18, medium"
    )
    yield CostRow("marking a film, file to file, a frame", each, MOST_MS, None, f"{frames:.0f} frames; {coding}")
    yield CostRow("comparing a frame with the mark", alone["compare_ms"], MOST_MS, peer_read, told)
    found, _ = _loop("find", marked)
    yield CostRow("finding the mark, once a film", MILLISECONDS * found["seconds"], None, None, "nothing was cropped")
    read, below = _loop("read", marked)
    each = MILLISECONDS * (read["seconds"] + below) / (FILM_SECONDS * FILM_RATE)
    parts = f"decoder {MILLISECONDS * below / (FILM_SECONDS * FILM_RATE):.1f}; finding and following faces included"
    yield CostRow("reading a film, file to answer, a frame", each, MOST_MS, None, parts)


def _loop(name: str, *files: Path) -> tuple[dict[str, float], float]:
    """What a loop printed, and the processor time of what ran below it."""
    cost = cost_of([sys.executable, "-m", watermark_loops.__name__, name, *map(str, files)])
    try:
        return dict(json.loads(cost.output.strip().splitlines()[-1])), cost.below_seconds
    except (IndexError, json.JSONDecodeError) as error:
        raise UnmaskError(f"A measured loop printed no result but '{cost.output[-200:]}'.") from error


def _peer_ms(pictures: Path, python: str) -> tuple[float, float]:
    images = list(np.load(pictures, allow_pickle=False))[:PEER_LOOP_FRAMES]
    with Peer(python) as peer:
        marked = peer.mark(images, [index % 2 for index in range(PAYLOAD_BITS)])
        peer.read(marked)
        return peer.mark_ms, peer.read_ms
