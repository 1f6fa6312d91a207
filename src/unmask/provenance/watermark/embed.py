"""The mark written into pictures, frame by frame."""

import cv2
import numpy as np
from jaxtyping import Float32, Int16

from unmask.provenance.code import encode
from unmask.provenance.keys import ClipKey
from unmask.provenance.watermark.lattice import Differences, differences_of, drawn, luma_of, quarters_of, quarters_with
from unmask.provenance.watermark.layout import (
    Blocks,
    blocks_of,
    clip_dither,
    group_of,
    payload_bits,
    payload_dither,
    pilot_dither,
    roles,
)
from unmask.types import Frame, RgbImage

STICKINESS = 0.75
"""A difference stays with the lattice point of the frame before while that is no further off, in steps: a change of
the point from frame to frame would flicker and cost bits."""
FLAT_SHARE = 0.65
"""Share of the way to the lattice that differences of a flat block are moved; a busy block hides the whole of it."""
BUSY = 12.0
"""Mean size of the differences around a block, in grey levels × pixels, from which it hides the whole move."""


class PictureMarker:
    """Marks the frames of one film, or a still, in order of time.

    Args:
        key: The clip's key.
        payload_secret: The institution's secret under which the payload is written.
    """

    def __init__(self, key: ClipKey, payload_secret: bytes) -> None:
        self._key = key
        self._roles = roles(key.sync)
        self._fixed = fixed_dither(key, payload_secret)
        self._blocks: Blocks | None = None
        self._began: float | None = None
        self._dither: Differences | None = None
        self._points: Differences | None = None
        self._group = -1

    def mark(self, frame: Frame) -> RgbImage:
        """The frame with the mark, of the same size.

        Raises:
            UsageError: It is too small to be marked.
        """
        height, width = frame.image.shape[:2]
        blocks = blocks_of(width, height)
        if self._began is None:
            self._began = frame.seconds
        self._turn_to(group_of(frame.seconds - self._began), blocks)
        differences = differences_of(quarters_of(luma_of(frame.image), blocks.side), blocks.side)
        moves = self._moves(differences, blocks.step) * _hidden(differences)
        return _added(frame.image, drawn(quarters_with(moves, blocks.side), blocks.side))

    def _turn_to(self, group: int, blocks: Blocks) -> None:
        """The lattices of a group of frames; where they begin elsewhere than before, no point is kept."""
        if group == self._group and blocks == self._blocks:
            return
        clip = np.where(self._roles.of_clip > 0, clip_dither(self._key, group), 0)
        dither = (self._fixed + clip)[:, : blocks.rows, : blocks.columns].astype(np.float32)
        if blocks != self._blocks or self._dither is None or self._points is None:
            self._points = None
        else:
            self._points = np.where(dither == self._dither, self._points, np.nan).astype(np.float32)
        self._dither, self._blocks, self._group = dither, blocks, group

    def _moves(self, differences: Differences, step: float) -> Differences:
        """How far each difference is from its lattice."""
        dither = self._dither if self._dither is not None else np.zeros_like(differences)
        places = differences / np.float32(step) - dither
        points = np.round(places)
        if self._points is not None:
            points = np.where(np.abs(self._points - places) < STICKINESS, self._points, points)
        self._points = points
        return ((points - places) * np.float32(step)).astype(np.float32)


def fixed_dither(key: ClipKey, payload_secret: bytes) -> Float32[np.ndarray, "3 field field"]:
    """Where the lattices of pilots and payload begin, 0–1 steps and half a step more for a one; 0 for the clip's own."""
    who, coded = roles(key.sync), encode(key.payload, payload_secret)
    bits = coded[payload_bits(payload_secret)].astype(np.float32)
    payload = (payload_dither(payload_secret) + bits / 2) % 1
    return (who.pilot * pilot_dither(key.sync) + who.payload * payload).astype(np.float32)


def _hidden(differences: Differences) -> Float32[np.ndarray, "rows columns"]:
    """Share of the way that each block can hide: what is busy hides more than what is flat."""
    busy = cv2.blur(np.abs(differences).mean(axis=0), (3, 3))
    return np.clip(FLAT_SHARE + (1 - FLAT_SHARE) * busy / BUSY, FLAT_SHARE, 1).astype(np.float32)


def _added(image: RgbImage, change: Float32[np.ndarray, "marked_height marked_width"]) -> RgbImage:
    """The picture with the same change to red, green and blue, which changes luma by as much."""
    whole: Int16[np.ndarray, "marked_height marked_width"] = np.rint(change).astype(np.int16)
    marked = image.copy()
    rows, columns = whole.shape
    part = image[:rows, :columns]
    marked[:rows, :columns] = cv2.add(part, cv2.merge([whole, whole, whole]), dtype=cv2.CV_8U)
    return marked
