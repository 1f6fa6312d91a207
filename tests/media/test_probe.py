"""Facts of good films, and one clear sentence for each kind of bad file."""

import hashlib
import os
import socket
import struct
import tempfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from unmask.errors import BrokenMedia, NotMedia, OverLimit, Unreadable
from unmask.media.probe import probe
from unmask.settings import Settings

DrawFilm = Callable[..., Path]


def test_tells_the_facts_of_a_film(draw: DrawFilm, settings: Settings) -> None:
    media = probe(draw(sound_seconds=1.2), settings)
    assert (media.kind, media.container) == ("video", "mp4")
    assert media.duration_seconds == pytest.approx(1.2, abs=0.05)
    assert media.boxes[0] == "ftyp"
    assert {"moov", "mdat"} <= set(media.boxes)
    assert media.video is not None
    assert (media.video.codec, media.video.width, media.video.height) == ("h264", 64, 48)
    assert (media.video.pixel_format, media.video.bit_depth, media.video.frames) == ("yuv420p", 8, 30)
    assert media.video.frame_rate == pytest.approx(25)
    assert not media.video.variable_frame_rate
    assert media.video.encoder is not None
    assert media.video.encoder.startswith("x264")
    assert len(media.video.packet_bytes) == 30
    assert media.video.bit_rate == pytest.approx(8 * sum(media.video.packet_bytes) / 1.2, rel=0.01)
    assert media.video.keyframe_seconds == (0.0,)
    assert media.audio is not None
    assert (media.audio.codec, media.audio.sample_rate_hz, media.audio.channels) == ("aac", 16_000, 1)
    assert media.warnings == ()


def test_hashes_all_bytes(draw: DrawFilm, settings: Settings) -> None:
    path = draw()
    assert probe(path, settings).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert probe(path, settings).bytes == path.stat().st_size


def test_reports_the_name_given(draw: DrawFilm, settings: Settings) -> None:
    assert probe(draw(), settings, name="upload 7").file == "upload 7"


@pytest.mark.parametrize(
    ("name", "codec", "container"),
    [
        ("a.mkv", "libx264", "matroska"),
        ("a.webm", "libvpx-vp9", "matroska"),
        ("a.avi", "mpeg4", "avi"),
        ("a.ts", "libx264", "mpegts"),
        ("a.mpg", "mpeg2video", "mpeg"),
        ("a.flv", "libx264", "flv"),
        ("a.mov", "mjpeg", "mp4"),
        ("a.gif", "gif", "gif"),
    ],
)
def test_knows_containers_by_their_bytes(  # noqa: PLR0917 # pytest passes them by name
    draw: DrawFilm, settings: Settings, tmp_path: Path, name: str, codec: str, container: str
) -> None:
    pixel_format = {"gif": "rgb8", "mjpeg": "yuvj420p"}.get(codec, "yuv420p")
    path = draw(name, codec=codec, pixel_format=pixel_format).rename(tmp_path / "without ending")
    media = probe(path, settings)
    assert (media.kind, media.container) == ("video", container)
    assert media.video is not None
    assert media.video.frame_rate == pytest.approx(25, rel=0.02)
    assert media.video.duration_seconds == pytest.approx(1.2, abs=0.09)
    assert not media.video.variable_frame_rate


@pytest.mark.parametrize("codec", ["libvpx", "libvpx-vp9", "libx264"])
def test_a_film_of_a_browsers_recorder_lasts_as_long_as_it_does(draw: DrawFilm, settings: Settings, codec: str) -> None:
    stamps = [round(1000 * index / 30 + (0, -1, 1, 2)[index % 4]) for index in range(90)]  # as its clock has them
    path = draw(
        "film.mkv",
        codec=codec,
        frames=90,
        stamps=stamps,
        time_base=Fraction(1, 1000),
        sound_seconds=3.0,
        sound_codec="libopus",
        sound_rate_hz=48_000,
        container_options={"live": "1"},  # no length in its header, and no index
    )
    with av.open(str(path)) as container:
        assert container.duration is None
    media = probe(path, settings)
    assert media.video is not None
    assert media.audio is not None
    assert media.duration_seconds == pytest.approx(3.0, abs=0.05)
    assert media.video.duration_seconds == pytest.approx(3.0, abs=0.05)
    assert media.video.frame_rate == pytest.approx(30, abs=0.1)
    assert not media.video.variable_frame_rate
    assert media.warnings == ()


