"""The essence: the same in every container, another when a byte changed."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import av
import cv2
import numpy as np
import pytest

from unmask.errors import BrokenMedia, NotMedia
from unmask.media.essence import Essence, essence_of
from unmask.media.image import encode_jpeg
from unmask.media.probe import probe
from unmask.settings import Settings
from unmask.types import RgbImage

DrawFilm = Callable[..., Path]


def essence(path: Path, settings: Settings) -> Essence:
    return essence_of(path, probe(path, settings), settings)


def moved(source: Path, destination: Path) -> Path:
    """The packets of a film in another container, by PyAV alone."""
    with av.open(str(source)) as old, av.open(str(destination), "w") as new:
        streams = {one.index: new.add_stream_from_template(one, opaque=True) for one in old.streams}
        packets = [packet for packet in old.demux() if packet.size]
        upcoming: dict[int, int] = {}
        for packet in reversed(packets):
            if packet.dts is None:  # Matroska does not tell the first ones
                packet.dts = upcoming[packet.stream_index] - (packet.duration or 1)
            upcoming[packet.stream_index] = packet.dts
        for packet in packets:
            packet.stream = streams[packet.stream_index]
            new.mux(packet)
    return destination


@pytest.mark.parametrize(
    ("codec", "sound", "containers"),
    [
        ("libx264", "aac", ("mov", "mkv", "mp4", "ts", "mp4")),
        ("libx265", "aac", ("mkv", "ts", "mp4")),
        ("libvpx-vp9", "libopus", ("webm", "mp4")),
        ("libsvtav1", "libopus", ("webm", "mp4")),
        ("mpeg4", "libmp3lame", ("avi", "mkv")),
        ("mpeg2video", "ac3", ("ts", "mp4")),
    ],
)
def test_the_same_in_every_container(  # noqa: PLR0917 # pytest passes them by name
    draw: DrawFilm, tmp_path: Path, settings: Settings, codec: str, sound: str, containers: tuple[str, ...]
) -> None:
    options = {"libx265": {"x265-params": "log-level=none"}, "libsvtav1": {"preset": "12", "svtav1-params": "lp=1"}}
    path = draw(
        f"0.{'mkv' if codec == 'libvpx-vp9' else 'mp4'}",
        codec=codec,
        options=options.get(codec),
        sound_seconds=1.2,
        sound_codec=sound,
        sound_rate_hz=48_000,
    )
    first = essence(path, settings)
    assert first.picture is not None
    assert first.sound is not None
    for number, container in enumerate(containers, 1):
        path = moved(path, tmp_path / f"{number}.{container}")
        assert essence(path, settings) == first, container


@pytest.mark.parametrize("of", ["video", "audio"])
def test_a_changed_byte_is_another_essence(
    draw: DrawFilm, tmp_path: Path, settings: Settings, of: Literal["video", "audio"]
) -> None:
    source = draw(frames=10, sound_seconds=0.4, noise=True)
    with av.open(str(source)) as film:
        packet = list(film.demux(film.streams.get({of: 0})))[5]
        at, size = packet.pos or 0, packet.size
    first = essence(source, settings)
    content = bytearray(source.read_bytes())
    content[at + size - 3] ^= 1
    path = tmp_path / "changed.mp4"
    path.write_bytes(content)
    now = essence(path, settings)
    assert (now.picture == first.picture) == (of == "audio")
    assert (now.sound == first.sound) == (of == "video")


def test_tags_and_turns_count_nothing(draw: DrawFilm, settings: Settings) -> None:
    plain = essence(draw("1.mp4"), settings)
    assert essence(draw("2.mp4", turn=90, container_options={"movflags": "+faststart"}), settings) == plain
    assert essence(draw("3.mp4", frames=29), settings) != plain


def test_films_without_sound_and_sounds(draw: DrawFilm, sing: DrawFilm, settings: Settings) -> None:
    assert essence(draw(), settings).sound is None
    assert essence(sing("a.mp3", "mp3"), settings).picture is None


@pytest.mark.parametrize(("codec", "names"), [("flac", ("a.flac", "a.ogg")), ("pcm_s16le", ("a.wav", "a.mka"))])
def test_sound_in_every_container(sing: DrawFilm, settings: Settings, codec: str, names: tuple[str, ...]) -> None:
    assert len({essence(sing(name, codec), settings).sound for name in names}) == 1


def test_half_a_film_is_another(draw: DrawFilm, tmp_path: Path, settings: Settings) -> None:
    source = draw("a.mkv", frames=100, noise=True)
    content = source.read_bytes()
    half = tmp_path / "half.mkv"
    half.write_bytes(content[: len(content) // 2])
    assert essence(half, settings).picture != essence(source, settings).picture


@pytest.fixture
def picture() -> RgbImage:
    return np.random.default_rng(0).integers(0, 255, (41, 30, 3), dtype=np.uint8)


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content


def test_notes_in_a_jpeg_count_nothing(tmp_path: Path, settings: Settings, picture: RgbImage) -> None:
    jpeg = encode_jpeg(picture)
    turn = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\6\0\0" + bytes(4)
    thumbnail = segment(0xE1, b"thumb" + encode_jpeg(picture[:8, :8]))
    noted = jpeg[:2] + segment(0xE1, turn) + thumbnail + segment(0xFE, b"a comment") + jpeg[2:] + b"behind the end"
    progressive = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1, cv2.IMWRITE_JPEG_RST_INTERVAL, 2])[1]
    (tmp_path / "a.jpg").write_bytes(jpeg)
    (tmp_path / "b.jpg").write_bytes(noted)
    (tmp_path / "c.jpg").write_bytes(progressive.tobytes())
    (tmp_path / "d.jpg").write_bytes(progressive.tobytes() + bytes(100))
    one, other, scans, padded = (essence(tmp_path / f"{name}.jpg", settings) for name in "abcd")
    assert one == other != scans == padded


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_changed_byte_of_a_jpeg(tmp_path: Path, settings: Settings, picture: RgbImage, share: float) -> None:
    path = tmp_path / "a.jpg"
    content = bytearray(cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes())
    path.write_bytes(content)
    first = essence(path, settings)
    content[int(share * len(content))] ^= 1
    path.write_bytes(content)
    assert essence(path, settings).picture != first.picture


def test_a_webp_with_notes(tmp_path: Path, settings: Settings, picture: RgbImage) -> None:
    path = tmp_path / "a.webp"
    cv2.imwrite(str(path), picture)
    first, content = essence(path, settings), path.read_bytes()
    noted = content + b"XMP \3\0\0\0abc\0"
    path.write_bytes(noted[:4] + (len(noted) - 8).to_bytes(4, "little") + noted[8:])
    assert essence(path, settings) == first
    cv2.imwrite(str(path), picture // 2)
    assert essence(path, settings) != first


def test_lossless_stills_count_by_their_pixels(tmp_path: Path, settings: Settings, picture: RgbImage) -> None:
    for name in ("a.png", "a.bmp", "a.tiff"):
        cv2.imwrite(str(tmp_path / name), picture[..., ::-1])
    opaque = np.dstack([picture[..., ::-1], np.full(picture.shape[:2], 255, np.uint8)])
    cv2.imwrite(str(tmp_path / "alpha.png"), opaque)
    found = {essence(path, settings).picture for path in tmp_path.iterdir()}
    assert found == {hashlib.sha256("30×41".encode() + picture.tobytes()).hexdigest()}


def test_a_torn_still(tmp_path: Path, settings: Settings, picture: RgbImage) -> None:
    path = tmp_path / "torn.png"
    path.write_bytes(cv2.imencode(".png", picture)[1].tobytes()[:60])
    with pytest.raises(BrokenMedia, match=r"torn\.png"):
        essence(path, settings)


def test_no_media(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "words.mp4"
    path.write_text("words")
    with pytest.raises(NotMedia):
        essence(path, settings)
