"""The institution's own book of what it signed, marked or sealed: a line a file, and the manifests beside it.

When someone strips the credentials from a file, its mark still names institution and clip, and here the manifest is
found again. Lines are only ever added, whole, under a lock; one that is broken is passed over and named.
"""

import fcntl
import json
import os
import re
import secrets
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256 as sha256_of
from pathlib import Path
from typing import Any

from unmask.errors import OutputError, UsageError
from unmask.media.source import shown
from unmask.media.writing import written_aside
from unmask.provenance.mark_keys import INSTITUTION
from unmask.provenance.secret_files import SECRET, require_folder
from unmask.types import Payload

LEDGER, MANIFESTS = "ledger.jsonl", "manifests"
"""Names in a ledger's folder."""
FOLDER = "ledger"
"""Name of the ledger's folder in a folder of keys."""
_PAYLOAD = re.compile(r"([0-9a-f]{8})-([0-9a-f]{8})")


@dataclass(frozen=True, slots=True)
class Entry:
    """One file that was signed, marked or sealed.

    Attributes:
        file: Its name, without folders.
        kind: What was done: ``signed``, ``marked``, or a kind of forgery for what the lab seals.
        sha256: Of all its bytes, in hexadecimal.
        essence: SHA-256 of its picture and sound without their container, None when it was not taken.
        payload: What its mark says, None when it has none.
        manifest: Where its manifest lies, relative to the ledger's folder; None when none was kept.
        sources: SHA-256 of the files it was made from.
        when: Time of the entry in ISO 8601.
        extra: What else is to be kept; plain values that JSON can hold.
    """

    file: str
    kind: str
    sha256: str
    essence: str | None = None
    payload: Payload | None = None
    manifest: str | None = None
    sources: tuple[str, ...] = ()
    when: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that a ledger holds.

    Attributes:
        entries: In the order in which they were added.
        problems: Lines that could not be read, a sentence each.
    """

    entries: tuple[Entry, ...] = ()
    problems: tuple[str, ...] = ()


def ledger_folder(keys: Path) -> Path:
    """Where the ledger of a folder of keys lies, unless another place is named.

    Raises:
        UsageError: It is no folder of keys.
    """
    require_folder(keys, INSTITUTION)
    return keys / FOLDER


def record(folder: Path, entry: Entry, manifest: bytes | None = None) -> Entry:
    """Add a line, and the manifest as ``manifests/SHA256.c2pa``; both are on the disk when this returns.

    Args:
        folder: The ledger's; made when it is not there.
        entry: What to add.
        manifest: Bytes of a C2PA manifest store, None when there is none to keep.

    Returns:
        The entry as it was added, with the place of its manifest.

    Raises:
        OutputError: It cannot be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if manifest is not None:
            entry = replace(entry, manifest=_keep(folder, manifest))
        _append(folder / LEDGER, json.dumps(entry_as_json(entry), allow_nan=False).encode())
    except OSError as error:
        raise OutputError(f"The ledger in {shown(folder)} cannot be written: {error.strerror}.") from error
    return entry


