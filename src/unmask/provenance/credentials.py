"""The Content Credentials of a file: found, read, and compared with the file.

They are looked for in the file, then beside it, then in a ledger, where what was stripped from a file is found again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from unmask.errors import InputError, UsageError
from unmask.media.essence import essence_of
from unmask.media.source import format_of, open_source, require_same, shown
from unmask.provenance.alteration import Comparison, builder_beside, compare
from unmask.provenance.carriers import carried_type, sidecars_of
from unmask.provenance.essence import LABEL, EssenceClaim, one_digest, payload_of, read_claim, unhashed_digest
from unmask.provenance.fingerprint import Progress, decode_fingerprint, take_fingerprint
from unmask.provenance.ledger import FOLDER, LEDGER, find, read_manifest
from unmask.provenance.manifest import OURS, Reading, reading_of, reason_of
from unmask.provenance.states import ABSENT, Compared, problems_of, sentence_for, state_of
from unmask.provenance.store import LARGEST_STORE_BYTES, Fault, Question, Store, read_store, store_bytes
from unmask.provenance.trust import TrustList, read_trust
from unmask.settings import Settings
from unmask.types import Credentials, Manifest, Media, Payload

Place = Literal["file", "sidecar", "ledger"]
Found = tuple[Reading, EssenceClaim | None]
"""What a manifest says, and our own statement in it."""
UNALTERED = Comparison((), 0.0)


@dataclass(frozen=True, slots=True)
class Subject:
    """The file that is asked about, and by what means.

    Attributes:
        path: The file.
        media: What ``probe`` found in it.
        settings: Limits, and the least sandbox.
        anchors: Certificates of whom the reader trusts, in PEM form; empty for nobody.
        ledger: Folder of a ledger to look in, None for none.
        payload: What the mark in the file says, None when it has none or it is not known.
        on_progress: Told how far the film was read.
    """

    path: Path
    media: Media
    settings: Settings
    anchors: str = ""
    ledger: Path | None = None
    payload: Payload | None = None
    on_progress: Progress | None = field(default=None, repr=False)


def read_credentials(
    path: Path,
    media: Media,
    settings: Settings,
    trust: Path | TrustList | None = None,
    *,
    compare: bool = True,
    ledger: Path | None = None,
    payload: Payload | None = None,
    on_progress: Progress | None = None,
) -> Credentials:
    """What the Content Credentials of a file say, and whether they hold.

    Args:
        path: The file.
        media: What ``probe`` found in it.
        settings: Limits, and the least sandbox.
        trust: Whom the reader trusts; nobody when None.
        compare: Whether picture and sound are compared with what was signed. The picture is decoded for it only where
            it is not the one that was signed.
        ledger: Folder of a ledger in which to look for what the file does not carry.
        payload: What the mark in the file says; by it the ledger is searched too.
        on_progress: Told how far the film was read.

    Raises:
        UsageError: The trust list or the ledger cannot be read.
        InputError: The file cannot be read, or has changed since it was probed.
        MissingComponent: A library or the sandbox wanted is not to be had.
    """
    chosen = read_trust(trust) if isinstance(trust, Path) else trust
    anchors = chosen.anchors if chosen else ""
    subject = Subject(path, media, settings, anchors, ledger, payload, on_progress)
    with open_source(path, settings) as source:
        require_same(path, source, media.bytes)
        place, found = _found(subject, source)
        if not isinstance(found, tuple):
            return _without(place, found)
        reading, claim = found
        wanted = claim if compare and reading.holding != "statements" else None
        compared = Compared() if wanted is None else _compared(subject, source, reading, wanted)
    exact = ledger is not None and bool(find(ledger, sha256=media.sha256))
    return Credentials(
        state=state_of(reading),
        sentence=sentence_for(reading, compared, found_in=place, listed=chosen is not None, exact=exact),
        manifest=_dated(reading, claim),
        problems=problems_of(reading, compared),
        essence={None: None, True: "same", False: "different"}[compared.same],
        payload=payload_of(claim) if claim is not None and reading.holding != "statements" else None,
        regions=compared.alteration.regions if compared.alteration else None,
        found_in=place,
        differing=compared.alteration.share if compared.alteration else None,
    )


def ledger_in(folder: Path) -> Path:
    """The ledger's folder, which may be named itself or by the folder of keys in which it lies.

    Raises:
        UsageError: There is none.
    """
    places = [place for place in (folder / FOLDER, folder) if (place / LEDGER).is_file()]
    if not places:
        raise UsageError(f"There is no ledger in {shown(folder)}; name a folder of keys with which a file was signed.")
    return places[0]


def _found(subject: Subject, source: int) -> tuple[Place, Found | Fault | None]:
    """The first store that can be read, and where it was; else the first that cannot, and why."""
    refused: list[tuple[Place, Fault]] = []
    for place, manifest in _stores(subject, source):
        told = _read(subject, source, manifest)
        if isinstance(told, tuple):
            return place, told
        if told.fault != "ManifestNotFound":
            refused.append((place, told))
    return refused[0] if refused else ("file", None)


def _stores(subject: Subject, source: int) -> Iterator[tuple[Place, bytes | Fault | None]]:
    """Stores that may belong to the file and where they lie; None stands for the one in the file."""
    length = store_bytes(source)
    if length:
        yield "file", None if length <= LARGEST_STORE_BYTES else _too_large(length)
    for path in sidecars_of(subject.path):
        if path.is_file() and path != subject.path:
            yield "sidecar", _content(path)
    yield from (("ledger", manifest) for manifest in _in_ledger(subject))


def _read(subject: Subject, source: int, manifest: bytes | Fault | None) -> tuple[Reading, EssenceClaim | None] | Fault:
    if isinstance(manifest, Fault):
        return manifest
    form = carried_type(source, subject.path) or ""
    told = read_store(source, Question(form, LABEL, subject.anchors, manifest), subject.settings)
    if not isinstance(told, Store):
        return told
    reading = reading_of(told)
    if reading is None:
        return Fault(fault=OURS, message="the active manifest is missing")
    return reading, read_claim(told.essence)


def _in_ledger(subject: Subject) -> Iterator[bytes]:
    if subject.ledger is None:
        return
    essence = one_digest(essence_of(subject.path, subject.media, subject.settings))
    for entry in find(subject.ledger, subject.payload, essence, subject.media.sha256):
        manifest = read_manifest(subject.ledger, entry)
        if manifest is not None:
            yield manifest


def _content(path: Path) -> bytes | Fault:
    """A store beside the file."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_STORE_BYTES + 1)
    except OSError as error:
        return Fault(fault=OURS, message=f"{shown(path)} cannot be opened: {error.strerror}")
    return content if len(content) <= LARGEST_STORE_BYTES else _too_large(path.stat().st_size)


