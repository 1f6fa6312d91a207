"""One person's own clips, read once, and someone who may be that person."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64, Int64

from unmask.types.faces import Track


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """How one person looks and moves, learned from clips of them.

    Attributes:
        clips: Names of the films and stills it rests on, never paths.
        seconds: Film in all in which the person is seen.
        faces: Place of the face among faces in each clip in which it could be told, see ``unmask.faces.identity``;
            no row where the network is not installed.
        gestures: How the signals of the face run together in each stretch of film, see ``unmask.signals.gesture``.
        gesture_clips: Which of ``clips`` each stretch belongs to.
        remarks: What of the folder was left out or could not be told, a sentence each.
    """

    clips: tuple[str, ...]
    seconds: float
    faces: Float64[np.ndarray, "faces 128"]
    gestures: Float64[np.ndarray, "windows pairs"]
    gesture_clips: Int64[np.ndarray, " windows"]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """A person of the file and the reference they are held against, None when none was given."""

    track: Track
    reference: Reference | None
