"""Paste a woman's own face from another moment of a film over her face, visibly labelled; write both films.

python examples/make_forgery.py SOURCE FOLDER [START_SECONDS]
"""

import sys
from pathlib import Path

import cv2
import numpy as np

from unmask.faces.skin import OUTLINE
from unmask.faces.track import FaceTracker
from unmask.media import encode, probe, video
from unmask.settings import settings

DISPLACED, LIGHT, SHARPER, LATER_FRAMES = (0.02, -0.012), (1.16, 1.04, 0.94), 1.2, 40


def paste(image: np.ndarray, points: np.ndarray, donor: np.ndarray, donor_points: np.ndarray) -> np.ndarray:
    """The donor's face over the face of a picture, re-lit, sharpened and a little displaced."""
    goal = np.ascontiguousarray(points[:, :2] + np.array(DISPLACED) * np.ptp(points[:, 0]), np.float32)
    matrix, _ = cv2.estimateAffinePartial2D(np.ascontiguousarray(donor_points[:, :2]), goal)
    moved = cv2.warpAffine(donor, matrix, image.shape[1::-1], borderMode=cv2.BORDER_REFLECT).astype(np.float32)
    lit = (moved + SHARPER * (moved - cv2.GaussianBlur(moved, (0, 0), 1.2))) * np.array(LIGHT, np.float32)
    hull = cv2.convexHull(goal[list(OUTLINE)].astype(np.int32))
    mask = cv2.erode(cv2.fillConvexPoly(np.zeros(image.shape[:2], np.float32), hull, 1.0), np.ones((9, 9)))
    soft = cv2.GaussianBlur(mask, (0, 0), np.ptp(points[:, 0]) * 0.03)[..., None]
    out = np.clip(image * (1 - soft) + lit * soft, 0, 255).astype(np.uint8)
    return cv2.putText(out, "FORGED EXAMPLE", (14, 34), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (255, 255, 255), 2)


source, media, tracker = Path(sys.argv[1]), probe.probe(Path(sys.argv[1]), settings()), FaceTracker()
with video.open_frames(source, media, settings(), start_seconds=float(sys.argv[3]) if sys.argv[3:] else 0.0) as film:
    faces = [(frame.image, found[0].landmarks) for frame in film if (found := tracker.see(frame))]
forged = [paste(*here, *faces[(k + LATER_FRAMES) % len(faces)]) for k, here in enumerate(faces)]
rate = (media.video and media.video.frame_rate) or 25.0
encode.write_video(Path(sys.argv[2], "real.mp4"), [image for image, _ in faces], rate, crf=20)
encode.write_video(Path(sys.argv[2], "forged.mp4"), forged, rate, crf=20)
print(f"{len(faces)} frames in each of real.mp4 and forged.mp4")
