"""What each block of the picture carries: pilots to find the mark by, the payload, and the key of the clip.

The picture is divided into blocks, and each block has three differences (see ``lattice``). Two of them carry the same
all through the film: a quarter of these are pilots, known to everyone who may verify, the others bits of the payload,
known to the institution. The third changes every ``GROUP_SECONDS`` under the key of the clip, so that a face of the
same film, shown at another time, does not fit. Everything is told by its place in a field of ``FIELD`` × ``FIELD``
blocks, so that a cropped picture still finds its place.
"""

import hmac
from dataclasses import dataclass

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import ChaCha20
from jaxtyping import Float32, Int16, Int64, UInt16

from unmask.errors import UsageError
from unmask.provenance.code import CODE_BITS
from unmask.provenance.keys import ClipKey

FIELD = 128
"""Blocks along each side of the field; larger pictures have larger blocks."""
BLOCK_SIDE = 16
"""Side of a block in pixels, for a picture of up to 2048 pixels."""
SMALL_BLOCK_SIDE = 8
"""For pictures of too few of the others."""
LARGEST_SIDE = FIELD * BLOCK_SIDE
LEAST_BLOCKS = 200
"""Fewer blocks do not carry the payload: a picture of 128 × 128 pixels has 256 small ones."""
MANY_BLOCKS = 600
STEP_PER_PIXEL, STRONG_STEP_PER_PIXEL = 2.5, 3.2
"""Step of the lattice over the side of a block: it sets how strong the mark is, stronger where blocks are few."""
GROUP_SECONDS = 0.32
"""The clip's own part of the mark changes this often: 8 frames at 25 a second."""
PILOT_SHARE = 0.25
NONCE = bytes(16)

Field = Float32[np.ndarray, "3 field field"]
"""One number for each difference of each block of the field."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """How a picture is divided.

    Attributes:
        side: Width and height of a block in pixels.
        step: Step of the lattice, in orthonormal units of grey levels.
        rows: Whole blocks from the top edge down; what is left over carries nothing.
        columns: Whole blocks from the left edge on.
    """

    side: int
    step: float
    rows: int
    columns: int


def blocks_if_any(width: int, height: int) -> Blocks | None:
    """How a picture of this size in pixels is divided, None when it is too small to be marked.

    >>> blocks_if_any(1280, 720)
    Blocks(side=16, step=40.0, rows=45, columns=80)
    >>> blocks_if_any(64, 64) is None
    True
    """
    large = BLOCK_SIDE * max(1, -(-max(width, height) // LARGEST_SIDE))
    for side in (large, SMALL_BLOCK_SIDE):
        rows, columns = height // side, width // side
        if rows * columns >= LEAST_BLOCKS and max(rows, columns) <= FIELD:
            per_pixel = STEP_PER_PIXEL if rows * columns >= MANY_BLOCKS else STRONG_STEP_PER_PIXEL
            return Blocks(side, per_pixel * side, rows, columns)
    return None


def blocks_of(width: int, height: int) -> Blocks:
    """How a picture of this size in pixels is divided.

    Raises:
        UsageError: It is too small to be marked.
    """
    blocks = blocks_if_any(width, height)
    if blocks is None:
        raise UsageError(
            f"A picture of {width}×{height} pixels is too small for a mark; take one of 128×128 pixels or more."
        )
    return blocks


@dataclass(frozen=True, slots=True, eq=False)
class Roles:
    """Which difference of which block carries what; the rest of them is the clip's.

    Attributes:
        pilot: 1 for pilots.
        payload: 1 for bits of the payload.
        clip: Which of the three differences is the clip's.
    """

    pilot: Field
    payload: Field
    clip: Int64[np.ndarray, "field field"]

    @property
    def of_clip(self) -> Field:
        """1 for the clip's differences."""
        return (1 - self.pilot - self.payload).astype(np.float32)


def roles(sync: bytes) -> Roles:
    """Who carries what under an institution's sync key."""
    row, column = np.mgrid[:FIELD, :FIELD]
    clip = (row + 2 * column) % 3
    fixed = np.arange(3)[:, None, None] != clip
    chosen = _uniform(sync, b"roles", 0) < PILOT_SHARE
    return Roles((fixed & chosen).astype(np.float32), (fixed & ~chosen).astype(np.float32), clip)


def pilot_dither(sync: bytes) -> Field:
    """Where the lattice of each pilot begins, 0–1 steps."""
    return _uniform(sync, b"pilots", 0)


def payload_dither(payload_secret: bytes) -> Field:
    """Where the lattice of each payload difference begins when its bit is zero, 0–1 steps."""
    return _uniform(payload_secret, b"payload", 0)


def payload_bits(payload_secret: bytes) -> Int16[np.ndarray, "3 field field"]:
    """Which bit of the coded payload each difference carries; any window of the field holds all bits about as often."""
    order = np.argsort(_words(payload_secret, b"bits", 0, CODE_BITS), kind="stable")
    which, row, column = np.mgrid[:3, :FIELD, :FIELD]
    return order[(67 * row + 25 * column + 64 * which) % CODE_BITS].astype(np.int16)


def clip_dither(key: ClipKey, group: int) -> Float32[np.ndarray, "field field"]:
    """Where the lattice of the clip's difference of each block begins during a group of frames, 0–1 steps."""
    return (_words(key.secret, b"clip", group, FIELD * FIELD) / 65536.0).astype(np.float32).reshape(FIELD, FIELD)


def group_of(seconds: float) -> int:
    """Number of the group of frames that is on at a time of the marked film.

    >>> group_of(0.0), group_of(0.319), group_of(0.32)
    (0, 0, 1)
    """
    return int(np.floor(seconds / GROUP_SECONDS + 1e-6))


def _uniform(secret: bytes, label: bytes, index: int) -> Field:
    """Numbers from 0 to 1, one a difference of the field."""
    words = _words(secret, label, index, 3 * FIELD * FIELD)
    return (words / 65536.0).astype(np.float32).reshape(3, FIELD, FIELD)


def _words(secret: bytes, label: bytes, index: int, count: int) -> UInt16[np.ndarray, " words"]:
    """The beginning of a stream of random words under HMAC-SHA256(secret, label and index)."""
    key = hmac.digest(secret, b"unmask picture " + label + index.to_bytes(8, "big"), "sha256")
    stream = Cipher(ChaCha20(key, NONCE), mode=None).encryptor().update(bytes(2 * count))
    return np.frombuffer(stream, "<u2").astype(np.uint16)
