"""What requests hold and answers tell; the OpenAPI description is made of these."""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from unmask.service.store.checks import Label, Priority, State
from unmask.types import MediaKind, Word

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the file, in hexadecimal digits.")]
CheckId = Annotated[str, Field(pattern=r"^c_[A-Za-z0-9_-]{16}$", description="Identity of a check.")]
NO_NUL = r"^[^\x00]*$"
"""PostgreSQL keeps no NUL in a text."""
FileName = Annotated[
    str, Field(min_length=1, max_length=255, pattern=NO_NUL, description="Name of the file, as reports show it.")
]


_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_CHECK: dict[str, Any] = {
    "id": "c_V1StGXR8_Z5jdHi6",
    "media": _SHA256,
    "name": "clip.mp4",
    "state": "queued",
    "priority": "person",
    "options": {"only": None, "fast": False, "threshold": None},
    "progress": None,
    "attempts": 0,
    "created": "2026-03-01T09:30:00.000+00:00",
    "started": None,
    "finished": None,
    "verdict": None,
    "error": None,
    "label": None,
    "media_kept": True,
}


def _like(example: dict[str, Any]) -> ConfigDict:
    """Shows an example in the description."""
    return ConfigDict(json_schema_extra={"examples": [example]})


def _whole(value: object) -> object:
    """JSON knows one kind of number: 7.0 is an integer, too."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)  # else "1" and true would be numbers


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True)


def _in_digits(value: object) -> object:
    """Pydantic takes "+5", " 5" and "5.0", too; no description could say so."""
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9]+", value):
        raise PydanticCustomError("int_parsing", "Input should be a whole number in digits")
    return value


IN_DIGITS = BeforeValidator(_in_digits)
"""Of a number that stands in an address or a header."""


class ProblemOut(_Told):
    """Why a request is not answered as it was meant."""

    model_config = _like(
        {
            "code": "no-check",
            "message": "There is no such check.",
            "way_out": "GET /v1/checks lists those that there are.",
        }
    )

    code: str
    message: str
    way_out: str


class MediaOut(_Told):
    """A file that is kept."""

    model_config = _like({"sha256": _SHA256, "bytes": 48213, "name": "clip.mp4", "known": False})

    sha256: Sha256
    bytes: int
    name: str
    known: bool = Field(description="Whether the same content was kept before.")


class CheckIn(_Asked):
    """What shall be examined, and how."""

    model_config = _like({"media": _SHA256, "name": "clip.mp4", "fast": True, "threshold": 0.9})

    media: Sha256
    name: FileName | None = None
    only: list[Annotated[str, Field(min_length=1, max_length=64, pattern=NO_NUL)]] | None = Field(
        default=None, min_length=1, max_length=64, description="Ask only these detectors or models."
    )
    fast: bool = Field(default=False, description="Look at four views of a face, not at what changes between frames.")
    threshold: float | None = Field(
        default=None, ge=0.5, le=1.0, description="Probability from which a file is called manipulated."
    )
    priority: Priority = "person"


class OptionsOut(_Told):
    """How a file is examined."""

    only: list[str] | None
    fast: bool
    threshold: float | None


class ProgressOut(_Told):
    """How far a film was read, in seconds of the film."""

    seconds: float
    of: float | None


class VerdictOut(_Told):
    """What was found, in short."""

    word: Word
    probability: float | None
    interval: tuple[float, float] | None
    sentence: str


class LabelIn(_Asked):
    """What a person says of the file, beside the machine's verdict."""

    model_config = _like({"word": "filmed", "note": "The camera was ours."})

    word: Label
    note: str = Field(default="", max_length=4000, pattern=NO_NUL)


class LabelOut(_Told):
    """What a person said of the file, and when."""

    word: Label
    note: str
    at: str


class CheckOut(_Told):
    """A check, and where it stands."""

    model_config = _like(_CHECK)

    id: CheckId
    media: Sha256
    name: str
    state: State
    priority: Priority
    options: OptionsOut
    progress: ProgressOut | None
    attempts: int
    created: str
    started: str | None
    finished: str | None
    verdict: VerdictOut | None
    error: ProblemOut | None
    label: LabelOut | None
    media_kept: bool


class ChecksOut(_Told):
    """A page of the list, the newest first."""

    checks: list[CheckOut]
    next: str | None = Field(description="Give it as `after` to see the next page.")


class FoundOut(_Told):
    """What one detector says, of a person or, without one, of the file."""

    check: CheckId
    person: int | None
    evidence: dict[str, object]


class EvidenceOut(_Told):
    """What is known so far."""

    evidence: list[FoundOut]


class DetectorOut(_Told):
    """What a detector says of itself."""

    name: str
    question: str
    needs: str
    kinds: list[MediaKind]
    requires: str
    answers: str
    paper: str
    failures: list[str]
    weights: list[str]
    cap: float
    sees: list[str]


class DetectorsOut(_Told):
    """All detectors, in the order in which they are asked."""

    detectors: list[DetectorOut]


class HealthOut(_Told):
    """How the service is."""

    status: Literal["ok"]
    version: str
    queued: int
    running: int
    workers: int
    prints: bool = Field(description="Whether reports can be had as PDF.")


class ShareIn(_Asked):
    """How long a link opens the report."""

    model_config = _like({"days": 14})

    days: Annotated[int, Field(ge=1, le=90), BeforeValidator(_whole)] = 7


class ShareNewOut(_Told):
    """A link that was made just now; what opens it is not told again."""

    id: str
    url: str = Field(description="Path at the service's address.")
    expires: str


class ShareOut(_Told):
    """A link that is there."""

    id: str
    created: str
    expires: str


class SharesOut(_Told):
    """Links to a report that still open it."""

    shares: list[ShareOut]
