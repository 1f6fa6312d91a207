"""Who a puppet is: the proportions, colours and hair of a person who does not exist."""

from dataclasses import dataclass, fields
from typing import Literal

import numpy as np

HairStyle = Literal["shaved", "short", "bob", "long", "bun"]
Color = tuple[int, int, int]

HAIR_STYLES: tuple[HairStyle, ...] = ("shaved", "short", "short", "bob", "long", "bun")
"""Styles to draw from; short hair is drawn twice as often."""
SKIN_TONES = (
    (246, 214, 196),
    (236, 194, 170),
    (222, 172, 142),
    (196, 142, 110),
    (160, 108, 80),
    (122, 80, 58),
    (86, 56, 42),
)
HAIR_COLORS = ((28, 22, 20), (52, 36, 27), (84, 56, 38), (122, 84, 50), (176, 138, 88), (128, 62, 34), (150, 146, 142))
LEANING = (-0.4, 0.5, -0.5)
"""The mean face is that of politicians: others are narrower, longer and finer of jaw."""
IRIS_COLORS = ((62, 40, 26), (92, 62, 36), (118, 96, 52), (84, 108, 78), (92, 122, 146), (110, 122, 130))


@dataclass(frozen=True, slots=True)
class Proportions:
    """How a face departs from the mean face: 0 is the mean, ±1 a common departure, ±2 a rare one.

    Positive is more of what the name says; ``eye_tilt`` lifts the outer corners, ``brow_height`` lifts the brows.
    """

    face_width: float = 0.0
    face_length: float = 0.0
    jaw_width: float = 0.0
    chin_length: float = 0.0
    chin_forward: float = 0.0
    cheekbones: float = 0.0
    cheeks: float = 0.0
    forehead: float = 0.0
    nose_length: float = 0.0
    nose_width: float = 0.0
    nose_projection: float = 0.0
    nose_bridge: float = 0.0
    eye_spacing: float = 0.0
    eye_size: float = 0.0
    eye_tilt: float = 0.0
    eye_depth: float = 0.0
    brow_height: float = 0.0
    upper_lip: float = 0.0
    lower_lip: float = 0.0
    mouth_width: float = 0.0


@dataclass(frozen=True, slots=True)
class Identity:
    """A person who does not exist. Colours are gamma-coded RGB, 0–255, as seen in white light.

    Attributes:
        proportions: Shape of the bones and of the flesh.
        skin: Mean colour of the skin.
        hair: Colour of the hair; ``brows`` and the shadow of a beard have their own.
        lips: Colour of the lower lip.
        style: How the hair is worn.
        hair_volume: Thickness of the hair over the skull in mm; ``shaved`` ignores it.
        brow_thickness: Height of the brows, 1 the mean.
        brow_arch: Lift of the middle of the brows in mm.
        beard: Darkness of a beard's shadow, 0–1.
        freckles: Number of freckles.
        moles: Number of moles.
        age: Depth of lines and folds, 0–1.
        texture_seed: Places of pores, blotches, freckles and hairs.
    """

    proportions: Proportions = Proportions()
    skin: Color = SKIN_TONES[2]
    hair: Color = HAIR_COLORS[1]
    brows: Color = HAIR_COLORS[1]
    lips: Color = (186, 108, 98)
    iris: Color = IRIS_COLORS[0]
    style: HairStyle = "short"
    hair_volume: float = 10.0
    brow_thickness: float = 1.0
    brow_arch: float = 0.0
    beard: float = 0.0
    freckles: int = 0
    moles: int = 0
    age: float = 0.3
    texture_seed: int = 0


def identity(seed: int) -> Identity:
    """The person of a seed: the same seed gives the same person, on every machine."""
    chance = np.random.default_rng(seed)
    departures = np.clip(chance.normal(0, 0.9, len(fields(Proportions))), -2, 2).round(3)
    departures[:3] += LEANING
    proportions = Proportions(*(float(departure) for departure in departures))
    depth = chance.random()
    skin = _between(SKIN_TONES, depth, chance, spread=5.0)
    hair = _hair_color(depth, chance)
    style = HAIR_STYLES[int(chance.integers(len(HAIR_STYLES)))]
    iris = IRIS_COLORS[int(chance.integers(len(IRIS_COLORS) if depth < 0.45 else 2))]
    return Identity(
        proportions=proportions,
        skin=skin,
        hair=hair,
        brows=_mixed(hair, (40, 28, 22), 0.45),
        lips=_lip_color(skin, chance),
        iris=_between((iris, iris), 0.0, chance, spread=8.0),
        style=style,
        hair_volume=float(chance.uniform(6, 15)),
        brow_thickness=float(chance.uniform(0.65, 1.35)),
        brow_arch=float(chance.uniform(-0.8, 2.2)),
        beard=float(chance.uniform(0.2, 1.0)) if style in {"short", "shaved"} and chance.random() < 0.6 else 0.0,
        freckles=int(chance.integers(20, 160)) if chance.random() < 0.35 and depth < 0.5 else 0,
        moles=int(chance.integers(0, 6)),
        age=float(chance.uniform(0.05, 0.9)),
        texture_seed=int(chance.integers(2**31)),
    )


def _between(colors: tuple[Color, ...], place: float, chance: np.random.Generator, *, spread: float) -> Color:
    """A colour on the line through others (0 the first, 1 the last), with a chance departure."""
    steps = np.linspace(0, 1, len(colors))
    mixed = [np.interp(place, steps, [color[channel] for color in colors]) for channel in range(3)]
    red, green, blue = np.clip(np.array(mixed) + chance.normal(0, spread, 3) * (0.4, 0.4, 1.0), 8, 250).astype(int)
    return int(red), int(green), int(blue)


def _mixed(one: Color, other: Color, share: float) -> Color:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _hair_color(depth: float, chance: np.random.Generator) -> Color:
    """Dark skin mostly comes with dark hair; grey comes with any."""
    lightest = len(HAIR_COLORS) - 1 if depth < 0.45 else 2
    number = len(HAIR_COLORS) - 1 if chance.random() < 0.12 else int(chance.integers(lightest))
    return _between((HAIR_COLORS[number],) * 2, 0.0, chance, spread=5.0)


def _lip_color(skin: Color, chance: np.random.Generator) -> Color:
    redder = (round(skin[0] * 0.86), round(skin[1] * 0.62), round(skin[2] * 0.64))
    return _mixed(redder, (176, 52, 62), float(chance.uniform(0.0, 0.35)))
