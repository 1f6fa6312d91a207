"""Files that can carry Content Credentials, and where these lie when they lie beside a file."""

import os
from pathlib import Path

from unmask.errors import UsageError
from unmask.media.source import format_of, shown

MEDIA_TYPES = {
    "mov": "video/mp4",
    "avi": "video/avi",
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "flac": "audio/flac",
    "jpeg_pipe": "image/jpeg",
    "png_pipe": "image/png",
    "webp_pipe": "image/webp",
    "gif": "image/gif",
    "tiff_pipe": "image/tiff",
}
"""Formats that can carry them, by their names in ``format_of``."""
BRANDS = {b"qt  ": "video/quicktime", b"M4A ": "audio/mp4", b"M4B ": "audio/mp4"}
SIDECAR = ".c2pa"


def carried_type(source: int, path: Path) -> str | None:
    """Media type of an open file, None when it is media that cannot carry Content Credentials.

    Raises:
        NotMedia: It is no media that unmask reads.
    """
    form = format_of(source, path)
    if form == "mov":
        return BRANDS.get(os.pread(source, 4, 8), MEDIA_TYPES[form])
    return MEDIA_TYPES.get(form)


def media_type(source: int, path: Path) -> str:
    """Media type of an open file that can carry Content Credentials.

    Raises:
        UsageError: It cannot.
        NotMedia: It is no media that unmask reads.
    """
    found = carried_type(source, path)
    if found is not None:
        return found
    form = format_of(source, path)
    way = "save it as PNG first" if form == "bmp_pipe" else "add --remux to sign it as MP4, without loss"
    name = form.removesuffix("_pipe")
    raise UsageError(f"{shown(path)} is a {name} file, which cannot carry Content Credentials; {way}.")


def sidecar_of(path: Path) -> Path:
    """Where the manifest of a file lies when it lies beside it.

    >>> str(sidecar_of(Path("films/clip.mp4")))
    'films/clip.c2pa'
    """
    return path.with_suffix(SIDECAR)


def sidecars_of(path: Path) -> tuple[Path, ...]:
    """Where the manifest of a file may lie beside it: the standard's name, and that with the whole name before it.

    >>> [str(place) for place in sidecars_of(Path("clip.mp4"))]
    ['clip.mp4.c2pa', 'clip.c2pa']
    """
    return path.with_name(path.name + SIDECAR), sidecar_of(path)
