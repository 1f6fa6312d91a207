"""What a service tells, the same for both clients."""

import json
import time
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal

import httpx
from anyio import to_thread

from unmask.errors import ServiceError, Unreadable
from unmask.types import Word

LOOK_SECONDS = 0.5
BLOCK_BYTES = 1024 * 1024
OVER = frozenset({"done", "failed", "quarantined"})

State = Literal["queued", "running", "done", "failed", "quarantined"]
Label = Literal["filmed", "made", "unsure"]
Kind = Literal["check", "progress", "evidence", "gone"]
Progress = Callable[[float, float | None], None]
"""Called with the seconds of film done and its whole length, if known."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a check found, in short; the report holds the rest."""

    word: Word
    probability: float | None
    interval: tuple[float, float] | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Check:
    """A check, and where it stands.

    Attributes:
        id: Its identity.
        media: SHA-256 of the file.
        name: Of the file, as the report shows it.
        state: Where it stands.
        verdict: What was found, None before the end.
        label: What a person says of the file, None where nobody did.
        told: All that the service says of it.
    """

    id: str
    media: str
    name: str
    state: State
    verdict: Said | None
    label: Label | None
    told: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Share:
    """A link that opens a report.

    Attributes:
        id: Its identity, by which it is revoked.
        expires: When it opens nothing any more: date and time in UTC.
        url: Its whole address, told when it is made and never again; None then.
    """

    id: str
    expires: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a check; ``number`` rises, ``told`` is what docs/guide/service.md lists."""

    number: int
    kind: Kind
    told: Mapping[str, Any]


@dataclass(slots=True)
class Reading:
    """Lines of ``text/event-stream`` as events."""

    _fields: dict[str, str] = field(default_factory=dict)

    def take(self, line: str) -> Event | None:
        """The event that ends with this line, None where none does."""
        if line:
            name, _, value = line.partition(":")
            self._fields[name] = value.removeprefix(" ")
            return None
        told, self._fields = self._fields, {}
        if "data" not in told:
            return None
        kind: Any = told["event"]
        return Event(int(told["id"]), kind, json.loads(told["data"]))


def as_check(told: Mapping[str, Any]) -> Check:
    """A check as the service tells it."""
    said, label = told["verdict"], told["label"]
    verdict = None
    if said is not None:
        interval = None if said["interval"] is None else (float(said["interval"][0]), float(said["interval"][1]))
        verdict = Said(said["word"], said["probability"], interval, said["sentence"])
    word = None if label is None else label["word"]
    return Check(told["id"], told["media"], told["name"], told["state"], verdict, word, told)


def as_share(told: Mapping[str, Any], address: str) -> Share:
    """A link as the service tells it, which knows the path of its address only."""
    url = told.get("url")
    return Share(told["id"], told["expires"], None if url is None else address.rstrip("/") + url)


def is_over(check: Check, on_progress: Progress | None, until: float) -> bool:
    """Whether a check is done; who asked is told how far it is.

    Raises:
        ServiceError: It failed, or is not done in time.
    """
    error = check.told["error"]
    if check.state in OVER and error is not None:
        raise ServiceError(error["message"], code=error["code"], way_out=error["way_out"])
    far = check.told["progress"]
    if far is not None and on_progress is not None:
        on_progress(float(far["seconds"]), far["of"])
    if check.state not in OVER and time.monotonic() > until:
        raise ServiceError(f"The check is still {check.state}.", code="not-done", way_out="Wait for longer.")
    return check.state in OVER


@contextmanager
def opened(path: Path) -> Generator[BinaryIO]:
    """The file, to be sent.

    Raises:
        Unreadable: It cannot be opened.
    """
    try:
        content = path.open("rb")
    except OSError as error:
        raise Unreadable(f"'{path.name}' cannot be opened: {error.strerror}.") from error
    with content:
        yield content


def blocks(content: BinaryIO) -> Iterator[bytes]:
    """A file in parts, so that none is held whole."""
    while block := content.read(BLOCK_BYTES):
        yield block


async def blocks_async(content: BinaryIO) -> AsyncIterator[bytes]:
    """The same where others must not wait for the disk."""
    while block := await to_thread.run_sync(content.read, BLOCK_BYTES):
        yield block


@contextmanager
def answered(address: str) -> Generator[None]:
    """Says in our words that a service does not answer.

    Raises:
        ServiceError: It does not.
    """
    try:
        yield
    except httpx.HTTPError as error:
        said = f"The service at {address} does not answer: {str(error) or type(error).__name__}."
        raise ServiceError(said, way_out="Start it with 'unmask serve', or name its address.") from error


def require(answer: httpx.Response, body: bytes) -> httpx.Response:
    """The answer, if it is one.

    Raises:
        ServiceError: The service refused.
    """
    if not answer.is_error:
        return answer
    try:
        told = json.loads(body)
        words = {name: str(told[name]) for name in ("message", "code", "way_out")}
    except (ValueError, KeyError, TypeError) as error:
        raise ServiceError(f"The service answered {answer.status_code}.", status=answer.status_code) from error
    raise ServiceError(words["message"], code=words["code"], way_out=words["way_out"], status=answer.status_code)
