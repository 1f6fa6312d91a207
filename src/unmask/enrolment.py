"""Real films and stills of a user's own → a profile: the threshold above which few of them would lie.

Each is examined as `unmask check` does it, with all detectors and without any profile, and kept by its SHA-256 and the
engine, so that a broken run goes on. Copies of one recording are no independent witnesses: they count once.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import partial
from hashlib import sha256 as sha256_of_bytes
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from pydantic import ConfigDict, TypeAdapter, ValidationError

from unmask.datasets.checking import Print, pictures_of, print_of
from unmask.engine import choose_with_models, engine_of
from unmask.errors import InputError, OutputError, UsageError
from unmask.examine import Progress, check
from unmask.media.source import open_source, sha256_of, shown
from unmask.media.writing import written_aside
from unmask.report.wording import counted
from unmask.settings import Settings
from unmask.signals.exceedance import CONFIDENCE, upper_bound
from unmask.types import Engine, MediaKind
from unmask.verdict.conformal import clips_needed
from unmask.verdict.profile import LEAST_CLIPS, Kind, Population, Profile

FALSE_ALARMS = 0.15
COPIES = 0.99
"""Cosine from which two clips are one recording coded anew. A cut changes a print more, so this does not find it."""
KINDS: tuple[Kind, ...] = ("video", "image")
TOLD_CLIPS = (LEAST_CLIPS, 30, 60, 100, 200)
DIGITS = 24
"""Of SHA-256, in the name of what is kept."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found of one clip.

    Attributes:
        kind: Of the file.
        odds: Log-odds of forgery (natural) of its verdict, None when it could not be judged.
        sentence: The verdict's.
        looks: Its print, for comparing it with others; None where there is nothing to see.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", allow_inf_nan=False)

    kind: MediaKind
    odds: float | None
    sentence: str
    looks: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One clip of an enrolment.

    Attributes:
        file: Name shown.
        sha256: Of its bytes, None when it could not be read.
        kind: Of the file, None when it could not be analysed.
        odds: Log-odds of forgery (natural), None when it could not be judged.
        left_out: Why it is not enrolled, a sentence; None when it is.
        error: Code of the error when it could not be analysed.
    """

    file: str
    sha256: str | None
    kind: MediaKind | None
    odds: float | None
    left_out: str | None
    error: str | None = None


Examine = Callable[[Path, Progress | None], Examined]


def examine(path: Path, on_progress: Progress | None, settings: Settings) -> Examined:
    """What all detectors together make of a clip, and what it looks like.

    Args:
        path: The clip.
        on_progress: Told how far it was read.
        settings: Limits; without a profile.

    Raises:
        InputError: It cannot be analysed.
    """
    report = check(path, settings=settings, on_progress=on_progress)
    looks = print_of(pictures_of(path, report.media, settings)) if report.media.video is not None else None
    return Examined(
        report.media.kind,
        report.verdict.odds,
        report.verdict.sentence,
        None if looks is None else tuple(round(float(step), 4) for step in looks),
    )


@dataclass(slots=True)
class Enrolment:
    """Clips taken in one after the other.

    Attributes:
        settings: Limits.
        work: Folder that keeps what was found of each clip.
        examine: Examines a clip; the tests give their own.
        engine: What examines.
        rows: Every clip so far.
    """

    settings: Settings
    work: Path
    examine: Examine
    engine: Engine
    rows: list[Row] = field(default_factory=list)
    _by_bytes: dict[str, str] = field(default_factory=dict)
    _looks: list[tuple[str, MediaKind, Print]] = field(default_factory=list)

    @classmethod
    def begun(cls, work: Path, settings: Settings, examine_clip: Examine | None = None) -> "Enrolment":
        """An enrolment without clips.

        Raises:
            OutputError: The folder cannot be made.
        """
        try:
            work.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"The folder {shown(work)} cannot be made: {error.strerror}; name another.") from error
        plain = settings.model_copy(update={"profile": None})
        return cls(
            plain,
            work,
            examine_clip or partial(examine, settings=plain),
            engine_of(choose_with_models(None, plain).detectors, plain),
        )

    def take(self, path: Path, name: str, on_progress: Progress | None = None) -> Row:
        """Examine a clip, or remember what was found of it; one that cannot be analysed is a row that says why.

        Raises:
            OutputError: What was found cannot be kept.
        """
        try:
            row = self._taken(path, name, on_progress)
        except InputError as error:
            row = Row(name, None, None, None, str(error), error.code)
        self.rows.append(row)
        return row

    def profile(self, name: str, made: str, false_alarms: float = FALSE_ALARMS) -> Profile:
        """The profile of the clips taken in.

        Args:
            name: The user's for it.
            made: When, as UTC in ISO 8601.
            false_alarms: Largest share (0–1) of real clips that may lie above the threshold.

        Raises:
            UsageError: The rate makes no sense, or there are too few clips of every kind for it.
        """
        if not 0.0 < false_alarms < 1.0:
            raise UsageError(f"The rate of false alarms is {false_alarms:g}; name one between 0 and 1, such as 0.15.")
        populations = {
            kind: Population.of(odds, false_alarms, CONFIDENCE) for kind in KINDS if (odds := self._odds(kind))
        }
        if all(population.threshold is None for population in populations.values()):
            raise UsageError(too_few({kind: len(self._odds(kind)) for kind in KINDS}, false_alarms))
        engine = self.engine
        return Profile(
            1,
            name,
            made,
            engine.version,
            dict(engine.weights),
            engine.detectors,
            false_alarms,
            CONFIDENCE,
            populations,
            fast=bool(engine.settings.get("fast")),
        )

    def _taken(self, path: Path, name: str, on_progress: Progress | None) -> Row:
        with open_source(path, self.settings) as source:
            digest = sha256_of(source)[0]
        twin = self._by_bytes.get(digest)
        if twin is not None:
            return Row(name, digest, None, None, f"It is {shown(twin)}, byte for byte, and counts once.")
        found = self._found(path, digest, on_progress)
        self._by_bytes[digest] = name
        return Row(name, digest, found.kind, found.odds, self._left_out(found, name))

    def _left_out(self, found: Examined, name: str) -> str | None:
        if found.kind == "audio":
            return "It is a sound file; films and stills are enrolled."
        if found.odds is None:
            return found.sentence
        if found.looks is None:
            return None
        looks = np.array(found.looks, np.float32)
        for other, kind, seen in self._looks:
            if kind == found.kind and looks.shape == seen.shape and float(looks @ seen) >= COPIES:
                return f"It looks like {shown(other)} coded anew, and counts once."
        self._looks.append((name, found.kind, looks))
        return None

    def _odds(self, kind: Kind) -> list[float]:
        return [row.odds for row in self.rows if row.kind == kind and row.left_out is None and row.odds is not None]

    def _found(self, path: Path, digest: str, on_progress: Progress | None) -> Examined:
        place = self.work / f"{digest[:DIGITS]}-{engine_digest(self.engine)[:DIGITS]}.json"
        kept = _kept(place)
        if kept is not None:
            return kept
        found = self.examine(path, on_progress)
        with written_aside(place) as aside:
            aside.write_text(json.dumps(asdict(found), allow_nan=False), encoding="utf-8")
        return found


def engine_digest(engine: Engine) -> str:
    """SHA-256 of all that decides what is found of a clip: version, weights, detectors and settings.

    Where the user's own models lie does not decide anything; which they are stands among the weights.
    """
    settings = {name: value for name, value in engine.settings.items() if name != "models"}
    told: list[Any] = [engine.version, dict(engine.weights), engine.detectors, settings]
    return sha256_of_bytes(json.dumps(told, sort_keys=True).encode()).hexdigest()


def too_few(judged: dict[Kind, int], rate: float) -> str:
    """Why nothing is enrolled, with what so many clips would allow, in one sentence.

    >>> too_few({"video": 3, "image": 0}, 0.15)
    '3 films and 0 pictures could be judged, and 15 % false alarms at most take 20 of one kind or more; with none above
    the threshold, 20 clips bound false alarms at 13.9 %, 30 at 9.5 %, 60 at 4.9 %, 100 at 3.0 %, 200 at 1.5 %: enrol more,
    or ask for a larger rate with --false-alarms.'
    """
    had = " and ".join(counted(count, kind) for kind, count in judged.items())
    needed = max(LEAST_CLIPS, clips_needed(rate))
    first, *others = (f"{clips} clips" if not place else str(clips) for place, clips in enumerate(TOLD_CLIPS))
    table = ", ".join(
        f"{words}{' bound false alarms' if not place else ''} at {100 * upper_bound(0, clips):.1f} %"
        for place, (words, clips) in enumerate(zip((first, *others), TOLD_CLIPS, strict=True))
    )
    return (
        f"{had} could be judged, and {100 * rate:g} % false alarms at most take {needed} of one kind or more; with none "
        f"above the threshold, {table}: enrol more, or ask for a larger rate with --false-alarms."
    )


def _kept(place: Path) -> Examined | None:
    """What was found of a clip in an earlier run; None when nothing was, or what is there is broken."""
    try:
        return TypeAdapter(Examined).validate_json(place.read_bytes())
    except (OSError, ValidationError):
        return None
