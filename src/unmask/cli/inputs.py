"""What the user named → files: paths, folders, globs and standard input."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from tempfile import NamedTemporaryFile

from unmask.errors import OverLimit
from unmask.settings import Settings

VIDEOS = {
    ".mp4",
    ".m4v",
    ".mov",
    ".qt",
    ".3gp",
    ".mkv",
    ".webm",
    ".avi",
    ".ts",
    ".mts",
    ".m2ts",
    ".mpg",
    ".mpeg",
    ".flv",
}
STILLS = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".gif"}
SOUNDS = {".wav", ".mp3", ".flac", ".ogg", ".oga", ".opus", ".m4a", ".aac", ".ogv"}
SUFFIXES = VIDEOS | STILLS | SOUNDS
STDIN = "-"


@dataclass(frozen=True, slots=True)
class Input:
    """One file to look at, and the name shown for it."""

    path: Path
    name: str


def expand(named: Sequence[str]) -> list[Input]:
    """Files that the user's words stand for, in their order, each once.

    A folder stands for the media files below it, a pattern that the shell left alone for what it matches. A word that
    stands for nothing is kept, so that it gets its own row with the reason and the others are still looked at.
    """
    found: dict[str, Input] = {}
    for word in named:
        for path in _files_of(word) or [Path(word)]:
            found.setdefault(str(path), Input(path, str(path)))
    return list(found.values())


def _files_of(word: str) -> list[Path]:
    path = Path(word)
    if path.is_dir():
        return sorted(child for child in path.rglob("*") if child.suffix.lower() in SUFFIXES and child.is_file())
    if word != STDIN and not path.exists() and any(sign in word for sign in "*?["):
        return [Path(match) for match in sorted(glob(word, recursive=True))]
    return [path]


@contextmanager
def opened(one: Input, settings: Settings) -> Iterator[Path]:
    """A path to read an input from; standard input is set down in a temporary file first.

    Raises:
        OverLimit: Standard input holds more bytes than the limit.
    """
    if one.name != STDIN:
        yield one.path
        return
    with NamedTemporaryFile(prefix="unmask-") as spooled:
        reader = sys.stdin.buffer
        copied = 0
        while block := reader.read(1 << 20):
            copied += len(block)
            if copied > settings.max_bytes:
                raise OverLimit(f"Standard input holds more than {settings.max_bytes} bytes; raise UNMASK_MAX_BYTES.")
            spooled.write(block)
        spooled.flush()
        yield Path(spooled.name)
