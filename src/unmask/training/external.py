"""Calibrates a model that the user brought, and tells what its word is worth on people left out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unmask.datasets import Clip, DataSet
from unmask.datasets.checking import require_classes
from unmask.datasets.files import STILLS, files_in
from unmask.detectors.external import LEAST_FACE_PIXELS, answers, frontal
from unmask.errors import InputError, UsageError
from unmask.examine import follow_people
from unmask.media.probe import probe
from unmask.media.source import shown
from unmask.models.calibration import Calibration
from unmask.models.running import OpenModel
from unmask.settings import Settings
from unmask.training.linear import people_of
from unmask.training.regression import Films, Fitted, alike, fit_line
from unmask.types import PixelBox

MOST_PICTURES = 32
"""Of a clip that is a folder of pictures, this many are looked at."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A clip, and the median of what a model says of its main person, in log-odds."""

    clip: Clip
    log_odds: float


@dataclass(frozen=True, slots=True, eq=False)
class Calibrated:
    """What a data set told of a model.

    Attributes:
        measured: Clips in which a face was followed.
        people: Whom each was left out with, in the same order.
        fitted: The calibration, and what it says of people it was fitted without, in the same order.
        data_sha256: Of the data set.
        remarks: Clips that could not be measured, a sentence each.
    """

    measured: tuple[Measured, ...]
    people: tuple[str, ...]
    fitted: Fitted
    data_sha256: str
    remarks: tuple[str, ...]

    def calibration(
        self, people: int | None, pairs: int, area: float | None, interval: tuple[float, float] | None
    ) -> Calibration:
        """What is kept of it.

        Args:
            people: Persons in the pairs, None without a pair.
            pairs: Fakes beside their own originals.
            area: Area under the ROC curve on people left out, None without a pair.
            interval: Where that may lie.
        """
        bounds = None if interval is None else (round(interval[0], 4), round(interval[1], 4))
        return Calibration(
            people=len(set(self.people)) if people is None else people,
            films=len(self.measured),
            pairs=pairs,
            area=None if area is None else round(area, 4),
            area_interval=bounds,
            line=self.fitted.model,
            data_sha256=self.data_sha256,
        )


def calibrate(
    model: OpenModel,
    data: DataSet,
    settings: Settings,
    *,
    on_begin: Callable[[str], None] = lambda _: None,
    on_end: Callable[[], None] = lambda: None,
) -> Calibrated:
    """Ask a model about the main person of every clip, and calibrate its answers.

    Args:
        model: Loaded; a calibration it has is not used.
        data: Forged clips and others, best with fakes beside their own originals.
        settings: Limits.
        on_begin: Told the name of each clip.
        on_end: Called when it is measured.

    Raises:
        UsageError: Real or fake clips are missing, or are of too few people.
    """
    require_classes(data)
    measured: list[Measured] = []
    remarks: list[str] = []
    for clip in data.clips:
        on_begin(clip.path.name)
        try:
            measured += _measured(clip, model, settings)
        except InputError as error:
            remarks.append(str(error))
        else:
            if not measured or measured[-1].clip is not clip:
                remarks.append(f"{shown(clip.path)} shows no face that the model can be asked about.")
        on_end()
    people = _people(measured)
    return Calibrated(tuple(measured), people, _fitted(measured, people, data), data.sha256, tuple(remarks))


def _measured(clip: Clip, model: OpenModel, settings: Settings) -> Iterator[Measured]:
    said = np.array([one for path in _files(clip.path) for one in _asked(path, model, settings, clip.label_box)])
    kept = said[np.isfinite(said)]
    if len(kept):
        yield Measured(clip, float(np.median(kept)))


def _files(path: Path) -> list[Path]:
    """The file itself, or pictures from all over a folder."""
    if not path.is_dir():
        return [path]
    pictures = files_in(path, STILLS)
    return pictures[:: max(1, -(-len(pictures) // MOST_PICTURES))]


def _asked(path: Path, model: OpenModel, settings: Settings, blank: PixelBox | None) -> list[float]:
    """What the model says of each view of the main person, as in a check."""
    tracks = follow_people(path, probe(path, settings), settings, blank=blank).following.tracks
    if not tracks or tracks[0].face_width < LEAST_FACE_PIXELS:
        return []
    return answers(frontal(tracks[0]), model).tolist()


def _people(measured: Sequence[Measured]) -> tuple[str, ...]:
    names = people_of([one.clip for one in measured])
    return tuple(names[one.clip] for one in measured)


def _fitted(measured: Sequence[Measured], people: Sequence[str], data: DataSet) -> Fitted:
    fake = [one.clip.label == "fake" for one in measured]
    rows = np.array([one.log_odds for one in measured], np.float64).reshape(-1, 1)
    try:
        return fit_line(Films(rows, np.array(fake, np.float64), tuple(people), alike(people, fake)))
    except ValueError as error:
        raise UsageError(
            f"{shown(data.folder)} is too little to calibrate on, of its clips {len(measured)} could be measured, of "
            f"{len(set(people))} people; name a folder with pairs (X_fake, X_real) of more people."
        ) from error
