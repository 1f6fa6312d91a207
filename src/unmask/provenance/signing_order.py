"""A file signed as a user asks for it: refused early, never by halves, and noted in the ledger."""

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from unmask.errors import OutputError, UsageError
from unmask.media.probe import probe
from unmask.media.remux import remux_to_mp4
from unmask.media.source import open_source, sha256_of, shown
from unmask.provenance.carriers import carried_type, media_type, sidecar_of
from unmask.provenance.claims import Claims, claims_for
from unmask.provenance.essence import EssenceClaim, one_digest, payload_of
from unmask.provenance.fingerprint import Progress
from unmask.provenance.ledger import FOLDER, Entry, find, record
from unmask.provenance.signer import open_signer
from unmask.provenance.signing import Signed, essence_to_sign, now, readable_name, same_file, sign_file
from unmask.provenance.store import store_bytes
from unmask.settings import Settings
from unmask.types import Media, Payload

KIND = "signed"
"""What the ledger calls a signed file."""
MP4_ENDINGS = (".mp4", ".m4v", ".m4a")
KEPT = "It carried Content Credentials already; they are kept as those of its parent."


@dataclass(frozen=True, slots=True)
class SigningOrder:
    """What is to be signed, and what is to be said of it.

    Attributes:
        source: The file.
        destination: Where the signed one is to lie; None for the file itself.
        parent: File from which it was made.
        actions: Steps that were taken, as ``claims_for`` takes them; what is usual when there are none.
        source_type: How it came about, as the IPTC names it.
        title: Name in the manifest; the file's name when None.
        payload: What the mark in it says; looked up in the ledger when None.
        sidecar: Whether the manifest is written beside the file, whose bytes stay as they are.
        in_place: Whether the file itself may be replaced by the signed one.
        force: Whether a file that lies at the destination may be replaced.
        remux: Whether a film that cannot carry a manifest is moved to MP4 first.
    """

    source: Path
    destination: Path | None = None
    parent: Path | None = None
    actions: tuple[str, ...] = ()
    source_type: str | None = None
    title: str | None = None
    payload: Payload | None = None
    sidecar: bool = False
    in_place: bool = False
    force: bool = False
    remux: bool = False


@dataclass(frozen=True, slots=True)
class Noted:
    """A file that was signed, and its line in the ledger.

    Attributes:
        signed: The file.
        claims: What was claimed of it.
        entry: Its line.
        remarks: Sentences on what else happened; often none.
    """

    signed: Signed
    claims: Claims
    entry: Entry
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Carrier:
    """The file in the form in which it is signed.

    Attributes:
        path: The source itself, or the film as MP4.
        media: What ``probe`` finds in it.
        remarks: Sentences on what is not as it was.
    """

    path: Path
    media: Media
    remarks: tuple[str, ...] = ()


def sign_as_asked(order: SigningOrder, settings: Settings, keys: Path, on_progress: Progress | None = None) -> Noted:
    """Sign a file with an institution's keys, and note it in their ledger.

    Args:
        order: What is wanted.
        settings: Limits, and the least sandbox.
        keys: Folder of keys.
        on_progress: Told how far the film was read.

    Raises:
        UsageError: The order makes no sense, the keys are not fit, or the format cannot carry a manifest.
        InputError: A file cannot be read.
        OutputError: The signed file or the ledger cannot be written.
    """
    destination = place_of(order)
    title = order.title or readable_name(destination)
    claims, kept = claims_of(order, title, settings)  # refused before the work
    signer, ledger = open_signer(keys), keys / FOLDER
    media = probe(order.source, settings)
    sources = sources_of(order, media, settings)
    with carrier_of(order, destination, media, settings) as carrier:
        stated = stated_of(order, carrier, settings, ledger, on_progress)
        claims = replace(claims, essence=stated)
        signed = sign_file(carrier.path, destination, signer, claims, settings, sidecar=order.sidecar)
    remarks = (*carrier.remarks, *([KEPT] if kept else []))
    return Noted(signed, claims, _noted(signed, stated, ledger, sources), remarks)


