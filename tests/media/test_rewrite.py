"""Films written anew: pictures changed, times kept, sound carried through."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
import numpy as np
import pytest

from unmask.errors import BrokenMedia, InputError, OutputError, UsageError
from unmask.media.audio import open_sound, read_audio, read_sound_channels
from unmask.media.probe import probe
from unmask.media.rewrite import rewrite_video
from unmask.media.sound import Sound
from unmask.media.video import open_frames
from unmask.settings import Settings
from unmask.types import Frame, RgbImage

DrawFilm = Callable[..., Path]
TO_SAMPLE = 1 / 44_100


def as_it_is(frame: Frame) -> RgbImage:
    return frame.image


@pytest.fixture
def rewrite(tmp_path: Path, settings: Settings) -> Callable[..., Path]:
    def write(source: Path, change: Callable[[Frame], RgbImage] = as_it_is, **more: object) -> Path:
        destination = tmp_path / "new.mp4"
        media = probe(source, settings)
        rewrite_video(source, destination, media, settings, change, **{"preset": "veryfast", **more})  # type: ignore[arg-type]
        return destination

    return write


@dataclass(frozen=True)
class Coded:
    """Packets of a stream: when each is presented, in seconds from the picture's start, and its bytes' hash."""

    seconds: list[float]
    hashes: list[str]


def start_of_picture(path: Path) -> float:
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        return float((stream.start_time or 0) * (stream.time_base or 0))


def coded(path: Path, of: Literal["video", "audio"]) -> Coded:
    zero = start_of_picture(path)
    with av.open(str(path)) as film:
        stream = film.streams.get({of: 0})[0]
        packets = [packet for packet in film.demux(stream) if packet.size and packet.pts is not None]
        packets.sort(key=lambda packet: packet.pts or 0)
        return Coded(
            [float((packet.pts or 0) * packet.time_base) - zero for packet in packets],
            [hashlib.sha256(bytes(packet)).hexdigest() for packet in packets],
        )


def frames_of(path: Path, settings: Settings) -> list[Frame]:
    with open_frames(path, probe(path, settings), settings) as film:
        return list(film)


def test_pictures_change_and_times_stay(draw: DrawFilm, rewrite: Callable[..., Path], settings: Settings) -> None:
    stamps = [0, 40, 80, 160, 200, 400, 420, 1000]
    source = draw(frames=8, stamps=stamps, time_base=Fraction(1, 1000))
    told: list[tuple[float, float | None]] = []

    def darker(frame: Frame) -> RgbImage:
        return (frame.image // 2).astype(np.uint8)

    frames = frames_of(rewrite(source, darker, on_progress=lambda *now: told.append(now), crf=8), settings)
    np.testing.assert_allclose([frame.seconds for frame in frames], np.array(stamps) / 1000, atol=1e-9)
    for frame, old in zip(frames, frames_of(source, settings), strict=True):
        np.testing.assert_allclose(frame.image[[3, 30], [3, 40]], old.image[[3, 30], [3, 40]] // 2, atol=6)
    assert [seconds for seconds, _ in told] == [frame.seconds for frame in frames]


@pytest.mark.parametrize(
    ("name", "rate"),
    [("a.mp4", Fraction(30_000, 1001)), ("a.mkv", 24), ("a.ts", 25), ("a.avi", 25), ("a.flv", Fraction(60))],
)
def test_every_time_is_kept_exactly(
    draw: DrawFilm, rewrite: Callable[..., Path], settings: Settings, name: str, rate: Fraction | int
) -> None:
    source = draw(name, rate=rate, codec="mpeg4" if name == "a.avi" else "libx264")
    old, new = ([frame.seconds for frame in frames_of(path, settings)] for path in (source, rewrite(source)))
    np.testing.assert_allclose(new, old, rtol=0, atol=1e-9)


@pytest.mark.parametrize("turn", [-90, 180, 90])
def test_a_turned_film_is_written_upright(
    draw: DrawFilm, rewrite: Callable[..., Path], settings: Settings, turn: int
) -> None:
    source = draw(turn=turn, pixel_aspect=Fraction(4, 3))
    path = rewrite(source)
    video = probe(path, settings).video
    assert video is not None
    assert video.rotation_degrees == 0
    old, new = frames_of(source, settings)[0].image, frames_of(path, settings)[0].image
    np.testing.assert_allclose(new[[3, 3, -3, -3], [3, -3, 3, -3]], old[[3, 3, -3, -3], [3, -3, 3, -3]], atol=15)
    with av.open(str(path)) as film:
        assert film.streams.video[0].sample_aspect_ratio == (Fraction(4, 3) if turn == 180 else Fraction(3, 4))


@pytest.mark.parametrize(
    ("name", "sound", "rate_hz", "layout", "starts"),
    [
        ("a.mp4", "aac", 44_100, "stereo", 0.0),
        ("a.mp4", "aac", 44_100, "stereo", 0.25),
        ("a.mp4", "aac", 48_000, "mono", -0.25),
        ("a.mkv", "libopus", 48_000, "stereo", 0.0),
        ("a.mkv", "libopus", 48_000, "stereo", -0.25),
        ("a.mkv", "flac", 44_100, "mono", 0.25),
        ("a.mkv", "ac3", 48_000, "5.1(side)", 0.25),
        ("a.ts", "libmp3lame", 48_000, "mono", 0.25),
    ],
)
def test_sound_is_carried_through(  # noqa: PLR0917 # pytest passes them by name
    draw: DrawFilm,
    rewrite: Callable[..., Path],
    settings: Settings,
    name: str,
    sound: str,
    rate_hz: int,
    layout: str,
    starts: float,
) -> None:
    source = draw(
        name,
        sound_seconds=1.5,
        sound_codec=sound,
        sound_rate_hz=rate_hz,
        sound_layout=layout,
        sound_starts=max(starts, 0.0),
        stamps=[index + round(25 * max(-starts, 0.0)) for index in range(30)],
    )
    path = rewrite(source)
    old, new = coded(source, "audio"), coded(path, "audio")
    assert new.hashes == old.hashes
    tick = TO_SAMPLE if name in {"a.mp4", "a.mov"} else 0.0011
    np.testing.assert_allclose(new.seconds, old.seconds, rtol=0, atol=tick)
    heard, was = (read_audio(one, probe(one, settings), settings) for one in (path, source))
    assert np.flatnonzero(np.abs(heard) > 0.1)[0] == pytest.approx(np.flatnonzero(np.abs(was) > 0.1)[0], abs=32)
    audio = probe(path, settings).audio
    assert audio is not None
    assert (audio.sample_rate_hz, audio.channels) == (rate_hz, av.AudioLayout(layout).nb_channels)


def test_sound_from_before_the_picture_is_still_heard(
    draw: DrawFilm, rewrite: Callable[..., Path], settings: Settings
) -> None:
    source = draw(sound_seconds=2.0, sound_rate_hz=48_000, stamps=[index + 25 for index in range(30)])
    path = rewrite(source)
    assert start_of_picture(path) == pytest.approx(1.0)
    with av.open(str(path)) as film:
        stream = film.streams.audio[0]
        assert stream.start_time == 0
    assert frames_of(path, settings)[0].seconds == 0


@pytest.mark.parametrize(("sound", "name"), [("vorbis", "a.mkv"), ("pcm_s16le", "a.avi"), ("mp2", "a.ts")])
def test_sound_that_mp4_does_not_take_is_coded_anew(
    draw: DrawFilm, tmp_path: Path, settings: Settings, sound: str, name: str
) -> None:
    source = draw(
        name,
        codec="mpeg4" if name == "a.avi" else "libx264",
        sound_seconds=1.2,
        sound_codec=sound,
        sound_rate_hz=48_000,
        sound_layout="stereo",
    )
    path = tmp_path / "new.mp4"
    told = rewrite_video(source, path, probe(source, settings), settings, as_it_is)
    assert told.remarks == (f"The sound is coded anew as AAC, since MP4 takes no {sound} sound.",)
    new, old = (read_sound_channels(one, probe(one, settings), settings) for one in (path, source))
    assert (new.rate_hz, new.layout) == (48_000, "stereo")
    middle = slice(10_000, 40_000)
    for channel, was in zip(new.samples, old.samples, strict=True):
        assert np.corrcoef(channel[middle], was[middle])[0, 1] > 0.99


def test_a_film_stays_as_bright_as_it_was(draw: DrawFilm, rewrite: Callable[..., Path], settings: Settings) -> None:
    source = draw(frames=5, size=(160, 120), noise=True, options={"crf": "8"})
    path = rewrite(source, crf=8)
    pairs = zip(frames_of(source, settings), frames_of(path, settings), strict=True)
    brighter = [(one.image.astype(float) - other.image).mean(axis=(0, 1)) for one, other in pairs]
    np.testing.assert_allclose(brighter, 0, atol=1.0)  # half the picture is of one colour, rounded in each frame
    np.testing.assert_allclose(np.mean(brighter, axis=0), 0, atol=0.3)


def test_a_silent_film_stays_silent(draw: DrawFilm, tmp_path: Path, settings: Settings) -> None:
    source, path = draw(), tmp_path / "new.mp4"
    told = rewrite_video(source, path, probe(source, settings), settings, as_it_is)
    assert (told.frames, told.remarks) == (30, ())
    assert told.seconds == pytest.approx(1.2)
    media = probe(path, settings)
    assert media.audio is None
    assert media.duration_seconds == pytest.approx(1.2)
    assert media.warnings == ()


@pytest.mark.parametrize(("channels", "rate_hz"), [(1, 16_000), (2, 44_100), (6, 48_000), (2, 37_800)])
def test_other_sound_in_place_of_the_films(
    draw: DrawFilm, rewrite: Callable[..., Path], settings: Settings, channels: int, rate_hz: int
) -> None:
    source = draw(sound_seconds=1.0)
    times = np.arange(int(1.2 * rate_hz)) / rate_hz
    waves = np.stack([0.4 * np.sin(2 * np.pi * (300 + 170 * k) * times) for k in range(channels)]).astype(np.float32)
    blocks = [Sound(waves[:, start : start + 1000], rate_hz) for start in range(0, len(times), 1000)]
    path = rewrite(source, audio=iter(blocks))
    sound = read_sound_channels(path, probe(path, settings), settings)
    assert len(sound.samples) == channels
    if sound.rate_hz == rate_hz:
        middle = slice(rate_hz // 4, rate_hz)
        for index, (channel, wave) in enumerate(zip(sound.samples, waves, strict=True)):
            rumble_only = channels == 6 and index == 3
            assert rumble_only or np.corrcoef(channel[middle], wave[middle])[0, 1] > 0.99
    else:
        spectrum = np.abs(np.fft.rfft(sound.samples[1, : sound.rate_hz] * np.hanning(sound.rate_hz)))
        assert np.argmax(spectrum) == pytest.approx(470, abs=2)


def test_changed_sound_streams_from_the_film_itself(draw: DrawFilm, tmp_path: Path, settings: Settings) -> None:
    source = draw(sound_seconds=1.2, sound_rate_hz=48_000, sound_layout="stereo", sound_starts=0.1)
    path, media = tmp_path / "new.mp4", probe(source, settings)
    with open_sound(source, media, settings) as recording:
        softer = (Sound(block.samples * np.float32(0.5), block.rate_hz, block.layout) for block in recording)
        told = rewrite_video(source, path, media, settings, as_it_is, audio=softer)
    assert told.remarks == ()
    new, old = (read_sound_channels(one, probe(one, settings), settings).samples for one in (path, source))
    middle = slice(10_000, 50_000)
    assert np.corrcoef(new[1, middle], old[1, middle])[0, 1] > 0.99
    assert np.abs(new[1, middle]).max() == pytest.approx(0.5 * np.abs(old[1, middle]).max(), rel=0.1)


def test_blocks_of_two_kinds(draw: DrawFilm, rewrite: Callable[..., Path], tmp_path: Path) -> None:
    source = draw()
    blocks = [Sound(np.zeros((2, 999), np.float32), 48_000), Sound(np.zeros((1, 999), np.float32), 48_000)]
    with pytest.raises(UsageError, match="A block of 1 channels at 48000 Hz follows one of 2"):
        rewrite(source, audio=blocks)
    assert list(tmp_path.iterdir()) == [source]


def test_one_frame(draw: DrawFilm, rewrite: Callable[..., Path], settings: Settings) -> None:
    assert [frame.seconds for frame in frames_of(rewrite(draw(frames=1)), settings)] == [0.0]


@pytest.mark.parametrize("size", [(1, 1), (65, 33), (127, 2)])
def test_odd_sides_become_even(
    draw: DrawFilm, rewrite: Callable[..., Path], settings: Settings, size: tuple[int, int]
) -> None:
    source = draw("odd.mov", frames=3, size=size, codec="png", pixel_format="rgb24")
    image = frames_of(rewrite(source), settings)[0].image
    assert image.shape == (size[1] + size[1] % 2, size[0] + size[0] % 2, 3)


def test_the_film_lasts_as_long_as_before(draw: DrawFilm, rewrite: Callable[..., Path], settings: Settings) -> None:
    stamps = [0, 40, 80, 120, 1000, 1040, 1080, 1120]
    source = draw(frames=8, stamps=stamps, time_base=Fraction(1, 1000), options={"x264-params": "bframes=0"})
    old, new = probe(source, settings), probe(rewrite(source), settings)
    assert old.duration_seconds == pytest.approx(1.16, abs=0.01)
    assert new.duration_seconds == pytest.approx(1.16, abs=0.01)


@pytest.mark.parametrize(("transfer", "name"), [(16, "smpte2084"), (18, "arib-std-b67")])
def test_high_dynamic_range_keeps_its_curve(
    draw: DrawFilm, tmp_path: Path, settings: Settings, transfer: int, name: str
) -> None:
    source = draw(
        codec="libx265",
        pixel_format="yuv420p10le",
        options={"x265-params": "log-level=none"},
        tags={"color_trc": transfer, "color_primaries": 9, "colorspace": 9},
    )
    path = tmp_path / "new.mp4"
    told = rewrite_video(source, path, probe(source, settings), settings, as_it_is, crf=5)
    assert told.remarks == ("Of 10 bits a channel 8 are kept.",)
    video = probe(path, settings).video
    assert video is not None
    assert (video.color_transfer, video.color_space, video.hdr) == (name, "bt2020nc", True)
    old, new = (frames_of(one, settings)[5].image for one in (source, path))
    np.testing.assert_allclose(new[[3, 30], [3, 40]], old[[3, 30], [3, 40]], atol=5)


def test_a_cut_film_leaves_nothing(draw: DrawFilm, tmp_path: Path, settings: Settings) -> None:
    content = draw(frames=150, noise=True, container_options={"movflags": "+faststart"}).read_bytes()
    source = tmp_path / "cut.mp4"
    source.write_bytes(content[: len(content) // 2])
    path = tmp_path / "new.mp4"
    path.write_text("old")
    with pytest.raises(
        BrokenMedia, match=r"breaks off after \d\.\d of 6\.0 s: .*'cut\.mp4' is not rewritten by halves"
    ):
        rewrite_video(source, path, probe(source, settings), settings, as_it_is)
    assert path.read_text() == "old"
    assert {one.name for one in tmp_path.iterdir()} == {"film.mp4", "cut.mp4", "new.mp4"}


def test_a_size_that_changes_midway(draw: DrawFilm, rewrite: Callable[..., Path], tmp_path: Path) -> None:
    options = {"x264-params": "bframes=0"}
    first = draw("1.ts", frames=10, options=options)
    second = draw("2.ts", frames=10, size=(96, 80), options=options, stamps=list(range(10, 20)))
    both = tmp_path / "both.ts"
    both.write_bytes(first.read_bytes() + second.read_bytes())
    with pytest.raises(InputError, match=r"'both\.ts' changes its picture from 64×48 to 96×80 at 0\.4 s"):
        rewrite(both)
    assert not (tmp_path / "new.mp4").exists()


def test_a_sound_is_no_film(rewrite: Callable[..., Path], sing: DrawFilm) -> None:
    with pytest.raises(UsageError, match="is no film"):
        rewrite(sing("a.wav", "pcm_s16le"))


def test_a_change_that_fails_leaves_nothing(draw: DrawFilm, rewrite: Callable[..., Path], tmp_path: Path) -> None:
    source = draw(sound_seconds=1.0)

    def fails(frame: Frame) -> RgbImage:
        if frame.seconds > 0.5:
            raise ValueError("a fault of the change itself")
        return frame.image

    with pytest.raises(ValueError, match="a fault of the change itself"):
        rewrite(source, fails)
    assert list(tmp_path.iterdir()) == [source]


def test_a_folder_that_is_not_there(draw: DrawFilm, tmp_path: Path, settings: Settings) -> None:
    source = draw()
    with pytest.raises(OutputError, match=r"'new\.mp4' cannot be written: No such file or directory"):
        rewrite_video(source, tmp_path / "gone" / "new.mp4", probe(source, settings), settings, as_it_is)


@pytest.mark.parametrize("clip", ["OpenTalker__face_1", "KwaiVGI__driving_d9", "KwaiVGI__driving_d18"])
def test_the_development_clips(shared: Path, rewrite: Callable[..., Path], clip: str) -> None:
    source = shared / "videos" / "real" / f"{clip}.mp4"
    path = rewrite(source, preset="ultrafast", change=as_it_is)
    assert coded(path, "audio").hashes == coded(source, "audio").hashes
    streams: tuple[Literal["video", "audio"], ...] = ("video", "audio")
    for old, new in ((coded(source, of), coded(path, of)) for of in streams):
        np.testing.assert_allclose(new.seconds, old.seconds, rtol=0, atol=1e-6)
