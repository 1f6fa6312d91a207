"""Where the pictures of a live session come from: a camera, or a film played at its own pace."""

import threading
import time
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from pathlib import Path

from unmask.errors import BrokenMedia, UsageError
from unmask.media.camera import camera_frames, camera_media
from unmask.media.probe import probe
from unmask.media.source import shown
from unmask.media.video import open_frames
from unmask.settings import Settings
from unmask.types import Frame, Media

LATE_SECONDS = 0.1
"""A picture that comes later than this is dropped …"""
LEAST_GAP_SECONDS = 0.25
"""… unless none was shown for so long: a film that is too much for the machine still moves."""
USUAL_RATE = 25.0


@dataclass(frozen=True, slots=True)
class Source:
    """A camera or a film.

    Attributes:
        path: The film; for a camera, its name.
        media: What is known of it.
        frames: Opens it, in the thread that reads it; ends early once the event is set, and calls the function for each
            picture that it drops.
    """

    path: Path
    media: Media
    frames: Callable[[threading.Event, Callable[[], None]], Generator[Frame]]

    @property
    def is_film(self) -> bool:
        """Whether it has bytes that can be named again."""
        return bool(self.media.sha256)

    @property
    def frame_rate(self) -> float:
        """Frames a second, about."""
        return (self.media.video.frame_rate if self.media.video else None) or USUAL_RATE


def camera_source(number: int) -> Source:
    """A camera of this machine, by its number."""
    media = camera_media(number)
    return Source(Path(media.file), media, lambda _leaving, _dropped: camera_frames(number))


def film_source(path: Path, settings: Settings, *, loop: bool = False, paced: bool = True) -> Source:
    """A film, decoded behind the walls as any other.

    Args:
        path: Where it lies.
        settings: Limits, and the least sandbox.
        loop: Whether it begins anew at its end, its times rising on.
        paced: Whether each picture is held back until its time; else they come as fast as they are taken.

    Raises:
        UsageError: It is no film.
        InputError: It cannot be read.
    """
    media = probe(path, settings)
    if media.kind != "video" or media.video is None:
        raise UsageError(f"{shown(path)} is no film; name a file with moving pictures, or a camera with --camera.")
    gap = 1 / (media.video.frame_rate or USUAL_RATE)

    def frames(leaving: threading.Event, dropped: Callable[[], None]) -> Generator[Frame]:
        pictures = _rounds(path, media, settings, gap) if loop else _round(path, media, settings)
        return at_their_pace(pictures, time.monotonic, leaving.wait, dropped) if paced else pictures

    return Source(path, media, frames)


def at_their_pace(
    frames: Iterable[Frame],
    clock: Callable[[], float],
    wait: Callable[[float], bool],
    dropped: Callable[[], None],
) -> Generator[Frame]:
    """Each picture when its time has come; one that comes late is dropped.

    Args:
        frames: In order of time.
        clock: Seconds, of any beginning.
        wait: Waits for so many seconds; whether to end instead.
        dropped: Called for each picture that comes too late.
    """
    began: float | None = None
    last = float("-inf")
    for frame in frames:
        now = clock()
        began = now - frame.seconds if began is None else began
        early = began + frame.seconds - now
        if early > 0 and wait(early):
            return
        if -early > LATE_SECONDS and now - last < LEAST_GAP_SECONDS:
            dropped()
            continue
        last = clock()
        yield frame


def _round(path: Path, media: Media, settings: Settings) -> Generator[Frame]:
    with open_frames(path, media, settings, exact=True) as film:
        yield from film
        if film.broken_off is not None:
            raise BrokenMedia(film.broken_off)


def _rounds(path: Path, media: Media, settings: Settings, gap: float) -> Generator[Frame]:
    """The film again and again; each round begins one frame's length after the last picture."""
    begun = 0.0
    while True:
        last = 0.0
        for frame in _round(path, media, settings):
            last = frame.seconds
            yield Frame(frame.image, begun + frame.seconds)
        begun += last + gap