def read_ledger(folder: Path) -> Ledger:
    """All entries; a folder without a ledger has none.

    Raises:
        UsageError: It is there but cannot be opened.
    """
    entries: list[Entry] = []
    problems: list[str] = []
    for number, line in _lines(folder / LEDGER):
        try:
            entries.append(entry_from_json(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            problems.append(f"Line {number} of {shown(folder / LEDGER)} is broken and was passed over.")
    return Ledger(tuple(entries), tuple(problems))


def find(
    folder: Path, payload: Payload | None = None, essence: str | None = None, sha256: str | None = None
) -> tuple[Entry, ...]:
    """Entries that fit any of what is known of a file, the surest and then the newest first.

    Args:
        folder: The ledger's.
        payload: What the file's mark says; the weakest hint, as a mark outlives changes.
        essence: SHA-256 of its picture and sound.
        sha256: Of all its bytes; the surest hint.

    Raises:
        UsageError: The ledger cannot be opened.
    """
    newest_first = read_ledger(folder).entries[::-1]
    known = (sha256, essence, payload)
    ranked = [(_rank((entry.sha256, entry.essence, entry.payload), known), entry) for entry in newest_first]
    return tuple(entry for rank, entry in sorted(ranked, key=lambda pair: pair[0]) if rank < len(known))


def read_manifest(folder: Path, entry: Entry) -> bytes | None:
    """The manifest that was kept with an entry, None when none was or it is not there any more.

    Raises:
        UsageError: It cannot be opened, or is not the one that was kept.
    """
    path = folder / MANIFESTS / Path(entry.manifest or "none").name
    if entry.manifest is None or not os.path.exists(path):
        return None
    try:
        manifest = path.read_bytes()
    except OSError as error:
        raise UsageError(f"The manifest {shown(path)} cannot be read: {error.strerror}; mend its rights.") from error
    if path.stem != sha256_of(manifest).hexdigest():
        raise UsageError(f"The manifest {shown(path)} is not the one that was kept; restore it from your copy.")
    return manifest


def new_clip(folder: Path) -> int:
    """A number for a new clip: 32 random bits that the ledger does not hold, never 0.

    Raises:
        UsageError: The ledger cannot be opened.
    """
    taken = {entry.payload.clip for entry in read_ledger(folder).entries if entry.payload}
    while (clip := secrets.randbits(32)) in taken or clip == 0:
        pass
    return clip


def entry_as_json(entry: Entry) -> dict[str, Any]:
    """An entry as plain values; numbers of a payload read as ``1a2b3c4d-00000007``."""
    return {
        "when": entry.when,
        "kind": entry.kind,
        "file": entry.file,
        "sha256": entry.sha256,
        "essence": entry.essence,
        "payload": None if entry.payload is None else str(entry.payload),
        "manifest": entry.manifest,
        "sources": list(entry.sources),
        "extra": dict(entry.extra),
    }


def entry_from_json(told: Any) -> Entry:
    """An entry from plain values.

    Raises:
        ValueError: They are not those of an entry; likewise KeyError, TypeError and AttributeError.
    """
    return Entry(
        file=_text(told["file"]),
        kind=_text(told["kind"]),
        sha256=_text(told["sha256"]),
        essence=_text_or_none(told.get("essence")),
        payload=_payload(told.get("payload")),
        manifest=_text_or_none(told.get("manifest")),
        sources=tuple(_text(source) for source in told.get("sources", ())),
        when=_text(told["when"]),
        extra=dict(told.get("extra", {})),
    )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)


def _payload(text: str | None) -> Payload | None:
    if text is None:
        return None
    found = _PAYLOAD.fullmatch(text)
    if found is None:
        raise ValueError
    return Payload(int(found.group(1), 16), int(found.group(2), 16))


def _rank(held: tuple[object, ...], known: tuple[object, ...]) -> int:
    """Place of the first hint that fits; the number of hints when none does."""
    fits = (
        place for place, (one, other) in enumerate(zip(held, known, strict=True)) if one is not None and one == other
    )
    return next(fits, len(known))


def _keep(folder: Path, manifest: bytes) -> str:
    """Store a manifest under its own hash; its place relative to the folder."""
    place = Path(MANIFESTS) / f"{sha256_of(manifest).hexdigest()}.c2pa"
    (folder / MANIFESTS).mkdir(mode=0o700, exist_ok=True)
    with written_aside(folder / place) as aside, aside.open("wb") as file:
        file.write(manifest)
        file.flush()
        os.fsync(file.fileno())
    return str(place)


def _append(path: Path, line: bytes) -> None:
    with _locked(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, fcntl.LOCK_EX) as descriptor:
        size = os.fstat(descriptor).st_size
        torn = (
            size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        )  # by a power cut, say: it stays a line of its own
        whole = (b"\n" if torn else b"") + line + b"\n"
        try:
            while whole:
                whole = whole[os.write(descriptor, whole) :]
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, size)
            raise


def _lines(path: Path) -> Generator[tuple[int, bytes]]:
    """Numbers from 1 and lines that are not empty."""
    if not os.path.exists(path):
        return
    try:
        with _locked(path, os.O_RDONLY, fcntl.LOCK_SH) as descriptor, os.fdopen(os.dup(descriptor), "rb") as file:
            yield from ((number, line) for number, line in enumerate(file, 1) if line.strip())
    except OSError as error:
        raise UsageError(f"The ledger {shown(path)} cannot be read: {error.strerror}; mend its rights.") from error


@contextmanager
def _locked(path: Path, flags: int, lock: int) -> Generator[int]:
    descriptor = os.open(path, flags | os.O_CLOEXEC, SECRET)
    try:
        fcntl.flock(descriptor, lock)
        yield descriptor
    finally:
        os.close(descriptor)  # gives the lock back
