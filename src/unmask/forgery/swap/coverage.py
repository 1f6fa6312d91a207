"""What a store of faces shows of a person, and what it does not: turns, mouths, light.

A swap draws what it has seen. Turns of the head that a store lacks cannot be learned from it, so its coverage is also
the answer to how well somebody could fake a person from these films.
"""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float32, Float64, Int64

from unmask.forgery.swap.store import FaceStore
from unmask.types import PerFrame, PoseTrack

Counts = Int64[np.ndarray, "_"]
Edges = Float64[np.ndarray, "_"]

YAW_EDGES: Edges = np.arange(-90.0, 91.0, 10.0)
PITCH_EDGES: Edges = np.arange(-40.0, 41.0, 10.0)
MOUTH_EDGES: Edges = np.arange(13) * 0.05
LUMA_EDGES: Edges = np.arange(0.0, 257.0, 16.0)
SIDE_LIGHT_EDGES: Edges = np.arange(-5, 6) * 0.1
CAP_YAW, CAP_PITCH, CAP_STEP = 90.0, 30.0, 3.0
"""Degrees: the turns in which a camera usually meets a head, and the grid that stands for them."""
REACH_DEGREES = 10.0
"""A turn is known from faces this near to it."""
LEAST_FACES = 5
"""Fewer faces in reach are chance."""
GAP_DEGREES = 2 * REACH_DEGREES
FEW_FACES = 60
WIDE_OPEN, SHUT = 0.25, 0.05
"""Openings of the lips, inner-lip distance ÷ mouth width."""
ASIDE, UPWARDS = ("to the image's left", "to the image's right"), ("down", "up")
"""How turns are called, negative ones first."""
PLAIN_LUMA, PLAIN_SIDE = 30.0, 0.15
"""Light that varies less than this is one light: levels of 255, and difference of the face's halves."""
CAUTION = (
    "This speaks of swaps that learn from many pictures; newer methods take a single one and invent the rest, so that "
    "few pictures are no protection, and sharpness and resolution are not counted here."
)


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """What some faces show.

    Attributes:
        faces: How many there are.
        cells: Faces of each cell of ``PITCH_EDGES`` × ``YAW_EDGES``; those beyond lie in the outermost ones.
        yaw: From where to where at least ``LEAST_FACES`` look, degrees, positive to the image's right.
        pitch: The same up and down, positive up.
        gaps: Stretches of yaw within that in which no face lies, degrees.
        cap_share: Share (0–1) of the sphere's cap of |yaw| ≤ 90° and |pitch| ≤ 30° that is known: at least
            ``LEAST_FACES`` faces look within ``REACH_DEGREES`` of it.
        mouth: Faces of each opening, by ``MOUTH_EDGES``; those beyond lie in the last bin.
        luma: Faces of each brightness, by ``LUMA_EDGES``.
        side_light: Faces of each difference of brightness between right and left half, by ``SIDE_LIGHT_EDGES``.
        lacking: What a model of these faces cannot know, a sentence each.
        answer: How well a swap of them could do, in sentences.
    """

    faces: int
    cells: Int64[np.ndarray, "pitch yaw"] = field(repr=False)
    yaw: tuple[float, float]
    pitch: tuple[float, float]
    gaps: tuple[tuple[float, float], ...]
    cap_share: float
    mouth: Counts = field(repr=False)
    luma: Counts = field(repr=False)
    side_light: Counts = field(repr=False)
    lacking: tuple[str, ...]
    answer: tuple[str, ...]


def store_coverage(store: FaceStore) -> Coverage:
    """What a store shows."""
    return coverage_of(
        np.array([face.pose for face in store.faces], np.float32),
        np.array([face.mouth for face in store.faces], np.float32),
        np.array([face.light for face in store.faces], np.float32),
    )


def coverage_of(pose: PoseTrack, mouth: PerFrame, light: Float32[np.ndarray, "frames 2"]) -> Coverage:
    """What some faces show.

    Args:
        pose: Of each face, degrees.
        mouth: Opening of the lips, inner-lip distance ÷ mouth width.
        light: Mean luma, 0–255, and how much brighter the right half is than the left, −1 to 1.
    """
    yaw, pitch, gaps, share = _ends(pose[:, 0]), _ends(pose[:, 1]), _gaps(pose[:, 0]), cap_share(pose)
    lacking = (*_unseen_turns(yaw, pitch, gaps), *_unseen_mouths(mouth), *_unseen_light(light))
    return Coverage(
        faces=len(pose),
        cells=_cells(pose),
        yaw=yaw,
        pitch=pitch,
        gaps=gaps,
        cap_share=share,
        mouth=_counted(mouth, MOUTH_EDGES),
        luma=_counted(light[:, 0], LUMA_EDGES),
        side_light=_counted(light[:, 1], SIDE_LIGHT_EDGES),
        lacking=lacking,
        answer=_answer(len(pose), yaw, share),
    )


def cap_share(pose: PoseTrack) -> float:
    """Share (0–1) of the cap that is known, by its area on the sphere of directions.

    >>> cap_share(np.zeros((5, 3), np.float32)) < 0.05 < cap_share(np.float32([[y, 0, 0] for y in range(-90, 91)]))
    True
    """
    yaws, pitches = np.meshgrid(
        np.arange(-CAP_YAW, CAP_YAW + 1, CAP_STEP), np.arange(-CAP_PITCH, CAP_PITCH + 1, CAP_STEP)
    )
    places = _directions(yaws.ravel(), pitches.ravel())
    near = _directions(pose[:, 0], pose[:, 1]) @ places.T >= np.cos(np.radians(REACH_DEGREES))
    area = np.cos(np.radians(pitches.ravel()))
    return float(area[near.sum(axis=0) >= LEAST_FACES].sum() / area.sum())


