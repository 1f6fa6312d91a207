"""The Deepfake Detection Challenge: a ``metadata.json`` beside the films of each part.

Dolhansky et al.: The DeepFake Detection Challenge (DFDC) Dataset, 2020. Who is seen in a film is not told.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from unmask.datasets.clip import SPLIT_WORDS, Clip, DataSet, Label, below, gathered
from unmask.datasets.files import files_in, folders_in, read_json
from unmask.datasets.layout import Layout
from unmask.errors import UsageError
from unmask.media.source import shown

NAME, KIND, TABLE = "dfdc", "DFDC", "metadata.json"
LABELS: dict[str, Label] = {"REAL": "real", "FAKE": "fake"}


def found_in(folder: Path) -> bool:
    """Whether there is a table in the folder, or up to two folders below it."""
    return any(True for _ in _tables(folder))


def read(folder: Path) -> DataSet:
    """All films of all parts; a fake has the source of its original.

    Raises:
        UsageError: A table makes no sense.
    """
    remarks: list[str] = []
    clips = [clip for table in _tables(folder) for clip in _part(table, folder, remarks)]
    return gathered(NAME, folder, clips, remarks)


def _tables(folder: Path) -> Iterator[Path]:
    parts = folders_in(folder)
    for part in (folder, *parts, *(inner for outer in parts for inner in folders_in(outer))):
        if (part / TABLE).is_file():
            yield part / TABLE


def _part(table: Path, folder: Path, remarks: list[str]) -> Iterator[Clip]:
    told: Any = read_json(table)
    if not isinstance(told, dict) or not all(isinstance(facts, dict) for facts in told.values()):
        raise UsageError(
            f'{shown(below(table, folder))} is not like {{"a.mp4": {{"label": "FAKE", "original": "b.mp4"}}}}; get it anew.'
        )
    for name, facts in told.items():
        path, label = table.parent / name, LABELS.get(str(facts.get("label")).upper())
        place = below(path, folder)
        if label is None:
            remarks.append(f"'{place}' has the label '{facts.get('label')}' in '{TABLE}'; REAL and FAKE are known.")
        elif not os.path.exists(path):
            remarks.append(f"'{place}' stands in '{TABLE}' and is not there.")
        else:
            yield _clip(path, label, facts)
    films = files_in(table.parent)
    remarks += [f"'{below(film, folder)}' does not stand in '{TABLE}'." for film in films if film.name not in told]


def _clip(path: Path, label: Label, facts: dict[str, Any]) -> Clip:
    original = facts.get("original")
    source = Path(original).stem if label == "fake" and isinstance(original, str) and original else path.stem
    split = SPLIT_WORDS.get(str(facts.get("split")).lower())
    return Clip(path, label, (), source, KIND if label == "fake" else "", source, split)


LAYOUT = Layout(
    name=NAME,
    what="the Deepfake Detection Challenge",
    where="https://ai.meta.com/datasets/dfdc/",
    looks=f"with films and their {TABLE} in it, or parts such as dfdc_train_part_0/ with both",
    found_in=found_in,
    read=read,
)