@pytest.mark.parametrize("ending", [".jpg", ".png", ".webp", ".bmp", ".tiff", ".gif"])
def test_calls_a_single_picture_an_image(tmp_path: Path, settings: Settings, ending: str) -> None:
    path = tmp_path / f"still{ending}"
    cv2.imwrite(str(path), np.full((30, 40, 3), 90, np.uint8))
    media = probe(path, settings)
    assert media.kind == "image"
    assert media.duration_seconds is None
    assert media.video is not None
    assert (media.video.width, media.video.height, media.video.frames) == (40, 30, 1)


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.wav", "pcm_s16le"),
        ("a.mp3", "mp3"),
        ("a.flac", "flac"),
        ("a.ogg", "libopus"),
        ("a.aac", "aac"),
        ("a.m4a", "aac"),
    ],
)
def test_knows_sound(sing: DrawFilm, settings: Settings, name: str, codec: str) -> None:
    media = probe(sing(name, codec), settings)
    assert media.kind == "audio"
    assert media.video is None
    assert media.audio is not None
    assert media.audio.sample_rate_hz == (48_000 if codec == "libopus" else 16_000)
    assert media.audio.duration_seconds == pytest.approx(1.0, abs=0.15)


def test_one_frame_is_a_film_in_a_film_container(draw: DrawFilm, settings: Settings) -> None:
    media = probe(draw(frames=1), settings)
    assert media.kind == "video"
    assert media.video is not None
    assert media.video.frames == 1
    assert media.video.frame_rate is None


@pytest.mark.parametrize("size", [(2, 2), (66, 34), (130, 18)])
def test_odd_sizes(draw: DrawFilm, settings: Settings, size: tuple[int, int]) -> None:
    media = probe(draw("odd.mkv", size=(size[0] - 1, size[1] - 1), codec="ffv1", pixel_format="yuv444p"), settings)
    assert media.video is not None
    assert (media.video.width, media.video.height) == (size[0] - 1, size[1] - 1)


@pytest.mark.parametrize(
    ("turn", "clockwise", "size"), [(-90, 90, (48, 64)), (180, 180, (64, 48)), (90, 270, (48, 64))]
)
def test_gives_the_displayed_size(
    draw: DrawFilm, settings: Settings, turn: int, clockwise: int, size: tuple[int, int]
) -> None:
    media = probe(draw(turn=turn), settings)
    assert media.video is not None
    assert media.video.rotation_degrees == clockwise
    assert (media.video.width, media.video.height) == size


def test_ten_bits(draw: DrawFilm, settings: Settings) -> None:
    media = probe(
        draw(codec="libx265", pixel_format="yuv420p10le", options={"x265-params": "log-level=none"}), settings
    )
    assert media.video is not None
    assert (media.video.codec, media.video.bit_depth) == ("hevc", 10)


@pytest.mark.parametrize(
    ("transfer", "name", "hdr"), [(16, "smpte2084", True), (18, "arib-std-b67", True), (1, "bt709", False)]
)
def test_high_dynamic_range_is_said(draw: DrawFilm, settings: Settings, transfer: int, name: str, *, hdr: bool) -> None:
    media = probe(draw(tags={"color_trc": transfer, "color_primaries": 9, "colorspace": 9}), settings)
    assert media.video is not None
    assert (media.video.color_transfer, media.video.hdr) == (name, hdr)
    assert any("high dynamic range" in warning for warning in media.warnings) == hdr


def test_variable_frame_rate(draw: DrawFilm, settings: Settings) -> None:
    stamps = [0, 40, 80, 160, 200, 400, 420]
    media = probe(draw(frames=7, stamps=stamps, time_base=Fraction(1, 1000)), settings)
    assert media.video is not None
    assert media.video.variable_frame_rate
    assert media.video.frame_rate == pytest.approx(6 / 0.42)


