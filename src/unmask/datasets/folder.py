"""A folder of one's own: films in ``real`` and ``fake``, or pairs by their names, or a table of labels."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from unmask.datasets.clip import SPLIT_WORDS, Clip, DataSet, Label, Split, below, gathered
from unmask.datasets.files import STILLS, Row, files_below, read_table
from unmask.datasets.layout import Layout
from unmask.errors import UsageError
from unmask.media.source import shown

NAME, TABLE = "folder", "labels.csv"
NEEDED = ("path", "label")
LABEL_FOLDERS: dict[str, Label] = {"real": "real", "originals": "real", "original": "real", "fake": "fake"}
LABEL_WORDS: dict[str, Label] = {"real": "real", "fake": "fake", "0": "real", "1": "fake"}
PAIRED = re.compile(r"(?P<take>.+)_(?P<label>fake|real)")
GLASSES = {"": None, "yes": True, "no": False}
NUMBER = re.compile(r"_\d+$")
UNNAMED = "fake"
"""Kind of a fake of which nobody says how it was made."""


@dataclass(frozen=True, slots=True)
class _Named:
    """What names tell of a file.

    Attributes:
        labels: What its folders and its name call it; more than one contradict each other.
        take: The recording: its path without folders of labels and splits, ending and ``_real`` or ``_fake``. Stills that
            lie together in a folder of their own are taken for pictures of one film.
        paired: Whether its name ends so.
        split: The split that a folder names.
    """

    labels: frozenset[Label]
    take: str
    paired: bool
    split: Split | None


def found_in(folder: Path) -> bool:
    """Whether there is a table, or names of files or folders tell what is real and what is fake."""
    return (folder / TABLE).is_file() or any(_named(path, folder).labels for path in files_below(folder))


def read(folder: Path) -> DataSet:
    """Clips of the table, if there is one, else all whose names tell what they are.

    Raises:
        UsageError: The table makes no sense or contradicts itself.
    """
    files = list(files_below(folder))
    remarks: list[str] = []
    if (folder / TABLE).is_file():
        clips = list(_of_table(folder, remarks))
        told = {clip.path for clip in clips}
        untold = (path for path in files if not {path, path.parent} & told)
        remarks += [f"'{below(path, folder)}' has no row in '{TABLE}'." for path in untold]
    else:
        clips = list(_of_names(files, folder, remarks))
    return gathered(NAME, folder, clips, remarks)


def identity_of(take: str) -> str:
    """Who is seen in a take that is named after them.

    >>> identity_of("Anna_Kowal_2")
    'Anna_Kowal'
    """
    return NUMBER.sub("", PurePosixPath(take).name)


def _of_names(files: list[Path], folder: Path, remarks: list[str]) -> Iterator[Clip]:
    for path in files:
        named = _named(path, folder)
        if len(named.labels) == 1:
            yield _clip(path, next(iter(named.labels)), named)
        elif named.labels:
            remarks.append(f"'{below(path, folder)}' is called real and fake by its name and folders.")
        else:
            remarks.append(f"'{below(path, folder)}' lies neither in real/ nor in fake/ and is not named so.")


def _clip(path: Path, label: Label, named: _Named) -> Clip:
    return Clip(
        path,
        label,
        identities=(identity_of(named.take),) if named.paired else (),
        source=named.take,
        kind=UNNAMED if label == "fake" else "",
        pair=named.take if named.paired else None,
        split=named.split,
    )


def _named(path: Path, folder: Path) -> _Named:
    """What the names of a file and of its folders say."""
    inner = PurePosixPath(below(path, folder)).with_suffix("")
    labels = {LABEL_FOLDERS[part.lower()] for part in inner.parts[:-1] if part.lower() in LABEL_FOLDERS}
    splits = [SPLIT_WORDS[part.lower()] for part in inner.parts[:-1] if part.lower() in SPLIT_WORDS]
    kept = [part for part in inner.parts[:-1] if part.lower() not in LABEL_FOLDERS and part.lower() not in SPLIT_WORDS]
    paired = PAIRED.fullmatch(inner.name)
    if paired is not None:
        labels.add(LABEL_WORDS[paired["label"]])
    if not labels and _is_all_real(folder):
        labels.add("real")
    if paired is None and kept and path.suffix.lower() in STILLS:
        take = "/".join(kept)
    else:
        take = "/".join([*kept, paired["take"] if paired is not None else inner.name])
    return _Named(frozenset(labels), take, paired is not None, splits[-1] if splits else None)


def _is_all_real(folder: Path) -> bool:
    """Whether the folder or the one above it is called real, which counts where no name in it says more."""
    whole = folder.absolute()
    return "real" in {LABEL_FOLDERS.get(one.name.lower()) for one in (whole, whole.parent)}


def _of_table(folder: Path, remarks: list[str]) -> Iterator[Clip]:
    lines: dict[Path, tuple[int, Label]] = {}
    for row in read_table(folder / TABLE, NEEDED):
        path, label = folder / row.cells["path"], LABEL_WORDS.get(row.cells["label"].lower())
        if not PurePosixPath(row.cells["path"]).name or not os.path.exists(path):
            remarks.append(f"Line {row.line} of '{TABLE}' names '{row.cells['path']}', which is not there.")
        elif label is None:
            remarks.append(
                f"Line {row.line} of '{TABLE}' has the label '{row.cells['label']}'; real, fake, 0 (real) and 1 (fake) are known."
            )
        elif path in lines:
            _require_same(folder, row, label, lines[path])
            remarks.append(f"Line {row.line} of '{TABLE}' names '{row.cells['path']}' again.")
        else:
            lines[path] = row.line, label
            yield _clip_of(row, path, label, folder)


def _require_same(folder: Path, row: Row, label: Label, before: tuple[int, Label]) -> None:
    line, known = before
    if label != known:
        raise UsageError(
            f"{shown(folder / TABLE)} calls '{row.cells['path']}' {known} in line {line} and {label} in line {row.line}; take one of them out."
        )


def _clip_of(row: Row, path: Path, label: Label, folder: Path) -> Clip:
    """A clip of a row; a cell that is empty is filled by what the names tell."""
    cell, named = row.cells.get, _named(path, folder)
    guess = _clip(path, label, named)
    told = cell("split", "")
    split = SPLIT_WORDS.get(told.lower())
    if told and split is None:
        raise UsageError(
            f"Line {row.line} of {shown(folder / TABLE)} has the split '{told}'; write train, validation or test, or nothing."
        )
    noted = cell("glasses", "").lower()
    if noted not in GLASSES:
        raise UsageError(
            f"Line {row.line} of {shown(folder / TABLE)} has the glasses '{noted}'; write yes or no, or nothing."
        )
    people = tuple(dict.fromkeys(one.strip() for one in cell("identity", "").split(";") if one.strip()))
    return Clip(
        path,
        label,
        identities=people or guess.identities,
        source=cell("source", "") or guess.source,
        kind="" if label == "real" else cell("kind", "") or guess.kind,
        pair=cell("pair", "") or guess.pair,
        split=split or guess.split,
        glasses=GLASSES[noted],
    )


LAYOUT = Layout(
    name=NAME,
    what="a folder of films of your own",
    where="",
    looks=f"with real/ and fake/ in it, or files named X_real.mp4 and X_fake.mp4, or a {TABLE} with the columns path,label[,identity,source,kind,pair,split,glasses]",
    found_in=found_in,
    read=read,
)
