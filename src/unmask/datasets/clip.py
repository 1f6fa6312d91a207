"""What is known of a film or still of a data set before anyone looks into it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256 as sha256_of
from pathlib import Path
from typing import Literal

from unmask.errors import UsageError
from unmask.types import PixelBox

Label = Literal["real", "fake"]
Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
SPLIT_WORDS: dict[str, Split] = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
}
"""How data sets call the three splits."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A film, a still, or a folder of pictures that follow each other.

    Attributes:
        path: Absolute, or below the data set's folder as that was given.
        label: Whether it was filmed or made.
        identities: Who is seen and whose face is used; empty where nobody knows.
        source: The recording or camera it comes from; clips that come from the same original share it.
        kind: The manipulation's name, such as ``Deepfakes``; empty for a real clip.
        pair: What a fake and its own original have in common; None where one of the two is not there.
        split: Where it lies, by the data set's own word or as assigned; None where that is open.
        label_box: Where a visible label lies; whoever measures or learns has it painted over. None without one.
        mask: Film of the pixels that were made, None where there is none.
        glasses: Whether who is seen wears glasses; None where nobody noted it.
    """

    path: Path
    label: Label
    identities: tuple[str, ...]
    source: str
    kind: str = ""
    pair: str | None = None
    split: Split | None = None
    label_box: PixelBox | None = None
    mask: Path | None = None
    glasses: bool | None = None


@dataclass(frozen=True, slots=True)
class DataSet:
    """All clips of a folder.

    Attributes:
        name: Of its layout.
        folder: Where it lies.
        clips: In the order of their paths.
        remarks: A sentence for each file or row that was left out, and on what else is to be known.
    """

    name: str
    folder: Path
    clips: tuple[Clip, ...]
    remarks: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """Hex digest of paths below the folder, labels, identities, sources, kinds and splits; not of where it lies."""
        rows = sorted(
            json.dumps([below(clip.path, self.folder), clip.label, clip.identities, clip.source, clip.kind, clip.split])
            for clip in self.clips
        )
        return sha256_of("\n".join(rows).encode()).hexdigest()


def below(path: Path, folder: Path) -> str:
    """A path as it reads from the folder, with slashes; as it is when it lies elsewhere.

    >>> below(Path("sets/one/real/a.mp4"), Path("sets/one"))
    'real/a.mp4'
    """
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()


def gathered(name: str, folder: Path, clips: Iterable[Clip], remarks: Iterable[str] = ()) -> DataSet:
    """A data set of clips in the order of their paths, each path once; pairs without fake or original lose their name.

    Args:
        name: Of its layout.
        folder: Where it lies.
        clips: In any order.
        remarks: What was left out.

    Raises:
        UsageError: A path is called real and fake.
    """
    found: dict[str, Clip] = {}
    for clip in clips:
        place = below(clip.path, folder)
        if found.setdefault(place, clip).label != clip.label:
            raise UsageError(f"'{place}' is called real and fake; take one of the two labels out.")
    ordered = [found[place] for place in sorted(found)]
    return DataSet(name, folder, tuple(_with_whole_pairs(ordered)), tuple(dict.fromkeys(remarks)))


def _with_whole_pairs(clips: list[Clip]) -> Iterator[Clip]:
    originals, faked = ({clip.pair for clip in clips if clip.label == label} for label in ("real", "fake"))
    whole = originals & faked
    for clip in clips:
        yield clip if clip.pair in whole else replace(clip, pair=None)
