"""The mark written into sound: unheard, as long as before, and the same however the sound comes in."""

import numpy as np
import pytest

from tests.provenance.sound.voices import CLIP, KEYS, RATE_HZ, marked, voice
from unmask.errors import UsageError
from unmask.provenance.sound import SoundMarker, mark_sound

KEY = KEYS.clip_key(CLIP)


@pytest.mark.parametrize("seconds", [0.01, 0.5, 3.003])
def test_marked_sound_is_as_long_and_lies_far_above_what_was_added(seconds: float) -> None:
    sound = voice(seconds)
    found = marked(sound)
    assert found.shape == sound.shape
    assert np.square(found - sound).sum() < np.square(sound).sum() / 30


@pytest.mark.parametrize("size", [1, 700, 16_001])
def test_blocks_of_any_size_give_the_same_sound(size: int) -> None:
    sound = voice(0.2 if size == 1 else 2.5)
    marker = SoundMarker(KEY, KEYS.payload_secret, RATE_HZ, 1)
    parts = [marker.mark(sound[None, start : start + size]) for start in range(0, len(sound), size)]
    np.testing.assert_allclose(np.concatenate([*parts, marker.finish()], axis=1)[0], marked(sound), atol=1e-5)


def test_silence_stays_silent_and_is_not_marked_before_a_word() -> None:
    sound = np.concatenate([np.zeros(RATE_HZ, np.float32), voice(1.0)])
    added = marked(sound) - sound
    assert np.abs(added[: RATE_HZ - RATE_HZ // 20]).max() < 1e-6
    assert np.abs(added[RATE_HZ:]).max() > 1e-3


def test_all_channels_are_given_the_same_signs() -> None:
    sound = voice(2.0)
    both = mark_sound(np.stack([sound, 0.5 * sound]), RATE_HZ, KEY, KEYS.payload_secret)
    np.testing.assert_allclose(both[1], both[0] / 2, atol=1e-5)


def test_another_clip_is_another_mark() -> None:
    sound = voice(2.0)
    first, other = (marked(sound, clip=clip) - sound for clip in (1, 2))
    assert np.corrcoef(first, other)[0, 1] < 0.95


@pytest.mark.parametrize("rate_hz", [4_000, 11_025, 768_000])
def test_a_rate_that_cannot_be_marked_is_refused_in_one_sentence(rate_hz: int) -> None:
    with pytest.raises(UsageError, match=rf"^Sound of {rate_hz} Hz cannot be marked; .*\.$"):
        SoundMarker(KEY, KEYS.payload_secret, rate_hz, 1)


def test_a_block_of_other_channels_is_refused() -> None:
    marker = SoundMarker(KEY, KEYS.payload_secret, RATE_HZ, 2)
    with pytest.raises(UsageError, match="A block of 1 channels came to a marker of 2"):
        marker.mark(voice(0.1)[None])
