"""A mark found in some frames of a film: where it lies, what it says, and when the film begins."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from unmask.provenance.code import CODE_BITS, FALSE_READ_RATE, SoftBits, decode
from unmask.provenance.keys import ClipKey, MarkKeys
from unmask.provenance.watermark.align import Start, find_lie, find_start, lie_untouched, pilot_key
from unmask.provenance.watermark.geometry import Lie
from unmask.provenance.watermark.lattice import turned
from unmask.provenance.watermark.layout import Roles, payload_bits, payload_dither, roles
from unmask.types import Frame, Payload

FALSE_MARK_RATE = FALSE_READ_RATE
"""Bound on the chance that a payload is read from a film without a mark, even if its pilots are found by chance."""


@dataclass(frozen=True, slots=True)
class Found:
    """A mark of the reader's keys.

    Attributes:
        lie: Where its blocks are.
        sure: Standard deviations of the pilots above chance.
        who: What each difference carries.
        key: Key of the clip, None when the payload could not be read.
        payload: What was read, or what the clip's key says and the clip's own part confirms; None without either.
        start: When in the marked film the examined one begins, None when the clip's own part was not found.
    """

    lie: Lie
    sure: float
    who: Roles
    key: ClipKey | None
    payload: Payload | None
    start: Start | None


def find_mark(frames: Sequence[Frame], keys: MarkKeys | ClipKey) -> Found | None:
    """The mark in some frames, None when there is none of these keys.

    Args:
        frames: Several stretches of a few frames each, in order of time; one for a still.
        keys: The institution's keys, which read any of its clips, or the key of one clip, which confirms that clip.
    """
    who = roles(keys.sync)
    lying = find_lie([frame.image for frame in frames], pilot_key(keys.sync, who)) if frames else None
    return read_at(*lying, frames, keys, who) if lying else None


def find_untouched(frames: Sequence[Frame], keys: MarkKeys | ClipKey) -> Found | None:
    """As ``find_mark``, but only where a marker puts the mark, which is told at once."""
    who = roles(keys.sync)
    lying = lie_untouched([frame.image for frame in frames], pilot_key(keys.sync, who)) if frames else None
    return read_at(*lying, frames, keys, who) if lying else None


def read_at(lie: Lie, sure: float, frames: Sequence[Frame], keys: MarkKeys | ClipKey, who: Roles) -> Found:
    """What the mark says that lies there."""
    if isinstance(keys, ClipKey):
        start = find_start(lie, frames, keys, who)
        return Found(lie, sure, who, keys if start else None, keys.payload if start else None, start)
    payload = decode(soft_bits(lie, frames, keys, who), keys.payload_secret)
    if payload is None or payload.institution != keys.institution:
        return Found(lie, sure, who, None, None, None)
    key = keys.clip_key(payload.clip)
    return Found(lie, sure, who, key, payload, find_start(lie, frames, key, who))


def soft_bits(lie: Lie, frames: Sequence[Frame], keys: MarkKeys, who: Roles) -> SoftBits:
    """What the frames say of each bit of the coded payload."""
    window = (slice(None), *lie.window)
    zero = np.conj(turned(payload_dither(keys.payload_secret)[window])) * who.payload[window]
    agreement = np.sum([(lie.phasors(frame.image) * zero).real for frame in frames], axis=0)
    bits = payload_bits(keys.payload_secret)[window]
    return -np.bincount(bits.reshape(-1), agreement.reshape(-1).astype(np.float64), minlength=CODE_BITS)
