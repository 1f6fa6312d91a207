"""Coded packets taken apart into pieces in which no container has a hand.

Containers wrap the same coded picture or sound in different ways: lengths or start codes before each unit, delimiters
between pictures, a header before each AAC packet, notes and thumbnails beside a JPEG. What is left is the same in all.
"""

from collections.abc import Iterator

START_CODE = b"\0\0\1"
ADTS_BYTES, ADTS_CHECKSUM_BYTES = 7, 2
OBU_DROPPED = frozenset({2, 7, 8, 15})
"""Temporal delimiter, repeated frame header, tile list, padding: what MP4 and Matroska leave out."""
JPEG_START, JPEG_SCAN, JPEG_END = 0xD8, 0xDA, 0xD9
JPEG_NOTES = frozenset({*range(0xE0, 0xF0), 0xFE})
"""Application segments and comments: EXIF, XMP, colour profiles, Content Credentials."""
WEBP_PICTURE = frozenset({b"VP8 ", b"VP8L", b"ALPH"})


def nal_units(packet: bytes) -> Iterator[bytes]:
    r"""Units of H.264 or HEVC between start codes.

    >>> list(nal_units(b"\0\0\0\1\x65ab\0\0\1\x41c\0"))
    [b'eab', b'Ac']
    """
    for unit in packet.split(START_CODE)[1:]:
        bare = unit.rstrip(b"\0")
        if bare:
            yield bare


def without_adts(packet: bytes) -> bytes:
    r"""An AAC packet without the header that transport streams put before it.

    >>> without_adts(b"\xff\xf1\x50\x80\x02\x1f\xfc!raw"), without_adts(b"!raw")
    (b'!raw', b'!raw')
    """
    if len(packet) < ADTS_BYTES or packet[0] != 0xFF or packet[1] & 0xF6 != 0xF0:
        return packet
    bare_of_checksum = packet[1] & 1
    return packet[ADTS_BYTES if bare_of_checksum else ADTS_BYTES + ADTS_CHECKSUM_BYTES :]


def open_bitstream_units(packet: bytes) -> Iterator[bytes]:
    r"""Units of AV1, their sizes left out, without those that containers drop.

    >>> list(open_bitstream_units(b"\x12\0\x0a\2ab\x30cd"))
    [b'\x08ab', b'0cd']
    """
    at = 0
    while at < len(packet):
        head = packet[at]
        extension = packet[at + 1 : at + 2] if head & 4 else b""
        at += 1 + len(extension)
        size = len(packet) - at
        if head & 2:
            size, at = leb128(packet, at)
        if head >> 3 & 15 not in OBU_DROPPED:
            yield bytes([head & ~2]) + extension + packet[at : at + size]
        at += size


def leb128(packet: bytes, at: int) -> tuple[int, int]:
    r"""A number in groups of seven bits, and where the next thing begins.

    >>> leb128(b"\xe5\x8e\x26", 0)
    (624485, 3)
    """
    number = 0
    for place, byte in enumerate(packet[at : at + 8]):
        number |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return number, at + place + 1
    return number, len(packet)


def jpeg_segments(picture: bytes) -> Iterator[bytes]:
    r"""What a JPEG's decoder needs, up to its end: no notes, no thumbnails, nothing that hangs behind.

    >>> list(jpeg_segments(b"\xff\xd8\xff\xe1\0\4ab\xff\xda\0\3xyz\xff\0\xff\xd9more"))
    [b'\xff\xda\x00\x03x', b'yz\xff\x00']
    """
    at = 2
    while at + 4 <= len(picture) and picture[at] == 0xFF:
        marker = picture[at + 1]
        if marker == JPEG_END:
            return
        if marker == 0xFF:  # fill before a marker
            at += 1
            continue
        end = at + 2 + int.from_bytes(picture[at + 2 : at + 4], "big")
        if marker not in JPEG_NOTES:
            yield picture[at:end]
        at = end
        if marker == JPEG_SCAN:
            at = scan_end(picture, end)
            yield picture[end:at]


def scan_end(picture: bytes, at: int) -> int:
    """Where the coded part of a scan ends: at a marker that is no restart."""
    while (at := picture.find(b"\xff", at)) >= 0 and at + 1 < len(picture):
        if picture[at + 1] != 0 and not 0xD0 <= picture[at + 1] <= 0xD7:
            return at
        at += 2
    return len(picture)


def webp_chunks(picture: bytes) -> Iterator[bytes]:
    r"""The coded picture of a WebP, and its transparency.

    >>> list(webp_chunks(b"RIFF\0\0\0\0WEBPEXIF\1\0\0\0x\0VP8 \2\0\0\0ab"))
    [b'VP8 ab']
    """
    at = 12
    while at + 8 <= len(picture):
        name, size = picture[at : at + 4], int.from_bytes(picture[at + 4 : at + 8], "little")
        if name in WEBP_PICTURE:
            yield name + picture[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
