"""The parent's end of the pipe: starts the child, believes nothing, and never leaves it behind."""

import fcntl
import os
import select
import signal
import subprocess
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, TypeVar, cast

import numpy as np
from pydantic import ValidationError

from unmask.errors import BrokenMedia, InputError, OverLimit
from unmask.media import sandbox
from unmask.media.child.wire import CODED, DONE, ESSENCE, FACTS, HEAD, HEARD, NO_STAMP, PACKET, PICTURE, SOUND, STAMPS
from unmask.media.facts import CodedFacts, End, EssenceFacts, FileFacts, SoundShape, Told
from unmask.media.sound import Sound
from unmask.media.source import DEMUXER_NAMES, format_of, open_source, require_same, shown
from unmask.settings import Settings
from unmask.types import Media

Shape = TypeVar("Shape", bound=Told)
PIPE_BYTES = 1 << 20
LARGEST_JSON_BYTES = 1 << 24
LARGEST_SOUND_BYTES = 1 << 20
LARGEST_PACKET_BYTES = 1 << 27
MOST_PICTURES_A_SECOND = 1000
LEAVING_SECONDS = 1.0
"""How long a child that said all may take to leave."""
EXPECTED = {
    "facts": {FACTS},
    "film": {PICTURE},
    "sound": {HEARD, SOUND},
    "coded": {CODED},
    "packets": {PACKET},
    "essence": {ESSENCE},
}
"""Which records a task may bring."""
TOLD: dict[bytes, type[Told]] = {FACTS: FileFacts, CODED: CodedFacts, ESSENCE: EssenceFacts}
STILLS = frozenset({"jpeg_pipe", "png_pipe", "webp_pipe", "bmp_pipe", "tiff_pipe", "gif"})


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture as it came: RGB or RGBA, unturned, with the EXIF orientation that is still to be applied."""

    pixels: np.ndarray[Any, np.dtype[np.uint8]]
    seconds: float
    turn: int


@dataclass(frozen=True, slots=True, eq=False)
class Packet:
    """A coded packet as it came, its stamps in ticks of its stream's clock."""

    payload: bytes
    shown_at: int | None
    decoded_at: int | None
    duration: int
    key: bool


Record = Picture | Sound | Packet | Told
"""What a child may send, when it has passed the checks."""


def request_for(task: str, form: str, settings: Settings, **asked: Any) -> dict[str, Any]:
    """A request to the child: the task, the one format allowed, and the limits."""
    return {
        "task": task,
        "format": form,
        "format_names": DEMUXER_NAMES.get(form, form),
        "max_pixels": settings.max_image_pixels if form in STILLS else settings.max_pixels,
        "max_seconds": settings.max_seconds,
        "threads": settings.threads,
        **sandbox.bounds(settings.decode_memory_bytes, settings.decode_wall_seconds),
        **asked,
    }


@contextmanager
def decoding(task: str, path: Path, media: Media, settings: Settings, **asked: Any) -> Generator["Decoder"]:
    """A child at work on a file that was probed; none is left when the block ends.

    Raises:
        Unreadable: The file cannot be opened, or is not the one that was probed.
    """
    with open_source(path, settings) as source:
        require_same(path, source, media.bytes)
        with Decoder(request_for(task, format_of(source, path), settings, **asked), source, path, settings) as decoder:
            yield decoder


