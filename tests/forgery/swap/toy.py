"""Faces to train on, drawn: coloured discs with eyes and a mouth, and a network small enough for a test."""

import cv2
import numpy as np

from unmask.faces.pose import mean_face
from unmask.forgery.swap.faceset import FaceSet
from unmask.forgery.swap.plan import TrainingPlan
from unmask.forgery.swap.presets import Preset
from unmask.networks.shape import SwapShape

SIDE = 32
TOY = Preset("toy", SwapShape("df", SIDE, 8, 32, 16, 4, 2), "For tests.")
RED, BLUE = (200, 90, 70), (80, 110, 200)


def discs(color: tuple[int, int, int], count: int = 40, side: int = SIDE, seed: int = 1) -> FaceSet:
    """Faces of one colour that move a little, lean a little and open their mouths."""
    chance = np.random.default_rng(seed)
    images, masks, landmarks = [], [], []
    yaw = np.linspace(-40, 40, count)
    for turn in yaw:
        middle = side / 2 + chance.normal(0, side * 0.02, 2) + (turn / 40 * side * 0.04, 0)
        image, mask = _disc(color, middle, side, opening=chance.uniform(0.01, 0.07))
        images.append(image)
        masks.append(mask)
        landmarks.append(mean_face() * np.float32(0.0035 * side) + np.append(middle, 0).astype(np.float32))
    pose = np.stack([yaw, np.zeros(count), np.zeros(count)], axis=1).astype(np.float32)
    return FaceSet(np.stack(images), np.stack(masks), np.stack(landmarks), pose)


def _disc(color: tuple[int, int, int], middle: np.ndarray, side: int, opening: float) -> tuple[np.ndarray, np.ndarray]:
    image = np.full((side, side, 3), (120, 125, 120), np.uint8)
    mask = np.zeros((side, side), np.uint8)

    def oval(picture: np.ndarray, at: tuple[float, float], radii: tuple[float, float], paint: tuple[int, ...]) -> None:
        x, y = (int(16 * (m + side * a)) for m, a in zip(middle, at, strict=True))
        axes = (max(1, int(16 * side * radii[0])), max(1, int(16 * side * radii[1])))
        cv2.ellipse(picture, (x, y), axes, 0, 0, 360, paint, -1, cv2.LINE_AA if picture is image else cv2.LINE_8, 4)

    oval(image, (0, 0), (0.3, 0.38), color)
    oval(mask, (0, 0), (0.3, 0.38), (255,))
    for at in (-0.12, 0.12):
        oval(image, (at, -0.1), (0.05, 0.04), (20, 20, 20))
    oval(image, (0, 0.18), (0.12, opening), (60, 10, 20))
    return image, mask


def plan_of(iterations: int | None, **settings: object) -> TrainingPlan:
    """A short training of the toy network on one thread, seldom saving on its own."""
    defaults: dict[str, object] = {
        "preset": TOY,
        "until_iterations": iterations,
        "learning_rate": 1e-3,
        "threads": 1,
        "save_every_seconds": 1e6,
    }
    return TrainingPlan(**(defaults | settings))  # type: ignore[arg-type] # mypy cannot know which is which
