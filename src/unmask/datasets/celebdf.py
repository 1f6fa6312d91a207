"""Celeb-DF, its first and its second version.

Li et al.: Celeb-DF: A Large-scale Challenging Dataset for DeepFake Forensics, CVPR 2020. ``id0_0000`` is the first film
of person id0, ``id0_id1_0000`` the same film with the face of id1. Its list names test films only; the people in them
are seen in the others, too.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from unmask.datasets.clip import Clip, DataSet, Label, below, gathered
from unmask.datasets.faceforensics import Origin
from unmask.datasets.files import files_in, read_text
from unmask.datasets.layout import Layout
from unmask.errors import UsageError
from unmask.media.source import shown

NAME, KIND = "celebdf", "Celeb-synthesis"
FOLDERS: dict[str, Label] = {"Celeb-real": "real", "YouTube-real": "real", KIND: "fake"}
TESTED = "List_of_testing_videos.txt"
LABELS: dict[str, Label] = {"1": "real", "0": "fake"}
PERSON = re.compile(r"(?P<target>id\d+)(_(?P<face>id\d+))?_(?P<number>\d+)")


def found_in(folder: Path) -> bool:
    """Whether a folder of fakes or of celebrities is there."""
    return (folder / KIND).is_dir() or (folder / "Celeb-real").is_dir()


def read(folder: Path) -> DataSet:
    """All films; those of the list are for the test, the others are open.

    Raises:
        UsageError: The list makes no sense, or calls a film otherwise than its folder does.
    """
    remarks: list[str] = []
    clips = {below(clip.path, folder).replace("/videos/", "/"): clip for clip in _clips(folder, remarks)}
    for place, label in _tested(folder, remarks).items():
        if place not in clips:
            remarks.append(f"'{place}' stands in '{TESTED}' and is not there.")
        elif clips[place].label != label:
            raise UsageError(f"{shown(folder / TESTED)} calls '{place}' {label}, its folder does not; get both anew.")
        else:
            clips[place] = replace(clips[place], split="test")
    return gathered(NAME, folder, clips.values(), remarks)


def origin_of(stem: str) -> Origin | None:
    """Where a film of a celebrity comes from by its name, None for another kind of name.

    >>> origin_of("id0_id1_0000")
    Origin(source='id0_0000', identities=('id0', 'id1'))
    """
    named = PERSON.fullmatch(stem)
    if named is None:
        return None
    return Origin(f"{named['target']}_{named['number']}", tuple(filter(None, (named["target"], named["face"]))))


def _clips(folder: Path, remarks: list[str]) -> Iterator[Clip]:
    for name, label in FOLDERS.items():
        for path in (*files_in(folder / name), *files_in(folder / name / "videos")):
            origin = Origin(f"{name}/{path.stem}", ()) if name == "YouTube-real" else origin_of(path.stem)
            if origin is None:
                remarks.append(f"'{below(path, folder)}' is not named as films of Celeb-DF are.")
            else:
                yield Clip(
                    path, label, origin.identities, origin.source, KIND if label == "fake" else "", origin.source
                )


def _tested(folder: Path, remarks: list[str]) -> dict[str, Label]:
    """Films of the list and what it calls them."""
    path = folder / TESTED
    if not path.is_file():
        remarks.append(f"The official list '{TESTED}' is not there, so splits are open.")
        return {}
    told: dict[str, Label] = {}
    for number, line in enumerate(read_text(path).splitlines(), 1):
        label, _, place = line.strip().partition(" ")
        if label in LABELS and place.strip():
            told[place.strip()] = LABELS[label]
        elif line.strip():
            raise UsageError(
                f"Line {number} of {shown(path)} is not like '1 YouTube-real/00170.mp4'; get the official file anew."
            )
    return told


LAYOUT = Layout(
    name=NAME,
    what="Celeb-DF",
    where="https://github.com/yuezunli/celeb-deepfakeforensics",
    looks=f"with Celeb-real/, YouTube-real/, {KIND}/ and {TESTED} in it",
    found_in=found_in,
    read=read,
)
