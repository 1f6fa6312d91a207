"""Films written and read back."""

import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from unmask.errors import OutputError, UsageError
from unmask.media.audio import read_audio
from unmask.media.encode import write_video
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.settings import Settings
from unmask.types import Frame, RgbImage


def pictures(count: int, width: int = 64, height: int = 48) -> Iterator[RgbImage]:
    for index in range(count):
        image = np.full((height, width, 3), (20 + 6 * index, 90, 150), np.uint8)
        image[: height // 2] = (230, 200, 20 + 6 * index)
        yield image


def read_back(path: Path, settings: Settings) -> list[Frame]:
    with open_frames(path, probe(path, settings), settings) as film:
        return list(film)


@pytest.mark.parametrize("rate", [25.0, 29.97, Fraction(30_000, 1001), 12.5])
def test_frames_and_times_come_back(tmp_path: Path, settings: Settings, rate: float | Fraction) -> None:
    path = tmp_path / "out.mp4"
    write_video(path, pictures(30), rate)
    frames = read_back(path, settings)
    np.testing.assert_allclose([frame.seconds for frame in frames], np.arange(30) / float(rate), atol=1e-4)
    for frame, image in zip(frames, pictures(30), strict=True):
        np.testing.assert_allclose(frame.image[[4, 40]], image[[4, 40]], atol=5)


def test_says_its_colours(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "out.mp4"
    write_video(path, pictures(3), 25.0)
    video = probe(path, settings).video
    assert video is not None
    assert (video.codec, video.pixel_format, video.color_space, video.color_transfer) == (
        "h264",
        "yuv420p",
        "bt709",
        "bt709",
    )


@pytest.mark.parametrize("size", [(1, 1), (63, 47), (64, 47), (63, 48)])
def test_odd_sides_become_even(tmp_path: Path, settings: Settings, size: tuple[int, int]) -> None:
    path = tmp_path / "out.mp4"
    write_video(path, pictures(3, *size), 25.0)
    frames = read_back(path, settings)
    assert frames[0].image.shape == (size[1] + size[1] % 2, size[0] + size[0] % 2, 3)


def test_uneven_times(tmp_path: Path, settings: Settings) -> None:
    path, times = tmp_path / "out.mp4", np.array([0, 0.04, 0.09, 0.2, 0.21, 0.5])
    write_video(path, pictures(6), 25.0, times=times)
    np.testing.assert_allclose([frame.seconds for frame in read_back(path, settings)], times, atol=1e-4)
    video = probe(path, settings).video
    assert video is not None
    assert video.variable_frame_rate


def test_sound_goes_with_it(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "out.mp4"
    tone = (0.4 * np.sin(2 * np.pi * 300 * np.arange(16_000) / 16_000)).astype(np.float32)
    write_video(path, pictures(25), 25.0, audio=tone)
    heard = read_audio(path, probe(path, settings), settings)[:16_000]
    assert np.corrcoef(heard[1000:15_000], tone[1000:15_000])[0, 1] > 0.99


def test_a_finer_quality_is_a_larger_file(tmp_path: Path) -> None:
    noise = [np.random.default_rng(index).integers(0, 255, (48, 64, 3), dtype=np.uint8) for index in range(5)]
    sizes = []
    for crf in (10, 40):
        write_video(tmp_path / "out.mp4", noise, 25.0, crf=crf, preset="veryfast")
        sizes.append((tmp_path / "out.mp4").stat().st_size)
    assert sizes[0] > 2 * sizes[1]


def test_replaces_what_was_there_only_when_complete(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_text("old")

    def torn() -> Iterator[RgbImage]:
        yield from pictures(3)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_video(path, torn(), 25.0)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_no_frames(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least one frame"):
        write_video(tmp_path / "out.mp4", [], 25.0)


def test_frames_of_two_sizes(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="give all frames one size"):
        write_video(tmp_path / "out.mp4", [np.zeros((4, 4, 3), np.uint8), np.zeros((4, 6, 3), np.uint8)], 25.0)
    assert not list(tmp_path.iterdir())


def test_too_few_times(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="fewer times than frames"):
        write_video(tmp_path / "out.mp4", pictures(3), 25.0, times=np.array([0.0, 0.1]))


@pytest.mark.parametrize("rate", [0.0, -25.0, 1e6, float("nan")])
def test_a_senseless_rate(tmp_path: Path, rate: float) -> None:
    with pytest.raises(UsageError, match="frame rate"):
        write_video(tmp_path / "out.mp4", pictures(3), rate)


def test_an_encoder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        write_video(tmp_path / "out.mp4", pictures(3), 25.0, codec="none_such")


FULL_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from unmask.errors import OutputError
from unmask.media.encode import write_video
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
noise = (np.random.default_rng(i).integers(0, 255, (96, 128, 3), dtype=np.uint8) for i in range(30))
try:
    write_video(Path(sys.argv[1]), noise, 25.0)
except OutputError as error:
    print(error)
"""


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    done = subprocess.run([sys.executable, "-c", FULL_DISK, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("'out.mp4' cannot be written: ")
    assert not list(tmp_path.iterdir())
