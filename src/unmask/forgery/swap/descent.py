"""Whose faces a model was trained on, and what that allows: kept in each of its checkpoints."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from unmask.errors import UsageError
from unmask.faces.identity import Embedding, distance, embedding_of, middle_of
from unmask.forgery.consent import MATCH_DISTANCE, Scope, read_consent, require_consent
from unmask.forgery.followed import Followed
from unmask.forgery.lab import Lab
from unmask.forgery.permission import Permission, puppets
from unmask.forgery.swap.alignment import FACE_TYPES
from unmask.forgery.swap.store import FaceStore, StoredFace
from unmask.media.source import shown

FACT = "descent"
LOOKS = 8
SAME_BELOW = 0.6
"""The person of a film is the one that was learned when nearer than this; a film may be blurred, and show few looks."""


@dataclass(frozen=True, slots=True)
class Descent:
    """What a model rests on.

    Attributes:
        src: Who is drawn.
        dst: Who is drawn over.
        src_face: Place of src among faces.
        dst_face: Place of dst.
        dst_is_puppet: Whether dst was drawn by the lab.
        same: Whether both are one person, who is drawn anew as themself.
        face_type: With which the faces were cut out.
        consents: Identifiers of the consents.
        keep_inside: Whether a licence keeps what is made inside the lab's folder.
        sources: SHA-256 of the films and stills.
    """

    src: str
    dst: str
    src_face: tuple[float, ...]
    dst_face: tuple[float, ...]
    dst_is_puppet: bool
    same: bool
    face_type: str
    consents: tuple[str, ...]
    keep_inside: bool
    sources: tuple[str, ...]

    def as_facts(self) -> dict[str, str]:
        """As a checkpoint keeps it."""
        return {FACT: json.dumps(asdict(self))}


def descent_of(facts: Mapping[str, str]) -> Descent:
    """What a checkpoint rests on.

    Raises:
        UsageError: It does not tell.
    """
    try:
        told = json.loads(facts[FACT])
        told = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
        descent = Descent(**told)
        whole = np.shape([descent.src_face, descent.dst_face]) == (2, 128) and descent.face_type in FACE_TYPES
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise UsageError("The model does not tell whose faces it was trained on, so it is not used.") from error
    if not whole:
        raise UsageError("The model does not tell whose faces it was trained on, so it is not used.")
    return descent


def may_train(lab: Lab, src: FaceStore, dst: FaceStore) -> Descent:
    """What a training on two stores rests on.

    Raises:
        UsageError: The stores do not fit each other, or someone has not agreed.
        MissingComponent: The extra that tells people apart is not installed.
    """
    for store in (src, dst):
        if store.many:
            raise UsageError(
                f"{shown(store.folder)} holds many people's faces, and a swap is of one; prepare one person's, or use it with: unmask forge swap pretrain"
            )
    if src.face_type != dst.face_type:
        raise UsageError(
            f"{shown(src.folder)} holds faces of type {src.face_type}, {shown(dst.folder)} of type {dst.face_type}; prepare both alike."
        )
    faces = [face_of(store) for store in (src, dst)]
    same = src.folder.resolve() == dst.folder.resolve() or (
        not (src.consents and dst.consents) and distance(*faces) < MATCH_DISTANCE
    )
    allowed = Permission()
    for store, face in zip((src, dst), faces, strict=True):
        allowed = _joined(allowed, _covered(lab, store, face, needed=not same))
    return Descent(
        src.subject,
        dst.subject,
        _rounded(faces[0]),
        _rounded(faces[1]),
        dst_is_puppet=_of_puppets(lab, dst),
        same=same,
        face_type=src.face_type,
        consents=allowed.consents,
        keep_inside=allowed.keep_inside,
        sources=tuple(dict.fromkeys(source.sha256 for store in (src, dst) for source in store.sources)),
    )


def may_merge(lab: Lab, descent: Descent, followed: Followed, scope: Scope = "swap") -> None:
    """Refuse to draw over anyone but the person that the model learned to draw over.

    Raises:
        UsageError: It is someone else, or a consent does not hold any more.
    """
    for identifier in descent.consents:
        require_consent(read_consent(lab, identifier), scope)
    if followed.media.sha256 in puppets(lab):
        if not descent.dst_is_puppet:
            raise UsageError(f"The model learned to draw over {descent.dst}, not over a puppet; train one that did.")
        return
    apart = distance(followed.embedding(), np.array(descent.dst_face))
    if apart > SAME_BELOW or descent.dst_is_puppet:
        raise UsageError(
            f"The face in {shown(followed.path)} lies {apart:.2f} from {descent.dst}, whom the model learned to draw over, and up to {SAME_BELOW:.2f} is one person; name a film of theirs."
        )


def may_go_live(lab: Lab, descent: Descent) -> None:
    """Refuse to draw live unless each person agreed to that too; a puppet of this lab need not be asked.

    Raises:
        UsageError: A consent does not cover it, or does not hold any more.
    """
    drawn = puppets(lab)
    for identifier in descent.consents:
        consent = read_consent(lab, identifier)
        of_puppet = consent.basis == "puppet" and consent.evidence.sha256 in drawn
        require_consent(consent, "swap" if of_puppet else "live")


def face_of(store: FaceStore) -> Embedding:
    """Middle of the faces of a store, from its clearest ones that look ahead."""
    ranked = sorted(store.faces, key=_turned)
    ahead = ranked[: max(LOOKS, len(ranked) // 3)]
    clear = sorted(ahead, key=lambda face: -face.sharpness)[:LOOKS]
    return middle_of(np.stack([embedding_of(store.picture(face), face.landmarks) for face in clear]))


def _turned(face: StoredFace) -> float:
    return abs(face.pose[0]) + abs(face.pose[1])


def _covered(lab: Lab, store: FaceStore, face: Embedding, *, needed: bool) -> Permission:
    if needed and not store.consents:
        raise UsageError(
            f"Nobody has agreed to a swap of the faces in {shown(store.folder)}; prepare them with --consent ID. See: unmask forge consent new --help"
        )
    consents = [require_consent(read_consent(lab, name), "train", face) for name in store.consents]
    return Permission(store.consents, any(consent.basis == "licensed-corpus" for consent in consents))


def _joined(one: Permission, other: Permission) -> Permission:
    return Permission(tuple(dict.fromkeys(one.consents + other.consents)), one.keep_inside or other.keep_inside)


def _of_puppets(lab: Lab, store: FaceStore) -> bool:
    return all(source.sha256 in puppets(lab) for source in store.sources)


def _rounded(face: Embedding) -> tuple[float, ...]:
    return tuple(round(float(value), 5) for value in face)
