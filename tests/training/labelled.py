"""One drawn film with different labels, so that only the label could tell them apart."""

from pathlib import Path

import cv2
import numpy as np

from tests.puppet import Puppet, Stage, film
from unmask.datasets import Clip
from unmask.media.encode import write_video
from unmask.types import PixelBox

BOX = (208, 96, 304, 192)
"""Beside the face, where the measurements look for its surround."""
BEYOND = (208, 192, 304, 288)


def labelled(folder: Path, text: str, place: PixelBox = BOX, box: PixelBox | None = BOX) -> Clip:
    """A film with a label in a place, coded without loss; its data set says that the label lies in a box."""
    path = folder / f"{text}-{place[1]}.mp4"
    stage = Stage(puppets=(Puppet(sway=0.0),), seconds=1.5)
    pictures = []
    for frame in film(stage):
        left, top, right, bottom = place
        picture = np.ascontiguousarray(frame.image)
        picture[top + 16 : bottom - 16, left + 16 : right - 16] = 255
        cv2.putText(picture, text, (left + 20, bottom - 40), cv2.FONT_HERSHEY_PLAIN, 1.5, (0, 0, 0), 2)
        pictures.append(picture)
    write_video(path, pictures, 30.0, crf=0, preset="ultrafast")
    return Clip(path, "real", ("p",), path.stem, label_box=box)
