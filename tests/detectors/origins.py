"""Origins of files, made by hand: signed, marked, altered."""

from dataclasses import replace

import numpy as np

from unmask.types import (
    Action,
    Credentials,
    FaceMark,
    Manifest,
    MarkMap,
    Payload,
    PictureMark,
    Provenance,
    Region,
    Signer,
    SoundMark,
)

FACE = Region(2.0, 5.0, (32.0, 32.0, 96.0, 96.0))
SIGNER = Signer("Example Broadcasting", None, "Example CA", "1", "Es256", None)


def manifest(*source_types: str, ingredients: tuple[Manifest, ...] = (), relationship: str = "active") -> Manifest:
    """A signed manifest with a step for each kind of source."""
    actions = tuple(Action("c2pa.created", source_type) for source_type in source_types)
    return Manifest("urn:c2pa:1", "clip.mp4", "video/mp4", relationship, "unmask", SIGNER, actions, ingredients)


def altered_credentials() -> Credentials:
    sentence = "The file was changed since it was signed."
    return Credentials("altered", sentence, manifest(), ("The hash differs.",), "different", regions=(FACE,))


def mark_map(regions: tuple[Region, ...] = (), *, altered: float = 0.99, seconds: float = 10.0) -> MarkMap:
    """The map of a picture of 160 × 128 in which the blocks of some regions were made anew."""
    times = np.arange(0.0, seconds, 0.5)
    gone = np.full((len(times), 8, 10), 0.01, np.float32)
    for region in regions:
        left, top, right, bottom = (round(edge / 16) for edge in region.box)
        when = (times >= region.start) & (times <= region.end)
        gone[when, top:bottom, left:right] = altered
    return MarkMap(times, 1 - gone, gone, (16.0, 16.0), (0.0, 0.0))


def picture(*faces: FaceMark, regions: tuple[Region, ...] = (), altered: float = 0.99) -> PictureMark:
    """A mark that is gone from the regions, alive elsewhere."""
    return PictureMark(
        "altered" if regions else "intact",
        "The mark of Example Broadcasting was read.",
        Payload(1, 2),
        "Example Broadcasting",
        0.5,
        regions=regions,
        faces=faces,
        undecidable=0.1,
        map=mark_map(regions, altered=altered),
    )


def sound(*altered: tuple[float, float]) -> SoundMark:
    integrity = np.ones(10)
    for start, end in altered:
        integrity[int(start) : int(end)] = 0.0
    return SoundMark(
        "altered" if altered else "intact",
        "The mark in the sound was read.",
        Payload(1, 2),
        np.arange(10.0),
        integrity,
        altered,
    )


GONE = FaceMark(1, "altered", 0.02, 0.03, ((2.0, 5.0),))
ALIVE = FaceMark(2, "intact", 0.97, 0.03)


def altered_origin() -> Provenance:
    """Signature and both marks tell of an altered face between the second and the fifth second."""
    return Provenance(altered_credentials(), picture(GONE, ALIVE, regions=(FACE,)), sound((3.0, 4.0)))


def intact_origin() -> Provenance:
    """Signed by someone trusted, marks alive."""
    found = Credentials("trusted", "The file is as it was signed.", manifest("digitalCapture"))
    return replace(altered_origin(), credentials=found, picture=picture(ALIVE), sound=sound())
