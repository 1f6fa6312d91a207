import numpy as np
import pytest

from unmask.errors import UsageError
from unmask.forgery.label import burnt_in, label_for
from unmask.forgery.truth import KINDS

GREY = np.full((240, 320, 3), 120, np.uint8)


@pytest.mark.parametrize("side", [48, 64, 96, 256, 720, 2160])
@pytest.mark.parametrize("kind", KINDS)
def test_every_label_fits_and_is_seen_on_every_size(side: int, kind: str) -> None:
    image = np.full((side, side * 4 // 3, 3), 120, np.uint8)
    label = label_for(KINDS[kind].label, image.shape)
    left, top, right, bottom = label.box
    assert 0 <= left < right <= image.shape[1]
    assert 0 <= top < bottom <= image.shape[0]
    window = burnt_in(image, label)[top:bottom, left:right]
    assert window.max() > 200
    assert np.median(window) < 60


def test_only_the_label_changes() -> None:
    label = label_for("FORGED|- UNMASK LAB", GREY.shape)
    changed = (burnt_in(GREY, label) != GREY).any(axis=2)
    left, top, right, bottom = label.box
    assert changed[top:bottom, left:right].mean() > 0.95
    changed[top:bottom, left:right] = False
    assert not changed.any()


def test_little_room_keeps_the_first_words() -> None:
    wide, narrow = (label_for("FORGED|- SWAPPED FACE|- UNMASK LAB", (240, width, 3)) for width in (640, 100))
    assert wide.text == "FORGED - SWAPPED FACE - UNMASK LAB"
    assert narrow.text == "FORGED"


def test_it_lies_where_no_face_is() -> None:
    faces = np.array([[0, 120, 200, 240], [0, 130, 200, 240]], np.float32)  # bottom left
    assert label_for("FORGED", GREY.shape, faces).box[0] > 200
    assert label_for("FORGED", GREY.shape).box[0] == 0


def test_a_picture_without_room_is_refused() -> None:
    with pytest.raises(UsageError, match="too small for a label"):
        label_for("FORGED", (40, 400, 3))


def test_a_label_of_something_forged_says_so() -> None:
    for kind in KINDS.values():
        assert kind.fake != kind.label.startswith("NOT FORGED")
        assert kind.label.isascii()
