"""WildDeepfake: faces cut out of films of the web, a folder of pictures each.

Zi et al.: WildDeepfake: A Challenging Real-World Dataset for Deepfake Detection, ACM Multimedia 2020. Who is seen is not
told, nor which original a fake comes from.
"""

from collections.abc import Iterator
from pathlib import Path

from unmask.datasets.clip import Clip, DataSet, Label, Split, below, gathered
from unmask.datasets.files import STILLS, children, files_in, folders_in
from unmask.datasets.layout import Layout

NAME, KIND = "wilddeepfake", "WildDeepfake"
LABELS: tuple[Label, ...] = ("real", "fake")
SPLITS: tuple[Split, ...] = ("train", "test")


def found_in(folder: Path) -> bool:
    """Whether one of its four folders is there."""
    return any((folder / f"{label}_{split}").is_dir() for label in LABELS for split in SPLITS)


def read(folder: Path) -> DataSet:
    """A clip for each folder of pictures; those cut out of one film share its source."""
    remarks: list[str] = []
    parts = [(folder / f"{label}_{split}", label, split) for label in LABELS for split in SPLITS]
    clips = [clip for part, label, split in parts for clip in _part(part, label, split, remarks)]
    return gathered(NAME, folder, clips, remarks)


def _part(part: Path, label: Label, split: Split, remarks: list[str]) -> Iterator[Clip]:
    packed = [path for path in children(part) if path.name.endswith((".tar", ".tar.gz", ".tgz", ".zip"))]
    remarks += [f"'{below(path, part.parent)}' is packed; unpack it where it lies." for path in packed]
    for film in folders_in(part):
        for cut in folders_in(film / label):
            if files_in(cut, STILLS):
                yield Clip(cut, label, (), f"{part.name}/{film.name}", KIND if label == "fake" else "", split=split)
            else:
                remarks.append(f"'{below(cut, part.parent)}' holds no picture.")


LAYOUT = Layout(
    name=NAME,
    what="WildDeepfake",
    where="https://github.com/OpenTAI/wild-deepfake",
    looks="with real_train/, fake_train/, real_test/ and fake_test/ in it, unpacked, and pictures such as fake_train/12/fake/3/45.png",
    found_in=found_in,
    read=read,
)
