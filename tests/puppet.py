"""A puppet's head, drawn: found and followed like a person's, with a pulse that is known because it was drawn.

frames = film(Stage(puppets=(Puppet(heart_rate_bpm=72.0),)))
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import cv2
import numpy as np
from jaxtyping import Float32, Float64, Int32

from unmask.types import Frame, RgbImage, Track

Picture = Float32[np.ndarray, "height width 3"]
Cover = Float32[np.ndarray, "height width"]
Layer = Float32[np.ndarray, "height width *channels"]
Color = tuple[int, int, int] | Float32[np.ndarray, "*height_width 3"]
Spot = tuple[float, float]

HEAD_SIDE = 512
"""A head is drawn once, this large, and moved and shrunk into each frame."""
FACE_WIDTH = 210.0
"""Width of the face in the drawn head."""
BLOOD_RGB = np.array([0.33, 0.77, 0.53]) / 0.77
"""Share of each channel in the swing of a pulse, green being one (de Haan and van Leest, 2014)."""
BLINK_EVERY, BLINK_LASTS = 3.1, 0.16
PER_FRAME = ("times", "boxes", "mesh", "pose", "colors", "sharpness", "clipped", "scores", "eyes", "lips")
TONES = ((214, 166, 140), (232, 190, 166), (186, 134, 106), (204, 150, 122))


@dataclass(frozen=True, slots=True)
class Puppet:
    """One head.

    Attributes:
        x: Middle of the face as a share of the picture's width.
        y: Middle of the face as a share of the picture's height.
        face_width: Pixels.
        heart_rate_bpm: None draws no pulse.
        amplitude: Relative swing of green with the pulse.
        silent_middle: Whether the inner face has no pulse while its rim and the neck have one, as after a swap.
        roll_degrees: Lean of the head, clockwise.
        sway: Size of the head's motion, 1 for a calm sitter, 0 for a still one.
        hidden: Seconds from and to which the head is away.
        swapped: Whether the inner face is that of another, softer and trembling, laid over anew in each frame.
    """

    x: float = 0.5
    y: float = 0.5
    face_width: float = 130.0
    heart_rate_bpm: float | None = 72.0
    amplitude: float = 0.008
    silent_middle: bool = False
    roll_degrees: float = 0.0
    sway: float = 1.0
    tone: int = 0
    hidden: tuple[float, float] | None = None
    swapped: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """Where puppets sit, and what the camera adds.

    Attributes:
        noise: Standard deviation of the sensor's noise, levels of 255.
        flicker: Relative swing of the lamp that lights everything.
        flicker_bpm: Its rate a minute.
        wall: Colour of the background.
    """

    puppets: tuple[Puppet, ...] = (Puppet(),)
    width: int = 320
    height: int = 320
    frame_rate: float = 30.0
    seconds: float = 12.0
    noise: float = 2.0
    flicker: float = 0.0
    flicker_bpm: float = 90.0
    wall: tuple[int, int, int] = (104, 116, 128)
    seed: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A drawn head: its colours, where it covers the wall, where blood flows, and where the middle of the face is."""

    colors: Picture
    cover: Cover
    skin: Cover
    middle: Cover


def film(stage: Stage) -> Iterator[Frame]:
    """The frames of a stage, one after the other."""
    noise = _noise(stage)
    chance = np.random.default_rng(stage.seed)
    wall = _wall(stage)
    for index in range(max(1, round(stage.seconds * stage.frame_rate))):
        seconds = index / stage.frame_rate
        picture = wall.copy()
        for number, puppet in enumerate(stage.puppets):
            if puppet.hidden is None or not puppet.hidden[0] <= seconds < puppet.hidden[1]:
                _place(picture, puppet, seconds, phase=1.7 * number)
        picture *= 1.0 + stage.flicker * np.sin(2 * np.pi * stage.flicker_bpm / 60 * seconds)
        top, left = chance.integers(0, 64, 2)
        picture += noise[top : top + stage.height, left : left + stage.width]
        yield Frame(np.clip(np.rint(picture), 0, 255).astype(np.uint8), seconds)


def picture_of(stage: Stage) -> RgbImage:
    """The first frame of a stage."""
    return next(film(stage)).image


def pulse_wave(seconds: float, heart_rate_bpm: float) -> float:
    """A beat with its harmonic, as blood volume swings: steep rise, slow fall; −1 to 1."""
    angle = 2 * np.pi * heart_rate_bpm / 60 * seconds
    return float((np.sin(angle) + 0.35 * np.sin(2 * angle + 0.6)) / 1.2)


