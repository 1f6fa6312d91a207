"""Short runs of frames from several places of a film."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from unmask.media.probe import probe
from unmask.media.runs import sample_runs
from unmask.media.video import open_frames
from unmask.settings import Settings

DrawFilm = Callable[..., Path]


def runs_of(seconds: list[float]) -> list[list[float]]:
    """Times, parted where there are gaps."""
    runs = [seconds[:1]]
    for earlier, later in pairwise(seconds):
        if later - earlier > 0.1:
            runs.append([])
        runs[-1].append(later)
    return runs


@pytest.mark.parametrize("name", ["a.mp4", "a.ts"])
def test_runs_are_spread_over_the_film(draw: DrawFilm, settings: Settings, name: str) -> None:
    path = draw(name, frames=600, noise=True)
    media = probe(path, settings)
    with open_frames(path, media, settings) as whole:
        known = {frame.seconds: frame.image for frame in whole}
    frames = list(sample_runs(path, media, settings, runs=5, length_seconds=0.4))
    runs = runs_of([frame.seconds for frame in frames])
    assert [len(run) for run in runs] == [10] * 5
    assert [run[0] for run in runs] == pytest.approx([0.0, 5.7, 11.4, 17.1, 22.8], abs=0.041)
    assert all((frame.image == known[frame.seconds]).all() for frame in frames)


def test_a_short_film_is_taken_whole(draw: DrawFilm, settings: Settings) -> None:
    path = draw(frames=30)
    assert len(list(sample_runs(path, probe(path, settings), settings))) == 30
    one = draw("one.mp4", frames=1)
    assert [frame.seconds for frame in sample_runs(one, probe(one, settings), settings)] == [0.0]


def test_fast_films_give_no_more_frames(draw: DrawFilm, settings: Settings) -> None:
    path = draw(frames=1200, rate=240)
    seconds = [frame.seconds for frame in sample_runs(path, probe(path, settings), settings)]
    assert [len(run) for run in runs_of(seconds)] == [60] * 6


def test_a_still_gives_its_picture(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "still.png"
    cv2.imwrite(str(path), np.full((30, 41, 3), 10, np.uint8))
    assert [frame.seconds for frame in sample_runs(path, probe(path, settings), settings)] == [0.0]
