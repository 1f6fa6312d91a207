"""Some frames of a film, in short runs at several places of it."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from unmask.media.video import EVER, open_stretches
from unmask.settings import Settings
from unmask.types import Frame, Media

RUNS = 6
RUN_SECONDS = 0.4
LAST_SHARE = 0.95
"""The last run begins no later than at this share of the film, whose end may be missing."""
MOST_IN_RUN = 60


def sample_runs(
    path: Path, media: Media, settings: Settings, *, runs: int = RUNS, length_seconds: float = RUN_SECONDS
) -> Iterator[Frame]:
    """Frames in order of time, from a few places that are evenly spread over a film; the one picture of a still.

    Args:
        path: The file.
        media: What ``probe`` found in it.
        settings: Limits, and the least sandbox.
        runs: How many places; the first is the beginning.
        length_seconds: How long each run is.

    Raises:
        InputError: The file cannot be decoded.
    """
    length = media.duration_seconds or 0.0
    whole = length <= runs * length_seconds
    places = [length * LAST_SHARE * index / max(1, runs - 1) for index in range(runs)]
    stretches = [EVER] if whole else list(apart((place, place + length_seconds) for place in places))
    count, run = 0, 0
    with open_stretches(path, media, settings, stretches) as film:
        for frame in film:
            while frame.seconds >= stretches[run][1]:
                run, count = run + 1, 0
            count += 1
            if count <= MOST_IN_RUN:
                yield frame
            elif whole:
                return


def apart(stretches: Iterable[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Rising stretches, each beginning no earlier than the one before ends.

    >>> list(apart([(0.0, 0.4), (0.3, 0.7)]))
    [(0.0, 0.4), (0.4, 0.7)]
    """
    end = 0.0
    for start, stop in stretches:
        yield max(start, end), stop
        end = stop
