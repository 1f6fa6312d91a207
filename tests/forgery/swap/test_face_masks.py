from pathlib import Path

import cv2
import numpy as np
import pytest

from unmask.errors import BrokenMedia
from unmask.forgery.swap.face_masks import at_side, overlap, read_mask, remove_others, write_mask

HALF = np.zeros((40, 40), np.float32)
HALF[:, :20] = 0.7


def test_a_mask_is_read_as_it_was_written(tmp_path: Path) -> None:
    name = write_mask(tmp_path, "000004.jpg", HALF)
    assert name.startswith("000004-")
    assert (read_mask(tmp_path / name, 40) == (HALF > 0)).all()
    stored = cv2.imread(str(tmp_path / name), cv2.IMREAD_UNCHANGED)
    assert stored is not None
    assert (stored.ndim, set(np.unique(stored))) == (2, {0, 255})
    assert write_mask(tmp_path, "000004.jpg", HALF) == name != write_mask(tmp_path, "000004.jpg", 1 - HALF)


def test_a_mask_that_is_missing_damaged_or_of_another_size_is_told(tmp_path: Path) -> None:
    name = write_mask(tmp_path, "000004.jpg", HALF)
    (tmp_path / "none.png").write_bytes(b"hello")
    for path, side in ((tmp_path / "away.png", 40), (tmp_path / "none.png", 40), (tmp_path / name, 41)):
        with pytest.raises(BrokenMedia, match="mask apply"):
            read_mask(path, side)


def test_a_smaller_mask_has_a_soft_rim_and_the_same_share() -> None:
    small = at_side(HALF, 15)
    assert small.mean() == pytest.approx(HALF.mean(), abs=0.01)
    assert 0.01 < small[0, 6] < small[0, 7] + 0.71


def test_masks_without_a_common_pixel_and_empty_ones() -> None:
    assert overlap(HALF, 1 - HALF) == 0
    assert overlap(HALF, HALF) == 1
    assert overlap(0 * HALF, 0 * HALF) == 1
    assert overlap(HALF, np.ones_like(HALF)) == 0.5


def test_what_is_not_named_is_removed_and_an_empty_folder_too(tmp_path: Path) -> None:
    folder = tmp_path / "masks"
    folder.mkdir()
    kept, _ = (write_mask(folder, "000001.jpg", mask) for mask in (HALF, 1 - HALF))
    remove_others(folder, {kept})
    assert [path.name for path in folder.iterdir()] == [kept]
    remove_others(folder, set())
    assert not folder.exists()
