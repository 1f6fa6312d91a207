from dataclasses import dataclass, replace

import cv2
import numpy as np

from tests.puppet import Puppet, Stage, picture_of
from unmask.faces.track import follow
from unmask.types import Frame, Landmarks, RgbImage


@dataclass(frozen=True, slots=True, eq=False)
class Sitter:
    """A drawn face and its points."""

    image: RgbImage
    landmarks: Landmarks

    def cut(self, left: int = 0, top: int = 0, right: int = 0, bottom: int = 0) -> "Sitter":
        """The picture without so many pixels at its sides, the points in what is left of it."""
        height, width = self.image.shape[:2]
        image = np.ascontiguousarray(self.image[top : height - bottom, left : width - right])
        return Sitter(image, self.landmarks - np.array([left, top, 0], np.float32))

    def enlarged(self, factor: int) -> "Sitter":
        """The same, each pixel now so many pixels wide and high."""
        image = np.repeat(np.repeat(self.image, factor, axis=0), factor, axis=1)
        points = self.landmarks * np.float32(factor)
        points[:, :2] += (factor - 1) / 2
        return Sitter(image, points)

    def with_dots(self, points: tuple[int, ...]) -> "Sitter":
        """Black, with a white dot on each of these points."""
        image = np.zeros_like(self.image)
        for x, y in self.landmarks[list(points), :2]:
            cv2.circle(image, (round(float(x) * 16), round(float(y) * 16)), 3 * 16, (255, 255, 255), -1, cv2.LINE_AA, 4)
        return replace(self, image=image)


def sit(puppet: Puppet, width: int, height: int) -> Sitter:
    """Draw a face and find its points."""
    image = picture_of(Stage(puppets=(puppet,), width=width, height=height))
    (track,) = follow([Frame(image, 0.0)]).tracks
    return Sitter(image, track.landmarks_of()[0])