def patched(path: Path, box: bytes, offset: int, value: bytes) -> Path:
    """The file with bytes changed at an offset from the content of a box."""
    content = bytearray(path.read_bytes())
    start = content.index(box) + 4 + offset
    content[start : start + len(value)] = value
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("box", [b"mvhd", b"mdhd"])
def test_refuses_a_header_of_a_billion_seconds(draw: DrawFilm, settings: Settings, box: bytes) -> None:
    path = patched(draw(), box, 12, struct.pack(">II", 1, 10**9))
    with pytest.raises(OverLimit, match=r"lasts 1000000000 s, over the limit of 7200 s"):
        probe(path, settings)


def test_refuses_a_long_film_of_another_container(draw: DrawFilm, settings: Settings) -> None:
    path = draw("long.mkv", frames=3, stamps=[0, 25, 300_000])
    with pytest.raises(OverLimit, match="12000 s"):
        probe(path, settings)


def test_a_million_frames_a_second_is_not_believed(draw: DrawFilm, settings: Settings) -> None:
    media = probe(patched(draw(), b"mdhd", 12, struct.pack(">I", 512 * 10**6)), settings)
    assert media.video is not None
    assert media.video.frame_rate is None
    assert any("not believable" in warning for warning in media.warnings)


@pytest.mark.parametrize("rate", [(1, 0), (10**6, 1), (0, 0)])
def test_absurd_rates_in_an_avi_header_are_ignored(draw: DrawFilm, settings: Settings, rate: tuple[int, int]) -> None:
    path = draw("a.avi", codec="mpeg4")
    content = bytearray(path.read_bytes())
    at = content.index(b"strh") + 8 + 20
    content[at : at + 8] = struct.pack("<II", rate[1], rate[0])
    path.write_bytes(content)
    media = probe(path, settings)
    assert media.video is not None
    assert media.video.frame_rate is None or 0 < media.video.frame_rate <= 1000


