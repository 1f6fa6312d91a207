"""Replace a face, for some seconds of a film, by itself at the film's beginning; keep the film's Content Credentials.

python examples/replace_face.py FILE OUTPUT [FROM_SECONDS TO_SECONDS]
"""

import os
import sys
from pathlib import Path

import cv2
import numpy as np

from unmask.faces.skin import OUTLINE
from unmask.faces.track import FaceTracker
from unmask.media import boxes, probe, rewrite
from unmask.settings import settings
from unmask.types import Frame

source, output, (start, stop) = Path(sys.argv[1]), Path(sys.argv[2]), map(float, sys.argv[3:5] or ("3", "6"))
tracker, donor = FaceTracker(), list[tuple[np.ndarray, np.ndarray]]()


def changed(frame: Frame) -> np.ndarray:
    """The frame; in the chosen seconds with the face of the first one, on which REPLACED is written."""
    if not (faces := tracker.see(frame)):
        return frame.image
    here = np.ascontiguousarray(faces[0].landmarks[:, :2], np.float32)
    donor[:] = donor or [(frame.image, here)]
    moved = cv2.warpAffine(donor[0][0], cv2.estimateAffinePartial2D(donor[0][1], here)[0], frame.image.shape[1::-1])
    cv2.putText(moved, "REPLACED", (int(here[68, 0]), int(here[68, 1])), 0, 1, (255, 255, 255))
    inside, hull = float(start <= frame.seconds < stop), cv2.convexHull(here[list(OUTLINE)].astype(np.int32))
    mask = cv2.fillConvexPoly(np.zeros(moved.shape[:2], np.float32), hull, inside)
    soft = cv2.GaussianBlur(mask, (0, 0), 3)[..., None]
    return np.rint(frame.image * (1 - soft) + moved * soft).astype(np.uint8)


rewrite.rewrite_video(source, output, probe.probe(source, settings()), settings(), changed)
with source.open("rb") as old, output.open("ab") as new:  # the manifest lies in a box of its own
    for box in boxes.boxes_in(old.fileno(), 0, source.stat().st_size, depth=0, left=[boxes.MOST_BOXES]):
        new.write(os.pread(old.fileno(), box.end - box.start + 8, box.start - 8) if box.name == "uuid" else b"")
