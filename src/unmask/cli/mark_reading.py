"""What the marks of a file say, and what the ledger knows of the clip: as one row, as text, and as a picture."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from unmask.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from unmask.provenance.ledger import Entry
    from unmask.provenance.marks import Key
    from unmask.settings import Settings
    from unmask.types import Media, PictureMark, SoundMark

MOST_ENTRIES = 8
"""More lines of the ledger are counted, not listed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of one file.

    Attributes:
        media: Facts of the file.
        picture: The mark in its picture, None when it has no picture.
        sound: The mark in its sound, None when it has no sound.
        ledger: Folder of the institution's ledger, None when only the key of a clip is at hand.
        entries: Its lines about the clip, the surest and then the newest first.
    """

    media: "Media"
    picture: "PictureMark | None"
    sound: "SoundMark | None"
    ledger: Path | None
    entries: "tuple[Entry, ...]"


def chosen_key(keys: Path | None, clip_key: Path | None, limits: "Settings") -> "tuple[Key, Path | None]":
    """The key to read with, and the ledger that lies beside it.

    Args:
        keys: Folder of keys that the user named.
        clip_key: File with the key of one clip that the user named; it goes before a folder from the settings.
        limits: May name a folder of keys.

    Raises:
        UsageError: None or both are named, or what is named is no key.
    """
    from unmask.provenance.keys import open_mark_keys, read_clip_key
    from unmask.provenance.ledger import ledger_folder

    if keys is not None and clip_key is not None:
        raise UsageError("A key folder and the key of one clip are both named; name one of them.")
    if clip_key is not None:
        return read_clip_key(clip_key), None
    folder = named_folder(keys, limits, "give --keys DIR or --clip-key FILE")
    return open_mark_keys(folder), ledger_folder(folder)


def named_folder(keys: Path | None, limits: "Settings", way_out: str) -> Path:
    """The folder of keys that the user or the settings name.

    Raises:
        UsageError: Neither does.
    """
    folder = keys if keys is not None else limits.keys
    if folder is None:
        raise UsageError(f"No key is named; {way_out}, or let UNMASK_KEYS name a key folder.")
    return folder


def reading_of(path: Path, media: "Media", limits: "Settings", key: "Key", ledger: Path | None) -> Reading:
    """Read both marks of a file, and look the clip up.

    Raises:
        InputError: It cannot be decoded.
    """
    from unmask.provenance.ledger import find
    from unmask.provenance.marks import read_marks

    picture, sound = read_marks(path, media, limits, key, None)
    payloads = dict.fromkeys(mark.payload for mark in (picture, sound) if mark is not None and mark.payload)
    entries = [entry for payload in payloads for entry in find(ledger, payload=payload)] if ledger else []
    return Reading(media, picture, sound, ledger, tuple(entries))


def reading_as_json(reading: Reading) -> dict[str, Any]:
    """One row: both marks, null for what the file does not have, and the ledger's lines about the clip."""
    from unmask.provenance.ledger import entry_as_json
    from unmask.report.provenance_as_json import picture_mark_as_json, sound_mark_as_json

    return {
        "file": reading.media.file,
        "sha256": reading.media.sha256,
        "picture_mark": None if reading.picture is None else picture_mark_as_json(reading.picture),
        "sound_mark": None if reading.sound is None else sound_mark_as_json(reading.sound),
        "ledger": [entry_as_json(entry) for entry in reading.entries],
        "error": None,
    }


def failure_as_json(file: str, error: InputError) -> dict[str, Any]:
    """The row of a file that could not be read."""
    from unmask.report.as_json import error_as_json
    from unmask.report.plain import text

    unread = dict.fromkeys(("sha256", "picture_mark", "sound_mark"))
    return {"file": text(file), **unread, "ledger": [], "error": error_as_json(error)}


def reading_as_text(reading: Reading) -> "RenderableType":
    """The same for a terminal."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    from unmask.report.provenance_as_text import picture_mark_as_text, sound_mark_as_text
    from unmask.report.wording import visible

    parts: list[RenderableType] = []
    if reading.picture is not None:
        parts.append(picture_mark_as_text(reading.picture))
    if reading.sound is not None:
        parts.append(sound_mark_as_text(reading.sound))
    if reading.ledger is not None and reading.entries:
        parts.append(_entries_as_text(reading.entries, reading.ledger))
    heading = Text(visible(reading.media.file), style="bold underline", overflow="fold")
    return Group(heading, *(Padding(part, (0, 0, 0, 2)) for part in parts))


def write_map(reading: Reading, path: Path, place: Path, limits: "Settings") -> bool:
    """Write the map of the mark as PNG, on the frame in the middle of what was altered most; False when there is none.

    Raises:
        InputError: The file cannot be decoded.
        OutputError: The map cannot be written.
    """
    from unmask.media.image import write_image
    from unmask.media.video import open_frames
    from unmask.report.figures.mark_picture import mark_map_png, most_altered_seconds

    if reading.picture is None or reading.picture.map is None:
        return False
    seconds = most_altered_seconds(reading.picture) or 0.0
    with open_frames(path, reading.media, limits, start_seconds=seconds) as film:
        frame = next(iter(film), None)
    write_image(place, mark_map_png(reading.picture, None if frame is None else frame.image))
    return True


def _entries_as_text(entries: "Sequence[Entry]", ledger: Path) -> "RenderableType":
    """What was done with the clip, when, and where the manifest lies."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    from unmask.report.wording import visible

    grid = Table.grid(padding=(0, 2, 0, 0))
    for entry in entries[:MOST_ENTRIES]:
        grid.add_row(Text(visible(entry.when)), Text(visible(entry.kind)), Text(visible(entry.file), overflow="fold"))
        if entry.manifest is not None:
            grid.add_row("", "manifest", Text(visible(str(ledger / entry.manifest)), overflow="fold"))
    if len(entries) > MOST_ENTRIES:
        grid.add_row(f"and {len(entries) - MOST_ENTRIES} more lines")
    return Group(Text("In the ledger", style="bold"), Padding(grid, (0, 0, 0, 2)))
