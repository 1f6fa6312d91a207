"""How far untouched blocks agree with the mark after coding: a polynomial, fitted to marked films that were coded anew.

Run ``python -m unmask.training.watermark_expectation FOLDER OUT.npy`` on a folder of films, whatever they show. Each is
marked, coded at several qualities and measured. What is printed tells how well it holds for films left out of the fit.
"""

import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from jaxtyping import Float64

from unmask.errors import InputError, UsageError
from unmask.media.encode import write_video
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.provenance.keys import mark_keys
from unmask.provenance.watermark.embed import PictureMarker
from unmask.provenance.watermark.expect import expected_agreement_by, fit
from unmask.provenance.watermark.geometry import untouched_lie
from unmask.provenance.watermark.layout import blocks_if_any, blocks_of, roles
from unmask.provenance.watermark.measure import expected_mark, stretches
from unmask.provenance.watermark.record import Record, record_of
from unmask.settings import Settings
from unmask.types import Frame, Seconds

QUALITIES = (18, 23, 28, 32)
"""Constant rate factors of x264 at which the marked films are coded."""
MOST_FRAMES = 112
PRESET = "fast"
KEYS = mark_keys(bytes(range(32)), 1, "Training")
CLIP = 1


@dataclass(frozen=True, slots=True)
class Coded:
    """One marked film, coded at one quality, and what was measured in it."""

    film: str
    quality: int
    record: Record


def coded_films(folder: Path, settings: Settings) -> Iterator[Coded]:
    """Mark, code and measure every film of a folder; what is no film or too small is passed over."""
    for path in sorted(folder.rglob("*.mp4")):
        try:
            media = probe(path, settings)
            with open_frames(path, media, settings) as film:
                frames = list(islice(film, MOST_FRAMES))
        except InputError as error:
            sys.stderr.write(f"{error}\n")
            continue
        height, width = frames[0].image.shape[:2]
        if blocks_if_any(width, height) is None:
            continue
        sys.stderr.write(f"{path.name}\n")
        for quality in QUALITIES:
            yield Coded(path.name, quality, measured(frames, quality, settings))


def measured(frames: Sequence[Frame], quality: int, settings: Settings) -> Record:
    """Mark the frames, code them at a quality, and measure how far they agree with the mark.

    Raises:
        UsageError: No frame was given.
    """
    key = KEYS.clip_key(CLIP)
    marker = PictureMarker(key, KEYS.payload_secret)
    times: Seconds = np.array([frame.seconds for frame in frames])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "marked.mp4"
        marked = (marker.mark(frame) for frame in frames)
        write_video(path, marked, 30.0, times=times - times[0], crf=quality, preset=PRESET)
        media = probe(path, settings)
        height, width = frames[0].image.shape[:2]
        mark = expected_mark(untouched_lie(blocks_of(width, height)), roles(key.sync), key, KEYS.payload_secret, 0.0)
        with open_frames(path, media, settings) as film:
            record = record_of(stretches(film, mark))
    if record is None:
        raise UsageError("A film without a frame tells nothing.")
    return record


def explained(coded: Sequence[Coded], coefficients: Float64[np.ndarray, " terms"]) -> dict[str, float]:
    """For each quality, the mean agreement over the expected one: 1 when the polynomial holds."""
    found = {}
    for quality in QUALITIES:
        records = [one.record for one in coded if one.quality == quality]
        shares = [share_of_expected(it, coefficients) for it in records]
        found[f"agreement over expected, CRF {quality}"] = round(float(np.mean(shares)), 4)
    return found


def share_of_expected(record: Record, coefficients: Float64[np.ndarray, " terms"]) -> float:
    """Agreement over the expected one, of all blocks that could be marked."""
    expected = expected_agreement_by(record, coefficients)
    return float(record.agreement[expected > 0].sum() / expected.sum())


def main(folder: Path, destination: Path) -> None:
    """Fit the polynomial, print how it does on each film that was left out, and write it.

    Raises:
        UsageError: The folder holds fewer than three films.
    """
    coded = list(coded_films(folder, Settings()))
    films = sorted({one.film for one in coded})
    if len(films) < 3:
        raise UsageError(f"The polynomial needs at least 3 films, '{folder}' holds {len(films)}; name a larger folder.")
    for film in films:
        rest = fit([one.record for one in coded if one.film != film])
        held_out = explained([one for one in coded if one.film == film], rest)
        sys.stdout.write(f"{json.dumps({'film': films.index(film), **held_out})}\n")
    np.save(destination, fit([one.record for one in coded]))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
