import numpy as np
import pytest

from unmask.forgery.dataset.corner import fence, overlap, shared_corner
from unmask.forgery.label import CORNERS, label_for
from unmask.forgery.truth import KINDS

TEXTS = [KINDS["re-encoded"].label, KINDS["self-blend"].label]
NOBODY = np.zeros((0, 4), np.float32)


@pytest.mark.parametrize("shape", [(360, 640, 3), (640, 360, 3), (240, 240, 3), (96, 96, 3)])
@pytest.mark.parametrize("corner", CORNERS)
def test_a_fence_leaves_one_corner(shape: tuple[int, int, int], corner: tuple[float, float]) -> None:
    for text in TEXTS:
        left, top, right, bottom = label_for(text, shape, fence(corner, shape)).box
        assert top == 0 if corner[1] == 0 else bottom == shape[0]
        assert left == 0 if corner[0] == 0 else right == shape[1]


@pytest.mark.parametrize("shape", [(360, 640, 3), (640, 360, 3), (240, 240, 3)])
def test_both_labels_lie_in_the_box_that_is_told(shape: tuple[int, int, int]) -> None:
    faces = np.array([[0, shape[0] / 2, shape[1], shape[0]]], np.float32)
    fenced, (left, top, right, bottom) = shared_corner(TEXTS, shape, faces)
    for text in TEXTS:
        box = label_for(text, shape, fenced).box
        assert left <= box[0] < box[2] <= right
        assert top <= box[1] < box[3] <= bottom
    assert overlap((left, top, right, bottom), faces) == 0


def test_with_nobody_to_hide_it_lies_at_the_foot() -> None:
    assert shared_corner(TEXTS, (360, 640, 3), NOBODY)[1] == (0, 336, 272, 360)
