"""The open file as a container, and its picture."""

import os
from typing import Any

import av
import av.audio.stream
import av.container
import av.error
import av.stream
import av.video.stream
from av.codec.context import ThreadType

from .wire import STANDARD_INPUT, Refusal

BIG_PICTURE_PIXELS = 1920 * 1088
"""Above this size two threads decode; below, one costs least."""
MOST_STREAMS = 64
NO_FILM = av.stream.Disposition.attached_pic | av.stream.Disposition.timed_thumbnails

Request = dict[str, Any]


def open_file(request: Request) -> av.container.InputContainer:
    """The file as the one format its first bytes name, through the one protocol that opens nothing further.

    Raises:
        Refusal: The container is damaged.
    """
    os.lseek(STANDARD_INPUT, 0, os.SEEK_SET)
    try:
        return av.open(
            "fd:",
            mode="r",
            format=request["format"],
            options={
                "fd": str(STANDARD_INPUT),
                "protocol_whitelist": "fd",
                "format_whitelist": request["format_names"],
                "max_streams": str(MOST_STREAMS),
                "max_pixels": str(request["max_pixels"]),
            },
            metadata_errors="replace",
        )
    except (av.error.FFmpegError, EOFError) as error:
        if isinstance(error, MemoryError):
            raise
        raise Refusal(plain(error)) from error


def plain(error: Exception) -> str:
    """What the decoder says, without the address it was given."""
    return str(getattr(error, "strerror", None) or type(error).__name__)


def picture_of(container: av.container.InputContainer) -> av.video.stream.VideoStream | None:
    """The film's picture: the first that can be decoded and is no cover art."""
    return next((one for one in container.streams.video if decodable(one) and not one.disposition & NO_FILM), None)


def sound_of(container: av.container.InputContainer) -> av.audio.stream.AudioStream | None:
    """The film's sound: the first that can be decoded."""
    return next((one for one in container.streams.audio if decodable(one)), None)


def decodable(stream: av.stream.Stream) -> bool:
    """Whether there is a decoder; PyAV leaves the context out where there is none."""
    return getattr(stream, "codec_context", None) is not None


def required_picture(container: av.container.InputContainer) -> av.video.stream.VideoStream:
    """The film's picture.

    Raises:
        Refusal: There is none.
    """
    stream = picture_of(container)
    if stream is None:
        raise Refusal("no picture that can be decoded")
    return stream


def prepare(stream: av.video.stream.VideoStream, request: Request) -> None:
    """Refuse what is too large before it is decoded, and choose the threads."""
    context = stream.codec_context
    refuse_pixels(context.width, context.height, request)
    context.options = {"max_pixels": str(request["max_pixels"])}
    threads = request["threads"] or (2 if context.width * context.height > BIG_PICTURE_PIXELS else 1)
    context.thread_type = ThreadType.AUTO if threads > 1 else ThreadType.NONE
    context.thread_count = threads


def refuse_pixels(width: int, height: int, request: Request) -> None:
    """Refuse a picture over the limit.

    Raises:
        Refusal: It is over the limit.
    """
    if width * height > request["max_pixels"]:
        raise Refusal(f"its picture is {width}×{height} pixels", "max_pixels")