def _place(picture: Picture, puppet: Puppet, seconds: float, phase: float) -> None:
    """Draw a head into the picture, where it is at this moment."""
    blink = (seconds + phase) % BLINK_EVERY > BLINK_EVERY - BLINK_LASTS
    head = drawn_head(puppet.tone, eyes_open=not blink)
    colors = head.colors
    if puppet.heart_rate_bpm is not None:
        alive = head.skin * (1.0 - head.middle) if puppet.silent_middle else head.skin
        swing = puppet.amplitude * pulse_wave(seconds, puppet.heart_rate_bpm)
        colors = colors * (1.0 + alive[..., None] * (swing * BLOOD_RGB).astype(np.float32))
    if puppet.swapped:
        colors = _laid_over(head, colors, seconds)
    matrix = _matrix(puppet, picture.shape, seconds + phase)
    corners = matrix @ np.array([[0, HEAD_SIDE, 0, HEAD_SIDE], [0, 0, HEAD_SIDE, HEAD_SIDE], [1, 1, 1, 1]])
    low = np.clip(np.floor(corners.min(axis=1)).astype(int), 0, None)
    high = np.clip(np.ceil(corners.max(axis=1)).astype(int), 0, picture.shape[1::-1])
    if (high <= low).any():
        return
    matrix[:, 2] -= low
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    shrunk, cover = (_moved(layer, matrix, size) for layer in (colors, head.cover))
    window = picture[low[1] : high[1], low[0] : high[0]]
    window += (shrunk - window) * cover[..., None]


def _laid_over(head: Head, colors: Picture, seconds: float) -> Picture:
    """The head with the inner face of a redder, softer one laid over it, a little beside its place."""
    x, y = np.random.default_rng(round(seconds * 1000)).normal(0, 4.0, 2)
    shift = np.array([[1, 0, x], [0, 1, y]])
    other = cv2.GaussianBlur(head.colors, (0, 0), 6) * np.array([1.08, 0.78, 0.7], np.float32)
    moved, cover = (_moved(layer, shift, (HEAD_SIDE, HEAD_SIDE)) for layer in (other, head.middle))
    return colors + (moved - colors) * cover[..., None]


def _matrix(puppet: Puppet, shape: tuple[int, ...], seconds: float) -> Float64[np.ndarray, "2 3"]:
    """Affine matrix from the drawn head into the picture; slow, small motion of head and neck."""
    drift = puppet.sway * puppet.face_width * 0.015
    x = puppet.x * shape[1] + drift * (np.sin(2 * np.pi * 0.21 * seconds) + 0.4 * np.sin(2 * np.pi * 0.37 * seconds))
    y = puppet.y * shape[0] + drift * 0.6 * np.sin(2 * np.pi * 0.26 * seconds)
    angle = np.radians(puppet.roll_degrees + puppet.sway * 0.8 * np.sin(2 * np.pi * 0.17 * seconds))
    scale = puppet.face_width / FACE_WIDTH
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.column_stack([turn, (x, y) - turn @ (HEAD_SIDE / 2, HEAD_SIDE / 2)])


def _moved(layer: Layer, matrix: Float64[np.ndarray, "2 3"], size: tuple[int, int]) -> Layer:
    moved = cv2.warpAffine(layer, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.float32)


def _noise(stage: Stage) -> Picture:
    shape = (stage.height + 64, stage.width + 64, 3)
    return np.random.default_rng(stage.seed).normal(0, stage.noise, shape).astype(np.float32)


def _wall(stage: Stage) -> Picture:
    fall = np.linspace(1.08, 0.9, stage.width, dtype=np.float32)
    return np.ones((stage.height, 1, 1), np.float32) * fall[None, :, None] * np.array(stage.wall, np.float32)


