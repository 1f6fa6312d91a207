"""Data sets as DeepfakeBench lists them: JSON files that name the pictures of each film.

Yan et al.: DeepfakeBench: A Comprehensive Benchmark of Deepfake Detection, NeurIPS 2023. A list holds films by data set,
group, split and, in some, compression. Some films are listed under several splits: of these the test counts, and nothing
where a group is the same in training and test.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from unmask.datasets import celebdf, faceforensics
from unmask.datasets.clip import SPLIT_WORDS, Clip, DataSet, Label, Split, gathered
from unmask.datasets.files import files_in, head_of, read_json
from unmask.datasets.layout import Layout
from unmask.errors import UsageError
from unmask.media.source import shown

NAME = "deepfakebench"
LISTS = (".", "dataset_json", "preprocessing/dataset_json")
PICTURES = (".", "rgb", "datasets/rgb", "datasets")
"""Folders that lists and pictures may lie in, as the benchmark has them."""
HEAD_CHARACTERS = 1 << 16


@dataclass(slots=True)
class _Film:
    """A film of a list.

    Attributes:
        pictures: Folder of its pictures.
        label: Real or fake.
        group: What the list calls it, such as ``FF-DF``.
        name: Its own.
        coding: Its compression, empty where the list has none.
        mask: Folder of its masks.
        splits: All that it is listed under.
    """

    pictures: Path
    label: Label
    group: str
    name: str
    coding: str
    mask: Path | None
    splits: set[Split] = field(default_factory=set)


def found_in(folder: Path) -> bool:
    """Whether one of its JSON files begins like such a list."""
    return any(True for _ in _lists(folder))


def read(folder: Path) -> DataSet:
    """A clip for each film whose pictures are there.

    Raises:
        UsageError: A list makes no sense, or calls a film real and fake.
    """
    remarks: list[str] = []
    clips = [clip for path in _lists(folder) for clip in _clips(path, folder, remarks)]
    return gathered(NAME, folder, clips, remarks)


def label_of(group: str) -> Label | None:
    """What the films of a group are, None where its name does not tell.

    >>> label_of("CelebDFv2_real"), label_of("FF-DF"), label_of("DFDCP_FakeA"), label_of("UADFV")
    ('real', 'fake', 'fake', None)
    """
    last = re.split(r"[_-]", group.lower())[-1]
    if last == "real":
        return "real"
    return "fake" if last.startswith("fake") or group.startswith("FF-") else None


def _lists(folder: Path) -> Iterator[Path]:
    for name in LISTS:
        for path in files_in(folder / name, {".json"}):
            head = head_of(path, HEAD_CHARACTERS)
            if head.lstrip().startswith("{") and '"frames"' in head and '"label"' in head:
                yield path


def _clips(path: Path, folder: Path, remarks: list[str]) -> Iterator[Clip]:
    told: Any = read_json(path)
    try:
        groups = [(group, splits) for data_set in told.values() for group, splits in data_set.items()]
        for _, splits in groups:
            splits.items()
    except AttributeError as error:
        raise UsageError(
            f"{shown(path)} does not list films by data set, group and split; make it anew with the benchmark's script."
        ) from error
    for group, splits in groups:
        films: dict[Path, _Film] = {}
        for word, listed in splits.items():
            for film in _films(listed, folder, path, group, remarks):
                known = films.setdefault(film.pictures, film).splits
                known |= {SPLIT_WORDS[word.lower()]} if word.lower() in SPLIT_WORDS else set()
        yield from _with_splits(list(films.values()))


def _films(listed: Any, folder: Path, path: Path, group: str, remarks: list[str]) -> Iterator[_Film]:
    """Films under a split, whether or not they are parted by compression."""
    for name, facts, coding in _entries(listed):
        label = label_of(str(facts.get("label", group)))
        pictures, mask = (_folder_of(facts.get(key), folder) for key in ("frames", "masks"))
        if label is None:
            remarks.append(
                f"'{name}' has the label '{facts.get('label')}' in {shown(path)}, which says neither real nor fake."
            )
        elif pictures is None:
            remarks.append(f"The pictures of '{name}' that {shown(path)} lists under '{group}' are not there.")
        else:
            yield _Film(pictures, label, group, name, coding, mask)


def _entries(listed: Any, coding: str = "") -> Iterator[tuple[str, Mapping[str, Any], str]]:
    for name, facts in listed.items() if isinstance(listed, dict) else ():
        if isinstance(facts, dict) and isinstance(facts.get("frames"), list):
            yield name, facts, coding
        elif isinstance(facts, dict) and not coding:
            yield from _entries(facts, name)


def _folder_of(pictures: Any, folder: Path) -> Path | None:
    """Folder of some pictures, wherever they lay when the list was written; None where they are not here."""
    if not isinstance(pictures, list) or not pictures or not isinstance(pictures[0], str):
        return None
    parts = [part for part in pictures[0].replace("\\", "/").split("/") if part not in {"", ".", ".."}]
    for begin in range(len(parts) - 1):
        for base in PICTURES:
            place = folder / base / PurePosixPath(*parts[begin:])
            if os.path.exists(place):
                return place.parent
    return None


def _with_splits(films: list[_Film]) -> Iterator[Clip]:
    trained, tested = ({film.pictures for film in films if split in film.splits} for split in ("train", "test"))
    told = trained != tested or not tested
    for film in films:
        split = _one_of(film.splits) if told else None
        origin = faceforensics.origin_of(film.name) or celebdf.origin_of(film.name)
        source, people = (origin.source, origin.identities) if origin is not None else (film.name, ())
        kind = film.group if film.label == "fake" else ""
        pair = f"{source}/{film.coding}" if origin is not None else None
        yield Clip(film.pictures, film.label, people, source, kind, pair, split, mask=film.mask)


def _one_of(splits: set[Split]) -> Split | None:
    """The split of a film that may be listed under several, or under none that is known."""
    order: tuple[Split, ...] = ("test", "train", "validation")
    return next((split for split in order if split in splits), None)


LAYOUT = Layout(
    name=NAME,
    what="a data set listed by DeepfakeBench",
    where="https://github.com/SCLBD/DeepfakeBench",
    looks="with a list such as FF-DF.json in it or in preprocessing/dataset_json/, and the pictures that it names, in it or in datasets/rgb/",
    found_in=found_in,
    read=read,
)
