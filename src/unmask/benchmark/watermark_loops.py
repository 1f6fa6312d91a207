"""What marking and reading cost, each in a fresh process: ``python -m unmask.benchmark.watermark_loops mark|find|…``.

Each prints one JSON object. Times are processor time of the process, all threads together, starting it left out.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from unmask.benchmark.loops import cpu_seconds
from unmask.benchmark.watermark_measure import bench_keys
from unmask.media.probe import probe
from unmask.media.rewrite import rewrite_video
from unmask.media.runs import sample_runs
from unmask.provenance.watermark.embed import PictureMarker
from unmask.provenance.watermark.find import find_mark
from unmask.provenance.watermark.geometry import untouched_lie
from unmask.provenance.watermark.layout import blocks_of, roles
from unmask.provenance.watermark.measure import expected_mark, stretches
from unmask.provenance.watermark.read import read_picture
from unmask.provenance.watermark.record import record_of
from unmask.provenance.watermark.write import CRF, mark_video
from unmask.settings import settings
from unmask.types import Frame, RgbImage

CLIP = 1
RATE_HZ = 30.0
PRESET = "medium"
WARM_FRAMES = 3


def mark_loop(images: Sequence[RgbImage]) -> dict[str, float]:
    """Mark pictures and compare them with the mark; ``mark_ms`` and ``compare_ms`` a picture."""
    keys = bench_keys()
    key = keys.clip_key(CLIP)
    frames = [Frame(image, index / RATE_HZ) for index, image in enumerate(images)]
    marker = PictureMarker(key, keys.payload_secret)
    for frame in frames[:WARM_FRAMES]:
        marker.mark(frame)
    begun = cpu_seconds()
    marked = [Frame(marker.mark(frame), frame.seconds) for frame in frames[WARM_FRAMES:]]
    marking = cpu_seconds() - begun
    height, width = images[0].shape[:2]
    lie = untouched_lie(blocks_of(width, height))
    mark = expected_mark(lie, roles(key.sync), key, keys.payload_secret, 0.0)
    begun = cpu_seconds()
    record_of(stretches(iter(marked), mark))
    comparing = cpu_seconds() - begun
    return {"mark_ms": 1000 * marking / len(marked), "compare_ms": 1000 * comparing / len(marked)}


def embed_loop(source: Path, destination: Path) -> dict[str, float]:
    """Mark a film from file to file; the seconds this process spends, and the number of frames."""
    limits = settings()
    media = probe(source, limits)
    begun = cpu_seconds()
    done = mark_video(source, destination, media, limits, keys=bench_keys(), clip=CLIP, crf=CRF, preset=PRESET)
    return {"seconds": cpu_seconds() - begun, "frames": done.frames}


def recode_loop(source: Path, destination: Path) -> dict[str, float]:
    """The same film from file to file without the mark."""
    limits = settings()
    media = probe(source, limits)
    begun = cpu_seconds()
    rewrite_video(source, destination, media, limits, lambda frame: frame.image, crf=CRF, preset=PRESET)
    return {"seconds": cpu_seconds() - begun}


def find_loop(film: Path) -> dict[str, float]:
    """Find the mark in a film; what this process spends on it once, decoding left out."""
    limits = settings()
    frames = list(sample_runs(film, probe(film, limits), limits))
    begun = cpu_seconds()
    found = find_mark(frames, bench_keys())
    return {"seconds": cpu_seconds() - begun, "found": float(found is not None)}


def read_loop(film: Path) -> dict[str, float]:
    """Read the mark of a film from its file, with everyone in it; the seconds this process spends."""
    limits = settings()
    media = probe(film, limits)
    begun = cpu_seconds()
    mark = read_picture(film, media, limits, bench_keys())
    return {"seconds": cpu_seconds() - begun, "read": float(mark.payload is not None)}


def main(words: Sequence[str]) -> dict[str, float]:
    """Run the loop that the command line names."""
    name, *rest = words
    if name == "mark":
        return mark_loop(list(np.load(rest[0], allow_pickle=False)))
    if name in ("embed", "recode"):
        return (embed_loop if name == "embed" else recode_loop)(Path(rest[0]), Path(rest[1]))
    return find_loop(Path(rest[0])) if name == "find" else read_loop(Path(rest[0]))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1:])))
