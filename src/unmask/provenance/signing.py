"""Files signed: claims, hash and signature written into a copy, whole or not at all."""

import os
import stat
import tempfile
import uuid
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BufferedRandom, BufferedReader
from pathlib import Path

import c2pa

from unmask.errors import BrokenMedia, OutputError, OverLimit, UnmaskError, UsageError
from unmask.media.essence import Essence, essence_of
from unmask.media.source import format_of, open_source, sha256_of, shown
from unmask.media.writing import written_aside
from unmask.provenance.carriers import media_type, sidecar_of
from unmask.provenance.claims import Claims, Ingredient, definition
from unmask.provenance.essence import EssenceClaim, essence_claim, unhashed_digest
from unmask.provenance.fingerprint import Progress, builder_for, take_fingerprint
from unmask.provenance.manifest import FAULTS, reason_of
from unmask.provenance.signer import Signer
from unmask.provenance.store import LARGEST_STORE_BYTES, Fault, Question, read_store, reading_settings, store_bytes
from unmask.settings import Settings
from unmask.types import Media, Payload

CHANGED_BY_SIGNING = frozenset({"gif"})
"""Films whose packets hold what is written beside the pictures, so that a signature changes their digest."""
NOTHING = Essence(None, None)
REFUSALS = {
    "certificate was not valid at time of signing": "The signer's certificate is not valid today; renew it.",
    "certificate is invalid": "The signer's certificate is not one for signing media; it needs the purpose emailProtection "
    "or C2PA claim signing.",
    "does not match the provided data or public key": "The signer's key does not belong to its certificate; give the pair "
    "that does.",
    "does not contain signing certificate": "The signer has no certificate that can be read; give its chain in PEM form.",
}
"""What the library says of a signer, and what that means."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A file that was signed.

    Attributes:
        path: Where it lies.
        sha256: Of all its bytes, in hexadecimal.
        manifest: Bytes of its manifest store.
        sidecar: Where the store lies when it is not in the file.
    """

    path: Path
    sha256: str
    manifest: bytes
    sidecar: Path | None = None


def sign_file(
    source: Path, destination: Path, signer: Signer, claims: Claims, settings: Settings, *, sidecar: bool = False
) -> Signed:
    """Sign a copy of a file.

    Args:
        source: The file.
        destination: Where the copy goes; it appears only when it is complete, and may be the file itself.
        signer: Who signs.
        claims: What is claimed.
        settings: Limits.
        sidecar: Leave the copy's bytes as they are, and write the manifest beside it.

    Raises:
        UsageError: The format cannot carry credentials, or the signer's certificate or key is not fit.
        InputError: The file or an ingredient cannot be read.
        OutputError: The result cannot be written.
    """
    place = destination.resolve() if destination.is_symlink() else destination
    beside = sidecar_of(place) if sidecar else None
    rights = stat.S_IMODE(place.stat().st_mode) if os.path.exists(place) else None
    with ExitStack() as stack:
        media = stack.enter_context(_reading(source, settings))
        untouched = beside is not None and same_file(source, place)
        copy = _nameless(stack, place) if untouched else stack.enter_context(written_aside(place))
        with builder_with(claims, settings) as builder, _opened(copy) as written:
            if beside is not None:
                builder.set_no_embed()
            form = media_type(media.fileno(), source)
            manifest = _signed(builder, signer, form, media, written, source=source)
            written.flush()
            sha256 = sha256_of(written.fileno())[0]
        if beside is not None:
            if sha256 != sha256_of(media.fileno())[0]:
                raise OutputError(f"{shown(source)} cannot be signed without a change to it; leave out --sidecar.")
            stack.enter_context(written_aside(beside)).write_bytes(manifest)
    if rights is not None:
        place.chmod(rights)  # a file that only its owner may read stays so
    return Signed(place, sha256, manifest, beside)


def essence_to_sign(
    path: Path,
    media: Media,
    settings: Settings,
    *,
    payload: Payload | None = None,
    on_progress: Progress | None = None,
) -> EssenceClaim:
    """What is to be stated of a file's picture and sound; the whole picture is decoded for it.

    Args:
        path: The file.
        media: What ``probe`` found in it.
        settings: Limits, and the least sandbox.
        payload: What the mark in it says, None when it has none or it is not known.
        on_progress: Told how far the film was read.

    Raises:
        InputError: It cannot be decoded.
    """
    with open_source(path, settings) as source:
        unhashed = unhashed_digest(source, format_of(source, path))
    fingerprint = take_fingerprint(path, media, settings, builder_for(media), on_progress)
    essence = (
        NOTHING
        if media.kind == "video" and media.container in CHANGED_BY_SIGNING
        else essence_of(path, media, settings)
    )
    return essence_claim(essence, unhashed=unhashed, payload=payload, fingerprint=fingerprint, signed_at=now())


def now() -> str:
    """The time in ISO 8601, to the second.

    >>> len(now())
    20
    """
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def readable_name(path: Path) -> str:
    r"""A file's name as text; what is no text in it is written as an escape.

    >>> readable_name(Path("a\udcff.mp4"))
    'a\\udcff.mp4'
    """
    return path.name.encode("utf-8", "backslashreplace").decode()


