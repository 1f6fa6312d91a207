"""A sheet of small pictures with a line below each, as an array for whoever labels and seals it; nothing is written here."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import UInt8

from unmask.errors import UsageError
from unmask.types import Mask, RgbImage

CELL, GAP, CAPTION = 112, 6, 18
LEAST_ROOM, ROOM_SHARE = 32, 0.06
"""Height at the foot for a label: pixels, and as a share of the shorter side, with which labels grow."""
WIDE = 12
"""Pictures beside each other."""
MOST_PICTURES = 600
"""A larger sheet could not be looked at."""
PAPER, INK, RIM, EMPTY = (246, 246, 244), (40, 40, 40), (90, 220, 120), (200, 200, 198)
OUTSIDE = 0.3
"""Light that is left outside of a mask."""


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """Square pictures of one thing, beside each other.

    Attributes:
        caption: What is written below, in ASCII.
        pictures: Gamma-coded RGB; None where there is none.
    """

    caption: str
    pictures: tuple[UInt8[np.ndarray, "side side 3"] | None, ...]


def contact_sheet(tiles: Sequence[Tile], title: str) -> RgbImage:
    """Tiles in rows below a title, with room for a label at the foot.

    Args:
        tiles: All of as many pictures.
        title: In ASCII.

    Raises:
        UsageError: They are too many for a sheet.
    """
    each = len(tiles[0].pictures)
    if len(tiles) * each > MOST_PICTURES:
        raise UsageError(
            f"A sheet holds {MOST_PICTURES // each} faces at most, and {len(tiles)} are asked for; ask for fewer with --most."
        )
    columns = min(WIDE // each, len(tiles))
    wide, high = each * CELL + GAP, CELL + CAPTION
    rows = -(-len(tiles) // columns)
    height, width = CAPTION + GAP + rows * high, max(GAP + columns * wide, 3 * CELL)
    room = max(LEAST_ROOM, round(ROOM_SHARE * min(height, width)))
    sheet = np.full((height + room, width, 3), PAPER, np.uint8)
    _write(sheet, title, GAP, CAPTION - 4)
    for number, tile in enumerate(tiles):
        row, column = divmod(number, columns)
        top, left = CAPTION + GAP + row * high, GAP + column * wide
        for place, picture in enumerate(tile.pictures):
            sheet[top : top + CELL, left + place * CELL : left + (place + 1) * CELL] = _fitted(picture)
        _write(sheet, tile.caption, left, top + CELL + CAPTION - 6)
    return sheet


def masked(picture: RgbImage, mask: Mask) -> RgbImage:
    """A picture with its mask: dark where there is no face, with a line along the rim."""
    inside = (mask >= 0.5).astype(np.uint8)
    light = OUTSIDE + (1 - OUTSIDE) * inside[..., None]
    shown = np.rint(picture * light).astype(np.uint8)
    rims, _ = cv2.findContours(inside, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(shown, rims, -1, RIM, max(1, round(len(shown) / CELL)))
    return shown


def _fitted(picture: UInt8[np.ndarray, "side side 3"] | None) -> RgbImage:
    if picture is None:
        return np.full((CELL, CELL, 3), EMPTY, np.uint8)
    shrinks = len(picture) > CELL
    method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (CELL, CELL), interpolation=method), np.uint8)


def _write(sheet: RgbImage, text: str, x: int, y: int) -> None:
    cv2.putText(sheet, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.4, INK, 1, cv2.LINE_AA)
