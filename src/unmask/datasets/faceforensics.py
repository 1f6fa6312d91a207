"""FaceForensics++, with Google's DeepFakeDetection beside it.

Rössler et al.: FaceForensics++: Learning to Detect Manipulated Facial Images, ICCV 2019. Originals of YouTube are
numbered; ``071_054`` is the film 071 with the face of 054. Actors of DeepFakeDetection have numbers of their own:
``01_02__kitchen_pan__ABCDEFGH`` is actor 01 in a scene, with the face of 02.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from unmask.datasets.clip import Clip, DataSet, Label, Split, below, gathered
from unmask.datasets.files import files_in, folders_in, read_json
from unmask.datasets.layout import Layout
from unmask.errors import UsageError
from unmask.media.source import shown

NAME = "faceforensics"
ORIGINALS, FAKES, MASKS = "original_sequences", "manipulated_sequences", "masks"
COMPRESSIONS = ("raw", "c0", "c23", "c40")
SPLIT_FILES: dict[str, Split] = {"train.json": "train", "val.json": "validation", "test.json": "test"}
NUMBERED = re.compile(r"(?P<target>\d{3})(_(?P<face>\d{3}))?")
ACTED = re.compile(r"(?P<target>\d{2})(_(?P<face>\d{2}))?__(?P<scene>.+?)(__(?P<number>[A-Z0-9]{8}))?")


@dataclass(frozen=True, slots=True)
class Origin:
    """What a film's name tells.

    Attributes:
        source: The original recording.
        identities: Who is seen, and whose face is used.
    """

    source: str
    identities: tuple[str, ...]


def found_in(folder: Path) -> bool:
    """Whether there are folders of original or manipulated sequences."""
    return (folder / ORIGINALS).is_dir() or (folder / FAKES).is_dir()


def read(folder: Path) -> DataSet:
    """All films of every compression; films of one original share its source, whatever their compression.

    Raises:
        UsageError: A file of splits makes no sense.
    """
    remarks: list[str] = []
    splits = _splits(folder)
    clips = [replace(clip, split=_split_of(clip, splits)) for clip in _clips(folder, remarks)]
    if not splits and any(NUMBERED.fullmatch(clip.path.stem) for clip in clips):
        remarks.append(
            "The official splits (splits/train.json, val.json, test.json) are not there, so splits are open."
        )
    return gathered(NAME, folder, clips, remarks)


def origin_of(stem: str) -> Origin | None:
    """Where a film comes from by its name, None for another kind of name.

    >>> origin_of("071_054")
    Origin(source='071', identities=('071', '054'))
    >>> origin_of("01_02__kitchen_pan__ABCDEFGH").source
    '01__kitchen_pan'
    """
    numbered, acted = NUMBERED.fullmatch(stem), ACTED.fullmatch(stem)
    if numbered is not None:
        return Origin(numbered["target"], tuple(filter(None, (numbered["target"], numbered["face"]))))
    if acted is not None:
        people = tuple(f"actor-{number}" for number in (acted["target"], acted["face"]) if number)
        return Origin(f"{acted['target']}__{acted['scene']}", people)
    return None


def _clips(folder: Path, remarks: list[str]) -> Iterator[Clip]:
    """All films; a fake makes a pair with the original of its own compression."""
    tops: tuple[tuple[Label, str], ...] = (("real", ORIGINALS), ("fake", FAKES))
    kinds = [(label, kind) for label, top in tops for kind in folders_in(folder / top)]
    for label, kind in kinds:
        for coding in COMPRESSIONS:
            for path in files_in(kind / coding / "videos"):
                origin = origin_of(path.stem)
                if origin is None:
                    remarks.append(f"'{below(path, folder)}' is not named as films of FaceForensics++ are.")
                    continue
                pair, mask = f"{origin.source}/{coding}", kind / MASKS / "videos" / path.name
                clip = Clip(path, label, origin.identities, origin.source, pair=pair)
                made = label == "fake"
                yield replace(clip, kind=kind.name, mask=mask if mask.is_file() else None) if made else clip


def _splits(folder: Path) -> dict[str, Split]:
    """Split of each number, by the official lists."""
    found: dict[str, Split] = {}
    for name, split in SPLIT_FILES.items():
        for path in (folder / "splits" / name, folder / name):
            if path.is_file():
                found |= dict.fromkeys(_numbers(path), split)
                break
    return found


def _numbers(path: Path) -> list[str]:
    pairs: Any = read_json(path)
    lists = isinstance(pairs, list) and all(isinstance(pair, list) for pair in pairs)
    if not lists or not all(isinstance(number, str) for pair in pairs for number in pair):
        raise UsageError(f'{shown(path)} is no list of pairs such as [["071", "054"]]; get the official file anew.')
    return [number for pair in pairs for number in pair]


def _split_of(clip: Clip, splits: Mapping[str, Split]) -> Split | None:
    return splits.get(clip.source) if NUMBERED.fullmatch(clip.path.stem) else None


LAYOUT = Layout(
    name=NAME,
    what="FaceForensics++ or DeepFakeDetection",
    where="https://github.com/ondyari/FaceForensics",
    looks=f"with {ORIGINALS}/youtube/c23/videos/071.mp4, {FAKES}/Deepfakes/c23/videos/071_054.mp4 and splits/train.json in it",
    found_in=found_in,
    read=read,
)
