from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.puppet import part_of, shrunk
from unmask.detectors import seam
from unmask.faces.masks import inner_mask
from unmask.signals.detail import detail_contrast_names
from unmask.signals.linear import linear_model
from unmask.types import Crop, Evidence, RgbImage, Track

Change = Callable[[RgbImage], RgbImage]


@pytest.fixture(scope="module")
def original(whole_pulse: Track) -> Evidence:
    return seam.examine(whole_pulse)


def remade(track: Track, change: Change) -> Track:
    """The track with the inner face of every crop changed, its edge feathered."""
    return replace(track, crops=tuple(_remade(crop, change) for crop in track.crops))


def _remade(crop: Crop, change: Change) -> Crop:
    grown = cv2.dilate(inner_mask(crop).astype(np.uint8), np.ones((15, 15), np.uint8))
    cover = cv2.GaussianBlur(grown.astype(np.float32), (0, 0), 3)[..., None]
    mixed = crop.image * (1 - cover) + change(crop.image) * cover
    return replace(crop, image=np.clip(mixed, 0, 255).astype(np.uint8))


def blurred(image: RgbImage) -> RgbImage:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 3), np.uint8)


def grainy(image: RgbImage) -> RgbImage:
    return np.clip(image + np.random.default_rng(0).normal(0, 14, image.shape), 0, 255).astype(np.uint8)


def paler(image: RgbImage) -> RgbImage:
    """Half the colour in every detail finer than 8 pixels, at the brightness as it was."""
    planes = cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb).astype(np.float32)
    soft = cv2.GaussianBlur(planes, (0, 0), 8)
    planes[..., 1:] = soft[..., 1:] + 0.5 * (planes[..., 1:] - soft[..., 1:])
    return np.asarray(cv2.cvtColor(np.clip(planes, 0, 255).astype(np.uint8), cv2.COLOR_YCrCb2RGB), np.uint8)


def middle(track: Track) -> dict[str, float]:
    return dict(zip(detail_contrast_names(), np.median(seam.contrasts(track)[1], axis=0).tolist(), strict=True))


@pytest.mark.parametrize(
    ("change", "name", "least", "most"),
    [
        (blurred, "skin, Y, fine", -9.0, -0.5),
        (grainy, "skin, Y, finest", 0.5, 9.0),
        (paler, "skin, Cb, fine", -9.0, -0.2),
    ],
    ids=["blurred", "grainy", "paler"],
)
def test_a_remade_inner_face_moves_the_contrasts_its_way(
    whole_pulse: Track, change: Change, name: str, least: float, most: float
) -> None:
    assert least < middle(remade(whole_pulse, change))[name] - middle(whole_pulse)[name] < most


def test_the_answer_is_the_models_of_the_median_over_the_views(whole_pulse: Track, original: Evidence) -> None:
    model = linear_model("seam")
    measured = np.median(seam.contrasts(whole_pulse)[1], axis=0)
    assert original.measured["weighted_sum"] == pytest.approx(model.total(measured))
    assert original.fake == model.fake(measured)[0]
    assert original.measured["views"] == len(whole_pulse.crops)


def test_it_says_what_speaks_loudest_and_against_what(whole_pulse: Track, original: Evidence) -> None:
    first, second, last = original.because
    for sentence in (first, second):
        assert " detail in the " in sentence
        assert " times that of the surround; " in sentence
        assert sentence.endswith(" is usual.")
    assert last == f"Face and surround were compared in {len(whole_pulse.crops)} views."


def test_each_view_is_a_point_of_the_curve(whole_pulse: Track, original: Evidence) -> None:
    (trace,) = original.traces
    assert trace.x.tolist() == [crop.seconds for crop in whole_pulse.crops]


def test_it_has_no_voice_until_it_has_earned_one(original: Evidence) -> None:
    assert seam.CARD.cap == 0
    assert original.fake is not None
    assert not original.counts


def test_a_still_can_be_judged(whole_pulse: Track) -> None:
    still = part_of(
        whole_pulse, slice(int(whole_pulse.crops[0].seconds * 30), int(whole_pulse.crops[0].seconds * 30) + 1)
    )
    found = seam.examine(replace(still, crops=whole_pulse.crops[:1]))
    assert found.fake is not None
    assert found.because[-1] == "Face and surround were compared in 1 view."


def test_a_small_face_is_not_judged(whole_pulse: Track) -> None:
    found = seam.examine(shrunk(whole_pulse, 0.3))
    assert (found.fake, found.abstained) == (None, "face-too-small")
    assert "a seam is looked for from 64" in found.because[0]


def test_a_face_turned_away_is_not_judged(whole_pulse: Track) -> None:
    pose = whole_pulse.pose + np.array([60, 0, 0], np.float32)
    found = seam.examine(replace(whole_pulse, pose=pose))
    assert (found.fake, found.abstained) == (None, "not-measurable")


def test_a_face_without_a_crop_is_not_judged(whole_pulse: Track) -> None:
    assert seam.examine(replace(whole_pulse, crops=())).abstained == "not-measurable"
