"""The user's file: opened safely, known by its first bytes, named in one line."""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from unmask.errors import NotMedia, OverLimit, Unreadable
from unmask.settings import Settings

HEADER_BYTES = 4096
HASH_BLOCK_BYTES = 1 << 20
NAME_CHARACTERS = 120
TRANSPORT_PACKET_BYTES = (188, 192, 204)
BOX_NAMES = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"uuid"})
HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis"})
STARTS = (
    (b"\x1a\x45\xdf\xa3", "matroska"),
    (b"FLV\x01", "flv"),
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
    (b"\x00\x00\x01\xba", "mpeg"),
    (b"GIF8", "gif"),
    (b"\x89PNG\r\n\x1a\n", "png_pipe"),
    (b"\xff\xd8\xff", "jpeg_pipe"),
    (b"II*\x00", "tiff_pipe"),
    (b"MM\x00*", "tiff_pipe"),
)
RIFF_KINDS = {b"AVI ": "avi", b"WAVE": "wav", b"WEBP": "webp_pipe"}
DEMUXER_NAMES = {"mov": "mov,mp4,m4a,3gp,3g2,mj2", "matroska": "matroska,webm"}
"""Demuxers whose full name differs from the short one."""
ReadAt = Callable[[int, int], bytes]
"""At most so many bytes of a file, from an offset on, as ``os.pread`` gives them."""


def shown(path: Path | str) -> str:
    r"""The file's name in one line and in quotes, for messages; what does not print is written as an escape.

    >>> shown("two\nlines.mp4")
    "'two\\nlines.mp4'"
    """
    name = path.name or str(path) if isinstance(path, Path) else path
    plain = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape", "backslashreplace").decode()
        for letter in name
    )
    return f"'{plain}'" if len(plain) <= NAME_CHARACTERS else f"'{plain[: NAME_CHARACTERS - 1]}…'"


@contextmanager
def open_source(path: Path, settings: Settings) -> Iterator[int]:
    """The file as a descriptor for reading, closed in the end.

    Raises:
        Unreadable: It is no regular file, or cannot be opened.
        NotMedia: It is empty.
        OverLimit: It is larger than ``settings.max_bytes``.
    """
    try:
        require_regular(path, path.stat().st_mode)
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise Unreadable(f"{shown(path)} cannot be opened: {reason}.") from error
    try:
        now = os.fstat(descriptor)
        require_regular(path, now.st_mode)  # it may have been exchanged since it was looked at
        require_size(path, now.st_size, settings)
        yield descriptor
    finally:
        os.close(descriptor)


def require_regular(path: Path, mode: int) -> None:
    """Refuse what is no regular file, before opening it could block or do harm.

    Raises:
        Unreadable: It is no regular file.
    """
    if stat.S_ISREG(mode):
        return
    kinds = {
        stat.S_IFDIR: "a folder",
        stat.S_IFIFO: "a pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
    }
    raise Unreadable(
        f"{shown(path)} is {kinds.get(stat.S_IFMT(mode), 'something else')}, not a file; name a media file."
    )


def require_size(path: Path, size: int, settings: Settings) -> None:
    """Refuse an empty file and one over the limit.

    Raises:
        NotMedia: It is empty.
        OverLimit: It is over the limit.
    """
    if size == 0:
        raise NotMedia(f"{shown(path)} is empty: it holds 0 bytes.")
    if size > settings.max_bytes:
        raise OverLimit(
            f"{shown(path)} holds {size} bytes, over the limit of {settings.max_bytes}; raise UNMASK_MAX_BYTES to read it."
        )


def require_same(path: Path, descriptor: int, size: int) -> None:
    """Refuse a file that has grown or shrunk since it was probed.

    Raises:
        Unreadable: Its size has changed.
    """
    now = os.fstat(descriptor).st_size
    if now != size:
        raise Unreadable(
            f"{shown(path)} changed while it was read, from {size} to {now} bytes; try again when it is complete."
        )


def sha256_of(descriptor: int) -> tuple[str, int]:
    """Hex digest and number of all bytes of an open file."""
    digest, offset = hashlib.sha256(), 0
    while block := os.pread(descriptor, HASH_BLOCK_BYTES, offset):
        digest.update(block)
        offset += len(block)
    return digest.hexdigest(), offset


def format_of(descriptor: int, path: Path) -> str:
    """The demuxer for the file by its first bytes; its name says nothing.

    Raises:
        NotMedia: The bytes begin like no format that unmask reads.
    """
    return format_by(partial(os.pread, descriptor), path)


def format_by(read: ReadAt, path: Path) -> str:
    """As ``format_of``, for a file that is no descriptor.

    Raises:
        NotMedia: The bytes begin like no format that unmask reads.
    """
    header = read(HEADER_BYTES, 0)
    if header[4:8] == b"ftyp" and header[8:12] in HEIF_BRANDS:
        raise NotMedia(f"{shown(path)} is an HEIF still, which unmask does not read; save it as JPEG or PNG.")
    if header[:4] == b"RIFF" and header[12:16] == b"VP8X" and b"ANIM" in header:
        raise NotMedia(f"{shown(path)} is an animated WebP, which unmask does not read; save it as MP4 or GIF.")
    found = format_of_header(header, read)
    if found is None:
        raise NotMedia(
            f"{shown(path)} is no video, image or sound that unmask reads: it begins with {header[:8].hex(' ')}."
        )
    return found


def format_of_header(header: bytes, read: ReadAt) -> str | None:
    """The demuxer by magic bytes, None when they are unknown."""
    if header[4:8] in BOX_NAMES:
        return "mov"
    if header[:4] == b"RIFF":
        return RIFF_KINDS.get(header[8:12])
    for start, name in STARTS:
        if header.startswith(start):
            return name
    if header[:2] == b"BM" and header[6:10] == bytes(4):
        return "bmp_pipe"
    if any(is_transport(header, size) for size in TRANSPORT_PACKET_BYTES):
        return "mpegts"
    return sound_format(header, read)


def is_animation(descriptor: int, form: str) -> bool:
    """Whether a PNG file holds more than the one picture that is read of it."""
    return form == "png_pipe" and b"acTL" in os.pread(descriptor, HEADER_BYTES, 0)


def is_transport(header: bytes, packet_bytes: int) -> bool:
    """Whether MPEG transport packets of this size follow each other."""
    first = 4 if packet_bytes == 192 else 0
    marks = header[first::packet_bytes]
    return header[first : first + 1] == b"G" and set(marks[:8]) == {0x47}


def sound_format(header: bytes, read: ReadAt) -> str | None:
    """MP3, AAC or FLAC, behind an ID3 tag or without one."""
    if header[:3] == b"ID3" and len(header) >= 10:
        seven = [byte & 0x7F for byte in header[6:10]]
        size = seven[0] << 21 | seven[1] << 14 | seven[2] << 7 | seven[3]
        header = read(4, 10 + size)
        if header == b"fLaC":
            return "flac"
        if header[:2] not in {b"\xff\xf1", b"\xff\xf9"}:
            return "mp3"
    if header[:2] in {b"\xff\xf1", b"\xff\xf9"}:
        return "aac"
    if len(header) >= 4 and header[0] == 0xFF and header[1] & 0xE6 == 0xE2 and header[2] & 0xF0 not in {0, 0xF0}:
        return "mp3"
    return None
