"""The parser of MP4 boxes, on good and on hostile bytes."""

import os
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from unmask.media.boxes import MOST_BOXES, Boxes, read_boxes


@pytest.fixture
def parsed(tmp_path: Path) -> Callable[[bytes], Boxes]:
    def read(content: bytes) -> Boxes:
        path = tmp_path / "boxes"
        path.write_bytes(content)
        descriptor = os.open(path, os.O_RDONLY)
        try:
            return read_boxes(descriptor)
        finally:
            os.close(descriptor)

    return read


def box(name: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


def header(scale: int, duration: int, *, long: bool = False) -> bytes:
    if long:
        return bytes([1, 0, 0, 0]) + bytes(16) + struct.pack(">IQ", scale, duration) + bytes(16)
    return bytes(12) + struct.pack(">II", scale, duration) + bytes(16)


def edit_list(*entries: tuple[int, int]) -> bytes:
    rows = b"".join(struct.pack(">IiI", seconds, start, 1 << 16) for seconds, start in entries)
    return box(b"moov", box(b"trak", box(b"edts", box(b"elst", bytes(4) + struct.pack(">I", len(entries)) + rows))))


def test_names_in_file_order(parsed: Callable[[bytes], Boxes]) -> None:
    assert parsed(box(b"ftyp") + box(b"free", bytes(7)) + box(b"mdat") + box(b"moov")).names == (
        "ftyp",
        "free",
        "mdat",
        "moov",
    )


@pytest.mark.parametrize("long", [False, True])
def test_the_longest_duration_of_any_header(parsed: Callable[[bytes], Boxes], *, long: bool) -> None:
    movie = box(b"mvhd", header(1000, 2000))
    track = box(b"trak", box(b"mdia", box(b"mdhd", header(10, 90, long=long))))
    assert parsed(box(b"moov", movie + track)).declared_seconds == 9


def test_an_open_duration_is_none(parsed: Callable[[bytes], Boxes]) -> None:
    assert parsed(box(b"moov", box(b"mvhd", header(1000, 0xFFFFFFFF)))).declared_seconds == 0
    assert parsed(box(b"moov", box(b"mvhd", header(0, 5)))).declared_seconds == 0


@pytest.mark.parametrize(
    ("entries", "found"),
    [([(100, 0)], False), ([(100, 512)], True), ([(10, -1), (100, 0)], True), ([], False)],
)
def test_an_edit_list_counts_when_it_edits(
    parsed: Callable[[bytes], Boxes], entries: list[tuple[int, int]], *, found: bool
) -> None:
    assert parsed(edit_list(*entries)).edit_list == found


def test_a_box_longer_than_the_file(parsed: Callable[[bytes], Boxes]) -> None:
    boxes = parsed(box(b"ftyp") + struct.pack(">I4s", 1000, b"mdat") + bytes(10))
    assert boxes.names == ("ftyp", "mdat")
    assert boxes.cut_short


def test_long_sizes_and_open_ends(parsed: Callable[[bytes], Boxes]) -> None:
    large = struct.pack(">I4sQ", 1, b"mdat", 20) + bytes(4)
    last = struct.pack(">I4s", 0, b"free") + bytes(50)
    boxes = parsed(large + last)
    assert (boxes.names, boxes.cut_short) == (("mdat", "free"), False)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0",
        bytes(8),
        bytes(5000),
        struct.pack(">I4s", 3, b"moov"),
        struct.pack(">I4s", 1, b"moov"),
        struct.pack(">I4sQ", 1, b"moov", 2**64 - 1),
        box(b"moov", box(b"mvhd", b"\1")),
        box(b"moov", box(b"trak", box(b"edts", box(b"elst", b"\1")))),
        box(b"moov") * (3 * MOST_BOXES),
    ],
)
def test_hostile_bytes_end_quietly(parsed: Callable[[bytes], Boxes], content: bytes) -> None:
    assert len(parsed(content).names) <= MOST_BOXES


def test_deep_nesting_is_bounded(parsed: Callable[[bytes], Boxes]) -> None:
    nested = b""
    for _ in range(2000):
        nested = box(b"moov", nested)
    assert parsed(nested).names == ("moov",)


def test_noise(parsed: Callable[[bytes], Boxes]) -> None:
    for seed in range(20):
        assert len(parsed(np.random.default_rng(seed).bytes(2000)).names) <= MOST_BOXES
