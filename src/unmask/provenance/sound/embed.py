"""The mark written into sound, block by block."""

import numpy as np
from jaxtyping import Float32
from scipy.ndimage import uniform_filter1d

from unmask.errors import UsageError
from unmask.provenance.code import encode
from unmask.provenance.keys import ClipKey
from unmask.provenance.sound.lapped import Coefficients, cosine_parts, hop_samples, overlapped
from unmask.provenance.sound.layout import (
    BIN_CENTERS_HZ,
    FRAMES_A_SECOND,
    LOWEST_HZ,
    PERIOD,
    Signs,
    clip_signs,
    fixed_signs,
    roles,
)

MARGIN = 0.13
"""Size to which a coefficient is moved so that its sign holds, over the level that hides it."""
REACH = 0.33
"""A coefficient of the wrong sign is left as it is when it is larger than this, over the level that hides it."""
PILOT_STRENGTH = 1.3
"""Pilots are moved this much further, since all else hangs on them."""
BASS_STRENGTH, FULL_FROM_HZ = 0.33, 1500
"""Strength at 300 Hz, where voiced speech is loud and hides little; it rises to the whole from 1500 Hz on."""
EVENNESS = 0.49
"""Evenness (see ``evenness``) of sound that is marked with the strength that is said above: between a voice, which hides
little between its overtones, and noise, which has 0.64."""
MOST_STRENGTH = 1.44
"""Strength in the most even sound."""
MASKING_BINS = 9
"""Width over which levels are taken, 225 Hz: the ear's own resolution at 1500 Hz."""
ECHO = 0.5
"""Power of the frame before that still hides a mark: the ear recovers slowly after a loud sound, but hears one that
comes before."""
SMALLEST_LEVEL = 1e-9
LEAST_RATE_HZ, LARGEST_RATE_HZ = 8_000, 384_000

Block = Float32[np.ndarray, "channels samples"]
Marked = Float32[np.ndarray, "channels marked"]
"""Sound of several channels, −1 to 1; what is given, and what comes out of it."""


