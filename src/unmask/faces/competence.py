"""What a track must offer before anything is judged by it, and which of its views are fit to be looked at."""

from dataclasses import dataclass

import numpy as np

from unmask.types import Crop, Reason, Track

ROUNDING = 0.98
"""Film of 23.976 frames a second counts as 24, a clip of 9.9 s as 10."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a track is not judged: a code, and a sentence with what was found and what is needed."""

    reason: Reason
    because: str


@dataclass(frozen=True, slots=True)
class Gate:
    """The least that a judgement needs; 0 where it needs none.

    Attributes:
        least_seconds: Time from the first to the last sight of the face.
        least_frame_rate: Frames a second.
        least_face_pixels: Median width of the face.
    """

    least_seconds: float = 0.0
    least_frame_rate: float = 0.0
    least_face_pixels: float = 0.0

    def refusal(self, track: Track, judged: str) -> Refusal | None:
        """The first thing that a track lacks, None if it lacks nothing.

        Args:
            track: One person through time.
            judged: What is judged, as in ``flicker is judged``.
        """
        seconds, rate, width = track.duration_seconds, track.frame_rate, track.face_width
        if seconds < self.least_seconds * ROUNDING:
            because = f"The face is in view for {seconds:.1f} s; {judged} from {self.least_seconds:.0f} s."
            return Refusal("too-short", because)
        if rate < self.least_frame_rate * ROUNDING:
            because = f"The film has {rate:.1f} frames a second; {judged} from {self.least_frame_rate:.0f}."
            return Refusal("frame-rate-too-low", because)
        if width < self.least_face_pixels:
            because = f"The face is {width:.0f} pixels wide; {judged} from {self.least_face_pixels:.0f}."
            return Refusal("face-too-small", because)
        return None


def frontal_crops(track: Track, most_turned_degrees: float) -> tuple[Crop, ...]:
    """The crops in which the face is turned and tilted by no more than this."""
    return tuple(crop for crop in track.crops if _turn_at(track, crop.seconds) <= most_turned_degrees)


def _turn_at(track: Track, seconds: float) -> float:
    row = int(np.abs(track.times - seconds).argmin())
    return float(np.abs(track.pose[row, :2]).max())
