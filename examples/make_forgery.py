"""Paste a woman's own face from another moment of the same film over her face, visibly labelled.

    python examples/make_forgery.py SOURCE FOLDER [START]

writes FOLDER/real.mp4 and FOLDER/forged.mp4, both through the same encoder, from START seconds on.
"""

import sys
from pathlib import Path

import cv2
import numpy as np

from unmask.faces.skin import OUTLINE
from unmask.faces.track import FaceTracker
from unmask.media.encode import write_video
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.settings import settings

DISPLACED, LIGHT, SHARPER, LATER = (0.02, -0.012), (1.16, 1.04, 0.94), 1.2, 40


def paste(image: np.ndarray, points: np.ndarray, donor: np.ndarray, donor_points: np.ndarray) -> np.ndarray:
    """The donor's face over the face of a picture, re-lit, sharpened and a little displaced."""
    width = np.ptp(points[:, 0])
    goal = np.ascontiguousarray(points[:, :2] + np.array(DISPLACED) * width, np.float32)
    matrix, _ = cv2.estimateAffinePartial2D(np.ascontiguousarray(donor_points[:, :2]), goal)
    moved = cv2.warpAffine(donor, matrix, image.shape[1::-1], borderMode=cv2.BORDER_REFLECT).astype(np.float32)
    lit = (moved + SHARPER * (moved - cv2.GaussianBlur(moved, (0, 0), 1.2))) * np.array(LIGHT, np.float32)
    mask = np.zeros(image.shape[:2], np.float32)
    cv2.fillConvexPoly(mask, cv2.convexHull(goal[list(OUTLINE)].astype(np.int32)), 1.0)
    soft = cv2.GaussianBlur(cv2.erode(mask, np.ones((9, 9))), (0, 0), width * 0.03)[..., None]
    out = np.clip(image * (1 - soft) + lit * soft, 0, 255).astype(np.uint8)
    return cv2.putText(out, "FORGED EXAMPLE", (14, 34), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (255, 255, 255), 2)


def main(source: Path, folder: Path, start: float = 0.0) -> None:
    """Write the pair of films."""
    media, tracker = probe(source, settings()), FaceTracker()
    with open_frames(source, media, settings(), start_seconds=start) as film:
        seen = [(frame.image, tracker.see(frame)) for frame in film]
    faces = [(image, found[0].landmarks) for image, found in seen if found]
    rate = media.video.frame_rate if media.video else None
    forged = [paste(*here, *faces[(k + LATER) % len(faces)]) for k, here in enumerate(faces)]
    write_video(folder / "real.mp4", (image for image, _ in faces), rate or 25.0, crf=20)
    write_video(folder / "forged.mp4", forged, rate or 25.0, crf=20)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 0.0)
