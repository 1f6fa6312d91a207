"""Sound brought to the rate at which marks are read, block by block."""

from math import gcd

import numpy as np
import scipy
from jaxtyping import Float32, Float64

from unmask.errors import UsageError
from unmask.types import MonoAudio

READING_RATE_HZ = 16_000
FILTER_CYCLES = 16
"""Half length of the filter, in samples of the lower rate."""

Resampled = Float32[np.ndarray, " resampled"]


class Resampler:
    """Brings a stream of blocks of any length to 16 kHz; its output has the time of its input.

    Args:
        rate_hz: Samples a second of the input, 1000 to 384000.

    Raises:
        UsageError: The rate is out of range.
    """

    def __init__(self, rate_hz: int) -> None:
        if not 1000 <= rate_hz <= 384_000:
            raise UsageError(f"A rate of {rate_hz} Hz is out of range; take 1000 to 384000.")
        common = gcd(rate_hz, READING_RATE_HZ)
        self._up, self._down = READING_RATE_HZ // common, rate_hz // common
        self._filter, self._delay = _low_pass(self._up, self._down)
        self._waiting = np.empty(0, np.float32)
        self._tail = np.empty(0, np.float32)
        self._given = self._returned = 0
        self._early = self._delay // self._down

    def see(self, block: MonoAudio) -> Resampled:
        """The next samples at 16 kHz, as far as they are ready."""
        self._given += len(block)
        waiting = np.concatenate([self._waiting, block])
        whole = len(waiting) // self._down * self._down
        self._waiting = waiting[whole:]
        return self._resampled(waiting[:whole])

    def finish(self) -> Resampled:
        """The rest."""
        missing = -(-self._given * self._up // self._down) - self._returned
        silence = 2 * self._delay + 2 * self._down
        padded = np.concatenate([self._waiting, np.zeros(silence - len(self._waiting) % self._down, np.float32)])
        return self._resampled(padded[: len(padded) // self._down * self._down])[:missing]

    def _resampled(self, whole: MonoAudio) -> Resampled:
        """Filtered samples that no later block adds to; the others wait as a tail."""
        if not len(whole):
            return whole
        filtered = scipy.signal.upfirdn(self._filter, whole, self._up, self._down).astype(np.float32)
        ready = len(whole) // self._down * self._up
        joined = np.zeros(max(len(filtered), len(self._tail)), np.float32)
        joined[: len(filtered)] += filtered
        joined[: len(self._tail)] += self._tail
        self._tail = joined[ready:]
        skipped = min(self._early, ready)
        self._early -= skipped
        self._returned += ready - skipped
        return joined[skipped:ready]


def _low_pass(up: int, down: int) -> tuple[Float64[np.ndarray, " taps"], int]:
    """A filter at the common rate, and its delay there, a multiple of ``down``."""
    widest = max(up, down)
    if widest == 1:
        return np.ones(1), 0
    delay = down * -(-FILTER_CYCLES * widest // down)
    return up * scipy.signal.firwin(2 * delay + 1, 1.0 / widest, window=("kaiser", 5.0)), delay
