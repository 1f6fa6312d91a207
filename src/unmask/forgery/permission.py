"""May these faces be put into each other? Asked before anything is forged.

A puppet that this lab drew and sealed needs no one's consent, and nobody needs one to be drawn anew as themselves.
Everyone else must be covered by a consent that holds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from unmask.errors import UsageError
from unmask.faces.identity import Embedding, distance
from unmask.forgery.consent import MATCH_DISTANCE, Consent, Scope, read_consent, require_consent
from unmask.forgery.lab import Lab
from unmask.provenance.ledger import read_ledger

PUPPET = "puppet"


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Someone who is seen in a file.

    Attributes:
        name: The file, as it is told.
        sha256: Of its bytes.
        embedding: Measures whose face it is, when that is asked.
    """

    name: str
    sha256: str
    embedding: Callable[[], Embedding]


@dataclass(frozen=True, slots=True)
class Permission:
    """What is allowed.

    Attributes:
        consents: Identifiers of the consents it rests on; none where none is needed.
        keep_inside: Whether a licence keeps what is made inside the lab's folder.
    """

    consents: tuple[str, ...] = ()
    keep_inside: bool = False


def permission(lab: Lab, people: Sequence[Shown], asked: Sequence[str], scope: Scope) -> Permission:
    """Whether some people may be forged into each other.

    Args:
        lab: Whose consents and puppets count.
        people: Whose face is put in, and into whose.
        asked: Identifiers of the consents to rest on.
        scope: What is to be done.

    Raises:
        UsageError: Someone is not covered.
        MissingComponent: The extra that tells people apart is not installed.
    """
    consents = [require_consent(read_consent(lab, identifier), scope) for identifier in asked]
    drawn = puppets(lab)
    real = [shown for shown in people if shown.sha256 not in drawn]
    if not real:
        return Permission()
    faces = [shown.embedding() for shown in real]
    if (
        len(real) == len(people)
        and all(distance(face, faces[0]) < MATCH_DISTANCE for face in faces[1:])
        and len(faces) > 1
    ):
        return Permission(tuple(asked), _kept_inside(consents))
    covering = [_covering(shown, face, consents, scope) for shown, face in zip(real, faces, strict=True)]
    return Permission(tuple(dict.fromkeys(consent.id for consent in covering)), _kept_inside(covering))


def puppets(lab: Lab) -> frozenset[str]:
    """SHA-256 of all puppets that the lab drew and sealed."""
    return frozenset(entry.sha256 for entry in read_ledger(lab.ledger).entries if entry.kind == PUPPET)


def _covering(shown: Shown, face: Embedding, consents: Sequence[Consent], scope: Scope) -> Consent:
    if not consents:
        raise UsageError(
            f"Whose face is in '{shown.name}' has not agreed; name their consent with --consent ID, or make one with: unmask forge consent new"
        )
    nearest = min(consents, key=lambda consent: consent.apart(face))
    return require_consent(nearest, scope, face)


def _kept_inside(consents: Sequence[Consent]) -> bool:
    return any(consent.basis == "licensed-corpus" for consent in consents)
