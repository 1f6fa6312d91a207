import numpy as np
import pytest

from unmask.errors import UsageError
from unmask.forgery.swap.contact_sheet import (
    CAPTION,
    CELL,
    EMPTY,
    GAP,
    MOST_PICTURES,
    RIM,
    WIDE,
    Tile,
    contact_sheet,
    masked,
)


def tile(level: int, pictures: int = 1) -> Tile:
    return Tile(str(level), (np.full((64, 64, 3), level, np.uint8),) * pictures)


def test_every_picture_is_on_the_sheet_in_reading_order() -> None:
    sheet = contact_sheet([tile(10 * number) for number in range(WIDE + 3)], "some")
    for number in range(WIDE + 3):
        row, column = divmod(number, WIDE)
        top, left = CAPTION + GAP + row * (CELL + CAPTION), GAP + column * (CELL + GAP)
        assert (sheet[top : top + CELL, left : left + CELL] == 10 * number).all()


@pytest.mark.parametrize("count", [1, 40, 300])
def test_the_foot_is_free_for_a_label_that_grows(count: int) -> None:
    sheet = contact_sheet([tile(0)] * count, "some")
    room = max(32, int(0.055 * min(sheet.shape[:2])))
    assert (sheet[-room:] > 200).all()


def test_an_empty_place_is_grey_and_too_many_are_refused() -> None:
    sheet = contact_sheet([Tile("1", (None, np.zeros((64, 64, 3), np.uint8)))], "one")
    places = [(sheet == color).all(axis=2).sum() for color in (0, EMPTY)]
    assert places == pytest.approx([CELL**2, CELL**2], abs=10)
    with pytest.raises(UsageError, match=f"holds {MOST_PICTURES // 2} faces at most"):
        contact_sheet([tile(1, 2)] * (MOST_PICTURES // 2 + 1), "many")


def test_what_is_no_face_is_dark() -> None:
    mask = np.zeros((64, 64), np.float32)
    mask[10:50, 10:50] = 1
    shown = masked(np.full((64, 64, 3), 200, np.uint8), mask)
    assert (shown[30, 30] == 200).all()
    assert (shown[5, 5] == 60).all()
    assert (shown[10, 30] == RIM).all()
