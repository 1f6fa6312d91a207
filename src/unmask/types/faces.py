"""Faces, and people through time."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32

from unmask.types.arrays import (
    MESH_STEPS,
    Boxes,
    CellColors,
    ColorTrace,
    Landmarks,
    Mesh,
    NativeImage,
    PerFrame,
    PoseTrack,
    RgbImage,
    Seconds,
)


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face in one frame.

    Attributes:
        box: left, top, right, bottom in pixels around the landmarks.
        score: Presence of a face, 0–1.
        pose: Yaw, pitch, roll in degrees.
    """

    box: Float32[np.ndarray, "4"]
    landmarks: Landmarks
    score: float
    pose: Float32[np.ndarray, "3"]


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """An aligned picture of a face: eyes level, same size of face in each crop, surround visible.

    Attributes:
        image: RGB, CROP_SIDE pixels square.
        landmarks: The face's points in this crop's pixels.
        sharpness: Variance of the Laplacian of the inner face, higher is sharper.
        scale: Crop pixels a source pixel; above 1 the crop was enlarged.
        picture: Corners of the source picture in this crop's pixels, clockwise from the top left; beyond them is black.
        native: RGB, the middle of the face in the source picture's own pixels, neither scaled nor turned: for traces that
            any scaling makes or destroys. None where the source is not at hand.
    """

    image: RgbImage
    seconds: float
    landmarks: Landmarks
    sharpness: float
    scale: float
    picture: Float32[np.ndarray, "4 2"]
    native: NativeImage | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """How much a face and its surround change within a few frames, their motion taken out.

    Attributes:
        times: When each was measured.
        sizes: Mean absolute change in levels (0–255). Axes: measurement; time passed (about 1/30, 2/30 and 4/30 s);
            channel (Y, Cr, Cb of BT.601); detail from fine to coarse; region (skin, eyes and mouth, rim, surround).
    """

    times: Seconds
    sizes: Float32[np.ndarray, "measurements 3 3 4 4"]


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One person through time, built in one pass over the frames.

    Rows are the frames in which the face was seen; a short loss is a gap in ``times``.

    Attributes:
        id: 1 for the person seen longest and largest, then counting up.
        colors: Mean RGB of each cell of ``cells``.
        cells: Names of the cells, see ``unmask.faces.skin``.
        sharpness: Variance of the Laplacian of the inner face.
        clipped: Share (0–1) of inner-face pixels at the ends of the range.
        scores: Presence of a face, 0–1.
        eyes: Opening of the left and the right eye, lid distance ÷ eye width.
        lips: Opening of the lips, inner-lip distance ÷ mouth width.
        crops: Bounded sample, the sharpest of each stretch of time.
        bits_per_pixel: Coded bits a pixel of the film the face was seen in, None for stills.
        changes: A bounded sample from all over the track, None when it was not taken.
    """

    id: int
    times: Seconds
    boxes: Boxes
    mesh: Mesh
    pose: PoseTrack
    colors: CellColors
    cells: tuple[str, ...]
    sharpness: PerFrame
    clipped: PerFrame
    scores: PerFrame
    eyes: Float32[np.ndarray, "frames 2"]
    lips: PerFrame
    crops: tuple[Crop, ...]
    bits_per_pixel: float | None = None
    changes: Changes | None = None

    @property
    def start(self) -> float:
        """First time at which the face was seen, in seconds."""
        return float(self.times[0])

    @property
    def end(self) -> float:
        """Last time at which the face was seen, in seconds."""
        return float(self.times[-1])

    @property
    def duration_seconds(self) -> float:
        """Time from the first to the last sight."""
        return self.end - self.start

    @property
    def frame_rate(self) -> float:
        """Frames a second while the face was in view; 0 for a still."""
        if len(self.times) < 2:
            return 0.0
        return float(1.0 / np.median(np.diff(self.times)))

    @property
    def face_width(self) -> float:
        """Median width of the face in pixels."""
        return float(np.median(self.boxes[:, 2] - self.boxes[:, 0]))

    def landmarks_of(self, points: Sequence[int] | slice = slice(None)) -> Float32[np.ndarray, "frames points 3"]:
        """Some points of all frames in pixels, all 468 when none are named; unpacked from ``mesh`` on each call."""
        chosen = points if isinstance(points, slice) else list(points)
        centers = (self.boxes[:, None, :2] + self.boxes[:, None, 2:]) / 2
        unpacked = self.mesh[:, chosen].astype(np.float32) / MESH_STEPS
        unpacked[..., :2] += centers
        return unpacked

    def color_of(self, cells: tuple[str, ...]) -> ColorTrace:
        """Mean RGB of the named cells, shape ``len(cells) frames 3``."""
        columns = [self.cells.index(cell) for cell in cells]
        return np.moveaxis(self.colors[:, columns].astype(np.float64), 0, 1)
