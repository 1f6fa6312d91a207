"""Splits as a table, with the columns of the ``labels.csv`` of a folder of one's own."""

import csv
import os
from pathlib import Path

from unmask.datasets.clip import Clip, DataSet, below
from unmask.errors import UsageError
from unmask.media.source import shown
from unmask.media.writing import written_aside

COLUMNS = ("path", "label", "identity", "source", "kind", "pair", "split", "glasses")


def write_splits(data_set: DataSet, place: Path, *, force: bool = False) -> None:
    """Write a row for each clip: its path below the folder, what is known of it, and its split.

    Args:
        data_set: Split.
        place: The table.
        force: Whether a file that lies there may be replaced.

    Raises:
        UsageError: Something lies there already, or a person's name cannot be told from several.
        OutputError: The table cannot be written.
    """
    if os.path.isdir(place) or (os.path.lexists(place) and not force):
        raise UsageError(f"{shown(place)} is there already; name another, or replace a file with --force.")
    rows = [_row(clip, data_set.folder) for clip in data_set.clips]
    with (
        written_aside(place) as aside,
        aside.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file,
    ):
        table = csv.writer(file)
        table.writerow(COLUMNS)
        table.writerows(rows)


def _row(clip: Clip, folder: Path) -> tuple[str, ...]:
    joined = next((name for name in clip.identities if ";" in name), None)
    if joined is not None:
        raise UsageError(f"The person '{joined}' has a ';' in the name, which parts people in a table; rename them.")
    people = ";".join(clip.identities)
    glasses = {None: "", True: "yes", False: "no"}[clip.glasses]
    told = clip.label, people, clip.source, clip.kind, clip.pair or "", clip.split or "", glasses
    return below(clip.path, folder), *told
