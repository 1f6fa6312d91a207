"""A profile: what the verdict makes of real clips of a user's own, and the threshold that follows from them.

It is a small JSON file that `unmask enrol` writes. Films and stills are judged each by their own kind. A profile fits
one version with its weights and detectors, since another would give the same clips other odds.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from math import isclose
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from unmask.errors import UsageError
from unmask.media.source import shown
from unmask.media.writing import written_aside
from unmask.signals.exceedance import as_suspicious, p_value
from unmask.types import Engine, MediaKind, ProfileUse
from unmask.verdict.conformal import Threshold, threshold_for

LARGEST_BYTES = 4 << 20
LEAST_CLIPS = 20
Kind = Literal["video", "image"]
"""Kinds of files that can be enrolled."""
Share = Annotated[float, Field(gt=0, lt=1)]


@dataclass(frozen=True, slots=True)
class Population:
    """Enrolled clips of one kind.

    Attributes:
        clips: How many.
        odds: Their log-odds of forgery (natural), rising.
        threshold: None when they are too few to judge by.
    """

    clips: int
    odds: tuple[float, ...]
    threshold: Threshold | None

    @classmethod
    def of(cls, odds: Sequence[float], rate: float, confidence: float) -> "Population":
        """The clips with these log-odds, and their threshold for a rate of false alarms."""
        enough = len(odds) >= LEAST_CLIPS
        return cls(len(odds), tuple(sorted(odds)), threshold_for(odds, rate, confidence) if enough else None)

    def suspects(self, odds: float) -> bool:
        """Whether a clip lies above the threshold; its p-value then is not above the rate either."""
        return self.threshold is not None and odds > self.threshold.odds

    def finds_unusual(self, odds: float) -> bool:
        """Whether so few real clips look as suspicious that it should not be called free of signs."""
        return self.threshold is not None and p_value(odds, self.odds) <= self.threshold.at_most

    def as_suspicious(self, odds: float) -> int:
        """How many of the clips have these odds or larger ones."""
        return as_suspicious(odds, self.odds)


@dataclass(frozen=True, slots=True)
class Profile:
    """Real clips of a user's own, as one version of the program judges them.

    Attributes:
        format: Of the file.
        name: The user's name for it.
        made: When, as UTC in ISO 8601.
        version: Of the program.
        weights: SHA-256 of each weight by name.
        detectors: Those that were asked.
        false_alarms: Largest share (0–1) of real clips above the threshold that was asked for.
        confidence: How often the stated bound holds, 0–1.
        populations: The clips of each kind.
        fast: Whether they were looked at as a fast check does.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid", allow_inf_nan=False)

    format: Literal[1]
    name: str
    made: str
    version: str
    weights: Mapping[str, str]
    detectors: tuple[str, ...]
    false_alarms: Share
    confidence: Share
    populations: Mapping[Kind, Population]
    fast: bool = False

    def population(self, kind: MediaKind) -> Population | None:
        """The clips to judge a file of this kind by, None when too few were enrolled."""
        found = None if kind == "audio" else self.populations.get(kind)
        return found if found is not None and found.threshold is not None else None


@dataclass(frozen=True, slots=True)
class ProfileFile:
    """A profile that was read, and the file it came from."""

    profile: Profile
    path: Path
    sha256: str

    def require_fit(self, engine: Engine) -> None:
        """Refuse a profile whose clips were judged by another engine than the file will be.

        Raises:
            UsageError: Version, weights or detectors differ.
        """
        made = self.profile
        anew = f"enrol again: unmask enrol FOLDER --out {shown(self.path)}"
        if made.version != engine.version:
            raise UsageError(f"{self._called} was made by version {made.version}, this is {engine.version}; {anew}.")
        if set(made.detectors) != set(engine.detectors):
            asked, now = ", ".join(made.detectors), ", ".join(engine.detectors)
            raise UsageError(
                f"{self._called} was made with the detectors {asked}, and {now} are to be asked; leave --only out, or {anew}."
            )
        if made.fast != bool(engine.settings.get("fast")):
            way = "with" if made.fast else "without"
            raise UsageError(
                f"{self._called} was made {way} --fast (UNMASK_FAST), and this check is the other way; {anew}."
            )
        other = sorted({name for name, _ in dict(made.weights).items() ^ dict(engine.weights).items()})
        if other:
            raise UsageError(f"{self._called} was made with other weights ({', '.join(other)}); {anew}.")

    def use(self, kind: MediaKind, odds: float | None) -> ProfileUse:
        """What a report says of a file judged by this profile.

        Args:
            kind: Of the file.
            odds: Its log-odds of forgery, None when nothing could be measured.
        """
        population, made = self.profile.population(kind), self.profile
        if population is None or population.threshold is None:
            enrolled = None if kind == "audio" else made.populations.get(kind)
            clips = 0 if enrolled is None else enrolled.clips
            return ProfileUse(made.name, self.sha256, clips, None, None, made.confidence, None, None)
        threshold = population.threshold
        return ProfileUse(
            made.name,
            self.sha256,
            population.clips,
            threshold.probability,
            threshold.at_most,
            made.confidence,
            None if odds is None else population.as_suspicious(odds),
            None if odds is None else p_value(odds, population.odds),
        )

    @property
    def _called(self) -> str:
        return f"The profile {shown(self.profile.name)}"


def as_json(profile: Profile) -> str:
    """The profile as its file holds it."""
    return json.dumps(asdict(profile), indent=1, allow_nan=False) + "\n"


def write_profile(profile: Profile, path: Path) -> ProfileFile:
    """Write a profile, whole or not at all.

    Raises:
        OutputError: It cannot be written.
    """
    content = as_json(profile)
    with written_aside(path) as aside:
        aside.write_text(content, encoding="utf-8")
    return ProfileFile(profile, path, sha256(content.encode()).hexdigest())


def read_profile(path: Path) -> ProfileFile:
    """A profile from its file.

    Raises:
        UsageError: It cannot be read, is no profile, or its threshold is not that of its own odds.
    """
    content = _content(path)
    anew = "enrol again: unmask enrol FOLDER"
    try:
        profile = TypeAdapter(Profile).validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "as a whole"
        raise UsageError(f"{shown(path)} is no profile of this version: {place}: {first['msg']}; {anew}.") from error
    for kind, population in profile.populations.items():
        if not _agrees(population, Population.of(population.odds, profile.false_alarms, profile.confidence)):
            raise UsageError(
                f"The profile {shown(path)} was changed: its threshold for {kind} is not that of its odds; {anew}."
            )
    return ProfileFile(profile, path, sha256(content).hexdigest())


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError(
            f"The profile {shown(path)} cannot be read: {reason}; name a file that unmask enrol wrote."
        ) from error
    if len(content) > LARGEST_BYTES:
        raise UsageError(
            f"The profile {shown(path)} holds more than {LARGEST_BYTES} bytes; name a file that unmask enrol wrote."
        )
    return content


def _agrees(stored: Population, computed: Population) -> bool:
    """Whether two are one but for the last digits, which differ between builds of the numerical library."""
    one, other = stored.threshold, computed.threshold
    same = (stored.clips, stored.odds) == (computed.clips, computed.odds)
    if one is None or other is None:
        return same and one is other
    numbers = zip(asdict(one).values(), asdict(other).values(), strict=True)
    return same and all(isclose(here, there, rel_tol=1e-6, abs_tol=1e-9) for here, there in numbers)