class SoundMarker:
    """Marks the sound of one clip, given in blocks of any length from its beginning to its end.

    Only coefficients that are small beside their neighbours are moved, and only as far as their sign needs: what is
    added lies about 25 dB under the sound, where that hides it in time and frequency. All channels are given the same
    signs, so that a mix of them keeps the mark. Sound that is marked again carries the later mark alone.

    Args:
        key: The clip's key.
        payload_secret: The institution's secret under which the payload is written.
        rate_hz: Samples a second, a multiple of 50.
        channels: How many channels the sound has.

    Raises:
        UsageError: The rate cannot be marked.
    """

    def __init__(self, key: ClipKey, payload_secret: bytes, rate_hz: int, channels: int) -> None:
        _require_rate(rate_hz)
        self._rate_hz = rate_hz
        self._hop = hop_samples(rate_hz)
        self._secret = key.secret
        self._clip = roles(key.sync).clip
        self._fixed = fixed_signs(key.sync, payload_secret, encode(key.payload, payload_secret))
        self._strengths = strengths(key.sync)
        self._signs: tuple[int, Signs] | None = None
        self._frame = 0  # the next to be marked; it begins one hop before its number, so that none is cut in half
        self._waiting = np.zeros((channels, 2 * self._hop), np.float32)  # from the frame before that one on
        self._tail = np.zeros((channels, self._hop), np.float32)  # of the mark, from the frame before
        self._given = self._returned = 0

    def mark(self, block: Block) -> Marked:
        """The marked sound as far as it is ready: it follows 60 to 80 ms behind what was given.

        Raises:
            UsageError: The block has another number of channels than was said.
        """
        if len(block) != len(self._waiting):
            raise UsageError(
                f"A block of {len(block)} channels came to a marker of {len(self._waiting)}; give as many."
            )
        self._given += block.shape[1]
        return self._marked(block)

    def finish(self) -> Marked:
        """The rest of the marked sound; as much has come out now as was given."""
        rest = self._marked(np.zeros((len(self._waiting), 4 * self._hop), np.float32))
        surplus = self._returned - self._given
        return rest[:, : rest.shape[1] - surplus]

    def _marked(self, block: Block) -> Marked:
        heard = np.concatenate([self._waiting, block], axis=1)
        ready = heard.shape[1] // self._hop - 3  # a frame's level needs the one before and the one after
        if ready <= 0:
            self._waiting = heard
            return heard[:, :0]
        parts = cosine_parts(heard[:, : (ready + 3) * self._hop], self._rate_hz)
        added = overlapped(self._moves(parts), self._rate_hz)
        added[:, : self._hop] += self._tail
        self._tail = added[:, -self._hop :]
        self._waiting = heard[:, ready * self._hop :]
        marked = heard[:, self._hop : (ready + 1) * self._hop] + added[:, : -self._hop]
        early = self._hop if self._frame == 0 else 0  # the silence put before the first sample
        self._frame += ready
        self._returned += marked.shape[1] - early
        return marked[:, early:]

    def _moves(
        self, parts: Float32[np.ndarray, "channels frames bins"]
    ) -> Float32[np.ndarray, "channels frames-2 bins"]:
        """What is to be added to the coefficients of all frames but the first and the last."""
        levels = hiding_level(parts)[:, 1:-1]
        mixed, level = parts.mean(axis=0), levels.mean(axis=0)
        frames = np.arange(self._frame, self._frame + len(level))
        periods = range(self._frame // PERIOD, (self._frame + len(level) - 1) // PERIOD + 1)
        signs = np.concatenate(
            [self._signs_of(period)[frames[frames // PERIOD == period] % PERIOD] for period in periods]
        )
        agreeing = signs * mixed[1:-1] / level
        strength = self._strengths[frames % PERIOD] * np.minimum(evenness(mixed)[1:-1] / EVENNESS, MOST_STRENGTH)
        moved = (agreeing < MARGIN * strength) & (agreeing > -REACH * strength)
        return np.where(moved, signs * (MARGIN * strength - agreeing) * levels, np.float32(0.0))

    def _signs_of(self, period: int) -> Signs:
        if self._signs is None or self._signs[0] != period:
            self._signs = period, self._fixed + self._clip * clip_signs(self._secret, period)
        return self._signs[1]


def mark_sound(sound: Block, rate_hz: int, key: ClipKey, payload_secret: bytes) -> Block:
    """A whole sound with the mark, of the same length.

    Args:
        sound: All channels from beginning to end.
        rate_hz: Samples a second, a multiple of 50.
        key: The clip's key.
        payload_secret: The institution's secret under which the payload is written.

    Raises:
        UsageError: The rate cannot be marked.
    """
    marker = SoundMarker(key, payload_secret, rate_hz, len(sound))
    blocks = [marker.mark(sound[:, start : start + rate_hz]) for start in range(0, sound.shape[1], rate_hz)]
    return np.concatenate([*blocks, marker.finish()], axis=1)


def local_level(parts: Coefficients) -> Coefficients:
    """Root mean square of the coefficients around each one: 225 Hz wide, three frames long, shorter at the edges."""
    return _root(_around(parts * parts))


def evenness(parts: Coefficients) -> Coefficients:
    """How evenly loudness is spread around each coefficient: squared mean size over mean square, 0 to 1."""
    return (_around(np.abs(parts)) / local_level(parts)) ** 2


def hiding_level(parts: Coefficients) -> Coefficients:
    """The local level, or that of the frame itself and the echo of the one before where those are lower.

    It keeps the mark from being heard before a word begins and after it has died away.
    """
    power = uniform_filter1d(parts * parts, MASKING_BINS, axis=-1, mode="nearest")
    before = np.concatenate([power[..., :1, :], power[..., :-1, :]], axis=-2)
    around = uniform_filter1d(power, 3, axis=-2, mode="nearest")
    return _root(np.minimum(around, np.maximum(power, ECHO * before)))


def _around(values: Coefficients) -> Coefficients:
    return uniform_filter1d(uniform_filter1d(values, MASKING_BINS, axis=-1, mode="nearest"), 3, axis=-2, mode="nearest")


def strengths(sync: bytes) -> Signs:
    """Strength of the mark in each coefficient of a period; 1 for most."""
    rising = np.interp(BIN_CENTERS_HZ, [LOWEST_HZ, FULL_FROM_HZ], [BASS_STRENGTH, 1.0])
    return (rising * np.where(roles(sync).pilot, PILOT_STRENGTH, 1.0)).astype(np.float32)


def _root(power: Coefficients) -> Coefficients:
    # A running sum of silence may fall a little below zero.
    return np.sqrt(np.maximum(power, np.float32(SMALLEST_LEVEL**2)))


def _require_rate(rate_hz: int) -> None:
    if not LEAST_RATE_HZ <= rate_hz <= LARGEST_RATE_HZ or rate_hz % FRAMES_A_SECOND:
        raise UsageError(
            f"Sound of {rate_hz} Hz cannot be marked; resample it to 48000 Hz"
            f" or another multiple of {FRAMES_A_SECOND} from {LEAST_RATE_HZ} to {LARGEST_RATE_HZ}."
        )
