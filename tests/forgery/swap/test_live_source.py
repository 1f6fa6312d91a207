import threading
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from unmask.errors import BrokenMedia, UsageError
from unmask.forgery.swap.live_source import at_their_pace, camera_source, film_source
from unmask.media.image import write_image
from unmask.settings import settings
from unmask.types import Frame

BLACK = np.zeros((2, 2, 3), np.uint8)
RATE = 25.0


class Clock:
    """Time that passes only by waiting, and by what pictures cost."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> bool:
        self.now += seconds
        return False


def shown(costs: dict[int, float], count: int) -> tuple[list[tuple[int, float]], int]:
    """Which of so many pictures are shown when, if reading some of them takes time; and how many are dropped."""
    clock, dropped = Clock(), []

    def frames() -> list[Frame]:
        return [Frame(BLACK, k / RATE) for k in range(count)]

    def costly() -> object:
        for k, frame in enumerate(frames()):
            clock.now += costs.get(k, 0.0)
            yield frame

    paced = at_their_pace(costly(), clock, clock.wait, lambda: dropped.append(1))  # type: ignore[arg-type]
    return [(round(frame.seconds * RATE), round(clock.now - 100.0, 3)) for frame in paced], len(dropped)


def test_each_picture_is_shown_at_its_time() -> None:
    assert shown({1: 0.01}, 4) == ([(0, 0.0), (1, 0.04), (2, 0.08), (3, 0.12)], 0)


def test_after_a_halt_what_is_late_is_dropped_and_the_film_is_in_time_again() -> None:
    pictures, dropped = shown({5: 0.5}, 30)
    assert dropped == 30 - len(pictures)
    assert 8 <= dropped <= 12
    assert all(abs(when - number / RATE) < 0.11 for number, when in pictures if number > 5)


def test_a_film_that_is_too_much_for_the_machine_still_moves() -> None:
    pictures, dropped = shown(dict.fromkeys(range(60), 0.2), 60)
    gaps = np.diff([when for _, when in pictures])
    assert dropped > 0
    assert gaps.max() < 0.5


def test_it_ends_when_asked_to_leave() -> None:
    clock = Clock()
    frames = [Frame(BLACK, 0.0), Frame(BLACK, 1.0)]
    assert len(list(at_their_pace(frames, clock, lambda _: True, lambda: None))) == 1


def test_a_film_that_loops_goes_on_with_rising_times(short_clip: Path) -> None:
    source = film_source(short_clip, settings(), loop=True, paced=False)
    frames = list(islice(source.frames(threading.Event(), lambda: None), 70))
    assert np.diff([frame.seconds for frame in frames]) == pytest.approx(1 / 25, abs=1e-3)
    assert np.abs(frames[0].image.astype(int) - frames[30].image).max() == 0
    assert source.is_film
    assert source.frame_rate == pytest.approx(25)


def test_a_film_that_breaks_off_says_so_after_its_last_picture(short_clip: Path, tmp_path: Path) -> None:
    torn = tmp_path / "torn.mp4"
    torn.write_bytes(short_clip.read_bytes()[: short_clip.stat().st_size * 2 // 3])
    frames = film_source(torn, settings(), paced=False).frames(threading.Event(), lambda: None)
    assert len(list(islice(frames, 5))) == 5
    with pytest.raises(BrokenMedia, match="breaks off"):
        list(frames)


def test_a_picture_is_no_film(tmp_path: Path) -> None:
    write_image(tmp_path / "still.png", np.zeros((64, 64, 3), np.uint8))
    with pytest.raises(UsageError, match=r"'still.png' is no film; .*--camera"):
        film_source(tmp_path / "still.png", settings())


def test_a_camera_is_no_film() -> None:
    source = camera_source(4)
    assert (source.path.name, source.is_film) == ("camera 4", False)
