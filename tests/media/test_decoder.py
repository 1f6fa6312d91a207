"""A child that lies, stalls or dies is caught."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from unmask.errors import BrokenMedia, OverLimit
from unmask.media import sandbox
from unmask.media.audio import open_sound, read_audio
from unmask.media.essence import essence_of
from unmask.media.facts import CodedPicture
from unmask.media.packets import packets_of, read_coded
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.settings import Settings

DrawFilm = Callable[..., Path]

START = """
import json, os, signal, struct, sys, time
sys.path += sys.argv[2:]
from child.wire import HEAD, send, send_json
def frame(width=4, height=4, channels=3, turn=1, seconds=0.0, length=None):
    body = bytes(width * height * channels if length is None else length)
    send(b"FRAM", body, (width, height, channels), turn, seconds)
def packet(length=1, stamps=(0, 0, 1, 1)):
    send(b"PACK", struct.pack("<qqqB", *stamps) + bytes(length))
def done(**more):
    send_json(b"DONE", {"end": "complete", **more})
"""


HEARD = "send_json(b'HEAR', {'rate_hz': 16000, 'channels': 1, 'layout': 'mono'});\n"


@pytest.fixture
def lie(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda script: monkeypatch.setattr(sandbox, "BOOT", START + script)


LIES = {
    "a picture over the limit": "os.write(1, HEAD.pack(b'FRAM', 3 << 30, 1 << 15, 1 << 15, 3, 1, 0.0))",
    "a length that overflows": "os.write(1, HEAD.pack(b'FRAM', 0, 1 << 31, 1 << 31, 4, 1, 0.0))",
    "fewer bytes than pixels": "frame(length=40)",
    "more bytes than pixels": "frame(length=400)",
    "no pixels": "frame(width=0)",
    "two channels": "frame(channels=2)",
    "an unknown turn": "frame(turn=9)",
    "a time that is no number": "frame(seconds=float('nan'))",
    "an endless time": "frame(seconds=float('inf'))",
    "a time over the limit": "frame(seconds=1e9)",
    "an unknown tag": "send(b'EVIL', b'')",
    "facts instead of pictures": "send_json(b'JSON', {})",
    "sound instead of pictures": "send(b'PCM ', bytes(8))",
    "an endless last word": "os.write(1, HEAD.pack(b'DONE', 0xffffffff, 0, 0, 0, 1, 0.0))",
    "a last word that is no JSON": "send(b'DONE', b'{')",
    "a last word that is a list": "send(b'DONE', b'[]')",
    "a deep last word": "send(b'DONE', b'[' * 100000)",
    "an unknown end": "send_json(b'DONE', {'end': 'fine'})",
    "one field more": "done(evil=1)",
    "a negative count": "done(skipped=-1)",
    "noise": "os.write(1, bytes(range(256)) * 100)",
}


@pytest.mark.parametrize("script", LIES.values(), ids=LIES.keys())
def test_lies_are_caught(draw: DrawFilm, settings: Settings, lie: Callable[[str], None], script: str) -> None:
    path = draw()
    media = probe(path, settings)
    lie(script)
    with (
        open_frames(path, media, settings) as film,
        pytest.raises(BrokenMedia, match="made the decoder answer nonsense"),
    ):
        list(film)


def test_times_that_fall_are_a_lie(draw: DrawFilm, settings: Settings, lie: Callable[[str], None]) -> None:
    path = draw()
    media = probe(path, settings)
    lie("frame(seconds=1.0); frame(seconds=1.0); done()")
    with open_frames(path, media, settings) as film:
        assert len(list(film)) == 1
    assert film.broken_off is not None
    assert "nonsense" in film.broken_off


def test_endless_pictures_are_a_lie(draw: DrawFilm, lie: Callable[[str], None]) -> None:
    path = draw(frames=5)
    settings = Settings(max_seconds=0.5)
    media = probe(path, settings)
    lie("for index in range(10**6): frame(seconds=index * 1e-7)")
    with open_frames(path, media, settings) as film:
        assert len(list(film)) == 500
    assert film.broken_off is not None


def test_endless_sound_is_a_lie(sing: DrawFilm, lie: Callable[[str], None]) -> None:
    path = sing("a.wav", "pcm_s16le")
    settings = Settings(max_seconds=2.0)
    media = probe(path, settings)
    lie(HEARD + "while True: send(b'PCM ', bytes(1 << 16))")
    blocks: list[int] = []
    with open_sound(path, media, settings) as recording, pytest.raises(BrokenMedia, match="nonsense"):
        blocks.extend(block.samples.shape[1] for block in recording)
    assert 0 < sum(blocks) <= 32_000


@pytest.mark.parametrize(
    "script",
    [
        "send(b'PCM ', bytes(8))",
        "send_json(b'HEAR', {'rate_hz': 8000, 'channels': 1, 'layout': 'mono'}); send(b'PCM ', bytes(8))",
        "send_json(b'HEAR', {'rate_hz': 16000, 'channels': 2, 'layout': 'stereo'}); send(b'PCM ', bytes(8))",
        "send_json(b'HEAR', {'rate_hz': 16000, 'channels': 9, 'layout': 'mono'})",
        "send_json(b'HEAR', {'rate_hz': 16000, 'channels': 1, 'layout': 'mono;rm'})",
        "send_json(b'HEAR', {'rate_hz': 16000, 'channels': 1, 'layout': 'mono'}); send(b'PCM ', bytes(7))",
        "send_json(b'HEAR', {'rate_hz': 16000, 'channels': 1, 'layout': 'mono'}); send(b'PCM ', bytes(1 << 21))",
    ],
)
def test_sound_of_another_shape_is_a_lie(
    sing: DrawFilm, settings: Settings, lie: Callable[[str], None], script: str
) -> None:
    path = sing("a.wav", "pcm_s16le")
    media = probe(path, settings)
    lie(script)
    with pytest.raises(BrokenMedia, match="nonsense"):
        read_audio(path, media, settings)


PICTURE = CodedPicture(
    codec="h264",
    preface="",
    tick=[1, 25],
    start=0,
    width=64,
    height=48,
    pixel_format="yuv420p",
    pixel_aspect=[1, 1],
    range=1,
    primaries=2,
    transfer=2,
    matrix=2,
)


@pytest.mark.parametrize(
    "script",
    [
        "packet(length=0)",
        "packet(stamps=(0, 0, -1, 1))",
        "while True: packet(length=1 << 16)",
        "os.write(1, HEAD.pack(b'PACK', 0xffffffff, 0, 0, 0, 1, 0.0))",
        "frame()",
    ],
)
def test_packets_that_cannot_be_are_a_lie(
    draw: DrawFilm, settings: Settings, lie: Callable[[str], None], script: str
) -> None:
    path = draw()
    media = probe(path, settings)
    lie(script)
    with pytest.raises(BrokenMedia, match="nonsense"):
        list(packets_of(path, media, settings, PICTURE))


SOUND = {
    "codec": "aac",
    "preface": "",
    "tick": [1, 16_000],
    "start": 0,
    "rate_hz": 16_000,
    "layout": "mono",
    "packet_samples": 1024,
}


@pytest.mark.parametrize(
    "told",
    [
        {"tick": [1, 0]},
        {"tick": [0, 1]},
        {"tick": [1]},
        {"start": 2**63},
        {"preface": "0"},
        {"rate_hz": -1},
        {"evil": 1},
    ],
)
def test_streams_that_cannot_be_are_a_lie(
    draw: DrawFilm, settings: Settings, lie: Callable[[str], None], told: dict[str, object]
) -> None:
    path = draw()
    media = probe(path, settings)
    sound = json.dumps(SOUND | told)
    lie(f'send(b\'CODE\', b\'{{"picture":null,"tracks":0,"sound":{sound}}}\'); done()')
    with pytest.raises(BrokenMedia, match="nonsense"):
        read_coded(path, media, settings)


@pytest.mark.parametrize("told", ["{'picture': 'abc', 'sound': None}", "{'picture': None}", "[]"])
def test_digests_that_cannot_be_are_a_lie(
    draw: DrawFilm, settings: Settings, lie: Callable[[str], None], told: str
) -> None:
    path = draw()
    media = probe(path, settings)
    lie(f"send_json(b'ESSE', {told}); done()")
    with pytest.raises(BrokenMedia, match="nonsense"):
        essence_of(path, media, settings)


@pytest.mark.parametrize("facts", ["{}", "{'container': 1}", "{'container': 'mov', 'video': {'sizes': [0] * 10**6}}"])
def test_facts_of_another_shape_are_a_lie(
    draw: DrawFilm, settings: Settings, lie: Callable[[str], None], facts: str
) -> None:
    path = draw()
    lie(f"send_json(b'JSON', {facts}); done()")
    with pytest.raises(BrokenMedia, match="nonsense"):
        probe(path, settings)


def test_no_facts_are_a_lie(draw: DrawFilm, settings: Settings, lie: Callable[[str], None]) -> None:
    path = draw()
    lie("done()")
    with pytest.raises(BrokenMedia, match="nonsense"):
        probe(path, settings)


@pytest.mark.parametrize("script", ["time.sleep(60)", "os.write(1, b'FR'); time.sleep(60)", "frame(); time.sleep(60)"])
def test_a_stall_ends(draw: DrawFilm, settings: Settings, lie: Callable[[str], None], script: str) -> None:
    path = draw()
    media = probe(path, settings)
    lie(script)
    began = time.monotonic()
    impatient = Settings(stall_seconds=0.5)
    with (
        open_frames(path, media, impatient) as film,
        pytest.raises(OverLimit, match=r"stall for 0\.5 s; raise UNMASK_STALL_SECONDS"),
    ):
        list(film)
    assert time.monotonic() - began < 10


def test_a_long_run_ends(draw: DrawFilm, settings: Settings, lie: Callable[[str], None]) -> None:
    path = draw()
    media = probe(path, settings)
    lie("for index in range(10**6): time.sleep(0.05); frame(seconds=index * 1e-3)")
    hurried = Settings(decode_wall_seconds=1.0)
    with (
        open_frames(path, media, hurried) as film,
        pytest.raises(OverLimit, match="not decoded within 1 s; raise UNMASK_DECODE_WALL_SECONDS"),
    ):
        list(film)


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("sys.exit(3)", "status 3"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV"),
        ("os.abort()", "SIGABRT"),
        ("1 / 0", "status 1"),
    ],
)
def test_a_dead_decoder_is_told(
    draw: DrawFilm, settings: Settings, lie: Callable[[str], None], script: str, reason: str
) -> None:
    path = draw()
    media = probe(path, settings)
    lie(script)
    with (
        open_frames(path, media, settings) as film,
        pytest.raises(BrokenMedia, match=rf"made the decoder stop \({reason}\)"),
    ):
        list(film)


def test_frames_before_a_crash_are_kept(draw: DrawFilm, settings: Settings, lie: Callable[[str], None]) -> None:
    path = draw()
    media = probe(path, settings)
    lie("frame(seconds=0.0); frame(seconds=0.5); os.abort()")
    with open_frames(path, media, settings) as film:
        assert len(list(film)) == 2
    assert film.broken_off == "The film breaks off after 0.5 of 1.2 s: 'film.mp4' made the decoder stop (SIGABRT)."
