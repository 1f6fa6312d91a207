"""Files and results in an object store that speaks S3, asked through fsspec and s3fs: an extra.

An object is there whole or not at all, under its name from the moment on in which it was written. Nothing here sets whom it
is open to: that is the bucket's affair. Who asks is known by what botocore finds in the environment and in ``~/.aws``.
"""

import hashlib
import secrets
from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, get_args

from unmask.errors import MissingComponent, NoRoom, OutputError, Unreadable
from unmask.media.source import shown
from unmask.service.store.fetched import passing_folder
from unmask.service.store.media import NO_ROOM
from unmask.service.store.storage import Part, Stored

MEDIA, RESULTS, PROBE = "media", "results", "probe"
CONNECT_SECONDS, READ_SECONDS = 5.0, 15.0
"""Longest waits for a line to the store, and for its next bytes."""
TRIES_OF_A_REQUEST, TRIES_OF_ALL = 2, 2
"""botocore tries a request anew, and s3fs tries again what came of that."""
PIECE_BYTES, MOST_PIECES, PIECES_AT_ONCE = 8 * 1024**2, 10_000, 4
"""Large files go and come in pieces, of which a process holds few; an object has so many pieces at most."""
FULL = frozenset({"QuotaExceeded", "XMinioStorageFull"})
"""What stores say that have no room; Amazon's has always."""


def open_objects(place: str, folder: Path) -> "ObjectStorage":
    """Files and results below a place of an object store.

    Args:
        place: Bucket, and what all names begin with.
        folder: On this machine, for what is on its way.

    Raises:
        MissingComponent: s3fs is not installed.
    """
    try:
        import fsspec  # noqa: PLC0415 # an extra, and slow to load
        import s3fs  # noqa: F401, PLC0415 # asked for by fsspec
    except ImportError as error:
        raise MissingComponent("To use an object store it lacks s3fs: pip install 'unmask[s3]'.") from error
    store = fsspec.filesystem(
        "s3",
        skip_instance_cache=True,
        use_listings_cache=False,  # others write beside this process
        default_block_size=PIECE_BYTES,
        max_concurrency=PIECES_AT_ONCE,
        config_kwargs={
            "connect_timeout": CONNECT_SECONDS,
            "read_timeout": READ_SECONDS,
            "retries": {"mode": "standard", "total_max_attempts": TRIES_OF_A_REQUEST},
        },
    )
    store.retries = TRIES_OF_ALL
    return ObjectStorage(store, place, folder)


