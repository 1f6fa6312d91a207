import numpy as np
import pytest

from unmask.errors import UsageError
from unmask.provenance.code import (
    CHECK_BYTES,
    CODE_BITS,
    FALSE_READ_RATE,
    MOST_TRIES,
    _by_bits,
    _by_bytes,
    decode,
    encode,
)
from unmask.types import Payload

SECRET = bytes(range(32))
PAYLOAD = Payload(0x1A2B3C4D, 7)
SENT = np.where(encode(PAYLOAD, SECRET), 1.0, -1.0)


def test_every_payload_comes_back() -> None:
    for payload in (Payload(0, 0), Payload(2**32 - 1, 2**32 - 1), Payload(0, 1), Payload(2**31, 0)):
        bits = encode(payload, SECRET)
        assert bits.shape == (CODE_BITS,)
        assert decode(np.where(bits, 0.01, -0.01), SECRET) == payload


def test_a_burst_of_wrong_bits_is_mended() -> None:
    for start in range(CODE_BITS - 6):
        received = SENT.copy()
        received[start : start + 6] *= -1  # neighbours are of different bytes: six wrong bytes
        assert decode(received, SECRET) == PAYLOAD


def test_half_of_the_word_may_be_missing() -> None:
    received = SENT.reshape(8, 24).copy()
    received[:, ::2] = np.nan
    assert decode(received.reshape(-1), SECRET) == PAYLOAD


def test_a_noisy_word_is_read() -> None:
    rng = np.random.default_rng(4)
    received = [1.4 * SENT + rng.normal(size=CODE_BITS) for _ in range(60)]  # one bit in twelve is wrong
    read = [decode(word, SECRET) for word in received]
    assert read.count(PAYLOAD) >= 54
    assert set(read) <= {PAYLOAD, None}


def test_another_secret_reads_nothing() -> None:
    assert decode(SENT, SECRET[::-1]) is None


def test_noise_is_no_payload() -> None:
    assert MOST_TRIES / 2 ** (8 * CHECK_BYTES) == FALSE_READ_RATE <= 1e-6
    rng = np.random.default_rng(5)
    for word in rng.normal(size=(800, CODE_BITS)):
        assert decode(word, SECRET) is None
    for word in SENT * (rng.random((100, CODE_BITS)) < 0.75):  # a word of the code, but of another secret
        assert decode(word, SECRET[::-1]) is None
    assert decode(np.zeros(CODE_BITS), SECRET) is None
    assert decode(np.full(CODE_BITS, np.inf), SECRET) is None


def test_no_more_readings_are_tried_than_stated() -> None:
    rng = np.random.default_rng(6)
    for word in (rng.normal(size=CODE_BITS), SENT, SENT * (rng.random(CODE_BITS) < 0.5)):
        readings = [*_by_bytes(word), *_by_bits(word)]
        assert len(set(readings)) <= len(readings) <= MOST_TRIES


def test_a_number_too_large_is_refused_in_one_sentence() -> None:
    with pytest.raises(UsageError, match="clip is 4294967296; a mark carries 0 to 4294967295"):
        encode(Payload(1, 2**32), SECRET)
    with pytest.raises(UsageError, match="institution is -1"):
        encode(Payload(-1, 2), SECRET)
