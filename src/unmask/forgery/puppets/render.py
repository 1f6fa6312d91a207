"""One picture of a puppet, with all that is true of it.

A parallel projection (a long lens from afar) puts the 468 points where the picture shows them; a depth buffer of twice
the picture's size decides what is seen; a lamp with soft edges and a little shine lights it.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32

from unmask.forgery.puppets.figure import Figure, Posed, figure, posed
from unmask.forgery.puppets.identity import Color, Identity
from unmask.forgery.puppets.light import light_on
from unmask.forgery.puppets.nuisance import Nuisance
from unmask.forgery.puppets.part import Stuff
from unmask.forgery.puppets.raster import Seen, seen
from unmask.forgery.puppets.texture import ColorSheet, color_sheet
from unmask.types import Landmarks, Mask, RgbImage

Picture = Float32[np.ndarray, "height width 3"]
Background = RgbImage | Picture | Color

FINENESS = 2
"""Pixels drawn for each of the picture's, in x and in y."""
BLOOD_RGB = np.array([0.33, 0.77, 0.53], np.float32) / np.float32(0.77)
"""Share of each channel in the swing of a pulse, green being one (de Haan and van Leest, 2014)."""
WALL, CLOTHES = (112, 122, 130), (62, 74, 98)
CHUNK = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """A picture of a puppet, and what is true of it.

    Attributes:
        image: Gamma-coded RGB, 0–255.
        face_mask: Share of each pixel that shows the face inside its outline (eyes and mouth too), 0–1; hair in front of
            it and sides turned away are left out.
        landmarks: The true points in the picture's pixels, hidden ones too.
        pose: True yaw, pitch and roll in degrees.
    """

    image: RgbImage
    face_mask: Mask
    landmarks: Landmarks
    pose: Float32[np.ndarray, "3"]


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """As ``Rendered``, the picture not rounded yet: gamma-coded RGB, 0–255."""

    picture: Picture
    face_mask: Mask
    landmarks: Landmarks
    pose: Float32[np.ndarray, "3"]


def render(
    identity: Identity,
    nuisance: Nuisance,
    width: int,
    height: int,
    *,
    background: Background = WALL,
    clothes: Color = CLOTHES,
) -> Rendered:
    """A picture of a person who does not exist.

    Args:
        identity: Who.
        nuisance: In which pose, expression, light and place.
        width: Of the picture in pixels.
        height: Of the picture in pixels.
        background: A colour, or a picture of this size, gamma-coded RGB, 0–255.
        clothes: Colour of what the person wears; not part of the identity, so that a swap leaves them as they are.
    """
    done = drawn(identity, nuisance, width, height, background=background, clothes=clothes)
    image = np.clip(np.rint(done.picture), 0, 255).astype(np.uint8)
    return Rendered(image, done.face_mask, done.landmarks, done.pose)


def drawn(
    identity: Identity,
    nuisance: Nuisance,
    width: int,
    height: int,
    *,
    background: Background = WALL,
    clothes: Color = CLOTHES,
) -> Drawn:
    """As ``render``, without rounding, for what a camera still adds."""
    built = figure(identity)
    pose = posed(built, nuisance, width, height)
    pixels = _pixels(built, pose, nuisance, width, height)
    colors = _colors(pixels, color_sheet(identity, clothes), nuisance.blood)
    fine = height * FINENESS, width * FINENESS
    layers, face = np.zeros((*fine, 4), np.float32), np.zeros(fine, np.float32)
    layers.reshape(-1, 4)[pixels.pixels] = colors
    face.reshape(-1)[pixels.pixels] = built.stuff[pixels.triangles] <= Stuff.MOUTH
    small, face_mask = (cv2.resize(layer, (width, height), interpolation=cv2.INTER_AREA) for layer in (layers, face))
    behind = np.asarray(background, np.float32)
    picture = small[..., :3] * 255 + behind * (1 - small[..., 3:4])
    angles = np.array([nuisance.yaw_degrees, nuisance.pitch_degrees, nuisance.roll_degrees], np.float32)
    return Drawn(picture, np.asarray(face_mask, np.float32), pose.landmarks, angles)


def _pixels(built: Figure, pose: Posed, nuisance: Nuisance, width: int, height: int) -> Seen:
    """What is seen, with its place on the sheet of colours, its light and its shine."""
    values = np.column_stack([pose.places, light_on(pose.normals, built.shade, built.gloss, nuisance.light)])
    fine = (pose.points + np.array([0.5, 0.5, 0], np.float32)) * np.float32(FINENESS)
    return seen(fine, built.triangles, built.both_sides, values, (width * FINENESS, height * FINENESS))


def _colors(pixels: Seen, sheet: ColorSheet, blood: float) -> Float32[np.ndarray, "pixels 4"]:
    """Gamma-coded colours, 0–1: painted, lit, with a shine and the blood of this moment; the fourth channel is 1."""
    painted = _look(sheet, pixels.values[:, 0], pixels.values[:, 1])
    light = painted[:, :3] * pixels.values[:, 2:5]
    light += pixels.values[:, 5:6]
    colors = np.ones((len(light), 4), np.float32)
    colors[:, :3] = np.minimum(np.sqrt(np.maximum(light, 0)) * (1 + np.float32(blood) * painted[:, 3:4] * BLOOD_RGB), 1)
    return colors


def _look(sheet: ColorSheet, x: Float32[np.ndarray, " pixels"], y: Float32[np.ndarray, " pixels"]) -> np.ndarray:
    padded = np.zeros((2, -(-max(len(x), 1) // CHUNK) * CHUNK), np.float32)
    padded[0, : len(x)], padded[1, : len(y)] = x, y
    xs, ys = padded.reshape(2, -1, CHUNK)
    return cv2.remap(sheet, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE).reshape(-1, 4)[: len(x)]
