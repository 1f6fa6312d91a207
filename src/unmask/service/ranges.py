"""Answers that hold a stored file or a part of one: whole, or in the ranges that players ask for.

FastAPI's own open a path; what lies in an object store has none.
"""

import re
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping, Sequence
from email.utils import formatdate
from itertools import chain
from typing import Any, Literal
from urllib.parse import quote

from anyio import to_thread
from fastapi.responses import JSONResponse, StreamingResponse

from unmask.errors import OutputError
from unmask.service.problems import Problem
from unmask.service.store.storage import Stored

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Span = tuple[int, int]
"""First byte, and the one after the last."""
BLOCK_BYTES = 1024 * 1024
MOST_RANGES = 100
"""Whoever asks for more gets the file."""
_RANGE = re.compile(r"\s*([0-9]{0,18})\s*-\s*([0-9]{0,18})\s*", re.ASCII)


def disposition(name: str, kind: Literal["inline", "attachment"]) -> str:
    """What a browser does with an answer, and how it names what it saves."""
    quoted = quote(name)
    return f'{kind}; filename="{name}"' if quoted == name else f"{kind}; filename*=utf-8''{quoted}"


class StoredResponse(StreamingResponse):
    """A stored file, read in blocks while it is sent; the first of them before anything is sent.

    So a storage that does not answer makes a 503. What happens to it later cuts the answer off, and the declared length
    tells whoever asked that something is missing.
    """

    def __init__(
        self, stored: Stored, media_type: str, headers: Mapping[str, str] | None = None, tag: str | None = None
    ) -> None:
        super().__init__((), 200, headers, media_type)
        self._stored = stored
        self._sent: Iterator[bytes | Span] = iter(())
        self._tag = f'"{tag or f"{stored.modified:.6f}-{stored.size}"}"'
        self.headers["accept-ranges"] = "bytes"
        self.headers["etag"] = self._tag
        self.headers["last-modified"] = formatdate(stored.modified, usegmt=True)

    async def __call__(self, scope: Message, receive: Any, send: Send) -> None:
        """Answer.

        Raises:
            OutputError: Nothing of it can be read; nothing was sent then.
        """
        asked = {name: value.decode("latin-1") for name, value in scope["headers"]}
        try:
            spans = self._spans(asked)
        except Problem as problem:
            await JSONResponse(dict(problem.told()), problem.status, dict(problem.headers))(scope, receive, send)
            return
        pieces = self._pieces(spans)
        length = sum(len(piece) if isinstance(piece, bytes) else piece[1] - piece[0] for piece in pieces)
        self.headers["content-length"] = str(length)
        if scope["method"] != "HEAD":
            blocks = _blocks(pieces)
            self._sent = chain([await self._content(next(blocks, b""))], blocks)
        await super().__call__(scope, receive, send)

    async def stream_response(self, send: Send) -> None:
        """Send the head and the blocks; whoever goes away meanwhile is noticed by what calls this."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        for block in self._sent:
            try:
                content = await self._content(block)
            except OutputError:
                return  # without the end of the answer, so that the server closes the line
            await send({"type": "http.response.body", "body": content, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _content(self, block: bytes | Span) -> bytes:
        return block if isinstance(block, bytes) else await to_thread.run_sync(self._stored.read, *block)

    def _spans(self, asked: Mapping[bytes, str]) -> Sequence[Span] | None:
        named, since = asked.get(b"range"), asked.get(b"if-range")
        if named is None or (since is not None and since not in {self._tag, self.headers["last-modified"]}):
            return None
        return spans_of(named, self._stored.size)

    def _pieces(self, spans: Sequence[Span] | None) -> Sequence[bytes | Span]:
        """What is sent: spans of the file, and between them what is said of them."""
        size = self._stored.size
        if spans is None:
            return [(0, size)]
        self.status_code = 206
        if len(spans) == 1:
            self.headers["content-range"] = _told(spans[0], size)
            return spans
        boundary, kind = secrets.token_hex(16), self.headers["content-type"]
        self.headers["content-type"] = f"multipart/byteranges; boundary={boundary}"
        found: list[bytes | Span] = []
        for span in spans:
            said = f"\r\n--{boundary}\r\nContent-Type: {kind}\r\nContent-Range: {_told(span, size)}\r\n\r\n"
            found += [said.encode("latin-1"), span]
        return [*found, f"\r\n--{boundary}--\r\n".encode()]


def spans_of(named: str, size: int) -> Sequence[Span] | None:
    """What a header of ranges asks for.

    Args:
        named: The header.
        size: Of the file, bytes.

    Returns:
        Spans in their order, none of which meets another; None for the whole file.

    Raises:
        Problem: It cannot be read (400), or the file does not reach so far (416).
    """
    unit, _, listed = named.partition("=")
    found = [_RANGE.fullmatch(part) for part in listed.split(",")]
    if unit.strip().lower() != "bytes" or not all(match is not None and match[0].strip() != "-" for match in found):
        raise Problem(400, "bad-range", "The ranges cannot be read.", "Write bytes=FIRST-LAST, or leave them out.")
    if len(found) > MOST_RANGES:
        return None
    spans = [_span(match[1], match[2], size) for match in found if match is not None]
    if any(not 0 <= start < size for start, _ in spans):
        way_out = "Ask for no more than there is."
        headers = {"content-range": f"bytes */{size}"}
        raise Problem(416, "out-of-range", f"The file has {size} bytes, and does not reach so far.", way_out, headers)
    if any(start >= end for start, end in spans):
        raise Problem(400, "bad-range", "A range ends before it begins.", "Write bytes=FIRST-LAST.")
    return _merged(spans)


def _span(first: str, last: str, size: int) -> Span:
    if not first:
        return max(size - int(last), 0) if int(last) else size, size
    return int(first), min(int(last) + 1, size) if last else size


def _merged(spans: Sequence[Span]) -> Sequence[Span]:
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def _blocks(pieces: Sequence[bytes | Span]) -> Iterator[bytes | Span]:
    for piece in pieces:
        if isinstance(piece, bytes):
            yield piece
            continue
        for start in range(piece[0], piece[1], BLOCK_BYTES):
            yield start, min(start + BLOCK_BYTES, piece[1])


def _told(span: Span, size: int) -> str:
    return f"bytes {span[0]}-{span[1] - 1}/{size}"
