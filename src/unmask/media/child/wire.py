"""The records that the child writes."""

import json
import os
import struct
from typing import Any

HEAD = struct.Struct("<4sIIIHHd")
"""Tag, bytes that follow, width, height, channels, turn (an EXIF orientation, 1–8), presentation seconds."""

FACTS = b"JSON"
PICTURE = b"FRAM"
HEARD = b"HEAR"
SOUND = b"PCM "
CODED = b"CODE"
PACKET = b"PACK"
ESSENCE = b"ESSE"
DONE = b"DONE"

STAMPS = struct.Struct("<qqqB")
"""How a packet's body begins: presentation and decoding stamp, duration, whether it is a key frame; then its bytes."""
NO_STAMP = -(1 << 63)
"""Stands for a stamp that the packet has not."""

SLOWEST_HZ, FASTEST_HZ = 1000, 384_000
LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "4.0", 5: "5.0", 6: "5.1", 7: "6.1", 8: "7.1"}
"""Where the speakers stand when the file does not say."""

STANDARD_INPUT = 0
STANDARD_OUTPUT = 1


class Refusal(Exception):
    """The file is refused: as broken or, where a setting is named, as over that limit."""

    def __init__(self, reason: str, setting: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.setting = setting


def write(view: memoryview) -> None:
    """Write all of it, however often the pipe is full."""
    while view:
        view = view[os.write(STANDARD_OUTPUT, view) :]


def send(
    tag: bytes, body: bytes | memoryview, size: tuple[int, int, int] = (0, 0, 0), turn: int = 1, seconds: float = 0.0
) -> None:
    """One record; ``size`` is width, height and channels."""
    write(memoryview(HEAD.pack(tag, len(body), *size, turn, seconds)))
    write(memoryview(body))


def send_json(tag: bytes, facts: dict[str, Any]) -> None:
    """One record of facts."""
    send(tag, json.dumps(facts, separators=(",", ":")).encode())