@cache
def drawn_head(tone: int, *, eyes_open: bool = True) -> Head:
    """A head of one of TONES, HEAD_SIDE pixels square, the middle of the face in its middle."""
    brush = _Brush(HEAD_SIDE)
    skin = np.array(TONES[tone % len(TONES)], np.float32)
    brush.ellipse((0, 2.6), (1.75, 1.05), (52, 64, 92))  # shoulders
    brush.ellipse((0, -0.42), (1.17, 1.25), (58, 42, 32))  # hair
    brush.polygon(((-0.5, 0.6), (0.5, 0.6), (0.62, 1.75), (0, 2.0), (-0.62, 1.75)), skin * 0.84, skin=True)  # neck
    for side in (-1, 1):
        brush.ellipse((side * 1.0, 0.05), (0.13, 0.3), skin * 0.86, skin=True)
    brush.shaded_ellipse((0, 0.06), (0.98, 1.3), skin)
    brush.ellipse((0, -1.16), (0.84, 0.42), (58, 42, 32), soft=0.05)  # hairline
    brush.middle_ellipse((0, 0.2), (0.66, 0.88))
    for side in (-1, 1):
        _eye(brush, side, skin, eyes_open=eyes_open)
        brush.shade((side * 0.56, 0.42), (0.3, 0.22), (1.03, 0.97, 0.97))  # cheek
    _nose(brush, skin)
    _mouth(brush, skin)
    return brush.head()


def _eye(brush: "_Brush", side: int, skin: Float32[np.ndarray, "3"], *, eyes_open: bool) -> None:
    x, y = side * 0.42, -0.22
    brush.shade((x, y), (0.3, 0.2), (0.88, 0.86, 0.86))
    brow = [(x + side * dx, y + dy) for dx, dy in ((-0.26, -0.2), (0.0, -0.31), (0.27, -0.22))]
    brush.stroke(brow, 0.075, (62, 44, 34))
    if not eyes_open:
        brush.ellipse((x, y), (0.21, 0.12), skin * 0.86, soft=0.03)
        brush.stroke([(x - 0.2, y + 0.02), (x, y + 0.095), (x + 0.2, y + 0.02)], 0.05, (60, 40, 34))
        return
    brush.ellipse((x, y), (0.2, 0.095), (238, 234, 230))
    brush.ellipse((x, y), (0.088, 0.088), (92, 66, 42))
    brush.ellipse((x, y), (0.042, 0.042), (16, 14, 14))
    brush.ellipse((x - 0.03, y - 0.035), (0.018, 0.018), (250, 250, 250))
    brush.stroke(
        [(x - 0.21, y + 0.02), (x - 0.1, y - 0.085), (x + 0.1, y - 0.085), (x + 0.21, y + 0.02)], 0.032, (60, 40, 34)
    )
    brush.stroke([(x - 0.19, y - 0.1), (x, y - 0.16), (x + 0.19, y - 0.1)], 0.02, skin * 0.72)


def _nose(brush: "_Brush", skin: Float32[np.ndarray, "3"]) -> None:
    brush.shade((0.13, 0.1), (0.09, 0.36), (0.9, 0.88, 0.87))
    brush.shade((-0.01, 0.1), (0.07, 0.4), (1.06, 1.07, 1.07))
    brush.shade((0, 0.34), (0.17, 0.12), (1.05, 1.05, 1.05))
    brush.shade((0, 0.47), (0.24, 0.07), (0.78, 0.74, 0.72))
    for side in (-1, 1):
        brush.ellipse((side * 0.1, 0.43), (0.055, 0.03), (92, 54, 46), soft=0.015)
        brush.stroke([(side * 0.2, 0.32), (side * 0.225, 0.39), (side * 0.18, 0.45)], 0.022, skin * 0.76)


def _mouth(brush: "_Brush", skin: Float32[np.ndarray, "3"]) -> None:
    upper = ((-0.36, 0.76), (-0.1, 0.685), (0, 0.71), (0.1, 0.685), (0.36, 0.76), (0, 0.785))
    lower = ((-0.36, 0.76), (0, 0.785), (0.36, 0.76), (0.2, 0.86), (0, 0.89), (-0.2, 0.86))
    brush.polygon(upper, (160, 82, 78), soft=0.012)
    brush.polygon(lower, (182, 98, 92), soft=0.012)
    brush.stroke([(-0.36, 0.76), (0, 0.785), (0.36, 0.76)], 0.02, (96, 44, 44))
    brush.shade((0, 0.98), (0.26, 0.07), (0.86, 0.84, 0.83))
    brush.stroke([(-0.02, 0.53), (-0.03, 0.65)], 0.03, skin * 0.9)


