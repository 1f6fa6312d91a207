"""A sheet that shows how far training has come: faces it never trained on, as they are and as they are drawn.

It is an array for whoever labels and seals pictures; nothing is written here.
"""

import cv2
import numpy as np
from jaxtyping import Float32

from unmask.forgery.swap.faceset import FaceSet, spread_over_yaw
from unmask.forgery.swap.model import Faces, SwapModel
from unmask.types import RgbImage

ROWS = 5
SHOWN_SIDE = 96
"""Least side of a face in the sheet, pixels; smaller ones are enlarged by a whole factor."""
GAP, TITLE_HEIGHT = 4, 22
PAPER, INK = (246, 246, 244), (40, 40, 40)


def preview_sheet(model: SwapModel, src: FaceSet, dst: FaceSet | None, rows: int = ROWS) -> RgbImage:
    """Columns of faces under their titles: both people, each drawn as themselves, the swap, and its mask.

    Args:
        model: What draws.
        src: Held-out faces of the person who is drawn, at the model's size.
        dst: Held-out faces of the person who is drawn over; None when only one set is trained on.
        rows: Most faces of each, from the one that looks furthest left to the one furthest right.

    Returns:
        The sheet, RGB.
    """
    ours = src.images[spread_over_yaw(src, rows)]
    own = model.reconstruct(ours, "src")
    columns = {"src": ours, "src > src": own.images}
    if dst is None:
        return _sheet(columns | {"mask": _grey(own.masks)}, rows)
    theirs = dst.images[spread_over_yaw(dst, rows)]
    swap = model.swap(theirs)
    columns |= {"dst": theirs, "dst > dst": model.reconstruct(theirs, "dst").images}
    return _sheet(columns | {"dst > src": swap.images, "mask": _grey(swap.masks)}, rows)


def _sheet(columns: dict[str, Faces], rows: int) -> RgbImage:
    side = next(iter(columns.values())).shape[1]
    factor = -(-SHOWN_SIDE // side)
    cell = side * factor + GAP
    shown = min(rows, max(len(faces) for faces in columns.values()))
    sheet = np.full((TITLE_HEIGHT + shown * cell, GAP + len(columns) * cell, 3), PAPER, np.uint8)
    for column, (title, faces) in enumerate(columns.items()):
        left = GAP + column * cell
        cv2.putText(sheet, title, (left + 2, TITLE_HEIGHT - 7), cv2.FONT_HERSHEY_SIMPLEX, 0.45, INK, 1, cv2.LINE_AA)
        for row, face in enumerate(faces):
            top = TITLE_HEIGHT + row * cell
            enlarged = face.repeat(factor, axis=0).repeat(factor, axis=1)
            sheet[top : top + side * factor, left : left + side * factor] = enlarged
    return sheet


def _grey(masks: Float32[np.ndarray, "faces side side"]) -> Faces:
    return np.repeat(np.rint(masks * 255).astype(np.uint8)[..., None], 3, axis=3)
