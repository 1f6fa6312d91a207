import threading
from collections.abc import Callable, Generator

import numpy as np
import pytest

from unmask.errors import BrokenMedia
from unmask.forgery.swap.live_line import Line, Slot
from unmask.forgery.swap.live_tally import Tally
from unmask.types import Frame

PATIENCE_SECONDS = 20.0
FRAMES = [Frame(np.full((4, 4, 3), k, np.uint8), k / 25) for k in range(6)]


def never() -> bool:
    return False


class Reel:
    """Six frames as fast as they are taken, and a sign when all are."""

    def __init__(self) -> None:
        self.at_end = threading.Event()
        self.closed = False

    def __call__(self, _leaving: threading.Event, _dropped: Callable[[], None]) -> Generator[Frame]:
        try:
            yield from FRAMES
            self.at_end.set()
        finally:
            self.closed = True


def test_only_the_newest_waits_to_be_drawn_on_and_older_ones_are_dropped() -> None:
    reel, tally = Reel(), Tally()

    def draw(frame: Frame) -> float:
        assert reel.at_end.wait(PATIENCE_SECONDS)  # all others come while the first is drawn on
        return frame.seconds

    with Line(reel, draw, tally) as line:
        drawn = list(line.pictures(never))
    assert drawn[-1] == FRAMES[-1].seconds
    assert len(drawn) <= 2
    assert tally.count("captured") == 6
    assert tally.count("dropped") == 6 - len(drawn)


def test_without_loss_every_picture_is_drawn_on_in_its_order() -> None:
    reel, tally = Reel(), Tally()
    with Line(reel, lambda frame: frame.seconds, tally, lossless=True) as line:
        assert list(line.pictures(never)) == [frame.seconds for frame in FRAMES]
    assert (tally.count("captured"), tally.count("dropped")) == (6, 0)


def test_what_is_not_to_be_shown_is_left_out() -> None:
    with Line(Reel(), lambda frame: frame.seconds if frame.seconds > 0.1 else None, Tally(), lossless=True) as line:
        assert list(line.pictures(never)) == [frame.seconds for frame in FRAMES[3:]]


def test_a_source_that_fails_ends_the_line_with_its_error_after_what_it_gave() -> None:
    def failing(_leaving: threading.Event, dropped: Callable[[], None]) -> Generator[Frame]:
        yield from FRAMES[:2]
        dropped()
        raise BrokenMedia("Unplugged.")

    tally = Tally()
    with Line(failing, lambda frame: frame.seconds, tally, lossless=True) as line:
        pictures = line.pictures(never)
        assert [next(pictures), next(pictures)] == [frame.seconds for frame in FRAMES[:2]]
        with pytest.raises(BrokenMedia, match="Unplugged"):
            next(pictures)
    assert (tally.count("captured"), tally.count("dropped")) == (3, 1)


def test_what_fails_in_drawing_is_raised_where_it_is_waited_for() -> None:
    def failing(frame: Frame) -> float:
        return 1 / frame.seconds

    with Line(Reel(), failing, Tally(), lossless=True) as line, pytest.raises(ZeroDivisionError):
        list(line.pictures(never))


def test_whoever_leaves_early_closes_the_source() -> None:
    reel = Reel()
    with Line(reel, lambda frame: frame.seconds, Tally(), lossless=True) as line:
        assert next(line.pictures(never)) == 0.0
        assert list(line.pictures(lambda: True)) == []
    assert reel.closed
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("live")]


def test_a_slot_keeps_the_newest_and_is_empty_once_taken() -> None:
    slot: Slot[int] = Slot()
    assert [slot.put_newest(number) for number in (1, 2, 3)] == [False, True, True]
    assert (slot.take(0.0), slot.take(0.0)) == (3, None)
    slot.put(4)
    slot.close()
    assert not slot.put(5)
    assert not slot.ended
    assert (slot.take(0.0), slot.take(0.0), slot.ended) == (4, None, True)