def same_file(one: Path, other: Path) -> bool:
    """Whether two names are of the same file, also through links."""
    return os.path.exists(other) and one.samefile(other)


@contextmanager
def builder_with(claims: Claims, settings: Settings) -> Generator[c2pa.Builder]:
    """The library's builder, with all that is claimed.

    Raises:
        InputError: An ingredient cannot be read.
        OutputError: The claims are too long.
    """
    identifiers = [f"xmp:iid:{uuid.uuid4()}" for _ in claims.ingredients]
    told = reading_settings("") | {"builder": {"thumbnail": {"enabled": False}}}
    told["verify"] = told["verify"] | {"verify_after_sign": True}
    try:
        context = c2pa.Context.from_dict(told)
        builder = c2pa.Builder(definition(claims, identifiers), context)
    except c2pa.C2paError as error:
        raise OutputError(f"The claims about {shown(claims.title)} cannot be written: {plain(error)}.") from error
    with context, builder:
        for ingredient, identifier in zip(claims.ingredients, identifiers, strict=True):
            _add(builder, ingredient, identifier, settings)
        yield builder


def plain(error: c2pa.C2paError) -> str:
    """What the library says, without the kind of error before it.

    >>> plain(c2pa.C2paError("Other: no."))
    'no'
    """
    kind, _, said = str(error).partition(": ")
    return (said or kind).rstrip(".")


def _add(builder: c2pa.Builder, ingredient: Ingredient, identifier: str, settings: Settings) -> None:
    path = ingredient.path
    told = {
        "title": ingredient.title or readable_name(path),
        "relationship": ingredient.relationship,
        "instance_id": identifier,
    }
    with open_source(path, settings) as source:
        form = media_type(source, path)
        _require_readable(source, form, path, settings)
        with os.fdopen(os.dup(source), "rb") as file:
            file.seek(0)
            try:
                builder.add_ingredient(told, form, file)
            except c2pa.C2paError as error:
                raise BrokenMedia(f"{shown(path)} cannot be named as an ingredient: {plain(error)}.") from error


def _require_readable(source: int, form: str, path: Path, settings: Settings) -> None:
    """Refuse an ingredient whose credentials do harm, before they are read outside the walls.

    Raises:
        OverLimit: There are too many of them.
        BrokenMedia: They do harm.
    """
    length = store_bytes(source)
    if length > LARGEST_STORE_BYTES:
        raise OverLimit(
            f"{shown(path)} holds {length} bytes of Content Credentials, over the limit of {LARGEST_STORE_BYTES}; it cannot "
            "be an ingredient."
        )
    found = read_store(source, Question(form, ""), settings) if length else None
    if isinstance(found, Fault) and found.fault in FAULTS:
        raise BrokenMedia(f"The Content Credentials of {shown(path)} cannot be read: {reason_of(found)}.")


def _signed(
    builder: c2pa.Builder, signer: Signer, form: str, media: BufferedReader, written: BufferedRandom, *, source: Path
) -> bytes:
    """Write the signed file; the manifest store comes back."""
    asked = _Asked(signer)
    try:
        with c2pa.Signer.from_callback(asked, c2pa.C2paSigningAlg.ES256, signer.chain.decode()) as one:
            return bytes(builder.sign(one, form, media, written))
    except c2pa.C2paError as error:
        if isinstance(asked.failure, UnmaskError):
            raise asked.failure from None
        if asked.failure is not None:
            kind = type(asked.failure).__name__  # what it says may hold what is secret
            raise OutputError(f"The signer failed ({kind}), so {shown(source)} was not signed.") from None
        said = plain(error)
        refusal = next((sentence for part, sentence in REFUSALS.items() if part in said), None)
        if refusal is not None:
            raise UsageError(refusal) from error
        raise OutputError(f"{shown(source)} cannot be signed: {said}.") from error


class _Asked:
    """The signer as the library calls it; what goes wrong is kept, since the library would only write it to a log."""

    def __init__(self, signer: Signer) -> None:
        self.failure: Exception | None = None
        self._signer = signer

    def __call__(self, message: bytes) -> bytes:
        try:
            return self._signer.sign(message)
        except Exception as error:  # noqa: BLE001 # a callback may raise anything
            self.failure = error
            return b""


@contextmanager
def _reading(source: Path, settings: Settings) -> Generator[BufferedReader]:
    with open_source(source, settings) as descriptor, os.fdopen(os.dup(descriptor), "rb") as media:
        media.seek(0)
        yield media


@contextmanager
def _opened(copy: Path | BufferedRandom) -> Generator[BufferedRandom]:
    if isinstance(copy, Path):
        with copy.open("w+b") as file:
            yield file
    else:
        yield copy


def _nameless(stack: ExitStack, beside: Path) -> BufferedRandom:
    """A file without a name on the disk of another, for a copy that is not kept."""
    try:
        return stack.enter_context(tempfile.TemporaryFile(dir=beside.parent))  # the stack closes it
    except OSError as error:
        raise OutputError(f"Beside {shown(beside)} nothing can be written: {error.strerror}.") from error
