"""Portraits like those of Labeled Faces in the Wild: a folder a person, all real."""

import re
from pathlib import Path

from unmask.datasets.clip import SPLIT_WORDS, Clip, DataSet, below, gathered
from unmask.datasets.files import STILLS, files_below, files_in, folders_in
from unmask.datasets.folder import LABEL_FOLDERS
from unmask.datasets.layout import Layout

NAME = "stills"
NUMBERED = re.compile(r"(?P<person>.+)_\d+")
SPOKEN_FOR = LABEL_FOLDERS.keys() | SPLIT_WORDS.keys()
"""Names of folders that are no persons."""


def found_in(folder: Path) -> bool:
    """Whether there is a folder with a picture that is named after it, and none that is called real or fake."""
    people = folders_in(folder)
    if any(person.name.lower() in SPOKEN_FOR for person in people):
        return False
    return any(_shows(path, person.name) for person in people for path in files_in(person, STILLS)[:1])


def read(folder: Path) -> DataSet:
    """Every portrait in the folder of its person; what is named after someone else is left out."""
    clips, remarks = [], []
    for path in files_below(folder, STILLS):
        person = path.parent.name
        if path.parent.parent == folder and _shows(path, person):
            clips.append(Clip(path, "real", (person,), path.stem))
        else:
            remarks.append(f"'{below(path, folder)}' is not named after the folder of a person.")
    return gathered(NAME, folder, clips, remarks)


def _shows(path: Path, person: str) -> bool:
    named = NUMBERED.fullmatch(path.stem)
    return named is not None and named["person"] == person


LAYOUT = Layout(
    name=NAME,
    what="a collection of portraits, such as Labeled Faces in the Wild",
    where="http://vis-www.cs.umass.edu/lfw/",
    looks="with a folder a person and pictures named after it, PERSON/PERSON_0001.jpg",
    found_in=found_in,
    read=read,
)
