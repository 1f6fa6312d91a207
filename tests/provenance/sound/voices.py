"""Sound of the tests of marks: keys, something like a voice, and a reader of all of it."""

import numpy as np
from jaxtyping import Float32

from unmask.provenance.keys import ClipKey, MarkKeys, mark_keys
from unmask.provenance.sound import mark_sound, read_sound
from unmask.types import SoundMark

RATE_HZ = 16_000
CLIP = 0x2A
KEYS = mark_keys(bytes(range(32)), 0x1A2B3C4D, "Example Archive")
OTHERS = mark_keys(bytes(range(1, 33)), 0x0BADCAFE, "Other House")

Mono = Float32[np.ndarray, " samples"]


def voice(seconds: float, seed: int = 0, rate_hz: int = RATE_HZ) -> Mono:
    """Noise coloured as speech, which comes and goes four times a second."""
    chance = np.random.default_rng(seed)
    count = int(seconds * rate_hz)
    spectrum = np.fft.rfft(chance.normal(size=count))
    shaped = np.fft.irfft(spectrum / (1 + (np.fft.rfftfreq(count, 1 / rate_hz) / 500) ** 2), count)
    swell = 0.6 + 0.4 * np.sin(2 * np.pi * 4 * np.arange(count) / rate_hz)
    return (0.1 * shaped / shaped.std() * swell).astype(np.float32)


def marked(sound: Mono, keys: MarkKeys = KEYS, clip: int = CLIP, rate_hz: int = RATE_HZ) -> Mono:
    """One channel with the mark of a clip."""
    return mark_sound(sound[None], rate_hz, keys.clip_key(clip), keys.payload_secret)[0]


def read(sound: Mono, keys: MarkKeys | ClipKey = KEYS, rate_hz: int = RATE_HZ) -> SoundMark:
    """What is read in it."""
    return read_sound(sound, rate_hz, keys)
