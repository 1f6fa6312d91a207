"""The error-correcting code that carries the 64 bits of a mark, in picture and sound alike.

Eight bytes of payload and four bytes of a keyed check (HMAC-SHA256, cut) are one word of a Reed–Solomon code over bytes
with twelve bytes of parity. A word is read by its bytes, which mends six wrong or twelve missing ones; where that fails,
by its bits, which reads words that are noisy all over (one bit in ten wrong). It is believed only when the check fits:
what is no mark passes a check of 32 bits by chance once in 2³², and one reading makes at most ``MOST_TRIES`` checks.
"""

import hmac
from collections.abc import Generator
from contextlib import suppress
from functools import cache

import numpy as np
from jaxtyping import Bool, Float64, Int64, UInt8
from reedsolo import ReedSolomonError, RSCodec

from unmask.errors import UsageError
from unmask.types import Payload

CHECK_BYTES = 4
"""Bytes of the keyed check, sent with the payload."""
CODE_BITS = 192
"""Bits of a coded payload."""
ERASED_BYTES = (0, 2, 4, 6, 8, 10, 12)
"""How many of the least reliable bytes are taken for missing, one try each."""
LIKELIEST_WORDS = 16
"""How many words of the code that are near in their bits are tried."""
MOST_TRIES = len(ERASED_BYTES) + LIKELIEST_WORDS
"""Checks that one call of ``decode`` makes at most."""
FALSE_READ_RATE = MOST_TRIES / 2.0 ** (8 * CHECK_BYTES)
"""Bound on the chance that ``decode`` returns a payload from what carries none."""

_BYTES = CODE_BITS // 8
_SENT_BITS = 8 * (8 + CHECK_BYTES)
_REED_SOLOMON = RSCodec(_BYTES - 8 - CHECK_BYTES, nsize=_BYTES)

CodeBits = Bool[np.ndarray, "192"]
"""A coded payload; neighbours belong to different bytes, bit ``i`` of byte ``j`` lies at ``24 i + j``."""
SoftBits = Float64[np.ndarray, "192"]
"""A received word: the sign tells the bit (positive is one), the size how sure it is; 0 or NaN tells nothing."""


def encode(payload: Payload, secret: bytes) -> CodeBits:
    """The bits that stand for a payload.

    Args:
        payload: What the mark is to say.
        secret: Key of the check; without it a word of the code cannot be made up.

    Raises:
        UsageError: A number of the payload has more than 32 bits.

    >>> encode(Payload(7, 1), b"secret").shape
    (192,)
    """
    message = _message(payload)
    return _laid_out(message + _check(message, secret)).astype(bool)


def decode(soft: SoftBits, secret: bytes) -> Payload | None:
    """The payload of a received word, None when there is none that the check confirms.

    Args:
        soft: What was received; only the sizes beside each other matter.
        secret: As given to ``encode``.

    Reference:
        Forney, Generalized Minimum Distance Decoding, IEEE Transactions on Information Theory 12(2), 1966.
        Fossorier and Lin, Soft-Decision Decoding of Linear Block Codes Based on Ordered Statistics, IEEE Transactions
        on Information Theory 41(5), 1995.

    >>> received = np.where(encode(Payload(7, 1), b"secret"), 1.0, -1.0)
    >>> received[:6] *= -1
    >>> decode(received, b"secret")
    Payload(institution=7, clip=1)
    >>> decode(received, b"another secret") is None
    True
    """
    known = np.nan_to_num(np.clip(soft, -1e100, 1e100), nan=0.0)
    for readings in (_by_bytes, _by_bits):
        for message in readings(known):
            payload, check = message[:8], message[8:]
            if hmac.compare_digest(check, _check(payload, secret)):
                return Payload(int.from_bytes(payload[:4], "big"), int.from_bytes(payload[4:], "big"))
    return None


def _by_bytes(soft: SoftBits) -> Generator[bytes]:
    """Messages found by taking ever more of the doubtful bytes for missing (generalized minimum distance)."""
    in_bytes = soft.reshape(8, _BYTES).T
    received = np.packbits(in_bytes > 0, axis=1)[:, 0].tobytes()
    doubtful = np.argsort(-_doubt(in_bytes), kind="stable")
    for erased in ERASED_BYTES:
        with suppress(ReedSolomonError, ZeroDivisionError):
            yield bytes(_REED_SOLOMON.decode(received, erase_pos=doubtful[:erased].tolist())[0])


