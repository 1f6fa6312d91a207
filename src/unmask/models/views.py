"""From the aligned crop of a face to the numbers that a model takes, and from its numbers to log-odds."""

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from unmask.faces.align import CROP_SIDE, FACE_SHARE
from unmask.models.card import ModelInput, ModelOutput
from unmask.types import RgbImage

FACE_MIDDLE = 0.52
"""Where the middle of a face lies in a crop, as a share of its side from the top."""
NEARLY_ONE = 1e-2
"""How far the sum of a softmax may be from one; half-precision networks are not exact."""
SUREST = 1e-7
"""Probabilities nearer to 0 or 1 than this are taken for this: their log-odds would be without end."""

Picture = Float32[np.ndarray, "1 *axes"]
"""One picture as a network takes it."""
Answer = Float32[np.ndarray, " numbers"]
"""The numbers a network answers with."""
Square = UInt8[np.ndarray, "side side 3"]


def picture_of(crop: RgbImage, given: ModelInput, side: int) -> Picture:
    """One crop as a model takes it.

    Args:
        crop: An aligned crop, RGB, CROP_SIDE pixels square.
        given: What the model wants.
        side: Of its pictures, in pixels.
    """
    square = square_of(crop, given.margin)
    method = cv2.INTER_AREA if square.shape[0] > side else cv2.INTER_LINEAR
    shrunk = np.asarray(cv2.resize(square, (side, side), interpolation=method), np.uint8)
    values = _colored(shrunk, given).astype(np.float32) * np.float32(given.range[1] / 255)
    mean = np.array(given.mean or [0.0] * given.channels, np.float32)
    spread = np.array(given.std or [1.0] * given.channels, np.float32)
    values = (values - mean) / spread
    ordered = np.moveaxis(values, -1, 0) if given.layout == "nchw" else values
    return np.ascontiguousarray(ordered[None], np.float32)


def square_of(crop: RgbImage, margin: float) -> Square:
    """The square around the face, moved up where it would leave the crop by a few pixels."""
    side = min(round(margin * FACE_SHARE * CROP_SIDE), CROP_SIDE)
    left = (CROP_SIDE - side) // 2
    top = min(max(round(FACE_MIDDLE * CROP_SIDE - side / 2), 0), CROP_SIDE - side)
    return crop[top : top + side, left : left + side]


def _colored(square: Square, given: ModelInput) -> UInt8[np.ndarray, "side side channels"]:
    if given.colour == "gray":
        return np.asarray(cv2.cvtColor(square, cv2.COLOR_RGB2GRAY), np.uint8)[..., None]
    return square if given.colour == "rgb" else square[..., ::-1]


def log_odds_of(answer: Answer, meant: ModelOutput) -> float:
    """Log-odds of a forgery; NaN where the numbers are not of the kind that the card states.

    Args:
        answer: What the network answered, flat.
        meant: What the card says of it.
    """
    if misfit(answer, meant) is not None:
        return float("nan")
    place = meant.index or 0
    numbers = answer.astype(np.float64)
    if meant.kind == "logit":
        return float(numbers[place])
    if meant.kind == "logits":
        others = np.delete(numbers, place)
        highest = others.max()
        return float(numbers[place] - highest - np.log(np.exp(others - highest).sum()))
    share = float(np.clip(numbers[place], SUREST, 1 - SUREST))
    return float(np.log(share / (1 - share)))


def misfit(answer: Answer, meant: ModelOutput) -> str | None:
    """What is wrong with an answer, None when it is of the kind that the card states.

    >>> misfit(np.array([1.3], np.float32), ModelOutput("probability"))
    '1.3, which is no probability'
    """
    several = meant.kind in {"logits", "softmax"}
    if len(answer) < 1 + several or (len(answer) > 1 and meant.index is None) or (meant.index or 0) >= len(answer):
        which = "no output.index" if meant.index is None else f"output.index = {meant.index}"
        return f"{len(answer)} number{'s' if len(answer) != 1 else ''}, which does not fit {meant.kind} with {which}"
    if not np.isfinite(answer).all():
        return f"{float(answer[~np.isfinite(answer)][0])}, which is no finite number"
    if meant.kind in {"probability", "softmax"} and not ((answer >= -SUREST) & (answer <= 1 + NEARLY_ONE)).all():
        outside = answer[(answer < -SUREST) | (answer > 1 + NEARLY_ONE)]
        return f"{float(outside[0]):.6g}, which is no probability"
    if meant.kind == "softmax" and abs(float(answer.sum()) - 1) > NEARLY_ONE:
        return f"numbers that add up to {float(answer.sum()):.6g}, which is no softmax"
    return None
