from dataclasses import replace

import cv2
import numpy as np
import pytest

from unmask.faces.masks import inner_mask
from unmask.signals.detail import detail_contrast_names, detail_contrasts
from unmask.types import Crop, Track

NAMES = detail_contrast_names()


@pytest.fixture(scope="module")
def crop(whole_pulse: Track) -> Crop:
    return whole_pulse.crops[0]


def softened(crop: Crop) -> Crop:
    """The colours of the inner face as they are after passing a third of the side; its brightness stays."""
    planes = cv2.cvtColor(crop.image, cv2.COLOR_RGB2YCrCb)
    small = cv2.resize(planes, None, fx=1 / 3, fy=1 / 3, interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(small, planes.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    planes[inner_mask(crop), 1:] = coarse[inner_mask(crop), 1:]
    return replace(crop, image=np.asarray(cv2.cvtColor(planes, cv2.COLOR_YCrCb2RGB), np.uint8))


def contrasts(crop: Crop) -> dict[str, float]:
    found = detail_contrasts(crop)
    assert found is not None
    return dict(zip(NAMES, found.tolist(), strict=True))


def test_colours_softened_in_the_face_are_seen_there_and_nowhere_else(crop: Crop) -> None:
    before, after = contrasts(crop), contrasts(softened(crop))
    for name in ("skin, Cr, finest", "skin, Cb, finest", "eyes and mouth, Cb, finest"):
        assert after[name] < before[name] - 0.3
    assert after["skin, Y, middling"] == pytest.approx(before["skin, Y, middling"], abs=0.1)
    assert after["rim, Y, finest"] == pytest.approx(before["rim, Y, finest"], abs=0.05)


def test_grain_on_the_face_alone_raises_its_fine_detail(crop: Crop) -> None:
    grain = np.random.default_rng(0).normal(0, 10, crop.image.shape) * inner_mask(crop)[..., None]
    grainy = replace(crop, image=np.clip(crop.image + grain, 0, 255).astype(np.uint8))
    before, after = contrasts(crop), contrasts(grainy)
    assert after["skin, Y, finest"] > before["skin, Y, finest"] + 0.5
    assert after["skin, Y, finest"] - before["skin, Y, finest"] > after["skin, Y, coarse"] - before["skin, Y, coarse"]


def test_what_acts_on_face_and_surround_alike_largely_cancels(crop: Crop) -> None:
    flat = (crop.image.astype(np.float32) - 128) * 0.8 + 128
    flatter = replace(crop, image=np.clip(flat, 0, 255).astype(np.uint8))
    before, after = contrasts(crop), contrasts(flatter)
    assert max(abs(after[name] - before[name]) for name in NAMES if ", Y" in name) < 0.15


def test_a_face_of_which_the_surround_is_not_in_the_picture_has_no_contrasts(crop: Crop) -> None:
    left, top = crop.landmarks[:, :2].min(axis=0)
    right, bottom = crop.landmarks[:, :2].max(axis=0)
    tight = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)
    assert detail_contrasts(replace(crop, picture=tight)) is None