@dataclass(frozen=True, slots=True)
class ObjectStorage:
    """Below one place of an object store.

    Attributes:
        store: As fsspec asks it.
        place: Bucket, and what all names begin with.
        folder: On this machine, for what is on its way.
    """

    store: Any
    place: str
    folder: Path

    def require_writable(self) -> None:
        """As ``Storage`` has it."""
        content = secrets.token_bytes(16)
        probe = self._named(PROBE, secrets.token_hex(8))
        with _told():
            self.store.pipe_file(probe, content)
            found, listed = self.store.cat_file(probe), self.store.ls(self._named(PROBE), detail=False)
            self.store.rm_file(probe)
        if found != content or probe not in listed:
            raise OutputError("The object store gave other bytes than it was given; name another one.")

    def bring(self, sealed: Path, sha256: str) -> None:
        """As ``Storage`` has it: under its hash nothing else ever lies, so it may be there before its row."""
        piece = max(PIECE_BYTES, -(-sealed.stat().st_size // MOST_PIECES))
        with _told():
            self.store.put_file(str(sealed), self._media(sha256), chunksize=piece)

    def keep(self, sealed: Path, sha256: str) -> None:
        """As ``Storage`` has it: it was brought; whoever deleted the last check of it since then took it away again."""
        found = self._info(self._media(sha256))
        if found is None or found["size"] != sealed.stat().st_size:
            self.bring(sealed, sha256)

    def remove(self, hashes: Iterable[str]) -> None:
        """As ``Storage`` has it."""
        self._remove([self._media(sha256) for sha256 in hashes])

    def stored(self, sha256: str) -> Stored | None:
        """As ``Storage`` has it."""
        return self._stored(self._media(sha256))

    @contextmanager
    def at_hand(self, sha256: str) -> Generator[Path]:
        """As ``Storage`` has it: a copy, gone afterwards."""
        with passing_folder(self.folder) as passing:
            path = passing / sha256
            self._fetch(sha256, path)
            yield path

    def media_before(self, older_than: float) -> Iterator[str]:
        """As ``Storage`` has it."""
        for beginning in self._listed(self._named(MEDIA)):
            for found in self._files(beginning["name"]):
                if _written(found) < older_than:
                    yield found["name"].rpartition("/")[2]

    def write_result(self, name: str, parts: Mapping[Part, bytes]) -> None:
        """As ``Storage`` has it.

        Its name is new and in no row until all parts are there, and a store that took a part gives it to whoever asks
        from then on; so nobody who was told the name can see a part missing.
        """
        try:
            for part, content in parts.items():
                self.add_part(name, part, content)
        except OutputError:
            self.remove_result(name)
            raise

    def add_part(self, name: str, part: Part, content: bytes) -> None:
        """As ``Storage`` has it."""
        with _told():
            self.store.pipe_file(self._named(RESULTS, name, part), content)

    def part(self, name: str, part: Part) -> Stored | None:
        """As ``Storage`` has it."""
        return self._stored(self._named(RESULTS, name, part))

    def remove_result(self, name: str) -> None:
        """As ``Storage`` has it."""
        with suppress(OutputError):
            self._remove([self._named(RESULTS, name, part) for part in get_args(Part)])

    def sweep_results(self, known: Collection[str], older_than: float) -> None:
        """As ``Storage`` has it."""
        for found in self._listed(self._named(RESULTS)):
            if found["name"].rpartition("/")[2] not in known:
                parts = self._files(found["name"])
                if all(_written(part) < older_than for part in parts):
                    self._remove([part["name"] for part in parts])

    def _named(self, *names: str) -> str:
        return "/".join((self.place, *names))

    def _media(self, sha256: str) -> str:
        return self._named(MEDIA, sha256[:2], sha256)

    def _remove(self, names: Iterable[str]) -> None:
        with _told():
            for name in names:
                self.store.rm_file(name)

    def _stored(self, name: str) -> Stored | None:
        found = self._info(name)
        return None if found is None else Stored(found["size"], _written(found), partial(self._read, name))

    def _read(self, name: str, start: int, end: int) -> bytes:
        if start == end:
            return b""
        with _told():
            content: bytes = self.store.cat_file(name, start=start, end=end)
        if len(content) != end - start:
            raise OutputError("The object store gave fewer bytes than were asked for.")
        return content

    def _info(self, name: str) -> Mapping[str, Any] | None:
        with _told():
            try:
                found: Mapping[str, Any] = self.store.info(name)
            except FileNotFoundError:
                self._require_bucket()
                return None
        return found if found["type"] == "file" else None

    def _listed(self, name: str) -> Sequence[Mapping[str, Any]]:
        with _told():
            try:
                found: Sequence[Mapping[str, Any]] = self.store.ls(name, detail=True)
            except FileNotFoundError:
                self._require_bucket()
                return ()
        return found

    def _files(self, name: str) -> Sequence[Mapping[str, Any]]:
        """What lies below a name, without the empty objects by which some programs draw a folder."""
        return [found for found in self._listed(name) if found["type"] == "file" and not found["name"].endswith("/")]

    def _fetch(self, sha256: str, path: Path) -> None:
        with _told():
            try:
                self.store.get_file(self._media(sha256), str(path))
            except FileNotFoundError as error:
                self._require_bucket()
                raise Unreadable(f"{shown(sha256)} cannot be opened: it is no longer there.") from error
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                raise OutputError("The object store gave other bytes than were kept; nothing is said of them.")

    def _require_bucket(self) -> None:
        """Tell a name that is not there from a bucket that is not there, which would be every name."""
        self.store.info(self.place.partition("/")[0])


def _written(found: Mapping[str, Any]) -> float:
    return float(found["LastModified"].timestamp())


@contextmanager
def _told() -> Generator[None]:
    """What goes wrong in the store, in a sentence of our own: theirs may hold addresses and names of keys."""
    from aiohttp import ClientError as LineError  # noqa: PLC0415 # as fsspec above
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
    from botocore.parsers import ResponseParserError  # noqa: PLC0415

    try:
        yield
    except (OSError, ValueError, BotoCoreError, ClientError, LineError, ResponseParserError) as error:
        raise _refusal(error) from error


def _refusal(error: Exception) -> OutputError:
    if _code(error) in FULL or getattr(error, "errno", None) in NO_ROOM:
        return NoRoom("There is no room left for the file; free some, or delete checks.")
    return OutputError(f"The object store does not do as it should: {_reason(error)}.")


def _code(error: Exception) -> str:
    """The store's own word, where it said one."""
    answer = getattr(error.__cause__ or error, "response", None)
    return str(answer.get("Error", {}).get("Code", "")) if isinstance(answer, Mapping) else ""


def _reason(error: Exception) -> str:
    from botocore import exceptions as known  # noqa: PLC0415 # as fsspec above

    reasons: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
        ((FileNotFoundError,), "the bucket, or what was in it, is not there"),
        ((PermissionError,), "it refuses these credentials, or they have no right to do so"),
        ((known.NoCredentialsError, known.PartialCredentialsError), "no credentials for it are found"),
        ((known.ProfileNotFound,), "the profile that the environment names is not in ~/.aws"),
        ((TimeoutError, known.ReadTimeoutError, known.ConnectTimeoutError), "it is too slow"),
        ((known.ConnectionError, known.HTTPClientError), "it cannot be reached"),
        ((ValueError,), "its address, as AWS_ENDPOINT_URL has it, makes no sense"),
    )
    found = next((said for kinds, said in reasons if isinstance(error, kinds)), None)
    return found or f"it answers {_code(error) or type(error).__name__}"