class _Brush:
    """Draws in units of half a face's width from the middle of the face."""

    def __init__(self, side: int) -> None:
        self._side = side
        self._colors = np.full((side, side, 3), (58, 42, 32), np.float32)
        self._cover, self._skin, self._middle = (np.zeros((side, side), np.float32) for _ in range(3))

    def head(self) -> Head:
        """What was drawn."""
        return Head(cv2.GaussianBlur(self._colors, (0, 0), 0.8), self._cover, self._skin, self._middle)

    def ellipse(self, middle: Spot, radii: Spot, color: Color, *, skin: bool = False, soft: float = 0.008) -> None:
        """A filled ellipse."""
        self._paint(self._inside_ellipse(middle, radii, soft), color, skin=skin)

    def polygon(self, corners: Sequence[Spot], color: Color, *, skin: bool = False, soft: float = 0.008) -> None:
        """A filled polygon."""
        mask = np.zeros((self._side, self._side), np.float32)
        cv2.fillPoly(mask, [self._pixels(corners)], 1.0)
        self._paint(self._soft(mask, soft), color, skin=skin)

    def stroke(self, points: Sequence[Spot], width: float, color: Color) -> None:
        """A line."""
        mask = np.zeros((self._side, self._side), np.float32)
        cv2.polylines(mask, [self._pixels(points)], False, 1.0, max(1, round(width * FACE_WIDTH / 2)))
        self._paint(self._soft(mask, 0.008), color, skin=False)

    def shaded_ellipse(self, middle: Spot, radii: Spot, color: Color) -> None:
        """The skin of a face: lit from the upper left, darker to its rim."""
        x, y = self._grid()
        across, down = (x - middle[0]) / radii[0], (y - middle[1]) / radii[1]
        depth = np.sqrt(np.clip(1 - across**2 - down**2, 0.05, 1))
        light = 0.62 + 0.44 * np.clip(-0.25 * across - 0.22 * down + 0.9 * depth, 0, 1.1)
        mask = self._inside_ellipse(middle, radii, 0.012)
        self._paint(mask, np.asarray(color, np.float32) * light[..., None].astype(np.float32), skin=True)

    def shade(self, middle: Spot, radii: Spot, factors: tuple[float, float, float]) -> None:
        """Make a soft spot darker or brighter."""
        x, y = self._grid()
        spot = np.exp(-(((x - middle[0]) / radii[0]) ** 2 + ((y - middle[1]) / radii[1]) ** 2)).astype(np.float32)
        self._colors *= 1 + spot[..., None] * (np.array(factors, np.float32) - 1)

    def middle_ellipse(self, middle: Spot, radii: Spot) -> None:
        """Note where the middle of the face is."""
        self._middle = self._inside_ellipse(middle, radii, 0.03)

    def _paint(self, mask: Cover, color: Color, *, skin: bool) -> None:
        self._colors += (np.asarray(color, np.float32) - self._colors) * mask[..., None]
        self._cover = np.maximum(self._cover, mask)
        self._skin += ((1.0 if skin else 0.0) - self._skin) * mask

    def _grid(self) -> tuple[Cover, Cover]:
        line = (np.arange(self._side, dtype=np.float32) + 0.5 - self._side / 2) / (FACE_WIDTH / 2)
        x, y = np.meshgrid(line, line)
        return x, y

    def _pixels(self, points: Sequence[Spot]) -> Int32[np.ndarray, "points 2"]:
        return np.rint(np.array(points) * FACE_WIDTH / 2 + self._side / 2).astype(np.int32)

    def _inside_ellipse(self, middle: Spot, radii: Spot, soft: float) -> Cover:
        x, y = self._grid()
        reach = np.sqrt(((x - middle[0]) / radii[0]) ** 2 + ((y - middle[1]) / radii[1]) ** 2)
        return np.clip((1 - reach) * min(radii) / soft + 0.5, 0, 1).astype(np.float32)

    def _soft(self, mask: Cover, soft: float) -> Cover:
        return np.asarray(cv2.GaussianBlur(mask, (0, 0), max(soft * FACE_WIDTH / 2, 0.5)), np.float32)


def part_of(track: Track, rows: slice) -> Track:
    """Some frames of a track."""
    kept = {name: getattr(track, name)[rows] for name in PER_FRAME}
    first, last = kept["times"][0], kept["times"][-1]
    return replace(track, **kept, crops=tuple(crop for crop in track.crops if first <= crop.seconds <= last))


def shrunk(track: Track, factor: float) -> Track:
    """The same face at another size."""
    middle = (track.boxes[:, :2] + track.boxes[:, 2:]) / 2
    boxes = np.hstack([middle, middle]) + (track.boxes - np.hstack([middle, middle])) * np.float32(factor)
    return replace(track, boxes=boxes, mesh=np.rint(track.mesh * factor).astype(np.int16))
