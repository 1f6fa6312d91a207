"""Our own statement: what it holds, and what it makes of the statements of others."""

import os
import struct
from pathlib import Path

import pytest

from tests.provenance.institutions import LIMITS, still
from unmask.media.essence import Essence, essence_of
from unmask.media.probe import probe
from unmask.provenance.essence import (
    essence_claim,
    one_digest,
    payload_from,
    payload_of,
    read_claim,
    unhashed_digest,
)
from unmask.provenance.fingerprint import builder_for, take_fingerprint
from unmask.types import Payload

DIGEST = "0123456789abcdef" * 4


def unhashed(path: Path, form: str = "mov") -> str | None:
    source = os.open(path, os.O_RDONLY)
    try:
        return unhashed_digest(source, form)
    finally:
        os.close(source)


def box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), name) + content


def test_the_statement_survives_the_manifest(short_clip: Path) -> None:
    media = probe(short_clip, LIMITS)
    essence = essence_of(short_clip, media, LIMITS)
    fingerprint = take_fingerprint(short_clip, media, LIMITS, builder_for(media))
    stated = essence_claim(
        essence,
        unhashed=DIGEST,
        payload=Payload(0x1A2B3C4D, 7),
        fingerprint=fingerprint,
        signed_at="2026-01-02T03:04:05Z",
    )
    read = read_claim(stated.model_dump(exclude_none=True))
    assert read == stated
    assert payload_of(stated) == Payload(0x1A2B3C4D, 7)
    assert (stated.picture, stated.sound) == (essence.picture, essence.sound)
    assert None not in (stated.picture, stated.sound)


@pytest.mark.parametrize(
    "told",
    [
        None,
        "text",
        [],
        {"version": 2},
        {"picture": "short"},
        {"picture": DIGEST, "payload": "1a2b3c4d"},
        {"fingerprint": {"rows": 10**9}},
        {"fingerprint": {"version": 1, "codes": "x" * 10**7}},
    ],
)
def test_a_statement_of_another_kind_is_none(told: object) -> None:
    assert read_claim(told) is None


def test_what_a_later_version_adds_is_passed_over() -> None:
    read = read_claim({"version": 1, "picture": DIGEST, "weather": "fine"})
    assert read is not None
    assert read.picture == DIGEST


@pytest.mark.parametrize("text", ["", "1a2b3c4d", "1a2b3c4d_00000007", "1a2b3c4g-00000007", "1a2b3c4d-00000007-"])
def test_a_payload_is_read_only_as_it_is_printed(text: str) -> None:
    assert payload_from("1A2B3C4D-00000007") == Payload(0x1A2B3C4D, 7)
    with pytest.raises(ValueError, match="payload"):
        payload_from(text)


def test_picture_and_sound_both_count_in_the_one_digest() -> None:
    pairs = (("a", None), (None, "a"), ("a", "a"))
    assert len({one_digest(Essence(*pair)) for pair in pairs}) == 3
    assert one_digest(Essence(None, None)) is None


def test_what_the_standard_leaves_out_is_hashed(tmp_path: Path, short_clip: Path) -> None:
    content = short_clip.read_bytes()
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(content)
    assert unhashed(copy) == unhashed(short_clip) is not None
    copy.write_bytes(content + box(b"free", b"a message"))
    longer = unhashed(copy)
    copy.write_bytes(content + box(b"free", b"b message"))
    assert len({unhashed(short_clip), longer, unhashed(copy)}) == 3
    copy.write_bytes(content + box(b"mdat", b"hashed by the standard"))
    assert unhashed(copy) == unhashed(short_clip)


def test_other_formats_leave_nothing_out(tmp_path: Path) -> None:
    assert unhashed(still(tmp_path / "a.png"), "png_pipe") is None


def test_a_file_of_boxes_without_end_is_not_hashed(tmp_path: Path) -> None:
    path = tmp_path / "boxes.mp4"
    path.write_bytes(box(b"ftyp", b"isom") + 5000 * box(b"free", b""))
    assert unhashed(path) is None
