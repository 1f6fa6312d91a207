import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.forgery.swap.conftest import Stage
from tests.forgery.swap.drawings import box, draw, labelme, polygon
from unmask.errors import UsageError
from unmask.forgery.swap.drawn_masks import LARGEST_BYTES, drawn_masks, read_drawing
from unmask.forgery.swap.store import FaceStore, open_store

BOX = polygon("include", box(20, 20, 60, 70))


@pytest.fixture
def store(stage: Stage, tmp_path: Path) -> FaceStore:
    """A store of one's own, nothing drawn on it."""
    return open_store(Path(shutil.copytree(stage.prepared["one"].store.folder, tmp_path / "store")))


def test_nothing_drawn_is_no_error(store: FaceStore) -> None:
    assert not drawn_masks(store).masks


def test_included_less_excluded_whichever_was_drawn_first(store: FaceStore) -> None:
    hole = polygon("exclude", box(30, 30, 40, 50))
    wanted = np.zeros((96, 96), bool)
    wanted[20:70, 20:60] = True
    wanted[30:50, 30:40] = False
    for number, shapes in enumerate([(BOX, hole), (hole, BOX), (polygon("face", box(20, 20, 60, 70)), hole)]):
        draw(store, number, *shapes)
    masks = drawn_masks(store).masks
    assert list(masks) == [0, 1, 2]
    for mask in masks.values():
        assert ((mask > 0) != wanted).sum() <= 2 * (50 + 40) + 60  # a pixel along the rims
        assert set(np.unique(mask)) == {0.0, 1.0}
    assert (masks[0] == masks[1]).all()


def test_without_an_include_the_hull_is_cut(store: FaceStore) -> None:
    draw(store, 3, polygon("exclude", box(0, 48, 96, 96)))
    (mask,) = drawn_masks(store).masks.values()
    hull = store.hull(store.faces[3])
    assert (mask[:47] == hull[:47]).all()
    assert not mask[49:].any()
    assert hull[49:].any()


def test_drawn_on_a_larger_copy_it_lies_in_the_same_place(store: FaceStore, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    large = polygon("include", [[4 * value for value in corner] for corner in box(20, 20, 60, 70)])
    (own / "000001.json").write_text(labelme("..\\pictures\\000001.jpg", 384, large), encoding="utf-8")
    draw(store, 0, BOX)
    assert np.abs(drawn_masks(store, own).masks[0] - drawn_masks(store).masks[0]).sum() < 100


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "Invalid JSON"),
        ("[]", "is no drawing"),
        ("{}", "shapes: Field required"),
        (labelme("000002.jpg", 96), "shapes: "),
        (labelme("000002.jpg", 96, polygon("beard", box(1, 1, 9, 9))), "'include', 'face' or 'exclude'"),
        (labelme("000002.jpg", 96, polygon("include", box(1, 1, 9, 9), shape_type="circle")), "'polygon'"),
        (labelme("000002.jpg", 96, polygon("include", box(1, 1, 9, 9)[:2])), r"shapes\.0\.points: "),
        (labelme("000002.jpg", 96, polygon("include", box(float("nan"), 1, 9, 9))), "finite number"),
        (labelme("000002.jpg", 96, polygon("include", box(1e9, 1, 9, 9))), "less than"),
        (labelme("000002.jpg", 96, BOX, imageHeight=0), "imageHeight"),
        (labelme("000002.jpg", 96, BOX, imageHeight=50), "faces are square"),
        (labelme("000007.jpg", 96, BOX), "not on the picture of its own name"),
        (labelme("000002.jpg", 96, polygon("exclude", box(-9, -9, 99, 99))), "leaves nothing"),
        (labelme("000002.jpg", 96, BOX) + " " * LARGEST_BYTES, "too large"),
        ("[" * 100_000, "Invalid JSON"),
    ],
)
def test_a_broken_drawing_is_one_remark_and_loses_nothing_else(store: FaceStore, content: str, said: str) -> None:
    draw(store, 0, BOX)
    path = store.folder / "pictures" / "000002.json"
    path.write_text(content, encoding="utf-8")
    found = drawn_masks(store)
    assert list(found.masks) == [0]
    (remark,) = found.remarks
    assert "000002.json" in remark
    assert "\n" not in remark
    draw(store, 0, BOX).unlink()
    with pytest.raises(UsageError, match=f"can be used.*{said}"):
        drawn_masks(store)


def test_a_drawing_of_no_picture_is_told(store: FaceStore) -> None:
    draw(store, 0, BOX)
    path = store.folder / "pictures" / "glasses.json"
    path.write_text(labelme("glasses.jpg", 96, BOX), encoding="utf-8")
    assert "belongs to no picture" in drawn_masks(store).remarks[0]


def test_a_folder_that_is_not_there(store: FaceStore, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is no folder"):
        drawn_masks(store, tmp_path / "none")
    with pytest.raises(UsageError, match="cannot be read"):
        read_drawing(tmp_path / "none.json")


def test_what_else_the_tool_keeps_is_passed_over(store: FaceStore) -> None:
    path = draw(store, 0, BOX | {"a new field": 1})
    told = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(told | {"imageData": "aGVsbG8=", "future": {}}), encoding="utf-8")
    assert len(drawn_masks(store).masks) == 1
