"""Rows of a track, gathered frame by frame in bounded memory."""

import numpy as np

from unmask.faces.align import crop_face, sharpness_of
from unmask.faces.changes import ChangeSampler
from unmask.faces.skin import CELLS, cell_colors
from unmask.types import MESH_STEPS, Crop, Face, Frame, Landmarks, Track

CROPS_A_TRACK = 32
CROPS_IN_ALL = 320
ROWS_A_BLOCK = 256
RIGHT_EYE = (159, 145, 33, 133)
LEFT_EYE = (386, 374, 362, 263)
LIPS = (13, 14, 78, 308)
LARGEST_STEP = np.iinfo(np.int16).max


class CropBudget:
    """Keeps the crops of all tracks together under CROPS_IN_ALL, by thinning every track alike."""

    def __init__(self) -> None:
        self._samples: list[CropSample] = []

    def open_sample(self) -> "CropSample":
        """A sample of crops for a new track."""
        self._samples.append(CropSample())
        return self._samples[-1]

    def make_room(self) -> None:
        """Thin the fullest samples while there are too many crops."""
        while sum(len(sample.crops) for sample in self._samples) > CROPS_IN_ALL:
            fullest = max(self._samples, key=lambda sample: len(sample.crops))
            if len(fullest.crops) == 1:
                return
            fullest.thin()


class CropSample:
    """The sharpest crop of each second; of each two, four, … seconds once there are too many."""

    def __init__(self) -> None:
        self.crops: list[Crop] = []
        self._step_seconds = 1.0

    def offer(self, frame: Frame, face: Face, sharpness: float) -> bool:
        """Keep this face if it is the sharpest of its stretch of time; whether a crop was added."""
        here = self._stretch(frame.seconds)
        rival = self.crops[-1] if self.crops and self._stretch(self.crops[-1].seconds) == here else None
        if rival is not None and rival.sharpness >= sharpness:
            return False
        crop = crop_face(frame.image, face.landmarks, frame.seconds, sharpness)
        if rival is not None:
            self.crops[-1] = crop
            return False
        self.crops.append(crop)
        while len(self.crops) > CROPS_A_TRACK:
            self.thin()
        return True

    def thin(self) -> None:
        """Double the stretch and keep the sharpest of each."""
        self._step_seconds *= 2
        best: dict[int, Crop] = {}
        for crop in self.crops:
            here = self._stretch(crop.seconds)
            if here not in best or crop.sharpness > best[here].sharpness:
                best[here] = crop
        self.crops = list(best.values())

    def _stretch(self, seconds: float) -> int:
        return int(seconds // self._step_seconds)


class Column:
    """Rows of one kind, laid into blocks as they come.

    Blocks instead of an array a row: small arrays that stay, made between pictures that go, would cut the memory of an
    hour's film into pieces too small for the next picture.
    """

    def __init__(self) -> None:
        self._blocks: list[np.ndarray] = []
        self._free = 0

    def add(self, row: np.ndarray) -> None:
        """Keep one more row, of the shape and kind of the first."""
        if not self._free:
            self._blocks.append(np.empty((ROWS_A_BLOCK, *row.shape), row.dtype))
            self._free = ROWS_A_BLOCK
        self._blocks[-1][ROWS_A_BLOCK - self._free] = row
        self._free -= 1

    def close(self) -> None:
        """Let the empty rest of the last block go; no row comes any more."""
        if self._free:
            self._blocks[-1] = self._blocks[-1][: ROWS_A_BLOCK - self._free].copy()
            self._free = 0

    def joined(self) -> np.ndarray:
        """All rows as one array."""
        self.close()
        return np.concatenate(self._blocks)


class TrackBuilder:
    """Gathers one person's rows and makes the track of them.

    Args:
        budget: Shared among the tracks of a film.
        changes: Whether to measure what changes from frame to frame, which costs as much as following the face.
    """

    def __init__(self, budget: CropBudget, *, changes: bool = False) -> None:
        self._budget = budget
        self._changes = ChangeSampler() if changes else None
        self._sample = budget.open_sample()
        self._columns: dict[str, Column] = {}
        self.frames = 0

    def add(self, frame: Frame, face: Face) -> None:
        """Measure a face in a frame and keep the numbers."""
        colors, clipped = cell_colors(frame.image, face.landmarks)
        sharpness = sharpness_of(frame.image, face.box)
        if self._sample.offer(frame, face, sharpness):
            self._budget.make_room()
        eyes = [_opening(face.landmarks, LEFT_EYE), _opening(face.landmarks, RIGHT_EYE)]
        numbers = [sharpness, clipped, face.score, *eyes, _opening(face.landmarks, LIPS)]
        if self._changes is not None:
            self._changes.see(frame, face)
        self._keep("times", np.float64(frame.seconds))
        self._keep("boxes", face.box)
        self._keep("mesh", _packed(face))
        self._keep("pose", face.pose)
        self._keep("colors", colors)
        self._keep("numbers", np.array(numbers, np.float32))
        self.frames += 1

    def close(self) -> None:
        """The person has left: take no more room than the rows need."""
        for column in self._columns.values():
            column.close()

    def build(self, bits_per_pixel: float | None) -> Track:
        """The finished track; its rows are let go from here."""
        rows = {name: self._columns.pop(name).joined() for name in list(self._columns)}
        numbers = rows["numbers"]
        return Track(
            id=0,
            times=rows["times"],
            boxes=rows["boxes"],
            mesh=rows["mesh"],
            pose=rows["pose"],
            colors=rows["colors"],
            cells=CELLS,
            sharpness=numbers[:, 0],
            clipped=numbers[:, 1],
            scores=numbers[:, 2],
            eyes=numbers[:, 3:5],
            lips=numbers[:, 5],
            crops=tuple(self._sample.crops),
            bits_per_pixel=bits_per_pixel,
            changes=None if self._changes is None else self._changes.changes(),
        )

    def _keep(self, name: str, row: np.ndarray | np.float64) -> None:
        self._columns.setdefault(name, Column()).add(np.asarray(row))


def _packed(face: Face) -> np.ndarray:
    offsets = face.landmarks.copy()
    offsets[:, :2] -= (face.box[:2] + face.box[2:]) / 2
    return np.clip(np.rint(offsets * MESH_STEPS), -LARGEST_STEP, LARGEST_STEP).astype(np.int16)


def _opening(landmarks: Landmarks, points: tuple[int, int, int, int]) -> float:
    """Distance of two lids or lips as a share of the distance of their corners."""
    upper, lower, first, second = (landmarks[point, :2] for point in points)
    return float(np.linalg.norm(upper - lower) / max(float(np.linalg.norm(first - second)), 1e-6))
