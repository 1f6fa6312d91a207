import numpy as np
import pytest
from scipy.ndimage import rotate

from tests.forgery.paste.sitter import Sitter
from unmask.faces.skin import OUTLINE
from unmask.forgery.paste.masks import SHAPES, bare_skin, elastic, feathered, grown
from unmask.types import Landmarks, Mask

SIZE = (240, 240)
TOP, BROW, LEFT_LID, RIGHT_LID, NOSE, LIP, CHIN, CHEEK = 10, 105, 159, 386, 4, 13, 152, 50


def shown(mask: Mask, landmarks: Landmarks, point: int) -> bool:
    """Whether a point, moved a tenth of its way to the middle of the face, is in the mask."""
    middle = landmarks[list(OUTLINE), :2].mean(axis=0)
    column, row = np.rint(middle + 0.9 * (landmarks[point, :2] - middle)).astype(int)
    return bool(mask[row, column])


@pytest.mark.parametrize(
    ("shape", "holds", "leaves"),
    [
        ("face-hull", (TOP, BROW, LEFT_LID, NOSE, LIP, CHIN), ()),
        ("raised-hull", (TOP, BROW, LEFT_LID, NOSE, LIP, CHIN), ()),
        ("inner-face", (BROW, RIGHT_LID, NOSE, LIP, CHIN, CHEEK), (TOP,)),
        ("mouth", (LIP,), (NOSE, CHIN, CHEEK, LEFT_LID)),
        ("eyes", (LEFT_LID, RIGHT_LID), (NOSE, LIP, CHEEK, TOP)),
        ("nose", (NOSE,), (LIP, CHEEK, LEFT_LID, TOP)),
        ("without-eyes-and-mouth", (TOP, NOSE, CHEEK, CHIN), (LEFT_LID, RIGHT_LID, LIP)),
    ],
)
def test_a_shape_holds_its_part_of_the_face_and_nothing_else(
    sitter: Sitter, shape: str, holds: tuple[int, ...], leaves: tuple[int, ...]
) -> None:
    mask = SHAPES[shape](sitter.landmarks, SIZE)
    assert set(np.unique(mask)) == {0.0, 1.0}
    assert [shown(mask, sitter.landmarks, point) for point in holds] == [True] * len(holds)
    assert [shown(mask, sitter.landmarks, point) for point in leaves] == [False] * len(leaves)


def test_every_point_of_the_face_lies_in_its_hull(sitter: Sitter) -> None:
    columns, rows = np.rint(sitter.landmarks[:, :2]).astype(int).T
    assert grown(SHAPES["face-hull"](sitter.landmarks, SIZE), 1.0)[rows, columns].all()


def test_the_raised_hull_goes_on_above_the_brow_and_nowhere_else(sitter: Sitter) -> None:
    plain, raised = (SHAPES[shape](sitter.landmarks, SIZE) for shape in ("face-hull", "raised-hull"))
    more = (raised > plain).any(axis=1)
    assert not (raised < plain).any()
    assert 8 < more.sum() < 60
    assert np.flatnonzero(more).max() <= sitter.landmarks[LEFT_LID, 1] + 2


def test_skin_to_compare_has_no_brows(sitter: Sitter) -> None:
    mask = bare_skin(sitter.landmarks, SIZE)
    assert shown(mask, sitter.landmarks, CHEEK)
    assert not any(shown(mask, sitter.landmarks, point) for point in (BROW, LEFT_LID, LIP, TOP))


def test_masks_of_faces_off_the_picture_are_empty(sitter: Sitter) -> None:
    away = sitter.landmarks + np.array([1e7, -1e7, 0], np.float32)
    assert [SHAPES[shape](away, SIZE).max() for shape in SHAPES] == [0.0] * len(SHAPES)


def disc(radius: float) -> Mask:
    rows, columns = np.indices(SIZE)
    return (np.hypot(rows - 120, columns - 120) <= radius).astype(np.float32)


@pytest.mark.parametrize("pixels", [-20.0, -3.5, 0.0, 2.5, 12.0])
def test_the_rim_moves_by_the_pixels_asked_for(pixels: float) -> None:
    moved = grown(disc(50), pixels)
    assert set(np.unique(moved)) == {0.0, 1.0}
    assert np.sqrt(moved.sum() / np.pi) == pytest.approx(50 + pixels, abs=0.6)


def test_a_mask_eroded_away_is_empty() -> None:
    assert not grown(disc(10), -20.0).any()


def test_feathering_softens_the_rim_only() -> None:
    soft = feathered(disc(60), 12.0)
    assert (soft[disc(60) == 0] == 0).all()
    assert (soft[disc(46) == 1] == 1).all()
    rim = soft[120, 60:75]
    assert ((rim > 0) & (rim <= 1)).all()
    assert (np.diff(rim) >= 0).all()


def test_a_wider_feather_makes_less() -> None:
    made = [float(feathered(disc(60), pixels).sum()) for pixels in (0.0, 4.0, 12.0, 24.0)]
    assert made == sorted(made, reverse=True)
    assert made[0] == disc(60).sum()


def test_a_narrow_mask_still_reaches_its_full_value() -> None:
    assert feathered(disc(5), 40.0).max() == 1.0


def test_a_face_cut_by_the_pictures_edge_neither_fades_nor_shrinks_there() -> None:
    half = disc(60)[:, 120:]
    assert (feathered(half, 12.0)[100:140, :40] == 1).all()
    assert (grown(half, -10.0)[100:140, :40] == 1).all()


def test_a_bent_mask_depends_on_its_seed_only(sitter: Sitter) -> None:
    hull = SHAPES["face-hull"](sitter.landmarks, SIZE)
    first, again, second = (elastic(hull, sitter.landmarks, seed, 0.05) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    changed = [np.abs(first - mask).sum() / hull.sum() for mask in (hull, second)]
    assert min(changed) > 0.02
    assert max(changed) < 0.4


def test_the_bend_moves_with_the_face(sitter: Sitter) -> None:
    moved = sitter.landmarks + np.array([23, -17, 0], np.float32)
    here = elastic(SHAPES["face-hull"](sitter.landmarks, SIZE), sitter.landmarks, 5, 0.06)
    there = elastic(SHAPES["face-hull"](moved, SIZE), moved, 5, 0.06)
    assert np.abs(np.roll(here, (-17, 23), (0, 1)) - there).mean() < 0.002


def test_the_bend_turns_with_the_face(sitter: Sitter) -> None:
    turn = np.array([[0, -1], [1, 0]], np.float32)
    turned = sitter.landmarks.copy()
    turned[:, :2] = (sitter.landmarks[:, :2] - 119.5) @ turn.T + 119.5
    here = elastic(SHAPES["face-hull"](sitter.landmarks, SIZE), sitter.landmarks, 5, 0.06)
    there = elastic(SHAPES["face-hull"](turned, SIZE), turned, 5, 0.06)
    assert np.abs(rotate(here, -90, reshape=False, order=1) - there).mean() < 0.004
    assert np.abs(here - there).mean() > 0.02
