"""The boxes of an MP4 file, read by a small bounded parser of our own: what decoders skip is evidence too."""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass

MOST_BOXES = 4096
DEEPEST = 4
CONTAINERS = frozenset({"moov", "trak", "mdia", "edts"})
NO_DURATION = frozenset({0xFFFFFFFF, 0xFFFFFFFFFFFFFFFF})


@dataclass(frozen=True, slots=True)
class Boxes:
    """What the boxes say.

    Attributes:
        names: Top-level boxes in file order.
        edit_list: Whether a track has an edit list that shifts or cuts it.
        declared_seconds: Longest duration that a header states.
        cut_short: Whether the last box says that it is longer than the rest of the file.
    """

    names: tuple[str, ...] = ()
    edit_list: bool = False
    declared_seconds: float = 0.0
    cut_short: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its name, depth, and where its content begins and ends."""

    name: str
    depth: int
    start: int
    end: int
    cut_short: bool


def read_boxes(descriptor: int) -> Boxes:
    """Boxes of an open MP4 file."""
    size = os.fstat(descriptor).st_size
    found = list(boxes_in(descriptor, 0, size, depth=0, left=[MOST_BOXES]))
    return Boxes(
        names=tuple(box.name for box in found if box.depth == 0),
        edit_list=any(box.name == "elst" and edits(descriptor, box) for box in found),
        declared_seconds=max((seconds_of(descriptor, box) for box in found), default=0.0),
        cut_short=any(box.cut_short for box in found if box.depth == 0),
    )


def boxes_in(descriptor: int, start: int, end: int, depth: int, left: list[int]) -> Iterator[Box]:
    """Boxes between two offsets and, inside the known containers, their children; ``left`` bounds their number."""
    while start + 8 <= end and left[0] > 0:
        left[0] -= 1
        head = os.pread(descriptor, 16, start)
        length, name = struct.unpack(">I4s", head[:8])
        content = start + 8
        if length == 1 and len(head) == 16:
            length, content = struct.unpack(">Q", head[8:16])[0], start + 16
        elif length == 0:
            length = end - start
        if length < content - start:
            return
        box = Box(readable(name), depth, content, min(start + length, end), cut_short=start + length > end)
        yield box
        if box.name in CONTAINERS and depth < DEEPEST:
            yield from boxes_in(descriptor, box.start, box.end, depth + 1, left)
        start += length


def readable(name: bytes) -> str:
    """A box name whose odd bytes are dots."""
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in name)


def seconds_of(descriptor: int, box: Box) -> float:
    """Duration that a movie or media header states, 0 for other boxes and where it is left open."""
    if box.name not in {"mvhd", "mdhd"}:
        return 0.0
    content = os.pread(descriptor, 32, box.start)
    if len(content) < 32:
        return 0.0
    scale, duration = struct.unpack(">IQ", content[20:32]) if content[0] else struct.unpack(">II", content[12:20])
    return 0.0 if scale == 0 or duration in NO_DURATION else float(duration / scale)


def edits(descriptor: int, box: Box) -> bool:
    """Whether an edit list does more than play the whole track from its first sample."""
    content = os.pread(descriptor, 8 + 20, box.start)
    if len(content) < 20:
        return False
    entries = struct.unpack(">I", content[4:8])[0]
    if content[0]:
        start = struct.unpack(">q", content[16:24])[0] if len(content) >= 24 else 0
    else:
        start = struct.unpack(">i", content[12:16])[0]
    return bool(entries > 1 or start != 0)
