from collections.abc import Callable
from pathlib import Path

import pytest

from unmask.errors import OutputError, UsageError
from unmask.media.probe import probe
from unmask.media.repeat import repeat_video
from unmask.media.video import open_frames
from unmask.settings import Settings

DrawFilm = Callable[..., Path]


def test_a_film_is_shown_again_in_even_steps(
    draw: DrawFilm, number: Callable[..., int], settings: Settings, tmp_path: Path
) -> None:
    longer = tmp_path / "longer.mp4"
    repeat_video(draw(frames=10, rate=25), longer, 3)
    with open_frames(longer, probe(longer, settings), settings) as film:
        seen = [(number(frame.image), frame.seconds) for frame in film]
    assert [shown for shown, _ in seen] == list(range(10)) * 3
    assert [seconds for _, seconds in seen] == pytest.approx([k / 25 for k in range(30)], abs=1e-3)


def test_no_times_is_refused(draw: DrawFilm, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="0 times"):
        repeat_video(draw(), tmp_path / "longer.mp4", 0)


def test_what_is_no_film_leaves_no_file(tmp_path: Path) -> None:
    source, longer = tmp_path / "text.mp4", tmp_path / "longer.mp4"
    source.write_bytes(b"no film")
    with pytest.raises(OutputError, match="cannot be repeated"):
        repeat_video(source, longer, 2)
    assert list(tmp_path.iterdir()) == [source]
