"""The pictures of a film, each with its presentation time."""

import math
from collections.abc import Generator, Iterator
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any

from unmask.errors import BrokenMedia, UsageError
from unmask.media.blanking import blanked
from unmask.media.decoder import Decoder, Picture, decoding
from unmask.media.facts import End
from unmask.media.source import shown
from unmask.media.turning import upright
from unmask.settings import Settings
from unmask.types import Frame, Media, PixelBox

MISSING_SECONDS = 0.3
"""A film that ends this much before its header says broke off."""
STAMP_SLACK_SECONDS = 1e-6
NEVER_SECONDS = 1e12
NO_END = 2**62
EVER = (0.0, NEVER_SECONDS)
"""The stretch that is the whole film."""


class Film:
    """Frames of a film in presentation order, for one pass; a context manager after which no process is left.

    Attributes:
        broken_off: After the last frame, a sentence when the film ended before its time, else None.
        skipped: After the last frame, how many pictures could not be decoded.
    """

    def __init__(
        self, path: Path, media: Media, settings: Settings, asked: dict[str, Any], blank: PixelBox | None = None
    ) -> None:
        self.broken_off: str | None = None
        self.skipped = 0
        self._path = path
        self._media = media
        self._settings = settings
        self._asked = asked
        self._blank = blank
        self._frames = self._read()

    def __enter__(self) -> "Film":  # noqa: PYI034 # the run-time shape checks do not know Self
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[Frame]:
        return self._frames

    def close(self) -> None:
        """End the decoding, wherever it is."""
        self._frames.close()

    def _read(self) -> Generator[Frame]:
        with decoding("film", self._path, self._media, self._settings, **self._asked) as decoder:
            yield from self._frames_of(decoder)

    def _frames_of(self, decoder: Decoder) -> Generator[Frame]:
        last: float | None = None
        try:
            for record in decoder.records():
                if isinstance(record, Picture):
                    if last is not None and record.seconds <= last:
                        raise decoder.liar()
                    last = record.seconds
                    image = upright(record)
                    yield Frame(image if self._blank is None else blanked(image, self._blank), record.seconds)
                elif isinstance(record, End):
                    self._close_with(record, last)
        except BrokenMedia as error:
            if last is None:
                raise
            self.broken_off = broken_off(self._media, last, str(error))

    def _close_with(self, end: End, last: float | None) -> None:
        self.skipped = end.skipped
        if end.end != "complete":
            return
        if end.last is None and last is None:
            raise BrokenMedia(f"{shown(self._path)} holds no picture that can be decoded; it is damaged or cut off.")
        self.broken_off = early_end(self._media, end.last or 0.0, end)


def open_frames(
    path: Path,
    media: Media,
    settings: Settings,
    *,
    start_seconds: float = 0.0,
    stop_seconds: float | None = None,
    every: int = 1,
    exact: bool = False,
    blank: PixelBox | None = None,
) -> Film:
    """The frames of a film or the one picture of a still, upright, RGB, 0–255.

    Args:
        path: The file.
        media: What ``probe`` found in it.
        settings: Limits, and the least sandbox.
        start_seconds: Presentation time of the first frame wanted.
        stop_seconds: Presentation time at which to stop, itself left out; None reads to the end.
        every: 2 takes the first frame from the start, the third, the fifth and so on.
        exact: Whether colours are rounded, not cut off, so that a film written anew is as bright as the old one; the
            quick way is darker by about 1.2 of 255 and saves 4 ms a 720p frame.
        blank: A box that is painted over in each upright frame, such as one with a visible label.

    Returns:
        A film; what goes wrong is raised when its first frame is asked for.

    Raises:
        UsageError: The file has no picture, or the stretch asked for makes no sense.
    """
    if media.video is None:
        raise UsageError(f"{shown(path)} has no picture; ask for its sound with read_audio.")
    if every < 1 or not start_seconds >= 0 or not math.isfinite(start_seconds):
        raise UsageError(
            f"Every {every} frames from {start_seconds} s cannot be read; take at least 1, and from 0 s on."
        )
    stretch = (start_seconds, NEVER_SECONDS if stop_seconds is None else stop_seconds)
    return Film(path, media, settings, asked_for([stretch], media, every=every, exact=exact), blank)


def open_stretches(
    path: Path,
    media: Media,
    settings: Settings,
    stretches: list[tuple[float, float]],
    *,
    blank: PixelBox | None = None,
) -> Film:
    """The frames of several stretches of a film, in one pass of one decoder.

    An index that leads elsewhere costs time, not frames: the film is then decoded from its beginning. So is one
    without an index, once for all stretches.

    Args:
        path: The file.
        media: What ``probe`` found in it.
        settings: Limits, and the least sandbox.
        stretches: Presentation times from which on and up to which, themselves left out; at least one, rising, none
            reaching into the next.
        blank: A box that is painted over in each upright frame.

    Returns:
        A film with gaps; what goes wrong is raised when its first frame is asked for.

    Raises:
        UsageError: The file has no picture, or the stretches make no sense.
    """
    if media.video is None:
        raise UsageError(f"{shown(path)} has no picture.")
    times = [time for stretch in stretches for time in stretch]
    if not times or not all(earlier <= later for earlier, later in pairwise([0.0, *times])):
        raise UsageError(f"The stretches {stretches} cannot be read; take at least one, rising and from 0 s on.")
    return Film(path, media, settings, asked_for(stretches, media), blank)


def asked_for(
    stretches: list[tuple[float, float]], media: Media, *, every: int = 1, exact: bool = False
) -> dict[str, Any]:
    """The request for stretches of a film, each from a time on and up to another that is left out."""
    return {
        "stretches": [
            (start - STAMP_SLACK_SECONDS if start > 0 else -NEVER_SECONDS, stop - STAMP_SLACK_SECONDS)
            for start, stop in stretches
        ],
        "every": every,
        "exact": exact,
        "most": 1 if media.kind == "image" else NO_END,
    }


def early_end(media: Media, end_seconds: float, end: End) -> str | None:
    """A sentence when the film ended before its time, or its container broke."""
    video = media.video
    expected = video.duration_seconds if video is not None else None
    gap = 1.5 / video.frame_rate if video is not None and video.frame_rate else 0.0
    if media.kind == "video" and expected and expected - end_seconds > max(MISSING_SECONDS, gap):
        return broken_off(media, end_seconds, end.fault or "the rest is missing or damaged")
    return None


def broken_off(media: Media, end_seconds: float, reason: str) -> str:
    """The sentence on a film that ended before its time.

    Args:
        media: What ``probe`` found.
        end_seconds: Where it ended.
        reason: Why, without a full stop.
    """
    expected = media.video.duration_seconds if media.video is not None else None
    whole = f" of {expected:.1f}" if expected else ""
    return f"The film breaks off after {end_seconds:.1f}{whole} s: {reason.rstrip('.')}."
