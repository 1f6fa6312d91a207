"""Trains the detector ``flicker``: how a face changes from frame to frame against its surround.

Every film is measured as it is, coded anew at two qualities, and smaller, so that what is learned outlives the next
platform. A fake and its own original go through the same.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from jaxtyping import Float64, UInt8

from unmask.datasets import Clip, DataSet, groups_of
from unmask.detectors.flicker import LEAST_MEASUREMENTS
from unmask.errors import InputError, UsageError
from unmask.examine import follow_people
from unmask.media.encode import write_video
from unmask.media.probe import probe
from unmask.media.source import shown
from unmask.media.video import open_frames
from unmask.media.writing import written_aside
from unmask.settings import Settings
from unmask.signals.change import change_contrasts
from unmask.training.regression import Films, Fitted, alike, fit_model
from unmask.types import RgbImage

RIDGE = 0.1
UNPAIRED_WEIGHT = 0.2
"""Weight of a film without a fake of its own, against one for a fake: it tells of its source more than of forgeries."""
ORIGINAL_WEIGHT = 0.6
MOST_SECONDS = 20.0
DIGITS = 24
"""Of a film's SHA-256, in the name of what was measured of it."""

Shrunk = UInt8[np.ndarray, "rows columns 3"]
"""Gamma-coded RGB, smaller than the picture it comes from."""


@dataclass(frozen=True, slots=True)
class Variant:
    """What a film went through before it is measured.

    Attributes:
        name: Of it.
        crf: Quality of a new x264 coding; None measures the file itself.
        scale: Of its sides.
        most_side: The longer side is shrunk to this first, so that a large film costs little.
    """

    name: str
    crf: int | None = None
    scale: float = 1.0
    most_side: int = 960


VARIANTS = (Variant("as it is"), Variant("crf 28", 28), Variant("crf 36", 36), Variant("0.7 ×, crf 24", 24, 0.7))


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A film in one of its variants.

    Attributes:
        clip: The film.
        variant: Name of the variant.
        numbers: Median contrasts of change over the film.
    """

    clip: Clip
    variant: str
    numbers: Float64[np.ndarray, " contrasts"]


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A detector, and what it says of people it was fitted without.

    Attributes:
        measured: Films and variants, as they were measured.
        people: Whom each was left out with, in the same order.
        fitted: Model and answers, in the same order.
        remarks: Films that could not be measured, a sentence each.
    """

    measured: tuple[Measured, ...]
    people: tuple[str, ...]
    fitted: Fitted
    remarks: tuple[str, ...]


def train_flicker(
    clips: Sequence[Clip],
    work: Path,
    settings: Settings,
    *,
    variants: Sequence[Variant] = VARIANTS,
    on_begin: Callable[[str], None] = lambda _: None,
    on_end: Callable[[], None] = lambda: None,
) -> Trained:
    """Measure films and fit the detector to them.

    Args:
        clips: Fakes, their originals, and other filmed people.
        work: Folder in which measurements are kept, so that a broken run goes on and a second one is quick.
        settings: Limits.
        variants: What each film goes through.
        on_begin: Told the name of each film.
        on_end: Called when it is measured.

    Raises:
        UsageError: There are no pairs of two people or more.
        OutputError: Measurements cannot be kept.
    """
    work.mkdir(parents=True, exist_ok=True)
    measured: list[Measured] = []
    remarks: list[str] = []
    for clip in clips:
        on_begin(clip.path.name)
        try:
            found = list(_variants_of(clip, variants, work, settings))
        except InputError as error:
            remarks.append(str(error))
        else:
            measured += found
            if not found:
                remarks.append(f"{shown(clip.path)} shows no face long enough to be measured.")
        on_end()
    names = people_of(list(dict.fromkeys(one.clip for one in measured)))
    people = tuple(names[one.clip] for one in measured)
    return Trained(tuple(measured), people, _fitted(measured, people), tuple(remarks))


def people_of(clips: Sequence[Clip]) -> dict[Clip, str]:
    """Whom each film is left out with: all who hang together by a person, a recording or a pair share a name."""
    groups = groups_of(DataSet("films", Path(), tuple(clips), ()))
    return {clip: "+".join(group[0].identities) or group[0].source for group in groups for clip in group}


def _fitted(measured: Sequence[Measured], people: Sequence[str]) -> Fitted:
    fake = [one.clip.label == "fake" for one in measured]
    if len({person for person, forged in zip(people, fake, strict=True) if forged}) < 2:
        raise UsageError("There are no fakes of two people or more; name a folder with pairs (X_fake, X_real).")
    films = Films(
        np.stack([one.numbers for one in measured]),
        np.array(fake, np.float64),
        tuple(people),
        np.array([_weight(one.clip) for one in measured]) * np.sqrt(alike(people, fake)),
    )
    return fit_model(films, RIDGE)


def _weight(clip: Clip) -> float:
    if clip.label == "fake":
        return 1.0
    return ORIGINAL_WEIGHT if clip.pair else UNPAIRED_WEIGHT


def _variants_of(clip: Clip, variants: Sequence[Variant], work: Path, settings: Settings) -> Iterator[Measured]:
    digest = probe(clip.path, settings).sha256[:DIGITS]
    for variant in variants:
        place = work / f"{digest}-{variant.name.replace(' ', '-')}.json"
        if not place.is_file():
            numbers = _measure(clip.path, variant, settings)
            with written_aside(place) as aside:
                aside.write_text(json.dumps(None if numbers is None else numbers.tolist()), encoding="utf-8")
        kept = json.loads(place.read_text(encoding="utf-8"))
        if kept is not None:
            yield Measured(clip, variant.name, np.array(kept, np.float64))


def _measure(film: Path, variant: Variant, settings: Settings) -> Float64[np.ndarray, " contrasts"] | None:
    if variant.crf is None:
        return _contrasts(film, settings)
    with TemporaryDirectory(prefix="unmask-train-") as folder:
        coded = Path(folder) / "coded.mp4"
        media = probe(film, settings)
        rate = media.video.frame_rate if media.video and media.video.frame_rate else 25.0
        with open_frames(film, media, settings) as frames:
            kept = (frame for frame in frames if frame.seconds <= MOST_SECONDS)
            write_video(
                coded, (_shrunk(frame.image, variant) for frame in kept), rate, crf=variant.crf, preset="veryfast"
            )
        return _contrasts(coded, settings)


def _shrunk(image: RgbImage, variant: Variant) -> Shrunk:
    height, width = image.shape[:2]
    scale = variant.scale * min(1.0, variant.most_side / max(height, width))
    if scale == 1.0:
        return image
    size = (max(2, round(width * scale)), max(2, round(height * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _contrasts(film: Path, settings: Settings) -> Float64[np.ndarray, " contrasts"] | None:
    """Median contrasts of the main person, None where too little was measured."""
    tracks = follow_people(film, probe(film, settings), settings, changes=True).following.tracks
    changes = tracks[0].changes if tracks else None
    if changes is None or len(changes.times) < LEAST_MEASUREMENTS:
        return None
    return np.asarray(np.median(change_contrasts(changes), axis=0), np.float64)