def _doubt(soft: Float64[np.ndarray, "24 8"]) -> Float64[np.ndarray, "24"]:
    """Minus the log of the chance that each byte is right, for values about twice as large as their noise."""
    sizes = np.abs(soft) / max(float(np.median(np.abs(soft))), np.finfo(float).tiny)
    return np.logaddexp(0.0, -4.0 * sizes).sum(axis=1)


def _by_bits(soft: SoftBits) -> Generator[bytes]:
    """Messages whose words agree best with the received one, when at most two of its surest bits are wrong.

    The surest bits that determine a word are taken as they are, then with each one and each two of them turned round
    (ordered statistics decoding of order 2). The agreement of all those words is one product of matrices.
    """
    surest_first = np.argsort(-np.abs(soft), kind="stable")
    laid_out = np.empty(CODE_BITS, np.uint8)
    for word in _nearest_words(_generator()[:, surest_first], soft[surest_first]):
        laid_out[surest_first] = word
        yield np.packbits(laid_out.reshape(8, _BYTES).T, axis=1)[: 8 + CHECK_BYTES, 0].tobytes()


def _nearest_words(generator: UInt8[np.ndarray, "96 192"], received: SoftBits) -> list[UInt8[np.ndarray, "192"]]:
    """Words that agree best with the received one, best first; its bits are sorted, the surest first."""
    rows, basis = _solved_for(generator)
    word = (received[basis] > 0).astype(np.uint8) @ rows & 1
    agreement = np.where(word == 1, received, -received)
    turns = 1.0 - 2.0 * rows
    gains = np.triu((turns * agreement) @ turns.T)  # two different rows turned; on the diagonal none
    gains[np.diag_indices(_SENT_BITS)] = turns @ agreement  # one row turned
    gains[np.tril_indices(_SENT_BITS, -1)] = -np.inf
    tried = [(float(agreement.sum()), word)]
    for first, second in zip(*np.unravel_index(_largest(gains, LIKELIEST_WORDS - 1), gains.shape), strict=True):
        turned = word ^ rows[first] if first == second else word ^ rows[first] ^ rows[second]
        tried.append((float(gains[first, second]), turned))
    return [likely for _, likely in sorted(tried, key=lambda one: -one[0])]


def _solved_for(
    generator: UInt8[np.ndarray, "96 192"],
) -> tuple[UInt8[np.ndarray, "96 192"], Int64[np.ndarray, "96"]]:
    """The same code with a unit matrix in its first independent columns, and which columns those are."""
    rows = generator.copy()
    basis: list[int] = []
    for column in range(CODE_BITS):
        row = len(basis)
        with_one = np.flatnonzero(rows[row:, column])
        if not len(with_one):
            continue
        rows[[row, row + with_one[0]]] = rows[[row + with_one[0], row]]
        others = rows[:, column] == 1
        others[row] = False
        rows[others] ^= rows[row]
        basis.append(column)
        if len(basis) == _SENT_BITS:
            break
    return rows, np.array(basis)


def _largest(values: Float64[np.ndarray, "..."], count: int) -> Int64[np.ndarray, " largest"]:
    """Flat places of the largest values."""
    return np.argpartition(values, -count, axis=None)[-count:]


@cache
def _generator() -> UInt8[np.ndarray, "96 192"]:
    """The word of each message with a single one: what the library codes, as a matrix over bits."""
    ones = (1 << bit for bit in range(_SENT_BITS))
    words = np.array([_laid_out(one.to_bytes(_SENT_BITS // 8, "big")) for one in ones])
    words.flags.writeable = False
    return words


def _laid_out(message: bytes) -> UInt8[np.ndarray, "192"]:
    coded = np.frombuffer(bytes(_REED_SOLOMON.encode(message)), np.uint8)
    return np.unpackbits(coded).reshape(_BYTES, 8).T.reshape(-1)


def _message(payload: Payload) -> bytes:
    for name, number in (("institution", payload.institution), ("clip", payload.clip)):
        if not 0 <= number < 2**32:
            raise UsageError(f"The number of the {name} is {number}; a mark carries 0 to {2**32 - 1}.")
    return payload.institution.to_bytes(4, "big") + payload.clip.to_bytes(4, "big")


def _check(message: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, b"unmask check" + message, "sha256")[:CHECK_BYTES]
