"""What the user named → files: paths, folders, globs and standard input."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from tempfile import NamedTemporaryFile

from unmask.errors import OverLimit, Unreadable
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
    """One file to look at, and the name shown for it; without a path it is standard input."""

    path: Path | None
    name: str


def expand(named: Sequence[str]) -> list[Input]:
    """Files that the user's words stand for, in their order, each once.

    A folder stands for the media files below it, a pattern that the shell left alone for what it matches. A word that
    stands for nothing is kept, so that it gets its own row with the reason and the others are still looked at.
    """
    found: dict[str, Input] = {}
    for word in named:
        for name in _names_of(word) or [word]:
            found.setdefault(name, Input(None if name == STDIN else Path(name), name))
    return list(found.values())


def _names_of(word: str) -> list[str]:
    # os.path answers False where Path raises: for a name that is too long, or in a folder that may not be entered.
    if os.path.isdir(word):
        below = sorted(child for child in Path(word).rglob("*") if child.suffix.lower() in SUFFIXES and child.is_file())
        return [str(child) for child in below]
    if word != STDIN and not os.path.exists(word) and any(sign in word for sign in "*?["):
        return sorted(glob(word, recursive=True))
    return [word]


@contextmanager
def opened(one: Input, settings: Settings) -> Iterator[Path]:
    """A path to read an input from; standard input is set down in a temporary file first.

    Raises:
        OverLimit: Standard input holds more bytes than the limit.
        Unreadable: Standard input is closed, or finds no room in the folder for temporary files.
    """
    if one.path is not None:
        yield one.path
        return
    with ExitStack() as stack:
        yield Path(_set_down(stack, settings))


def _set_down(stack: ExitStack, settings: Settings) -> str:
    if sys.stdin is None:
        raise Unreadable("Standard input is closed; name a file.")
    try:
        spooled = stack.enter_context(NamedTemporaryFile(prefix="unmask-"))  # noqa: SIM115 # the stack closes it
        copied = 0
        while block := sys.stdin.buffer.read(1 << 20):
            copied += len(block)
            if copied > settings.max_bytes:
                raise OverLimit(f"Standard input holds more than {settings.max_bytes} bytes; raise UNMASK_MAX_BYTES.")
            spooled.write(block)
        spooled.flush()
    except OSError as error:
        raise Unreadable(
            f"Standard input cannot be set down: {error.strerror}; TMPDIR names another folder."
        ) from error
    return spooled.name
