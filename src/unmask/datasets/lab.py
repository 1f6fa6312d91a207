"""What the forgery lab made: a corpus by its ``labels.csv``, or all outputs of a lab by its ledger."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from unmask.datasets.clip import SPLIT_WORDS, Clip, DataSet, Label, below, gathered
from unmask.datasets.files import FILMS, Row, columns_of, files_below, read_table
from unmask.datasets.layout import Layout
from unmask.provenance.ledger import FOLDER, LEDGER, Entry, read_ledger
from unmask.types import PixelBox

NAME, TABLE = "lab", "labels.csv"
NEEDED = ("path", "label", "kind", "split", "person", "face_person", "pair", "source_sha256", "mask", "label_box")
BOOK = Path("keys", FOLDER)
"""Where the ledger lies in a lab's folder."""
LABELS: dict[str, Label] = {"0": "real", "1": "fake"}
MASKS = ".mask"
"""How the names of films of masks end, before their suffix."""


def found_in(folder: Path) -> bool:
    """Whether there is a corpus' table or a lab's ledger."""
    return set(NEEDED) <= set(columns_of(folder / TABLE)) or (folder / BOOK / LEDGER).is_file()


def read(folder: Path) -> DataSet:
    """Films of a corpus by its table; of a lab, those that its ledger knows by their bytes.

    Raises:
        UsageError: The table makes no sense, or the ledger cannot be read.
    """
    remarks: list[str] = []
    is_corpus = (folder / TABLE).is_file()
    clips = list(_of_table(folder, remarks) if is_corpus else _of_ledger(folder, remarks))
    return gathered(NAME, folder, clips, remarks)


def _of_table(folder: Path, remarks: list[str]) -> Iterator[Clip]:
    for row in read_table(folder / TABLE, NEEDED):
        label, box = LABELS.get(row.cells["label"]), _box(row)
        if not row.cells["path"] or not os.path.exists(folder / row.cells["path"]):
            remarks.append(f"Line {row.line} of '{TABLE}' names '{row.cells['path']}', which is not there.")
        elif label is None:
            remarks.append(f"Line {row.line} of '{TABLE}' has the label '{row.cells['label']}'; 0 and 1 are known.")
        elif box is None and row.cells["label_box"]:
            remarks.append(
                f"Line {row.line} of '{TABLE}' has the box '{row.cells['label_box']}'; left top right bottom are needed, in pixels, such as 0 16 128 48."
            )
        else:
            yield _clip_of(row.cells, folder, label, box)


def _clip_of(cells: Mapping[str, str], folder: Path, label: Label, box: PixelBox | None) -> Clip:
    path = folder / cells["path"]
    return Clip(
        path,
        label,
        tuple(dict.fromkeys(name for name in (cells["person"], cells["face_person"]) if name)),
        cells["source_sha256"] or path.stem,
        cells["kind"] if label == "fake" else "",
        cells["pair"] or None,
        SPLIT_WORDS.get(cells["split"].lower()),
        box,
        folder / cells["mask"] if cells["mask"] else None,
    )


def _box(row: Row) -> PixelBox | None:
    try:
        left, top, right, bottom = map(int, row.cells["label_box"].split())
    except ValueError:
        return None
    return (left, top, right, bottom) if 0 <= left < right and 0 <= top < bottom else None


def _of_ledger(folder: Path, remarks: list[str]) -> Iterator[Clip]:
    ledger = read_ledger(folder / BOOK)
    remarks += ledger.problems
    noted = {entry.sha256: entry for entry in ledger.entries}
    films = (path for path in files_below(folder / "out", FILMS) if not path.stem.endswith(MASKS))
    for path in films:
        entry = noted.get(_digest(path) or "")
        clip = _clip_noted(path, entry) if entry is not None else None
        if clip is None:
            remarks.append(f"'{below(path, folder)}' is not in the lab's ledger as it is.")
        else:
            yield clip


def _digest(path: Path) -> str | None:
    """SHA-256 of a file in hexadecimal, None where it cannot be read."""
    try:
        if path.is_file():
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        pass
    return None


def _clip_noted(path: Path, entry: Entry) -> Clip | None:
    """A clip of what the ledger says; None where it does not say whether it was made."""
    truth: Any = entry.extra.get("truth")
    if not isinstance(truth, dict) or not isinstance(truth.get("fake"), bool):
        return None
    told = [source for source in truth.get("sources") or () if isinstance(source, dict)]
    targets = [source.get("sha256") for source in told if source.get("role") == "target"]
    shown_in = [source.get("identity") for source in told if source.get("role") in {"target", "face"}]
    asked = truth.get("parameters")
    pairing = asked if isinstance(asked, dict) else {}
    mask = path.with_name(f"{path.stem}{MASKS}.mp4")
    return Clip(
        path,
        "fake" if truth["fake"] else "real",
        tuple(dict.fromkeys(name for name in shown_in if isinstance(name, str) and name)),
        targets[0] if targets and isinstance(targets[0], str) else path.stem,
        entry.kind if truth["fake"] else "",
        pairing.get("pair") if isinstance(pairing.get("pair"), str) else None,
        SPLIT_WORDS.get(str(pairing.get("split")).lower()),
        mask=mask if mask.is_file() else None,
    )


LAYOUT = Layout(
    name=NAME,
    what="a corpus or a folder of the forgery lab",
    where="unmask forge dataset",
    looks=f"with the {TABLE} that it writes, or keys/{FOLDER}/{LEDGER} and out/",
    found_in=found_in,
    read=read,
)