def test_empty(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "clip.mp4"
    path.touch()
    with pytest.raises(NotMedia, match=r"^'clip.mp4' is empty: it holds 0 bytes\.$"):
        probe(path, settings)


def test_one_byte(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"\xff")
    with pytest.raises(
        NotMedia, match=r"^'clip.mp4' is no video, image or sound that unmask reads: it begins with ff\.$"
    ):
        probe(path, settings)


def test_text_named_as_a_film(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("These are only words.\n" * 50)
    with pytest.raises(NotMedia, match="no video, image or sound"):
        probe(path, settings)


@pytest.mark.parametrize("size", [2, 4, 8, 16, 64, 1000, 70_000])
def test_noise_is_no_media(tmp_path: Path, settings: Settings, size: int) -> None:
    path = tmp_path / "noise.mp4"
    path.write_bytes(b"\x03" + np.random.default_rng(size).bytes(size - 1))
    with pytest.raises(NotMedia):
        probe(path, settings)


@pytest.mark.parametrize(
    "magic",
    [
        b"\0\0\0\x18ftypisom",
        b"\x1a\x45\xdf\xa3",
        b"RIFF\xff\xff\0\0AVI ",
        b"OggS",
        b"FLV\x01",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"GIF89a",
        b"RIFF\xff\xff\0\0WEBP",
        b"II*\0",
        b"fLaC",
        b"ID3\x04\0\0\0\0\0\0",
        b"\0\0\x01\xba",
        b"G" * 2000,
    ],
)
def test_noise_behind_a_good_beginning_is_broken(tmp_path: Path, settings: Settings, magic: bytes) -> None:
    path = tmp_path / "noise.bin"
    path.write_bytes(magic + np.random.default_rng(1).bytes(5000))
    with pytest.raises((BrokenMedia, OverLimit)):
        probe(path, settings)


def test_a_film_without_its_index_is_broken(draw: DrawFilm, settings: Settings, tmp_path: Path) -> None:
    content = draw().read_bytes()
    path = tmp_path / "cut.mp4"
    path.write_bytes(content[: content.index(b"moov") - 4])
    with pytest.raises(BrokenMedia, match=r"'cut\.mp4' cannot be decoded"):
        probe(path, settings)


def test_a_film_without_frames_is_broken(draw: DrawFilm, settings: Settings) -> None:
    with pytest.raises(BrokenMedia, match="cannot be decoded"):
        probe(draw("none.mkv", frames=0), settings)


def test_an_eight_k_bomb_is_refused_before_it_is_decoded(draw: DrawFilm, settings: Settings) -> None:
    path = draw("bomb.mkv", frames=1, size=(8192, 4320), codec="ffv1", pixel_format="gray")
    with pytest.raises(OverLimit, match="8192×4320 pixels"):
        probe(path, settings)


def test_a_picture_bomb_is_refused(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "bomb.png"
    cv2.imwrite(str(path), np.zeros((9000, 9000), np.uint8))
    with pytest.raises(OverLimit, match="9000×9000 pixels"):
        probe(path, settings)


def test_a_large_still_is_allowed(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "large.jpg"
    cv2.imwrite(str(path), np.zeros((5000, 6000), np.uint8))
    media = probe(path, settings)
    assert media.video is not None
    assert media.video.width == 6000


def test_too_many_bytes(draw: DrawFilm) -> None:
    with pytest.raises(OverLimit, match="over the limit of 100; raise UNMASK_MAX_BYTES"):
        probe(draw(), Settings(max_bytes=100))


def test_heif_is_named(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "phone.heic"
    path.write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    with pytest.raises(NotMedia, match="HEIF still"):
        probe(path, settings)


def test_absent(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(Unreadable, match=r"^'gone.mp4' cannot be opened: No such file or directory\.$"):
        probe(tmp_path / "gone.mp4", settings)


def test_a_folder(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(Unreadable, match="is a folder, not a file"):
        probe(tmp_path, settings)


def test_a_pipe_does_not_block(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "pipe.mp4"
    os.mkfifo(path)
    with pytest.raises(Unreadable, match="is a pipe, not a file"):
        probe(path, settings)


def test_a_device(settings: Settings) -> None:
    with pytest.raises(Unreadable, match="is a device, not a file"):
        probe(Path("/dev/zero"), settings)


def test_a_socket(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("clip.mp4")
        with pytest.raises(Unreadable, match="is a socket, not a file"):
            probe(Path("clip.mp4"), settings)


def test_a_name_with_a_null_byte(settings: Settings) -> None:
    with pytest.raises(Unreadable, match="null byte"):
        probe(Path("a\0b"), settings)


@pytest.fixture
def ordinary_user() -> Iterator[None]:
    """Root may read every file, so a test as root becomes nobody meanwhile."""
    nobody, self = 65_534, os.geteuid()
    if self == 0:
        os.seteuid(nobody)
    yield
    os.seteuid(self)


@pytest.mark.usefixtures("ordinary_user")
def test_without_the_right_to_read(settings: Settings) -> None:
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        Path(file.name).chmod(0)
        with pytest.raises(Unreadable, match="cannot be opened: Permission denied"):
            probe(Path(file.name), settings)


@pytest.mark.parametrize(
    "name", ["two\nlines.mp4", "-i", "--", "שלום\u202egpj.mp4", "a b'c\".mp4", "%d.mp4", "http:x.mp4", "concat:a|b"]
)
def test_odd_names_are_only_names(
    draw: DrawFilm, settings: Settings, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw("plain.mp4").rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    media = probe(Path(name), settings)
    assert (media.file, media.kind) == (name, "video")


def test_a_path_that_climbs(draw: DrawFilm, settings: Settings, tmp_path: Path) -> None:
    draw()
    (tmp_path / "below").mkdir()
    assert probe(tmp_path / "below" / ".." / "film.mp4", settings).kind == "video"


def test_undecodable_names_can_be_printed(draw: DrawFilm, settings: Settings, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.mp4"))
    draw().rename(path)
    assert probe(path, settings).file.encode().endswith(b"/\\udcff.mp4")


def test_messages_stay_on_one_line(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "a\nb\u202e.mp4"
    path.touch()
    with pytest.raises(NotMedia) as caught:
        probe(path, settings)
    assert str(caught.value) == r"'a\nb\u202e.mp4' is empty: it holds 0 bytes."
