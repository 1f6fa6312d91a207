"""Frames in their order, at their times, upright, and honest about what is missing."""

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from unmask.errors import BrokenMedia, OverLimit, Unreadable, UsageError
from unmask.media.probe import probe
from unmask.media.video import Film, open_frames, open_stretches
from unmask.settings import Settings
from unmask.types import Frame, RgbImage

DrawFilm = Callable[..., Path]
Number = Callable[[RgbImage], int]


def opened(path: Path, settings: Settings) -> Film:
    return open_frames(path, probe(path, settings), settings)


def frames_of(path: Path, settings: Settings) -> list[Frame]:
    with opened(path, settings) as film:
        return list(film)


def test_every_frame_at_its_time(draw: DrawFilm, settings: Settings, number: Number) -> None:
    with opened(draw(), settings) as film:
        frames = list(film)
    assert [number(frame.image) for frame in frames] == list(range(30))
    np.testing.assert_allclose([frame.seconds for frame in frames], np.arange(30) / 25, atol=1e-6)
    assert frames[0].image.dtype == np.uint8
    assert frames[0].image.shape == (48, 64, 3)
    assert (film.broken_off, film.skipped) == (None, 0)


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format"),
    [
        ("a.mkv", "libx264", "yuv420p"),
        ("a.webm", "libvpx-vp9", "yuv420p"),
        ("a.avi", "mpeg4", "yuv420p"),
        ("a.avi", "mjpeg", "yuvj420p"),
        ("a.ts", "libx264", "yuv420p"),
        ("a.mpg", "mpeg2video", "yuv420p"),
        ("a.flv", "libx264", "yuv420p"),
        ("a.mkv", "ffv1", "bgr0"),
        ("a.mkv", "ffv1", "gray"),
        ("a.mp4", "libx265", "yuv420p10le"),
        ("a.mkv", "ffv1", "yuva420p"),
        ("a.mov", "png", "rgb24"),
    ],
)
def test_containers_and_pixel_formats(
    draw: DrawFilm, settings: Settings, name: str, codec: str, pixel_format: str
) -> None:
    options = {"x265-params": "log-level=none"} if codec == "libx265" else {}
    frames = frames_of(draw(name, codec=codec, pixel_format=pixel_format, options=options), settings)
    np.testing.assert_allclose([frame.seconds for frame in frames], np.arange(30) / 25, atol=0.0011)
    expected = np.array([20 + 6 * 7, 90, 150])
    if pixel_format == "gray":
        expected = np.repeat(expected @ [0.299, 0.587, 0.114], 3)
    np.testing.assert_allclose(frames[7].image[30, 40], expected, atol=6)


@pytest.mark.parametrize(("tagged", "space"), [(1, "bt709"), (5, "bt470bg"), (9, "bt2020nc")])
@pytest.mark.parametrize("coded_range", [1, 2])
def test_colours_follow_matrix_and_range(
    draw: DrawFilm, settings: Settings, tagged: int, space: str, coded_range: int
) -> None:
    path = draw(
        "c.mp4", pixel_format="yuv444p", tags={"colorspace": tagged, "color_range": coded_range}, options={"qp": "0"}
    )
    media = probe(path, settings)
    assert media.video is not None
    assert media.video.color_space == space
    image = frames_of(path, settings)[0].image
    np.testing.assert_allclose(image[30, 40], [20, 90, 150], atol=3)
    np.testing.assert_allclose(image[3, 3], [250, 250, 40], atol=3)


def test_exact_colours_are_not_cut_off(draw: DrawFilm, settings: Settings) -> None:
    path = draw("c.mkv", codec="ffv1", size=(160, 120), noise=True, frames=2)
    media = probe(path, settings)
    means = []
    for exact in (False, True):
        with open_frames(path, media, settings, exact=exact) as film:
            means.append(next(iter(film)).image.mean())
    assert means[1] - means[0] == pytest.approx(1.2, abs=0.4)