def _directions(yaw: np.ndarray, pitch: np.ndarray) -> Float64[np.ndarray, "directions 3"]:
    across, up = np.radians(yaw), np.radians(pitch)
    return np.stack([np.sin(across) * np.cos(up), np.sin(up), np.cos(across) * np.cos(up)], axis=1).astype(np.float64)


def _cells(pose: PoseTrack) -> Int64[np.ndarray, "pitch yaw"]:
    """Faces of each cell, those beyond the outermost edges in the outermost cells."""
    rows, columns = (
        np.clip(np.searchsorted(edges, pose[:, axis], side="right") - 1, 0, len(edges) - 2)
        for edges, axis in ((PITCH_EDGES, 1), (YAW_EDGES, 0))
    )
    cells = np.zeros((len(PITCH_EDGES) - 1, len(YAW_EDGES) - 1), np.int64)
    np.add.at(cells, (rows, columns), 1)
    return cells


def _counted(values: PerFrame, edges: Edges) -> Counts:
    last = np.nextafter(edges[-1], edges[0])
    return np.histogram(np.clip(values.astype(np.float64), edges[0], last), edges)[0].astype(np.int64)


def _ends(angles: PerFrame) -> tuple[float, float]:
    """How far the faces reach to both sides, leaving out the few that chance would give."""
    ordered = np.sort(angles)
    nth = min(LEAST_FACES, (len(ordered) + 1) // 2) - 1
    return float(ordered[nth]), float(ordered[len(ordered) - 1 - nth])


def _gaps(yaw: PerFrame) -> tuple[tuple[float, float], ...]:
    """Stretches between neighbouring faces too wide to be bridged."""
    low, high = _ends(yaw)
    ordered = np.sort(yaw[(yaw >= low) & (yaw <= high)])
    wide = np.flatnonzero(np.diff(ordered) > GAP_DEGREES)
    return tuple((float(ordered[k]), float(ordered[k + 1])) for k in wide)


def _unseen_turns(
    yaw: tuple[float, float], pitch: tuple[float, float], gaps: tuple[tuple[float, float], ...]
) -> list[str]:
    said = [f"Nothing between {_turned(low, ASIDE)} and {_turned(high, ASIDE)}." for low, high in gaps]
    for ends, most, words in ((yaw, CAP_YAW, ASIDE), (pitch, CAP_PITCH, UPWARDS)):
        if ends[0] > REACH_DEGREES - most:
            said.append(f"Nothing beyond {_turned(ends[0], words, words[0])}.")
        if ends[1] < most - REACH_DEGREES:
            said.append(f"Nothing beyond {_turned(ends[1], words, words[1])}.")
    return said


def _turned(angle: float, words: tuple[str, str], towards: str = "") -> str:
    """A turn in words; one that lies on the other side than the one that is spoken of says so.

    >>> _turned(-23.2, ASIDE, ASIDE[0]), _turned(2.0, UPWARDS, UPWARDS[0])
    ("23° to the image's left", '2° up, on the way down')
    """
    side = towards if round(angle) == 0 and towards else words[int(angle > 0)]
    turned = f"{abs(angle):.0f}° {side}"
    return turned if towards in {"", side} else f"{turned}, on the way {towards}"


def _unseen_mouths(mouth: PerFrame) -> list[str]:
    said = []
    if (mouth > WIDE_OPEN).sum() < LEAST_FACES:
        said.append("The mouth is never wide open: teeth and tongue would be invented.")
    if (mouth < SHUT).sum() < LEAST_FACES:
        said.append("The mouth is never shut.")
    return said


def _unseen_light(light: Float32[np.ndarray, "frames 2"]) -> list[str]:
    luma, side = (float(np.subtract(*np.percentile(values, (95, 5)))) for values in light.T)
    if luma < PLAIN_LUMA and side < PLAIN_SIDE:
        return ["One light only: another brightness, or a lamp from another side, would be guessed."]
    return ["The light never comes from another side."] if side < PLAIN_SIDE else []


def _answer(faces: int, yaw: tuple[float, float], share: float) -> tuple[str, ...]:
    known = (
        f"These {faces} faces show {100 * share:.0f} % of the turns in which a camera meets a head "
        f"({CAP_YAW:.0f}° to either side, {CAP_PITCH:.0f}° up and down)."
    )
    return known, _likeness(faces, min(-yaw[0], yaw[1])), CAUTION


def _likeness(faces: int, least_turn: float) -> str:
    """What a swap of so many faces could do, whose worse-known side reaches so many degrees."""
    if faces < FEW_FACES:
        return f"From {faces} faces a swap would learn little more than these very pictures, and hardly carry a talk."
    if least_turn < 15:
        return "A swap of them could hold while the head keeps as still as here; a turn to either side would show it."
    if least_turn < 40:
        return (
            "A swap of them could deceive someone who does not expect one while the head looks about ahead; a turn of "
            f"more than {least_turn:.0f}° would have to be guessed, and asking for one is a fair test."
        )
    if least_turn < 70:
        return "A swap of them could hold through most of a talk; only a full profile would have to be guessed."
    return "A swap of them could hold from nearly every side, so that a turn of the head is no test."
