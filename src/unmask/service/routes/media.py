"""``/v1/media``: files come in as they are, and are played back to the page."""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response
from starlette.requests import ClientDisconnect

from unmask.errors import NoRoom, NotMedia, OverLimit
from unmask.media.source import format_by
from unmask.service.answers import RANGE, answers, ranged
from unmask.service.callers import Caller
from unmask.service.context import Asking, Context, Given
from unmask.service.guard import MEDIA_POLICY, POLICY
from unmask.service.problems import Problem, told
from unmask.service.ranges import StoredResponse
from unmask.service.schemas import FileName, MediaOut, Sha256
from unmask.service.store.checks import sees_media
from unmask.service.store.keeping import keep
from unmask.service.store.media import Upload
from unmask.service.store.storage import Stored

router = APIRouter(tags=["media"])
BLOCK = 1024 * 1024
FIRST_SECONDS = 60.0
"""In its first minute an upload may be as slow as it likes."""
KINDS: Mapping[str, str] = {
    "mov": "video/mp4",
    "matroska": "video/webm",
    "flv": "video/x-flv",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "avi": "video/x-msvideo",
    "mpeg": "video/mpeg",
    "mpegts": "video/mp2t",
    "gif": "image/gif",
    "png_pipe": "image/png",
    "jpeg_pipe": "image/jpeg",
    "webp_pipe": "image/webp",
    "tiff_pipe": "image/tiff",
    "bmp_pipe": "image/bmp",
}
UNKNOWN = "application/octet-stream"
FILE = {
    "requestBody": {
        "required": True,
        "description": "The file, as it is.",
        "content": {UNKNOWN: {"schema": {"type": "string", "format": "binary", "minLength": 1}}},
    }
}
BYTES: dict[str, Any] = {kind: {} for kind in (UNKNOWN, *sorted(set(KINDS.values())))}
KEPT: dict[int | str, dict[str, Any]] = {
    201: {
        "description": "The file is kept.",
        "links": {"check": {"operationId": "checks_create", "requestBody": {"media": "$response.body#/sha256"}}},
    }
}
SEND_FASTER = "Send the file again over a faster line."


@router.post("/media", summary="Send a file", status_code=201, responses=answers(400, 507) | KEPT, openapi_extra=FILE)
async def upload(
    request: Request, given: Given, asking: Asking, name: Annotated[FileName, Query()] = "file"
) -> MediaOut:
    """Take a file, sent as the body of the request.

    Example: `curl --data-binary @clip.mp4 'http://127.0.0.1:8420/v1/media?name=clip.mp4'`
    """
    most = given.settings.max_bytes
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most:
        raise Problem(413, OverLimit.code, f"The file is larger than the {most} bytes that are taken.", "Send less.")
    try:
        with Upload(given.storage.folder, most) as coming:
            async for block in _blocks(request, given):
                await to_thread.run_sync(coming.write, block)
            if not coming.bytes:
                raise Problem(422, "empty", "The request has no body.", "Send the file as the body of the request.")
            sha256, known = await to_thread.run_sync(keep, given.database, given.storage, coming, asking.owner)
    except OverLimit as error:
        raise Problem(413, error.code, *_words(error)) from error
    except NoRoom as error:
        raise Problem(507, error.code, *_words(error)) from error
    except ClientDisconnect as error:  # nobody reads the answer
        raise Problem(400, "cut-off", "The file did not come to its end.", "Send it again.") from error
    return MediaOut(sha256=sha256, bytes=coming.bytes, name=name, known=known)


@router.head("/media/{sha256}", include_in_schema=False)
@router.get(
    "/media/{sha256}", summary="Get a file", response_class=Response, responses=ranged(BYTES), openapi_extra=RANGE
)
def download(sha256: Sha256, given: Given, asking: Asking) -> Response:
    """The file, whole or in ranges, as players ask for it."""
    stored = given.storage.stored(sha256) if _sees(asking, sha256, given) else None
    if stored is None:
        raise Problem(404, "no-media", "No file of this content is kept.", "Send it again.")
    headers = {POLICY: MEDIA_POLICY, "cache-control": "private, max-age=3600"}
    return StoredResponse(stored, media_type=_kind_of(stored), headers=headers, tag=sha256)


def _sees(asking: Caller, sha256: str, given: Context) -> bool:
    if asking.sees is None:
        return True
    with given.database.reading() as connection:
        return sees_media(connection, sha256, asking.sees)


def _kind_of(stored: Stored) -> str:
    """By the first bytes, and never a kind that a browser would run."""

    def read(count: int, offset: int) -> bytes:
        return stored.read(min(offset, stored.size), min(offset + count, stored.size))

    try:
        return KINDS.get(format_by(read, Path()), UNKNOWN)
    except NotMedia:
        return UNKNOWN


async def _blocks(request: Request, given: Context) -> AsyncIterator[bytes]:
    """The body in blocks; whoever sends too slowly is let go, so that nobody holds a line for nothing."""
    serve = given.settings.serve
    begun, came, held = time.monotonic(), 0, bytearray()
    stream = request.stream()
    while True:
        try:
            async with asyncio.timeout(serve.upload_stall_seconds):
                part = await anext(stream)
        except StopAsyncIteration:
            break
        except TimeoutError as error:
            said = f"Nothing came for {serve.upload_stall_seconds:g} seconds."
            raise Problem(408, "too-slow", said, SEND_FASTER) from error
        held += part
        came += len(part)
        late = time.monotonic() - begun - FIRST_SECONDS
        if late > 0 and came < late * serve.upload_least_rate:
            said = f"The file comes with less than {serve.upload_least_rate:.0f} bytes a second."
            raise Problem(408, "too-slow", said, SEND_FASTER)
        if len(held) >= BLOCK:
            yield bytes(held)
            held.clear()
    yield bytes(held)


def _words(error: OverLimit | NoRoom) -> tuple[str, str]:
    words = told(error)
    return words["message"], words["way_out"]