@pytest.mark.parametrize(("turn", "corner"), [(0, (0, 0)), (-90, (0, -1)), (180, (-1, -1)), (90, (-1, 0))])
def test_turns_the_picture_upright(draw: DrawFilm, settings: Settings, turn: int, corner: tuple[int, int]) -> None:
    path = draw(turn=turn)
    media = probe(path, settings)
    image = frames_of(path, settings)[0].image
    assert media.video is not None
    assert image.shape == (media.video.height, media.video.width, 3)
    assert image.flags.c_contiguous
    assert image[corner][1] > 200
    assert sum(image[y, x][1] > 200 for y in (0, -1) for x in (0, -1)) == 1


def test_times_of_variable_rate(draw: DrawFilm, settings: Settings) -> None:
    stamps = [0, 40, 80, 160, 200, 400, 420]
    frames = frames_of(draw(frames=7, stamps=stamps, time_base=Fraction(1, 1000)), settings)
    np.testing.assert_allclose([frame.seconds for frame in frames], np.array(stamps) / 1000, atol=1e-6)


def test_times_start_with_the_film(draw: DrawFilm, settings: Settings) -> None:
    frames = frames_of(draw("late.mkv", stamps=[index + 250 for index in range(30)]), settings)
    assert frames[0].seconds == pytest.approx(0, abs=0.001)
    assert frames[-1].seconds == pytest.approx(29 / 25, abs=0.0011)


