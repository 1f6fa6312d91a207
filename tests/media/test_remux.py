"""Films moved to MP4 with the packets they have."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from unmask.errors import BrokenMedia, UsageError
from unmask.media.essence import essence_of
from unmask.media.image import encode_png
from unmask.media.probe import probe
from unmask.media.remux import remux_to_mp4
from unmask.media.video import open_frames
from unmask.settings import Settings
from unmask.types import Frame

DrawFilm = Callable[..., Path]


def frames_of(path: Path, settings: Settings) -> list[Frame]:
    with open_frames(path, probe(path, settings), settings) as film:
        return list(film)


@pytest.mark.parametrize(
    ("name", "codec", "sound"),
    [
        ("a.mkv", "libx264", "libopus"),
        ("a.mkv", "libx265", "flac"),
        ("a.ts", "libx264", "aac"),
        ("a.ts", "libx265", "ac3"),
        ("a.webm", "libvpx-vp9", "libopus"),
        ("a.webm", "libsvtav1", "libopus"),
        ("a.avi", "mpeg4", "libmp3lame"),
    ],
)
def test_pictures_times_and_sound_are_those_of_the_source(  # noqa: PLR0917 # pytest passes them by name
    draw: DrawFilm, tmp_path: Path, settings: Settings, name: str, codec: str, sound: str
) -> None:
    options = {"libx265": {"x265-params": "log-level=none"}, "libsvtav1": {"preset": "12", "svtav1-params": "lp=1"}}
    source = draw(
        name,
        codec=codec,
        options=options.get(codec),
        sound_seconds=1.2,
        sound_codec=sound,
        sound_rate_hz=48_000,
        sound_starts=0.1,
    )
    path, media = tmp_path / "new.mp4", probe(source, settings)
    assert remux_to_mp4(source, path, media, settings) == ()
    moved = probe(path, settings)
    assert (moved.container, moved.warnings) == ("mp4", ())
    assert essence_of(path, moved, settings) == essence_of(source, media, settings)
    old, new = frames_of(source, settings), frames_of(path, settings)
    np.testing.assert_allclose([one.seconds for one in new], [one.seconds for one in old], rtol=0, atol=1e-9)
    assert all((one.image == other.image).all() for one, other in zip(new, old, strict=True))


def test_turn_pixel_shape_and_uneven_times_are_kept(draw: DrawFilm, tmp_path: Path, settings: Settings) -> None:
    stamps = [0, 40, 80, 160, 200, 400, 420]
    source = draw("a.mov", frames=7, stamps=stamps, time_base=Fraction(1, 1000), turn=-90, pixel_aspect=Fraction(4, 3))
    path = tmp_path / "new.mp4"
    remux_to_mp4(source, path, probe(source, settings), settings)
    media = probe(path, settings)
    assert media.video is not None
    assert media.video.rotation_degrees == 90
    assert any("1:1.33" in warning for warning in media.warnings)
    np.testing.assert_allclose([one.seconds for one in frames_of(path, settings)], np.array(stamps) / 1000, atol=1e-9)


def test_sound_alone(sing: DrawFilm, tmp_path: Path, settings: Settings) -> None:
    source = sing("a.ogg", "libopus", rate_hz=48_000)
    path, media = tmp_path / "new.mp4", probe(source, settings)
    remux_to_mp4(source, path, media, settings)
    moved = probe(path, settings)
    assert moved.kind == "audio"
    assert essence_of(path, moved, settings) == essence_of(source, media, settings)


@pytest.mark.parametrize(
    ("name", "codec", "sound", "reason"),
    [
        ("a.webm", "libvpx", "libopus", "MP4 takes no vp8 pictures"),
        ("a.mkv", "libx264", "vorbis", "MP4 takes no vorbis sound"),
        ("a.avi", "mpeg4", "pcm_s16le", "MP4 takes no pcm_s16le sound"),
    ],
)
def test_codecs_that_mp4_does_not_take(  # noqa: PLR0917 # pytest passes them by name
    draw: DrawFilm, tmp_path: Path, settings: Settings, name: str, codec: str, sound: str, reason: str
) -> None:
    source = draw(name, codec=codec, sound_seconds=1.0, sound_codec=sound, sound_rate_hz=48_000, sound_layout="stereo")
    with pytest.raises(UsageError, match=f"'{name}' cannot be moved to MP4 as it is: {reason}; convert it"):
        remux_to_mp4(source, tmp_path / "new.mp4", probe(source, settings), settings)
    assert list(tmp_path.iterdir()) == [source]


def test_further_tracks_are_left_out_and_said(draw: DrawFilm, tmp_path: Path, settings: Settings) -> None:
    source = draw("a.mkv", sound_seconds=1.0, more_sounds=2)
    path = tmp_path / "new.mp4"
    told = remux_to_mp4(source, path, probe(source, settings), settings)
    assert told == ("Of 4 tracks 2 are kept: the first picture and the first sound.",)


@pytest.mark.parametrize("name", ["cut.mp4", "cut.mkv"])
def test_a_cut_film_leaves_nothing(draw: DrawFilm, tmp_path: Path, settings: Settings, name: str) -> None:
    options = {"movflags": "+faststart"} if name == "cut.mp4" else {}
    source = draw(name, frames=150, noise=True, container_options=options, sound_seconds=6.0)
    content = source.read_bytes()
    source.write_bytes(content[: len(content) // 2])
    with pytest.raises(BrokenMedia, match=r"breaks off after \d\.\d of 6\.\d s.*'cut\.m..' is not copied by halves"):
        remux_to_mp4(source, tmp_path / "new.mp4", probe(source, settings), settings)
    assert list(tmp_path.iterdir()) == [source]


def test_a_still(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(encode_png(np.zeros((8, 8, 3), np.uint8)))
    with pytest.raises(UsageError, match="is a still"):
        remux_to_mp4(path, tmp_path / "new.mp4", probe(path, settings), settings)
