"""Files of every format are signed, whole or not at all, and by whom who is fit to sign."""

import logging
import stat
import wave
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import av
import numpy as np
import pytest

from tests.provenance.institutions import (
    LIMITS,
    Institution,
    anchors,
    archive,
    bytes_of,
    out_of_date,
    read,
    signed,
    still,
    with_key_of_another,
    with_wrong_purpose,
)
from unmask.errors import OutputError, UnmaskError, UsageError
from unmask.media.probe import probe
from unmask.provenance.claims import claims_for
from unmask.provenance.essence import read_claim
from unmask.provenance.signer import private_key_pem
from unmask.provenance.signing import sign_file


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list that trusts the archive."""
    return anchors(tmp_path_factory.mktemp("trusted"))


@pytest.mark.parametrize(
    ("who", "said"),
    [
        (out_of_date, "not valid today"),
        (with_wrong_purpose, "not one for signing media"),
        (with_key_of_another, "does not belong to its certificate"),
        (lambda: replace(archive(), chain=b"no chain"), "no certificate that can be read"),
    ],
)
def test_a_signer_that_is_not_fit_leaves_nothing_behind(
    tmp_path: Path, who: Callable[[], Institution], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    one = who()
    source, place = still(tmp_path / "a.png"), tmp_path / "b.png"
    with caplog.at_level(logging.DEBUG), pytest.raises(UnmaskError, match=said) as caught:
        signed(source, place, one)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]
    secret = private_key_pem(one.key, None).decode().splitlines()[1]
    told = str(caught.getrepr(style="long")) + caplog.text + str(caught.value)
    assert secret not in told
    assert f"{one.key.private_numbers().private_value:x}" not in told


def test_a_signer_that_fails_is_told_without_what_it_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Token:
        algorithm, chain = "es256", archive().chain

        def __init__(self, failure: Exception) -> None:
            self._failure = failure

        def sign(self, message: bytes) -> bytes:
            assert message
            raise self._failure

    source = still(tmp_path / "a.png")
    told = claims_for("a.png")
    with pytest.raises(OutputError, match=r"The signer failed \(OSError\)") as caught:
        sign_file(source, tmp_path / "b.png", Token(OSError("PIN 1234 is wrong")), told, LIMITS)
    assert "1234" not in str(caught.value) + caplog.text
    with pytest.raises(UsageError, match="give the PIN"):
        sign_file(source, tmp_path / "b.png", Token(UsageError("Please give the PIN.")), told, LIMITS)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def tone(path: Path, form: str, codec: Literal["aac", "libmp3lame", "flac"]) -> Path:
    """A sound of half a second."""
    samples = (8000 * np.sin(np.arange(22_050) / 20)).astype(np.int16)[None]
    with av.open(str(path), "w", format=form) as container:
        stream: Any = container.add_stream(codec, rate=44_100, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = 44_100
        for piece in av.AudioResampler(stream.format, "mono", 44_100, stream.frame_size or 0).resample(frame):
            container.mux(stream.encode(piece))
        container.mux(stream.encode(None))
    return path


def moving(path: Path, form: str, codec: Literal["gif", "mpeg4"]) -> Path:
    """A film of ten frames."""
    with av.open(str(path), "w", format=form) as container:
        stream: Any = container.add_stream(codec, rate=10)
        stream.width, stream.height = 64, 64
        stream.pix_fmt = "rgb8" if codec == "gif" else "yuv420p"
        for level in range(10):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 20 * level, np.uint8), format="rgb24")
            container.mux(stream.encode(frame.reformat(format=stream.pix_fmt)))
        container.mux(stream.encode(None))
    return path


def pcm(path: Path) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes((8000 * np.sin(np.arange(4000) / 20)).astype("<i2").tobytes())
    return path


FORMATS: dict[str, Callable[[Path], Path]] = {
    "a.jpg": still,
    "a.png": still,
    "a.webp": still,
    "a.tif": still,
    "a.gif": lambda path: moving(path, "gif", "gif"),
    "a.mp4": lambda path: moving(path, "mp4", "mpeg4"),
    "a.mov": lambda path: moving(path, "mov", "mpeg4"),
    "a.avi": lambda path: moving(path, "avi", "mpeg4"),
    "a.m4a": lambda path: tone(path, "ipod", "aac"),
    "a.mp3": lambda path: tone(path, "mp3", "libmp3lame"),
    "a.flac": lambda path: tone(path, "flac", "flac"),
    "a.wav": pcm,
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_is_signed_and_verified(tmp_path: Path, trusted: Path, name: str) -> None:
    source = FORMATS[name](tmp_path / name)
    done = signed(source, tmp_path / f"signed-{name}")
    found = read(done.path, trusted)
    assert (found.state, found.problems) == ("trusted", ())
    assert found.essence == ("same" if name != "a.gif" else None)
    assert probe(done.path, LIMITS).sha256 == done.sha256
    assert bytes_of(source) == 0


@pytest.mark.parametrize(("name", "way"), [("a.mkv", "--remux"), ("a.bmp", "PNG")])
def test_a_format_that_carries_no_credentials_is_told_the_way_out(tmp_path: Path, name: str, way: str) -> None:
    source = moving(tmp_path / name, "matroska", "mpeg4") if name.endswith("mkv") else still(tmp_path / name)
    with pytest.raises(UsageError, match="cannot carry Content Credentials") as caught:
        sign_file(source, tmp_path / "b", archive(), claims_for(name), LIMITS)
    assert way in str(caught.value)
    assert read(source).state == "absent"


def test_a_file_is_signed_over_itself_whole_or_not_at_all(tmp_path: Path, trusted: Path) -> None:
    path = still(tmp_path / "a.png")
    before = path.read_bytes()
    with pytest.raises(UnmaskError):
        signed(path, path, out_of_date())
    assert path.read_bytes() == before
    link = tmp_path / "link.png"
    link.symlink_to("a.png")
    path.chmod(0o600)
    signed(path, link)
    assert link.is_symlink()
    assert read(path, trusted).state == "trusted"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a.png", "link.png"]


def test_a_folder_that_takes_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        signed(still(tmp_path / "a.png"), tmp_path / "nowhere" / "b.png")


def test_a_long_fingerprint_fits_into_the_claims(tmp_path: Path, trusted: Path) -> None:
    source = still(tmp_path / "a.png")
    codes = "A" * 720_000
    fingerprint = {"version": 1, "width": 96, "height": 96, "rows": 12, "columns": 12, "groups": 1}
    told = {"version": 1, "fingerprint": fingerprint | {"group_seconds": 0.32, "begins": 0.0, "codes": codes}}
    claims = replace(claims_for("a.png"), essence=read_claim(told))
    done = sign_file(source, tmp_path / "b.png", archive(), claims, LIMITS)
    assert read(done.path, trusted, compare=False).state == "trusted"
    too_long = replace(claims_for("x" * 2_000_000), essence=None)
    with pytest.raises(OutputError, match="cannot be written"):
        sign_file(source, tmp_path / "c.png", archive(), too_long, LIMITS)
