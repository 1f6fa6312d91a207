"""Consent: whose face the lab may put where, until when, and on what ground.

A record is a JSON file in the lab's folder ``consents``. It holds no picture, but the place of the enrolled face among
faces (128 numbers), so that a set of faces can be compared with it. Revoking it deletes what was made from the faces.
"""

import json
import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal, get_args

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from unmask.errors import OutputError, UsageError
from unmask.faces.identity import Embedding, distance
from unmask.forgery.lab import Lab
from unmask.media.source import shown
from unmask.media.writing import written_aside

Basis = Literal["own-face", "subject-consent", "licensed-corpus", "puppet"]
Scope = Literal["train", "swap", "export", "live", "publish"]
SCOPES: tuple[Scope, ...] = ("train", "swap")
"""What is allowed where nothing else is said."""
MATCH_DISTANCE = 0.5
"""A set of faces is the enrolled person's when its middle lies nearer than this; see ``unmask.faces.identity``."""
DESCENT = "consents.json"
"""The file in a store or a model that names the consents it rests on."""
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Place = Annotated[tuple[Annotated[float, Field(allow_inf_nan=False)], ...], Field(min_length=128, max_length=128)]


class Evidence(BaseModel):
    """What shows that consent was given: a signed form, a licence, or the film of a puppet."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    sha256: Sha256
    name: str = Field(min_length=1, max_length=200)


class Consent(BaseModel):
    """One person's consent.

    Attributes:
        subject: Who the person is, as the holder of the record knows them.
        basis: Why their face may be used. A puppet is no person: nobody has to agree.
        scope: What it may be used for.
        expires: Last day on which it holds.
        evidence: What shows it.
        embedder: Network that measured the enrolled faces.
        faces: Places of the enrolled faces among faces: one for a person, one for each person of a corpus, none for a
            puppet.
        revoked: When it was taken back, None while it holds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    id: str = Field(pattern=r"^[0-9a-f]{8}$")
    subject: str = Field(min_length=1, max_length=200)
    basis: Basis
    scope: tuple[Scope, ...] = Field(min_length=1)
    granted: date
    expires: date
    evidence: Evidence
    embedder: Literal["dlib-resnet-v1"] | None = None
    faces: tuple[Place, ...] = Field(default=(), max_length=10_000)
    revoked: datetime | None = None

    @model_validator(mode="after")
    def _whole(self) -> "Consent":
        """A person's record holds their face, and ends after it began."""
        if (not self.faces) != (self.basis == "puppet"):
            raise ValueError("a person's record holds their face, a puppet's holds none")
        if len(self.faces) > 1 and self.basis != "licensed-corpus":
            raise ValueError("only a corpus holds more than one face")
        if self.expires < self.granted:
            raise ValueError("it expires before it was granted")
        return self

    def apart(self, face: Embedding) -> float:
        """Distance of a face from the nearest enrolled one; endless when none is enrolled."""
        return min((distance(face, np.array(place, np.float64)) for place in self.faces), default=float("inf"))


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a new record is to say.

    Attributes:
        subject: Who the person is.
        basis: Why their face may be used.
        expires: Last day on which it holds.
        evidence: What shows it.
        faces: The person's face; all faces of a corpus; none for a puppet.
        scope: What it may be used for.
    """

    subject: str
    basis: Basis
    expires: date
    evidence: Evidence
    faces: tuple[Embedding, ...] = ()
    scope: tuple[Scope, ...] = SCOPES


def enrol(lab: Lab, enrolment: Enrolment) -> Consent:
    """Write a new record.

    Raises:
        UsageError: It makes no sense.
        OutputError: It cannot be written.
    """
    faces = tuple(tuple(round(float(value), 5) for value in face) for face in enrolment.faces)
    try:
        consent = Consent(
            id=secrets.token_hex(4),
            subject=enrolment.subject.strip(),
            basis=enrolment.basis,
            scope=enrolment.scope,
            granted=today(),
            expires=enrolment.expires,
            evidence=enrolment.evidence,
            embedder="dlib-resnet-v1" if faces else None,
            faces=faces,
        )
    except ValidationError as error:
        raise UsageError(f"The consent record makes no sense: {_first(error)}.") from error
    _write(lab, consent)
    return consent


def read_consent(lab: Lab, identifier: str) -> Consent:
    """A record by its identifier.

    Raises:
        UsageError: There is none such, or it is broken.
    """
    path = _path(lab, identifier)
    if path is None or not path.is_file():
        known = ", ".join(sorted(place.stem for place in lab.consents.glob("*.json"))) or "none"
        raise UsageError(
            f"The lab holds no consent {shown(Path(identifier))}; it holds {known}. See: unmask forge consent"
        )
    try:
        return Consent.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        said = _first(error) if isinstance(error, ValidationError) else error.strerror
        raise UsageError(f"The consent record {shown(path)} cannot be read: {said}; restore it.") from error


def all_consents(lab: Lab) -> tuple[Consent, ...]:
    """All records of a lab.

    Raises:
        UsageError: One is broken.
    """
    return tuple(read_consent(lab, path.stem) for path in sorted(lab.consents.glob("*.json")))


def require_consent(consent: Consent, scope: Scope, face: Embedding | None = None) -> Consent:
    """Refuse what a record does not allow.

    Args:
        consent: The record.
        scope: What is to be done.
        face: Middle of the face set, None when it was compared before.

    Raises:
        UsageError: It is revoked or expired, does not cover this, or is another person's.
    """
    who = f"The consent {consent.id} of {shown(Path(consent.subject))}"
    if consent.revoked is not None:
        raise UsageError(f"{who} was revoked on {consent.revoked:%Y-%m-%d}; ask for a new one.")
    if consent.expires < today():
        raise UsageError(f"{who} expired on {consent.expires}; ask for a new one.")
    if scope not in consent.scope:
        raise UsageError(f"{who} covers {', '.join(consent.scope)}, not {scope}; ask for one that does.")
    apart = 0.0 if face is None or not consent.faces else consent.apart(face)
    if apart > MATCH_DISTANCE:
        raise UsageError(
            f"These faces are not those of {shown(Path(consent.subject))}: they lie {apart:.2f} from the enrolled face, and up to {MATCH_DISTANCE:.2f} is one person; name the consent of the person in the pictures."
        )
    return consent


def revoke(lab: Lab, identifier: str) -> tuple[Path, ...]:
    """Take a consent back: the record stays, marked so, and all faces and models that rest on it are deleted.

    Returns:
        The folders that were deleted.

    Raises:
        UsageError: There is no such record.
        OutputError: Something cannot be deleted or written.
    """
    consent = read_consent(lab, identifier)
    _write(lab, consent.model_copy(update={"revoked": datetime.now(UTC)}))
    gone = []
    for folder in (place for root in (lab.models, lab.faces) for place in sorted(root.glob("*/"))):
        if consent.id in rests_on(folder):
            try:
                shutil.rmtree(folder)
            except OSError as error:
                raise OutputError(f"{shown(folder)} cannot be deleted: {error.strerror}; delete it by hand.") from error
            gone.append(folder)
    return tuple(gone)


def rests_on(folder: Path) -> tuple[str, ...]:
    """Identifiers of the consents that a store or a model rests on.

    Raises:
        UsageError: The folder does not tell.
    """
    path = folder / DESCENT
    if not os.path.exists(path):
        return ()
    try:
        return tuple(str(name) for name in json.loads(path.read_text(encoding="utf-8"))["consents"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{shown(path)} cannot be read, so nobody knows whose faces these are; delete {shown(folder)}."
        ) from error


def note_descent(folder: Path, consents: tuple[str, ...]) -> None:
    """Note in a store or a model which consents it rests on.

    Raises:
        OutputError: It cannot be written.
    """
    with written_aside(folder / DESCENT) as aside:
        aside.write_text(json.dumps({"consents": list(consents)}) + "\n", encoding="utf-8")


def scopes(words: Sequence[str]) -> tuple[Scope, ...]:
    """Scopes by their names; the usual ones where none is named.

    Raises:
        UsageError: A name is unknown.

    >>> scopes([]), scopes(["export"])
    (('train', 'swap'), ('export',))
    """
    known: tuple[Scope, ...] = get_args(Scope)
    wrong = [word for word in words if word not in known]
    if wrong:
        raise UsageError(f"No scope is called '{wrong[0]}'; choose from {', '.join(known)}.")
    return tuple(scope for scope in known if scope in words) or SCOPES


def today() -> date:
    """The day by universal time."""
    return datetime.now(UTC).date()


def _path(lab: Lab, identifier: str) -> Path | None:
    """Where a record lies; None for a name that is none."""
    plain = identifier.isalnum() and identifier.isascii()
    return lab.consents / f"{identifier}.json" if plain else None


def _write(lab: Lab, consent: Consent) -> None:
    with written_aside(lab.consents / f"{consent.id}.json") as aside:
        aside.write_text(consent.model_dump_json(indent=2) + "\n", encoding="utf-8")


def _first(error: ValidationError) -> str:
    """The first fault, without the values, which may be long."""
    fault = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in fault["loc"])
    said = fault["msg"].removeprefix("Value error, ").rstrip(".")
    return f"{place}: {said}" if place else said
