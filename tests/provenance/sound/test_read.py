"""What is read of a mark in sound: whose it is, whether it is whole, and which seconds were made anew."""

import numpy as np
import pytest
from scipy.signal import resample_poly

from tests.provenance.sound.voices import CLIP, KEYS, OTHERS, RATE_HZ, Mono, marked, read, voice
from unmask.errors import UsageError
from unmask.provenance.sound import SoundMarkReader
from unmask.types import Payload

SECONDS = 9.0
START, STOP = 4.0, 6.0
"""Seconds that another speaks."""
PAYLOAD = Payload(KEYS.institution, CLIP)


@pytest.fixture(scope="module")
def sound() -> Mono:
    """A marked sound."""
    return marked(voice(SECONDS))


@pytest.fixture(scope="module")
def altered(sound: Mono) -> Mono:
    """The same with two seconds spoken anew."""
    made = sound.copy()
    made[int(START * RATE_HZ) : int(STOP * RATE_HZ)] = voice(STOP - START, seed=5)
    return made


def test_the_payload_is_read_and_every_second_is_whole(sound: Mono) -> None:
    mark = read(sound)
    assert (mark.state, mark.payload, mark.altered) == ("intact", PAYLOAD, ())
    assert np.nanmin(mark.integrity) > 0.4
    assert f"Example Archive, clip {CLIP:08x}, is alive" in mark.sentence


def test_what_another_speaks_is_found_where_it_is(altered: Mono) -> None:
    mark = read(altered)
    assert (mark.state, mark.payload) == ("altered", PAYLOAD)
    ((start, stop),) = mark.altered
    assert (start, stop) == pytest.approx((START, STOP), abs=0.75)
    inside = (mark.seconds >= START) & (mark.seconds <= STOP - 1)
    outside = (mark.seconds < START - 1) | (mark.seconds > STOP)
    assert np.nanmax(mark.integrity[inside]) < np.nanmin(mark.integrity[outside])


def test_the_key_of_the_clip_finds_the_same(altered: Mono) -> None:
    mark = read(altered, KEYS.clip_key(CLIP))
    assert (mark.state, mark.payload) == ("altered", PAYLOAD)
    assert np.array(mark.altered) == pytest.approx(np.array(read(altered).altered), abs=0.5)


def test_the_key_of_another_clip_says_so(sound: Mono) -> None:
    mark = read(sound, KEYS.clip_key(CLIP + 1))
    assert (mark.state, mark.payload) == ("undecidable", None)
    assert f"not that of clip {CLIP + 1:08x}" in mark.sentence


@pytest.mark.parametrize(
    "change",
    [
        lambda sound: -sound,
        lambda sound: 0.2 * sound,
        lambda sound: sound[int(1.365 * RATE_HZ) :],
        lambda sound: sound[int(1.37 * RATE_HZ) :],
        lambda sound: np.concatenate([voice(2.0, seed=8), sound]),
        lambda sound: sound + np.float32(0.01),
    ],
    ids=["upside-down", "quieter", "cut-a-quarter-hop-beside", "cut-half-a-hop-beside", "later", "offset"],
)
def test_the_payload_is_read_after(sound: Mono, change: object) -> None:
    assert callable(change)
    assert read(change(sound).astype(np.float32)).payload == PAYLOAD


def test_the_payload_is_read_at_another_rate(sound: Mono) -> None:
    assert read(resample_poly(sound, 441, 160).astype(np.float32), rate_hz=44_100).payload == PAYLOAD


@pytest.mark.parametrize(
    "unmarked",
    [
        voice(SECONDS, seed=2),
        np.zeros(5 * RATE_HZ, np.float32),
        np.empty(0, np.float32),
        np.full(3 * RATE_HZ, np.nan, np.float32),
        np.random.default_rng(0).normal(0, 0.3, 8 * RATE_HZ).astype(np.float32),
    ],
    ids=["voice", "silence", "nothing", "broken", "noise"],
)
def test_no_mark_is_found_where_none_is(unmarked: Mono) -> None:
    mark = read(unmarked)
    assert (mark.state, mark.payload, mark.altered) == ("absent", None, ())
    assert mark.sentence == "No mark of these keys is in the sound."


def test_other_keys_find_nothing(sound: Mono) -> None:
    assert read(sound, OTHERS).state == "absent"


def test_of_two_marks_the_later_is_read(sound: Mono) -> None:
    twice = marked(sound, OTHERS, 3)
    assert read(twice, OTHERS).payload == Payload(OTHERS.institution, 3)
    assert read(twice).payload in {None, PAYLOAD}


def test_blocks_of_any_size_are_read_alike(altered: Mono) -> None:
    reader = SoundMarkReader(KEYS, RATE_HZ)
    for start in range(0, len(altered), 5_000):
        reader.see(altered[start : start + 5_000])
    assert np.array(reader.finish().altered) == pytest.approx(np.array(read(altered).altered), abs=0.3)


def test_a_rate_out_of_range_is_refused() -> None:
    with pytest.raises(UsageError, match="A rate of 500 Hz is out of range"):
        SoundMarkReader(KEYS, 500)
