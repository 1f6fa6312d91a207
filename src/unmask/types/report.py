"""The answer for a whole file, and what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from unmask.types.evidence import Evidence, Forgery, Map, Reason, Trace
from unmask.types.faces import Track
from unmask.types.media import Media
from unmask.types.provenance import Provenance

Word = Literal["manipulated", "no-sign", "cannot-tell"]
Looked = Literal["counted", "shown", "not"]
"""Whether a kind of forgery could be seen: by an answer that counts, only by what is shown and has no voice, or not."""


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """A track and what the detectors found in it."""

    track: Track
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Vitals:
    """Heart and breath rate of one person.

    Attributes:
        id: Number of the person, 1 for the main one.
        heart_rate_bpm: Beats a minute, None when not measurable.
        heart_rate_error_bpm: Standard error of the heart rate, None with it.
        breath_rate_bpm: Breaths a minute, None when not measurable.
        quality: 0–1, how far the heart rate may be trusted.
        measurable: Whether a heart rate was found.
        reason: Why not, as a code; None when measurable.
        because: Why not, in sentences.
        traces: The wave and its spectrum.
        maps: Strength of the beat in each part of the face.
    """

    id: int
    heart_rate_bpm: float | None
    heart_rate_error_bpm: float | None
    breath_rate_bpm: float | None
    quality: float
    measurable: bool
    reason: Reason | None
    because: tuple[str, ...]
    traces: tuple[Trace, ...] = ()
    maps: tuple[Map, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class VitalsReport:
    """The rates of everyone in a film.

    Attributes:
        incomplete: A sentence when the film broke off before its end.
    """

    media: Media
    people: tuple[Vitals, ...]
    incomplete: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for the whole file.

    Attributes:
        word: ``manipulated``, ``no-sign`` or ``cannot-tell``; never "authentic".
        probability: Probability of forgery, None when nothing could be measured.
        interval: Where the probability may lie (95 %), None with it.
        sentence: The answer in one sentence.
        unchecked: What was not checked, and why, a sentence each.
        odds: The log-odds (natural) that the probability rounds, before any threshold; None with it.
    """

    word: Word
    probability: float | None
    interval: tuple[float, float] | None
    sentence: str
    unchecked: tuple[str, ...] = ()
    odds: float | None = None


@dataclass(frozen=True, slots=True)
class Threat:
    """A kind of forgery, and whether this run could see it.

    Attributes:
        kind: Of forgery.
        looked: ``counted`` when a detector that sees it answered and counts, ``shown`` when none that answered counts,
            ``not`` when none answered.
        by: Names of the detectors through which, in the order of the alphabet; empty when none answered.
        why: Why it could not be seen, or whose faces were left out of it; None when there is nothing to add.
    """

    kind: Forgery
    looked: Looked
    by: tuple[str, ...] = ()
    why: str | None = None


@dataclass(frozen=True, slots=True)
class ProfileUse:
    """The profile of a user's own real clips that a verdict was reached with.

    Attributes:
        name: Of the profile.
        sha256: Of its file.
        clips: Enrolled clips of the kind of the file, film or still.
        threshold: Probability above which the word is ``manipulated``; None when too few of the kind were enrolled, so
            that the usual threshold held.
        false_alarms_at_most: Upper bound on the share (0–1) of real clips above the threshold, None with it.
        confidence: How often such a bound holds, 0–1.
        as_suspicious: How many of the enrolled clips look at least as suspicious as the file; None when the file or the
            profile gave nothing to compare.
        p_value: Conformal p-value (0–1) of "this is like my real clips", None with it.
    """

    name: str
    sha256: str
    clips: int
    threshold: float | None
    false_alarms_at_most: float | None
    confidence: float
    as_suspicious: int | None
    p_value: float | None

    @property
    def unusual(self) -> bool:
        """Whether the file looks more suspicious than the enrolled clips usually do."""
        if self.p_value is None or self.false_alarms_at_most is None:
            return False
        return self.p_value <= self.false_alarms_at_most


@dataclass(frozen=True, slots=True)
class Engine:
    """What made the report: enough to repeat the run."""

    version: str
    weights: Mapping[str, str]
    detectors: tuple[str, ...]
    settings: Mapping[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """Everything found in one file.

    Attributes:
        people: Persons seen, the main one first.
        evidence: What the detectors that look at the file found.
        seen_until: Last presentation time that was looked at, in seconds; None for a sound file.
        incomplete: A sentence when the film broke off before its end; what came before was examined.
        crowd: Faces seen but not followed, because more people were in view than are followed at once.
        provenance: Where the file comes from, as far as it was looked for.
        profile: The profile that it was judged by, None without one.
        threats: Every kind of forgery that such a file can hold, and whether this run could see it.
    """

    media: Media
    people: tuple[Person, ...]
    evidence: tuple[Evidence, ...]
    verdict: Verdict
    engine: Engine
    seen_until: float | None = None
    incomplete: str | None = None
    crowd: int = 0
    provenance: Provenance = field(default_factory=Provenance)
    profile: ProfileUse | None = None
    threats: tuple[Threat, ...] = ()
