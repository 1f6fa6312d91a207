"""How far each block agrees with the mark, gathered frame by frame over stretches of time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from unmask.provenance.code import encode
from unmask.provenance.keys import ClipKey
from unmask.provenance.watermark.geometry import Lie
from unmask.provenance.watermark.lattice import Differences, Phasors, turned
from unmask.provenance.watermark.layout import (
    Roles,
    clip_dither,
    group_of,
    payload_bits,
    payload_dither,
    pilot_dither,
)
from unmask.types import Frame

OfBlocks = Float32[np.ndarray, "rows columns"]
"""One number a block."""


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """What was measured during one group of frames.

    Attributes:
        start: First presentation time in seconds, of the examined film.
        end: Last presentation time in seconds.
        agreement: Mean agreement of each block with the mark, −1 to 1; about 0 where there is none.
        weight: How many differences of each block could be compared, 0–3.
        texture: Mean size of the differences of each block over the step of the lattice.
        motion: Mean change of the differences from frame to frame over the step.
        light: Mean luma of each block, 0–255.
        room: Distance of the block's colour from the ends of the range, 0–127.
    """

    start: float
    end: float
    agreement: OfBlocks
    weight: OfBlocks
    texture: OfBlocks
    motion: OfBlocks
    light: OfBlocks
    room: OfBlocks


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """The mark that a film should carry.

    Attributes:
        lie: Where its blocks are.
        fixed: Conjugate phasors of what stays the same all through the film, 0 where it is not known.
        own: 1 where a difference is the clip's own.
        key: Key of the clip, None when it is not known.
        start_seconds: Time in the marked film of the examined film's time zero, None when it is not known.
    """

    lie: Lie
    fixed: Phasors
    own: Differences
    key: ClipKey | None
    start_seconds: float | None


def expected_mark(
    lie: Lie, who: Roles, key: ClipKey, payload_secret: bytes | None, start_seconds: float | None
) -> Expected:
    """The mark of a clip, as far as the keys tell it.

    Args:
        lie: Where the blocks are.
        who: What each difference carries.
        key: Key of the clip.
        payload_secret: The institution's secret for payloads, None when only the clip's key is known.
        start_seconds: When in the marked film the examined one begins, None when that is not known.
    """
    fixed = np.conj(turned(pilot_dither(key.sync))) * who.pilot
    if payload_secret is not None:
        bits = encode(key.payload, payload_secret)[payload_bits(payload_secret)].astype(np.float32)
        fixed = fixed + np.conj(turned(payload_dither(payload_secret) + bits / 2)) * who.payload
    window = (slice(None), *lie.window)
    return Expected(lie, fixed[window].astype(np.complex64), who.of_clip[window], key, start_seconds)


def stretches(frames: Iterable[Frame], expected: Expected) -> Iterator[Stretch]:
    """What each group of frames shows, in order of time; one group at a time is held."""
    gathering: Gathering | None = None
    before: Differences | None = None
    for frame in frames:
        group = group_of(frame.seconds + (expected.start_seconds or 0.0))
        if gathering is None or gathering.group != group:
            if gathering is not None:
                yield gathering.stretch()
            gathering = Gathering(expected, group, frame.seconds)
        before = gathering.see(frame, before)
    if gathering is not None:
        yield gathering.stretch()


class Gathering:
    """Sums over the frames of one group."""

    def __init__(self, expected: Expected, group: int, start: float) -> None:
        self.group = group
        self.expected = expected
        self.mark = expected.fixed
        if expected.key is not None and expected.start_seconds is not None:
            own = np.conj(turned(clip_dither(expected.key, max(group, 0))[expected.lie.window]))
            self.mark = (self.mark + own * expected.own).astype(np.complex64)
        self.known = (np.abs(self.mark) > 0).astype(np.float32)
        self.frames = 0
        self.moves = 0
        self.start = self.end = start
        size = self.known.shape[1:]
        self.agreement, self.texture, self.motion, self.light, self.room = (
            np.zeros(size, np.float32) for _ in range(5)
        )

    def see(self, frame: Frame, before: Differences | None) -> Differences:
        """Add a frame; its differences come back."""
        lie = self.expected.lie
        differences, light = lie.differences_and_light(frame.image)
        self.agreement += (lie.phasors_of(differences) * self.mark).real.sum(axis=0)
        self.texture += np.abs(differences).mean(axis=0)
        self.light += light
        self.room += lie.room(frame.image)
        if before is not None:
            self.motion += np.abs(differences - before).mean(axis=0)
            self.moves += 1
        self.frames += 1
        self.end = frame.seconds
        return differences

    def stretch(self) -> Stretch:
        """The means over the frames seen."""
        weight = self.known.sum(axis=0)
        step = self.expected.lie.step
        return Stretch(
            self.start,
            self.end,
            self.agreement / np.maximum(weight, 1) / self.frames,
            weight,
            self.texture / step / self.frames,
            self.motion / step / max(self.moves, 1),
            self.light / self.frames,
            self.room / self.frames,
        )