def widened(pipe: int) -> int:
    """The pipe, widened so that a picture takes few turns; a narrow one is only slower."""
    with suppress(OSError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    return pipe


class Decoder:
    """A running child and its records; a context manager after which no child is left."""

    def __init__(self, request: dict[str, Any], source: int, path: Path, settings: Settings) -> None:
        self.request = request
        self.path = path
        self.settings = settings
        self.level = sandbox.level(settings).name
        self.deadline = time.monotonic() + settings.decode_wall_seconds
        self.child = sandbox.start(self.level, request, source)
        self.output = widened(cast("IO[bytes]", self.child.stdout).fileno())
        self.pictures = 0
        self.samples = 0
        self.shape: SoundShape | None = None
        self.packet_bytes_left = 2 * os.fstat(source).st_size + LARGEST_SOUND_BYTES
        self.said_all = False
        self.poll = select.poll()
        self.poll.register(self.output, select.POLLIN | select.POLLHUP)

    def __enter__(self) -> "Decoder":  # noqa: PYI034 # the run-time shape checks do not know Self
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child, whatever it does; one that said its last word may leave by itself, so that its time counts."""
        if self.said_all:
            with suppress(subprocess.TimeoutExpired):
                self.child.wait(LEAVING_SECONDS)
        self.child.kill()
        if self.child.stdout is not None:
            self.child.stdout.close()
        self.child.wait()

    def records(self) -> Iterator[Record]:
        """What the child sends, each checked; the last is an ``End``.

        Raises:
            OverLimit: It took too long or too much.
            BrokenMedia: It stopped, refused the file, or sent what it must not send.
        """
        head = bytearray(HEAD.size)
        while True:
            self.fill(memoryview(head))
            tag, length, width, height, channels, turn, seconds = HEAD.unpack(head)
            if tag == DONE:
                self.said_all = True
                yield self.ended(self.told(length, End))
                return
            if tag not in EXPECTED[self.request["task"]]:
                raise self.liar()
            if tag == PICTURE:
                yield self.picture(length, (height, width, channels), turn, seconds)
            elif tag == HEARD:
                self.shape = self.told(length, SoundShape)
            elif tag == SOUND:
                yield self.sound(length)
            elif tag == PACKET:
                yield self.packet(length)
            else:
                yield self.told(length, TOLD[tag])

    def liar(self) -> BrokenMedia:
        """The error for a child that breaks the agreement."""
        return BrokenMedia(
            f"{shown(self.path)} made the decoder answer nonsense; it may be an attack, so treat it with care."
        )

    def picture(self, length: int, shape: tuple[int, int, int], turn: int, seconds: float) -> Picture:
        """The picture that follows, if its size is what was allowed."""
        height, width, channels = shape
        fits = 0 < width * height <= self.request["max_pixels"] and length == width * height * channels
        if not fits or channels not in {3, 4} or not 1 <= turn <= 8 or not abs(seconds) <= self.request["max_seconds"]:
            raise self.liar()
        self.pictures += 1
        if self.pictures > MOST_PICTURES_A_SECOND * self.request["max_seconds"]:
            raise self.liar()
        pixels = np.empty(shape, np.uint8)
        self.fill(pixels.data.cast("B"))
        return Picture(pixels, seconds, turn)

    def sound(self, length: int) -> Sound:
        """The samples that follow, if they are what the child said and no more than the film may last."""
        shape = self.shape
        if shape is None or length > LARGEST_SOUND_BYTES or length % (4 * shape.channels):
            raise self.liar()
        if self.request["rate_hz"] not in {0, shape.rate_hz} or self.request["channels"] not in {0, shape.channels}:
            raise self.liar()
        self.samples += length // (4 * shape.channels)
        if self.samples > self.request["max_seconds"] * shape.rate_hz:
            raise self.liar()
        values = np.empty((length // (4 * shape.channels), shape.channels), np.float32)
        self.fill(values.data.cast("B"))
        return Sound(np.ascontiguousarray(values.T), shape.rate_hz, shape.layout)

    def packet(self, length: int) -> Packet:
        """The packet that follows; all together hold no more bytes than the file can."""
        self.packet_bytes_left -= length
        if not STAMPS.size < length <= LARGEST_PACKET_BYTES or self.packet_bytes_left < 0:
            raise self.liar()
        stamps, payload = bytearray(STAMPS.size), bytearray(length - STAMPS.size)
        self.fill(memoryview(stamps))
        self.fill(memoryview(payload))
        shown_at, decoded_at, duration, key = STAMPS.unpack(stamps)
        if duration < 0:
            raise self.liar()
        return Packet(
            payload=bytes(payload),
            shown_at=None if shown_at == NO_STAMP else shown_at,
            decoded_at=None if decoded_at == NO_STAMP else decoded_at,
            duration=duration,
            key=bool(key),
        )

    def told(self, length: int, model: type[Shape]) -> Shape:
        """The facts that follow."""
        if length > LARGEST_JSON_BYTES:
            raise self.liar()
        text = bytearray(length)
        self.fill(memoryview(text))
        try:
            return model.model_validate_json(bytes(text))
        except ValidationError as error:
            raise self.liar() from error

    def ended(self, end: End) -> End:
        """The last word; a refusal becomes the error that it names."""
        if end.end != "refused":
            return end
        if end.setting:
            still = end.setting == "max_pixels" and self.request["format"] in STILLS
            name = "MAX_IMAGE_PIXELS" if still else end.setting.upper()
            raise OverLimit(f"{shown(self.path)} is over a limit: {end.reason}; raise UNMASK_{name} to read it.")
        raise BrokenMedia(f"{shown(self.path)} cannot be decoded: {end.reason}.")

    def fill(self, view: memoryview) -> None:
        """Read until the view is full."""
        while view:
            self.wait()
            count = os.readv(self.output, [view])
            if count == 0:
                raise self.stopped()
            view = view[count:]

    def wait(self) -> None:
        """Wait for the next bytes, but not for ever.

        Raises:
            OverLimit: Nothing came for ``stall_seconds``, or the whole took ``decode_wall_seconds``.
        """
        left = self.deadline - time.monotonic()
        if left > 0 and self.poll.poll(1000 * min(left, self.settings.stall_seconds)):
            return
        if left <= self.settings.stall_seconds:
            raise OverLimit(
                f"{shown(self.path)} was not decoded within {self.settings.decode_wall_seconds:g} s; raise UNMASK_DECODE_WALL_SECONDS for such a file."
            )
        raise OverLimit(
            f"{shown(self.path)} made the decoder stall for {self.settings.stall_seconds:g} s; raise UNMASK_STALL_SECONDS if this machine is slow."
        )

    def stopped(self) -> InputError:
        """The error for a child that ended without a last word."""
        code = self.child.wait()
        number = -code if code < 0 else code - 128  # bubblewrap tells a signal as shells do
        if number in {signal.SIGXCPU, signal.SIGKILL}:
            return OverLimit(f"{shown(self.path)} took more processor time or memory than the decoder may have.")
        name = signal.Signals(number).name if number in set(signal.Signals) else f"status {code}"
        return BrokenMedia(f"{shown(self.path)} made the decoder stop ({name}).")
