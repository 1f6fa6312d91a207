"""Where in the sound the mark's periods begin, found by its pilots."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float16, Float64

from unmask.provenance.sound.embed import local_level
from unmask.provenance.sound.lapped import Coefficients, cosine_parts, hop_samples, overlapped, sine_parts
from unmask.provenance.sound.layout import BIN_CENTERS_HZ, BINS, PERIOD, pilot_signs, roles
from unmask.provenance.sound.resample import READING_RATE_HZ
from unmask.types import MonoAudio

HOP = hop_samples(READING_RATE_HZ)
PERIOD_SAMPLES = PERIOD * HOP
SEARCH_PERIODS = 2
"""Periods laid on top of each other in one search: long enough for the least clear of codecs, short beside a cut."""
LEAST_CLEAR = 5.3
"""Height of a peak over the standard deviation of all places; in noise, one search of 30 finds one as high. What is no
mark is told later, by the payload's check or by the clip's own signs."""
PHASES = 4
"""In one search frames begin at so many places, evenly spread over a hop: half a hop beside those of the mark they see
nothing of it."""
SAME_PLACE = 8
"""Places that differ by fewer samples are one: the search is repeated ever anew, with other noise."""
FINE_STEPS = np.arange(-1.5, 1.501, 0.0625)
"""Shifts in samples that are tried around the highest place."""
SMALLEST_PART = 1e-7
LOUDNESS_LEFT = np.float32(0.35)
"""Power of the loudness that is left for the search; measured to be best over AAC and Opus at low rates."""
MOST_PLACES = 4
"""Places that are read at most; sound that was cut oftener keeps some of its parts unread."""

Kept = Float16[np.ndarray, " samples"]
"""Sound at 16 kHz, −1 to 1, kept for reading."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where periods begin in a stretch of sound.

    Attributes:
        sample: Sample at which a period begins, less whole periods: 0 to ``PERIOD_SAMPLES``.
        clear: Height of the peak over the standard deviation of all places.
        sign: −1 when the sound is turned upside down, as some players and cables do, else 1.
        stretch: First sample and sample after the last of the stretch in which it was found; it begins with a whole
            number of periods.
    """

    sample: float
    clear: float
    sign: int
    stretch: tuple[int, int]


class PilotSearch:
    """Finds the pilots of an institution.

    Args:
        sync: The institution's sync key.
    """

    def __init__(self, sync: bytes) -> None:
        self._pilots = roles(sync).pilot * pilot_signs(sync)
        wave = laid_together(overlapped(self._pilots, READING_RATE_HZ))  # as if it went round in a circle
        self._spectrum = np.conj(np.fft.rfft(wave))

    def places(self, sound: Kept) -> tuple[Place, ...]:
        """The places at which periods begin in sound, the clearest first; more than one where it was cut.

        Where no stretch of two periods is clear, all of the sound is laid on top of each other.
        """
        found = [self._place(sound, stretch) for stretch in _stretches(len(sound))]
        if len(found) > 1 and all(place.clear < LEAST_CLEAR for place in found):
            found = [self._place(sound, (0, len(sound)))]
        distinct = _distinct([place for place in found if place.clear >= LEAST_CLEAR])
        return tuple(self._refined(sound, place) for place in distinct)

    def _place(self, sound: Kept, stretch: tuple[int, int]) -> Place:
        shifts = (phase * HOP // PHASES for phase in range(PHASES))
        return max((self._place_from(sound, stretch, shift) for shift in shifts), key=lambda place: place.clear)

    def _place_from(self, sound: Kept, stretch: tuple[int, int], shift: int) -> Place:
        """The place at which frames see most that begin some samples after the stretch does."""
        wave = overlapped(telling(sound[stretch[0] + shift : stretch[1]].astype(np.float32))[0], READING_RATE_HZ)
        match = np.fft.irfft(np.fft.rfft(laid_together(wave)) * self._spectrum, PERIOD_SAMPLES)
        peak = int(np.abs(match).argmax())
        height, spread = float(match[peak]), float(np.sqrt(np.mean(match**2)))
        sample = float((peak + shift) % PERIOD_SAMPLES)
        return Place(sample, abs(height) / spread if spread else 0.0, -1 if height < 0 else 1, stretch)

    def _refined(self, sound: Kept, place: Place) -> Place:
        """The place to a fraction of a sample: where the phases of the pilots turn to zero together."""
        start, end = place.stretch
        cosine_sum, sine_sum = np.zeros(BINS), np.zeros(BINS)
        first = int(place.sample) % PERIOD_SAMPLES - PERIOD_SAMPLES
        for period in range(first, end - start, PERIOD_SAMPLES):
            skipped = max(0, -(period // HOP))
            heard = sound[start + period + skipped * HOP : min(end, start + period + PERIOD_SAMPLES + HOP)]
            cosines, sines = telling(heard.astype(np.float32))
            pilots = self._pilots[skipped : skipped + len(cosines)]
            cosine_sum += (cosines * pilots).sum(axis=0)
            sine_sum += (sines * pilots).sum(axis=0)
        turns = np.outer(FINE_STEPS, BIN_CENTERS_HZ) * (2 * np.pi / READING_RATE_HZ)
        match = np.cos(turns) @ cosine_sum + np.sin(turns) @ sine_sum
        return replace(place, sample=place.sample + float(FINE_STEPS[(place.sign * match).argmax()]))


def telling(sound: MonoAudio) -> tuple[Coefficients, Coefficients]:
    """Cosine and sine parts of all frames, of which little but phases is left, where they can tell of a mark.

    What is large beside its neighbours is faded out, since the mark turns none but small coefficients; of loudness as
    much is left as makes loud places, which codecs spare, tell more.

    Reference:
        Knapp and Carter, The Generalized Correlation Method for Estimation of Time Delay, IEEE Transactions on
        Acoustics, Speech, and Signal Processing 24(4), 1976.
    """
    cosines, sines = cosine_parts(sound, READING_RATE_HZ), sine_parts(sound, READING_RATE_HZ)
    length = np.sqrt(cosines**2 + sines**2) + np.float32(SMALLEST_PART)
    level = local_level(length) / np.float32(np.sqrt(2.0))
    weight = np.exp(-((length / level) ** 2)) * level**LOUDNESS_LEFT / length
    return cosines * weight, sines * weight


def laid_together(sound: MonoAudio) -> Float64[np.ndarray, " period"]:
    """The sum of all periods of a sound."""
    whole = np.zeros(-(-max(1, len(sound)) // PERIOD_SAMPLES) * PERIOD_SAMPLES)
    whole[: len(sound)] = sound
    return whole.reshape(-1, PERIOD_SAMPLES).sum(axis=0)


def _stretches(samples: int) -> Iterator[tuple[int, int]]:
    """Stretches of two periods, each a period after the other."""
    last = max(1, -(-samples // PERIOD_SAMPLES) - SEARCH_PERIODS + 1)
    for start in range(0, last * PERIOD_SAMPLES, PERIOD_SAMPLES):
        yield start, min(samples, start + SEARCH_PERIODS * PERIOD_SAMPLES)


def _distinct(places: list[Place]) -> tuple[Place, ...]:
    """Each place once, with the clearest of its findings."""
    kept: list[Place] = []
    for place in sorted(places, key=lambda one: -one.clear):
        apart = (abs(place.sample - other.sample) for other in kept)
        if all(SAME_PLACE <= distance <= PERIOD_SAMPLES - SAME_PLACE for distance in apart):
            kept.append(place)
    return tuple(kept[:MOST_PLACES])
