"""Our own statement in a manifest, ``org.unmask.essence``: what picture and sound were, apart from their container.

It outlives what the standard's hash does not: a change of container or tags. By it one also sees what that hash leaves
out, which mark is in the file, and where the picture was altered.
"""

import hashlib
import os
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from unmask.media.boxes import MOST_BOXES, Box, boxes_in
from unmask.media.essence import Essence
from unmask.provenance.fingerprint import CodedFingerprint, Fingerprint, encode_fingerprint
from unmask.types import Payload

LABEL = "org.unmask.essence"
UNHASHED = frozenset({"ftyp", "free", "skip", "mfra"})
"""Top-level boxes of an MP4 file that the standard's hash leaves out."""
HASH_BLOCK_BYTES = 1 << 20
PAYLOAD = re.compile(r"([0-9a-f]{8})-([0-9a-f]{8})")

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class EssenceClaim(BaseModel):
    """The statement as it stands in a manifest; whoever wrote it may lie, so everything is bounded.

    Attributes:
        signed_at: When it was made, by the signer's clock, in ISO 8601.
        picture: SHA-256 of the picture's packets, None where there is no picture.
        sound: SHA-256 of the sound's packets, None where there is none.
        unhashed: SHA-256 of the boxes that the standard's hash leaves out; None where it leaves out none.
        payload: What the mark in the file says, None when it has none or it is not known.
        fingerprint: The picture in miniature, None where there is none.
    """

    model_config = ConfigDict(frozen=True)

    version: Literal[1] = 1
    signed_at: Annotated[str, Field(max_length=40)] | None = None
    picture: Digest | None = None
    sound: Digest | None = None
    unhashed: Digest | None = None
    payload: Annotated[str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{8}$")] | None = None
    fingerprint: CodedFingerprint | None = None


def essence_claim(
    essence: Essence,
    *,
    unhashed: str | None = None,
    payload: Payload | None = None,
    fingerprint: Fingerprint | None = None,
    signed_at: str | None = None,
) -> EssenceClaim:
    """The statement to be signed.

    Args:
        essence: Digests of picture and sound.
        unhashed: As ``unhashed_digest`` gives it.
        payload: What the mark in the file says, None when it has none or it is not known.
        fingerprint: The picture in miniature, None where there is none.
        signed_at: When it is signed, in ISO 8601.
    """
    return EssenceClaim(
        signed_at=signed_at,
        picture=essence.picture,
        sound=essence.sound,
        unhashed=unhashed,
        payload=None if payload is None else str(payload),
        fingerprint=None if fingerprint is None else encode_fingerprint(fingerprint),
    )


def read_claim(told: Any) -> EssenceClaim | None:
    """The statement of a manifest, None when there is none of this version or it makes no sense."""
    try:
        return EssenceClaim.model_validate(told)
    except ValidationError:
        return None


def payload_of(claim: EssenceClaim) -> Payload | None:
    """The mark that the manifest says is in the file."""
    return None if claim.payload is None else payload_from(claim.payload)


def payload_from(text: str) -> Payload:
    """A payload from the text in which it is printed.

    Raises:
        ValueError: It is no such text.

    >>> payload_from("1a2b3c4d-00000007")
    Payload(institution=439041101, clip=7)
    """
    found = PAYLOAD.fullmatch(text.lower())
    if found is None:
        raise ValueError(f"{text!r} is no payload")
    return Payload(int(found[1], 16), int(found[2], 16))


def one_digest(essence: Essence | EssenceClaim) -> str | None:
    """Picture and sound as one SHA-256 in hexadecimal, by which a ledger finds a file again; None when there is neither."""
    if essence.picture is None and essence.sound is None:
        return None
    return hashlib.sha256(f"picture {essence.picture}\nsound {essence.sound}\n".encode()).hexdigest()


def unhashed_digest(source: int, form: str) -> str | None:
    """SHA-256 of the boxes of an open MP4 file that the standard's hash leaves out, in their order.

    Args:
        source: The open file.
        form: Its format, as ``format_of`` names it.

    Returns:
        Hexadecimal digits; None for other formats, and for files of so many boxes that they were not all read.
    """
    if form != "mov":
        return None
    left, digest = [MOST_BOXES], hashlib.sha256()
    for box in boxes_in(source, 0, os.fstat(source).st_size, depth=0, left=left):
        if box.depth == 0 and box.name in UNHASHED:
            digest.update(f"{box.name} {box.end - box.start}\n".encode())
            for block in _content(source, box):
                digest.update(block)
    return digest.hexdigest() if left[0] > 0 else None


def _content(source: int, box: Box) -> Iterator[bytes]:
    place = box.start
    while place < box.end and (block := os.pread(source, min(HASH_BLOCK_BYTES, box.end - place), place)):
        yield block
        place += len(block)
