"""What changes in a face and around it from one frame to the next, once its motion is taken out.

A filmed face and the head it belongs to pass the same lens, sensor and coder, and change alike. A face that is drawn
anew for each frame changes by its own rules.
"""

from dataclasses import dataclass, field
from functools import cache

import cv2
import numpy as np

from unmask.faces.align import CROP_SIDE, Alignment, alignment_of, crop_face, cut_out
from unmask.faces.bands import Bands, Sizes, detail_bands, mean_sizes
from unmask.faces.masks import Regions, face_regions
from unmask.types import Changes, Face, Frame, RgbImage

LAG_SECONDS = (1 / 30, 2 / 30, 4 / 30)
SLACK_SECONDS = 0.25 / 30
"""A frame this much early still counts: 24 and 25 frames a second take their first, second and fourth."""
LONGEST_LAG_SECONDS = 0.3
STEP_SECONDS = 0.2
MOST_MEASUREMENTS = 96
SIGMAS = (1.0, 2.0, 4.0)
"""Of the Gaussians between which the bands of detail lie, in pixels of the crop; the last band is what is left."""
SAME_SHARE = 0.98
"""A crop with this share of equal values shows the same frame once more."""
LARGEST_JUMP = 0.3
"""The face's middle may move by this share of its width from frame to frame."""


@dataclass(slots=True)
class ChangeSampler:
    """Measures one face now and then, over a few frames each time, in bounded memory.

    A film of a minute is measured from end to end in steps of STEP_SECONDS; in a longer one the steps grow.
    """

    _times: list[float] = field(default_factory=list)
    _sizes: list[np.ndarray] = field(default_factory=list)
    _step: float = STEP_SECONDS
    _anchor: "_Anchor | None" = None
    _last: float = float("-inf")

    def see(self, frame: Frame, face: Face) -> None:
        """Take the next frame in which the face is seen."""
        if self._anchor is not None and not self._anchor.goes_on(frame, face):
            self._anchor = None
        if self._anchor is not None:
            self._anchor.compare(frame)
            if self._anchor.is_complete:
                self._keep(self._anchor)
                self._anchor = None
        elif frame.seconds - self._last >= self._step:
            self._last = frame.seconds
            self._anchor = _Anchor.at(frame, face)

    def changes(self) -> Changes:
        """All that was measured."""
        sizes = np.stack(self._sizes) if self._sizes else np.zeros((0, 3, 3, 4, 4))
        return Changes(np.array(self._times, np.float64), sizes.astype(np.float32))

    def _keep(self, anchor: "_Anchor") -> None:
        self._times.append(anchor.seconds)
        self._sizes.append(np.stack(anchor.sizes))
        if len(self._times) > MOST_MEASUREMENTS:
            self._step *= 2
            self._times, self._sizes = self._times[::2], self._sizes[::2]


@dataclass(slots=True)
class _Anchor:
    """A frame that those after it are compared with."""

    seconds: float
    matrix: Alignment
    picture: RgbImage
    bands: Bands
    regions: Regions
    sizes: list[Sizes]
    before: Face
    is_same: bool = False

    @classmethod
    def at(cls, frame: Frame, face: Face) -> "_Anchor | None":
        """An anchor, None where too little of the face or its surround is in the picture."""
        crop = crop_face(frame.image, face.landmarks, frame.seconds, 0.0)
        regions = face_regions(crop)
        if regions is None:
            return None
        bands = detail_bands(crop.image, SIGMAS)
        return cls(frame.seconds, alignment_of(face.landmarks), crop.image, bands, regions, [], face)

    @property
    def is_complete(self) -> bool:
        """Whether all lags were measured."""
        return len(self.sizes) == len(LAG_SECONDS)

    def goes_on(self, frame: Frame, face: Face) -> bool:
        """Whether the face may be compared with the anchor still."""
        middles = [(one.box[:2] + one.box[2:]) / 2 for one in (self.before, face)]
        width = float(self.before.box[2] - self.before.box[0])
        self.before = face
        jump = float(np.abs(middles[1] - middles[0]).max())
        return frame.seconds - self.seconds <= LONGEST_LAG_SECONDS and jump <= LARGEST_JUMP * width and not self.is_same

    def compare(self, frame: Frame) -> None:
        """Measure the change up to this frame, if it is the next one that is due."""
        if frame.seconds - self.seconds < LAG_SECONDS[len(self.sizes)] - SLACK_SECONDS:
            return
        later = cut_out(frame.image, self.matrix)
        self.is_same = bool((later == self.picture).mean() > SAME_SHARE)
        change = self.bands - detail_bands(_moved_back(self.picture, later), SIGMAS)
        self.sizes.append(mean_sizes(change, self.regions))


def _moved_back(picture: RgbImage, later: RgbImage) -> RgbImage:
    """The later picture with every pixel where it was before, by optical flow."""
    gray = [np.asarray(cv2.cvtColor(one, cv2.COLOR_RGB2GRAY), np.uint8) for one in (picture, later)]
    flow = np.asarray(_flow().calc(gray[0], gray[1], None), np.float32)  # type: ignore[call-overload] # may be None
    x, y = np.meshgrid(np.arange(CROP_SIDE, dtype=np.float32), np.arange(CROP_SIDE, dtype=np.float32))
    # Two maps, not one of two channels: with an empty second map OpenCV 5.0 leaves samples black.
    return np.asarray(cv2.remap(later, x + flow[..., 0], y + flow[..., 1], cv2.INTER_LINEAR), np.uint8)


@cache
def _flow() -> cv2.DISOpticalFlow:
    """Dense inverse search (Kroeger et al., ECCV 2016)."""
    return cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
