"""Labels of a corpus: a row for each film in ``labels.csv``, kept beside each pair until all are gathered."""

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from unmask.forgery.dataset.plan import Pair
from unmask.media.writing import written_aside

LABELS, LEFT_OUT, ROWS = "labels.csv", "left_out.csv", "pair.json"
"""Names in a corpus, and of the rows in a pair's folder."""


@dataclass(frozen=True, slots=True)
class Label:
    """What is known of one film.

    Attributes:
        path: Relative to the corpus.
        label: 1 for a forgery, 0 for none.
        kind: As the lab's ledger names it.
        method: How it was made.
        split: Where it lies.
        person: Who is seen longest and largest.
        face_person: Whose face was pasted; empty where none was.
        pair: Identifier of its pair.
        pair_kind: What the other film of the pair shows, too: the kind that the recipe names.
        source_sha256: Of the film it was cut from.
        mask: Film of the pixels that were made, relative to the corpus; empty where there is none.
        label_box: ``left top right bottom`` in pixels: where the visible label lies in both films of the pair.
        crf: Quality of its coder.
        preset: Speed of its coder.
        frames: Pictures in it.
        clip: Number that its mark carries, eight hexadecimal digits.
        sha256: Of its bytes, as in the lab's ledger.
    """

    path: str
    label: int
    kind: str
    method: str
    split: str
    person: str
    face_person: str
    pair: str
    pair_kind: str
    source_sha256: str
    mask: str
    label_box: str
    crf: int
    preset: str
    frames: int
    clip: str
    sha256: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A film, a pair or a kind that is not in the corpus, and why."""

    film: str
    pair: str
    reason: str


def place_of(corpus: Path, pair: Pair) -> Path:
    """Folder of a pair."""
    return corpus / pair.split / pair.id


def write_rows(folder: Path, rows: Sequence[Label]) -> None:
    """Keep a pair's rows in its folder.

    Raises:
        OutputError: They cannot be written.
    """
    with written_aside(folder / ROWS) as aside:
        aside.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")


def rows_of(corpus: Path, pair: Pair, noted: frozenset[str]) -> tuple[Label, ...]:
    """Rows of a pair that is whole; none where it is not, or where the ledger does not hold its films.

    Args:
        corpus: Its folder.
        pair: Which.
        noted: SHA-256 of all files in the lab's ledger.
    """
    try:
        rows = TypeAdapter(tuple[Label, ...]).validate_json((place_of(corpus, pair) / ROWS).read_bytes())
    except (OSError, ValidationError):
        return ()
    files = [corpus / name for row in rows for name in (row.path, row.mask) if name]
    whole = bool(rows) and all(path.is_file() for path in files) and all(row.sha256 in noted for row in rows)
    return rows if whole else ()


def write_labels(corpus: Path, rows: Iterable[Label], left_out: Iterable[LeftOut]) -> None:
    """Write both tables.

    Raises:
        OutputError: They cannot be written.
    """
    _write(corpus / LABELS, Label, rows)
    _write(corpus / LEFT_OUT, LeftOut, left_out)


def _write(path: Path, kind: type[Label] | type[LeftOut], rows: Iterable[Label] | Iterable[LeftOut]) -> None:
    with written_aside(path) as aside, aside.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        table = csv.DictWriter(file, [column.name for column in fields(kind)])
        table.writeheader()
        table.writerows(asdict(row) for row in rows)