def _too_large(length: int) -> Fault:
    message = f"they hold {length} bytes, over the limit of {LARGEST_STORE_BYTES}"
    return Fault(fault=OURS, message=message)


def _without(place: Place, fault: Fault | None) -> Credentials:
    """There is nothing, or nothing that can be read."""
    if fault is None:
        return Credentials("absent", ABSENT)
    where = "" if place == "file" else f" in the {place}"
    sentence = f"Its Content Credentials{where} cannot be read: {reason_of(fault)}."
    return Credentials("unreadable", sentence, found_in=place)


def _compared(subject: Subject, source: int, reading: Reading, claim: EssenceClaim) -> Compared:
    """The file beside what was stated of it; what fails on the way is told."""
    unhashed = None
    if reading.holding == "whole" and claim.unhashed is not None:
        unhashed = unhashed_digest(source, format_of(source, subject.path)) == claim.unhashed
    try:
        if claim.picture is None and claim.sound is None:  # nothing was stated of them
            return Compared(
                unhashed=unhashed, alteration=None if reading.holding == "whole" else _altered(subject, claim)
            )
        now = essence_of(subject.path, subject.media, subject.settings)
        picture, sound = now.picture == claim.picture, now.sound == claim.sound
        alteration = None if subject.media.video is None else UNALTERED if picture else _altered(subject, claim)
    except InputError as error:
        return Compared(unhashed=unhashed, problems=(str(error),))
    return Compared(picture, sound, unhashed, alteration)


def _altered(subject: Subject, claim: EssenceClaim) -> Comparison | None:
    """Where the picture differs, None where that cannot be told."""
    if claim.fingerprint is None:
        return None
    try:
        signed = decode_fingerprint(claim.fingerprint)
    except ValueError:
        return None
    builder = builder_beside(signed)
    seen = take_fingerprint(subject.path, subject.media, subject.settings, builder, subject.on_progress)
    return None if seen is None else compare(signed, seen)


def _dated(reading: Reading, claim: EssenceClaim | None) -> Manifest:
    """The manifest with the time of signing, by the signer's own clock where no time stamp tells it."""
    manifest, signer = reading.manifest, reading.manifest.signer
    if signer is None or signer.signed_at or claim is None or reading.holding == "statements":
        return manifest
    return replace(manifest, signer=replace(signer, signed_at=claim.signed_at))