def place_of(order: SigningOrder) -> Path:
    """Where the signed file is to lie.

    Raises:
        UsageError: A file would be lost there, or the order does not say where.
    """
    source, destination = order.source, order.destination
    if destination is not None and order.in_place and not same_file(source, destination):
        raise UsageError("--in-place signs the file itself; leave out --output, or --in-place.")
    if destination is None and not (order.in_place or order.sidecar):
        raise UsageError("Where the signed file goes is not said; name it with --output, or sign with --in-place.")
    place = destination or source
    itself = same_file(source, place)
    if itself and not (order.in_place or order.sidecar):
        raise UsageError(f"{shown(source)} would be signed over itself; name another file, or add --in-place.")
    if os.path.isdir(place):
        raise UsageError(f"{shown(place)} is a folder; name a file.")
    if not itself:
        _require_free(place, order)
    if order.sidecar:
        _require_free(sidecar_of(place), order)
    return place


def claims_of(order: SigningOrder, title: str, settings: Settings) -> tuple[Claims, bool]:
    """What is claimed, and whether the file's own credentials are kept as those of its parent.

    Raises:
        UsageError: The order contradicts itself.
        InputError: The file cannot be read.
    """
    parent, actions = order.parent, order.actions
    with open_source(order.source, settings) as source:
        kept = parent is None and bool(store_bytes(source)) and carried_type(source, order.source) is not None
    if kept:
        parent, actions = order.source, actions or ("opened",)
    return claims_for(title, parent=parent, actions=actions, source_type=order.source_type, when=now()), kept


def sources_of(order: SigningOrder, media: Media, settings: Settings) -> tuple[str, ...]:
    """SHA-256 of the files from which the signed one is made.

    Raises:
        InputError: The parent cannot be read.
    """
    if order.parent is None:
        return (media.sha256,)
    with open_source(order.parent, settings) as parent:
        return tuple(dict.fromkeys([media.sha256, sha256_of(parent)[0]]))


@contextmanager
def carrier_of(order: SigningOrder, destination: Path, media: Media, settings: Settings) -> Generator[Carrier]:
    """The file as it is signed: as it is or, where it cannot carry a manifest and that is wanted, as MP4.

    Raises:
        UsageError: It cannot carry a manifest, and is not to be moved or cannot be.
        InputError: It cannot be read.
        OutputError: The MP4 file cannot be written.
    """
    with open_source(order.source, settings) as source:
        carries = carried_type(source, order.source) is not None
        if not (carries or order.remux):
            media_type(source, order.source)  # says why not
    if carries:
        yield Carrier(order.source, media)
        return
    if same_file(order.source, destination) or destination.suffix.lower() not in MP4_ENDINGS:
        raise UsageError(f"{shown(order.source)} becomes an MP4 file; name one with --output, ending with .mp4.")
    with _folder_beside(destination) as folder:
        moved = folder / "moved.mp4"
        remarks = remux_to_mp4(order.source, moved, media, settings)
        yield Carrier(moved, probe(moved, settings), remarks)


def stated_of(
    order: SigningOrder, carrier: Carrier, settings: Settings, ledger: Path, on_progress: Progress | None
) -> EssenceClaim:
    """What is stated of picture and sound, with the mark that the order or the ledger knows to be in them.

    Raises:
        InputError: They cannot be decoded.
        UsageError: The ledger cannot be opened.
    """
    stated = essence_to_sign(carrier.path, carrier.media, settings, on_progress=on_progress)
    known = find(ledger, essence=one_digest(stated), sha256=carrier.media.sha256)
    payload = order.payload or next((entry.payload for entry in known if entry.payload is not None), None)
    return stated if payload is None else stated.model_copy(update={"payload": str(payload)})


def _require_free(place: Path, order: SigningOrder) -> None:
    if os.path.lexists(place) and not order.force:
        raise UsageError(f"{shown(place)} is there already; name another, or replace it with --force.")


@contextmanager
def _folder_beside(destination: Path) -> Generator[Path]:
    try:
        folder = tempfile.TemporaryDirectory(prefix=".unmask-", dir=destination.parent)
    except OSError as error:
        raise OutputError(f"Beside {shown(destination)} nothing can be written: {error.strerror}.") from error
    with folder as name:
        yield Path(name)


def _noted(signed: Signed, stated: EssenceClaim, ledger: Path, sources: tuple[str, ...]) -> Entry:
    """The line in the ledger, on the disk when this returns."""
    entry = Entry(
        signed.path.name,
        KIND,
        signed.sha256,
        essence=one_digest(stated),
        payload=payload_of(stated),
        sources=sources,
    )
    try:
        return record(ledger, entry, signed.manifest)
    except OutputError as error:
        raise OutputError(f"{shown(signed.path)} is signed, but not noted: {error}") from error
