"""What each coefficient of the sound carries: pilots to find the mark by, the payload, and the key of the clip.

Sound is taken apart into 50 frames a second of 228 coefficients each, 25 Hz apart from 300 to 6000 Hz (see ``lapped``).
Each coefficient is given a sign. A fifth of them are pilots, known to everyone who may verify; a third carry bits of
the payload, known to the institution; both repeat every ``PERIOD_SECONDS``, so that trimmed sound finds its place.
The other half changes with every period under the key of the clip, so that sound of the same clip, heard at another
time, does not fit.
"""

import hmac
from dataclasses import dataclass

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20
from jaxtyping import Bool, Float32, Int16, UInt8

from unmask.provenance.code import CODE_BITS, CodeBits

FRAMES_A_SECOND = 50
BIN_HZ = 25
LOWEST_HZ, HIGHEST_HZ = 300, 6000
BINS = (HIGHEST_HZ - LOWEST_HZ) // BIN_HZ
BIN_CENTERS_HZ = LOWEST_HZ + BIN_HZ * (np.arange(BINS) + 0.5)
PERIOD = 256
"""Frames after which pilots and payload repeat."""
PERIOD_SECONDS = PERIOD / FRAMES_A_SECOND
LONGEST_SECONDS = 12 * 3600
"""Place in the marked sound up to which a piece of it is found again."""
PILOT_SHARE, PAYLOAD_SHARE = 0.2, 0.32
NONCE = bytes(16)

Signs = Float32[np.ndarray, "period bins"]
"""−1 or 1 for each coefficient of one period."""


@dataclass(frozen=True, slots=True, eq=False)
class Roles:
    """Which coefficient of a period carries what.

    Attributes:
        pilot: True for pilots.
        payload: True for bits of the payload.
        clip: True for the clip's own part.
        bits: Which bit of the coded payload a coefficient carries; of meaning where ``payload`` is true.
    """

    pilot: Bool[np.ndarray, "period bins"]
    payload: Bool[np.ndarray, "period bins"]
    clip: Bool[np.ndarray, "period bins"]
    bits: Int16[np.ndarray, "period bins"]


def roles(sync: bytes) -> Roles:
    """Who carries what under an institution's sync key."""
    chosen = _bytes(sync, b"roles", 0, PERIOD * BINS).reshape(PERIOD, BINS) / 256.0
    pilot = chosen < PILOT_SHARE
    payload = ~pilot & (chosen < PILOT_SHARE + PAYLOAD_SHARE)
    # Counted through, so that each bit comes once in about three frames, ever at other frequencies.
    counted = (np.cumsum(payload.reshape(-1)) - 1).reshape(PERIOD, BINS)
    return Roles(pilot, payload, ~pilot & ~payload, (np.maximum(counted, 0) % CODE_BITS).astype(np.int16))


def pilot_signs(sync: bytes) -> Signs:
    """Signs of the pilots."""
    return _signs(sync, b"pilots", 0)


def payload_signs(payload_secret: bytes) -> Signs:
    """Signs of the payload's coefficients while their bits are one."""
    return _signs(payload_secret, b"payload", 0)


def clip_signs(secret: bytes, period: int) -> Signs:
    """Signs of the clip's own coefficients in a period, counted from the start of the marked sound."""
    return _signs(secret, b"clip", period)


def fixed_signs(sync: bytes, payload_secret: bytes, bits: CodeBits) -> Signs:
    """Signs of pilots and payload together, which are the same in each period; 0 for the clip's own part."""
    who = roles(sync)
    payload = payload_signs(payload_secret) * np.where(bits[who.bits], 1.0, -1.0)
    return (who.pilot * pilot_signs(sync) + who.payload * payload).astype(np.float32)


def _signs(secret: bytes, label: bytes, index: int) -> Signs:
    bits = np.unpackbits(_bytes(secret, label, index, PERIOD * BINS // 8))
    return (2.0 * bits - 1.0).astype(np.float32).reshape(PERIOD, BINS)


def _bytes(secret: bytes, label: bytes, index: int, count: int) -> UInt8[np.ndarray, " bytes"]:
    """The beginning of a stream of random bytes under HMAC-SHA256(secret, label and index)."""
    key = hmac.digest(secret, b"unmask sound " + label + index.to_bytes(8, "big"), "sha256")
    return np.frombuffer(Cipher(ChaCha20(key, NONCE), mode=None).encryptor().update(bytes(count)), np.uint8)
