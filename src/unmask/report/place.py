"""Where a page is written, and how it gets there whole or not at all."""

import hashlib
import os
import secrets
import unicodedata
from contextlib import suppress
from pathlib import Path, PurePath

from unmask.errors import OutputError
from unmask.report.wording import visible

_LONGEST_STEM_BYTES = 120


def page_name(file: str, sha256: str) -> str:
    """A file name for the page of a file: its stem, made safe, and ten digits of a hash of name and content.

    The same file under the same name gets the same page; two files of one name never share one.

    >>> page_name("films/../interview 2.mp4", "9f86d081")
    'interview-2-9de733e94f.html'
    """
    digest = hashlib.sha256(f"{file}\0{sha256}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"{_stem(file)}-{digest[:10]}.html"


def _stem(file: str) -> str:
    name = unicodedata.normalize("NFC", PurePath(file).stem)
    kept = "".join(char if char.isalnum() or char in "-_" else " " for char in name)
    cut = "-".join(kept.split()).encode("utf-8", "ignore")[:_LONGEST_STEM_BYTES].decode("utf-8", "ignore")
    return cut.strip("-_") or "file"


def written(folder: Path, name: str, page: str) -> Path:
    """Write the page beside its place, then rename it there: a reader never meets half of it.

    Raises:
        OutputError: The folder or the page cannot be written; nothing half-written is left.
    """
    path = folder / name
    aside = folder / f".{secrets.token_hex(8)}.part"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with aside.open("x", encoding="utf-8", newline="\n") as file:
            file.write(page)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise OutputError(
            f"The page '{visible(str(path))}' could not be written: {error.strerror or error}. "
            "Make room there or choose another folder."
        ) from error
    return path