def test_a_missing_stretch_of_time_is_kept(draw: DrawFilm, settings: Settings) -> None:
    stamps = [*range(15), *range(65, 80)]
    frames = frames_of(draw("gap.ts", stamps=stamps), settings)
    np.testing.assert_allclose([frame.seconds for frame in frames], np.array(stamps) / 25, atol=1e-4)


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (65, 33), (127, 2), (1280, 721)])
def test_odd_sizes_have_no_padding(draw: DrawFilm, settings: Settings, size: tuple[int, int]) -> None:
    path = draw("odd.mov", frames=3, size=size, codec="png", pixel_format="rgb24")
    frames = frames_of(path, settings)
    assert len(frames) == 3
    for index, frame in enumerate(frames):
        assert frame.image.shape == (size[1], size[0], 3)
        assert (frame.image[size[1] // 2 :, size[0] // 2 :] == (20 + 6 * index, 90, 150)).all()


def test_one_frame(draw: DrawFilm, settings: Settings) -> None:
    with opened(draw(frames=1), settings) as film:
        assert [frame.seconds for frame in film] == [0.0]
    assert film.broken_off is None


def test_a_size_that_changes_midway(draw: DrawFilm, settings: Settings, tmp_path: Path) -> None:
    options = {"x264-params": "bframes=0"}
    first = draw("1.ts", frames=10, options=options)
    second = draw("2.ts", frames=10, size=(96, 80), options=options, stamps=list(range(10, 20)))
    both = tmp_path / "both.ts"
    both.write_bytes(first.read_bytes() + second.read_bytes())
    frames = frames_of(both, settings)
    shapes = [frame.image.shape for frame in frames]
    assert shapes == [(48, 64, 3)] * 10 + [(80, 96, 3)] * 10
    np.testing.assert_allclose([frame.seconds for frame in frames], np.arange(20) / 25, atol=1e-3)


def test_stamps_that_fall_back_still_rise(draw: DrawFilm, settings: Settings, tmp_path: Path) -> None:
    part = draw("part.ts", frames=100, options={"x264-params": "bframes=0"}).read_bytes()
    twice = tmp_path / "twice.ts"
    twice.write_bytes(part + part)
    seconds = [frame.seconds for frame in frames_of(twice, settings)]
    np.testing.assert_allclose(seconds, np.arange(200) / 25, atol=1e-3)


@pytest.mark.parametrize(("start", "every"), [(0.0, 3), (0.04, 1), (0.3, 2), (1.16, 3), (1.9, 1)])
@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.avi"])
def test_any_stretch_equals_the_whole_film_cut(
    draw: DrawFilm, settings: Settings, name: str, start: float, every: int
) -> None:
    codec = "mpeg4" if name == "a.avi" else "libx264"
    path = draw(name, frames=50, codec=codec, noise=True, options={"g": "12"})
    media = probe(path, settings)
    with open_frames(path, media, settings) as whole:
        wanted = [frame for frame in whole if start - 1e-6 <= frame.seconds < 1.8 - 1e-6][::every]
    with open_frames(path, media, settings, start_seconds=start, stop_seconds=1.8, every=every) as part:
        found = list(part)
    assert [frame.seconds for frame in found] == [frame.seconds for frame in wanted]
    assert all((one.image == other.image).all() for one, other in zip(found, wanted, strict=True))
    assert (part.broken_off, part.skipped) == (None, 0)
    assert bool(found) == (start < 1.8)


def test_a_time_of_a_frame_finds_that_frame(draw: DrawFilm, settings: Settings) -> None:
    path = draw(frames=40, rate=Fraction(30_000, 1001))
    media = probe(path, settings)
    for frame in frames_of(path, settings)[::7]:
        with open_frames(path, media, settings, start_seconds=frame.seconds) as film:
            assert next(iter(film)).seconds == frame.seconds


@pytest.mark.parametrize("faststart", [True, False])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_truncated(draw: DrawFilm, settings: Settings, tmp_path: Path, share: float, *, faststart: bool) -> None:
    options = {"movflags": "+faststart"} if faststart else {}
    content = draw(frames=150, noise=True, container_options=options).read_bytes()
    path = tmp_path / "cut.mp4"
    path.write_bytes(content[: int(share * len(content))])
    if not faststart:
        with pytest.raises(BrokenMedia, match=r"^'cut.mp4' cannot be decoded: "):
            probe(path, settings)
        return
    media = probe(path, settings)
    assert any("should last 6.0 s" in warning for warning in media.warnings)
    with open_frames(path, media, settings) as film:
        frames = list(film)
    assert 150 * share - 25 < len(frames) < 150 * share + 5
    assert film.broken_off is not None
    assert re.match(r"The film breaks off after \d\.\d of 6\.0 s: .+\.$", film.broken_off)


@pytest.mark.parametrize("name", ["cut.mkv", "cut.avi", "cut.flv"])
def test_other_containers_truncated(draw: DrawFilm, settings: Settings, tmp_path: Path, name: str) -> None:
    codec = "mpeg4" if name == "cut.avi" else "libx264"
    content = draw(name, frames=150, noise=True, codec=codec).read_bytes()
    path = tmp_path / f"half-{name}"
    path.write_bytes(content[: len(content) // 2])
    with opened(path, settings) as film:
        frames = list(film)
    assert 50 < len(frames) < 80
    assert film.broken_off is not None
    assert film.broken_off.startswith("The film breaks off after ")


def test_damage_in_the_middle_is_skipped_and_counted(draw: DrawFilm, settings: Settings) -> None:
    path = draw("damaged.mov", frames=60, noise=True, codec="png", pixel_format="rgb24")
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 40] = bytes(40)
    path.write_bytes(content)
    with opened(path, settings) as film:
        frames = list(film)
    assert 57 <= len(frames) < 60
    assert film.skipped == 60 - len(frames)
    assert film.broken_off is None
    assert frames[-1].seconds == pytest.approx(59 / 25, abs=0.001)


def test_a_film_of_noise_only_is_broken(draw: DrawFilm, settings: Settings) -> None:
    path = draw("noise.mp4")
    content = bytearray(path.read_bytes())
    start = content.index(b"mdat") + 4
    end = content.index(b"moov") - 4
    content[start:end] = np.random.default_rng(0).bytes(end - start)
    path.write_bytes(content)
    with pytest.raises(BrokenMedia, match="holds h264 pictures, but none can be decoded"):
        probe(path, settings)


def test_a_film_that_runs_on_past_the_limit(draw: DrawFilm) -> None:
    path = draw("long.ts", frames=60)
    media = probe(path, Settings())
    with (
        open_frames(path, media, Settings(max_seconds=1.0)) as film,
        pytest.raises(OverLimit, match="still runs after 1 s"),
    ):
        list(film)


def test_a_size_over_the_limit_midway(draw: DrawFilm, tmp_path: Path) -> None:
    options = {"x264-params": "bframes=0"}
    first = draw("1.ts", frames=10, options=options)
    second = draw("2.ts", frames=10, size=(640, 480), options=options, stamps=list(range(10, 20)))
    both = tmp_path / "both.ts"
    both.write_bytes(first.read_bytes() + second.read_bytes())
    settings = Settings(max_pixels=100_000)
    with opened(both, settings) as film:
        frames = list(film)
    assert {frame.image.shape for frame in frames} == {(48, 64, 3)}
    assert film.broken_off is not None


def test_a_file_that_grew_is_not_the_one_probed(draw: DrawFilm, settings: Settings) -> None:
    path = draw()
    media = probe(path, settings)
    with path.open("ab") as file:
        file.write(b"more")
    with open_frames(path, media, settings) as film, pytest.raises(Unreadable, match="changed while it was read"):
        next(iter(film))


@pytest.mark.parametrize("asked", [{"every": 0}, {"start_seconds": -1.0}, {"start_seconds": float("nan")}])
def test_senseless_requests(draw: DrawFilm, settings: Settings, asked: dict[str, float]) -> None:
    path = draw()
    with pytest.raises(UsageError, match="cannot be read"):
        open_frames(path, probe(path, settings), settings, **asked)  # type: ignore[arg-type] # senseless on purpose


def test_sound_has_no_frames(sing: DrawFilm, settings: Settings) -> None:
    path = sing("a.wav", "pcm_s16le")
    with pytest.raises(UsageError, match=r"'a.wav' has no picture"):
        open_frames(path, probe(path, settings), settings)


def test_a_still_is_a_film_of_one_frame(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "still.png"
    cv2.imwrite(str(path), np.full((30, 41, 3), (10, 20, 30), np.uint8))
    frames = frames_of(path, settings)
    assert len(frames) == 1
    assert frames[0].seconds == 0
    assert (frames[0].image == (30, 20, 10)).all()


def test_the_development_clips(shared: Path, settings: Settings) -> None:
    path = min((shared / "videos" / "real").glob("*.mp4"), key=lambda path: path.stat().st_size)
    media = probe(path, settings)
    assert media.video is not None
    with open_frames(path, media, settings, stop_seconds=1.0) as film:
        frames = list(film)
    assert frames
    assert frames[0].image.shape == (media.video.height, media.video.width, 3)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts", "a.avi"])
def test_stretches_equal_the_whole_film_cut(draw: DrawFilm, settings: Settings, name: str) -> None:
    path = draw(name, frames=150, noise=True, codec="mpeg4" if name == "a.avi" else "libx264", options={"g": "40"})
    media = probe(path, settings)
    stretches = [(0.0, 0.2), (0.2, 0.4), (1.3, 1.7), (3.0, 3.0), (4.0, 9.0)]
    with open_frames(path, media, settings) as whole:
        wanted = [one for one in whole if any(start - 1e-6 <= one.seconds < stop - 1e-6 for start, stop in stretches)]
    with open_stretches(path, media, settings, stretches) as film:
        found = list(film)
    assert [frame.seconds for frame in found] == [frame.seconds for frame in wanted]
    assert all((one.image == other.image).all() for one, other in zip(found, wanted, strict=True))
    assert (film.broken_off, film.skipped) == (None, 0)


def test_stretches_of_a_cut_film(draw: DrawFilm, settings: Settings, tmp_path: Path) -> None:
    content = draw(frames=600, noise=True, container_options={"movflags": "+faststart"}).read_bytes()
    path = tmp_path / "cut.mp4"
    path.write_bytes(content[: len(content) // 2])
    with open_stretches(path, probe(path, settings), settings, [(2.0, 2.4), (20.0, 20.4), (22.0, 22.4)]) as film:
        assert len(list(film)) == 10
    assert film.broken_off is not None


@pytest.mark.parametrize(
    "stretches", [[], [(1.0, 0.5)], [(0.0, 1.0), (0.5, 2.0)], [(-1.0, 2.0)], [(0.0, float("nan"))]]
)
def test_senseless_stretches(draw: DrawFilm, settings: Settings, stretches: list[tuple[float, float]]) -> None:
    path = draw()
    with pytest.raises(UsageError, match="cannot be read"):
        open_stretches(path, probe(path, settings), settings, stretches)
