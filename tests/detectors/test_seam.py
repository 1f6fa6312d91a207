from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.puppet import part_of, shrunk
from unmask.detectors import seam
from unmask.faces.masks import inner_mask
from unmask.faces.skin import GRID, INSIDE, REGIONS
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


def sharpened(image: RgbImage) -> RgbImage:
    soft = cv2.GaussianBlur(image, (0, 0), 2).astype(np.float32)
    return np.clip(image + 3.0 * (image - soft), 0, 255).astype(np.uint8)


def grainy(image: RgbImage) -> RgbImage:
    return np.clip(image + np.random.default_rng(0).normal(0, 14, image.shape), 0, 255).astype(np.uint8)


def recolored(track: Track) -> Track:
    """The inner face of a paler, greener person."""
    colors = track.colors.copy()
    inner = [track.cells.index(name) for name in GRID + REGIONS + INSIDE]
    colors[:, inner] *= np.array([0.8, 1.1, 1.15], np.float32)
    return replace(track, colors=colors)


@pytest.mark.parametrize(
    ("change", "word"),
    [(blurred, "softer"), (sharpened, "sharper"), (grainy, "noisier")],
    ids=["blurred", "sharpened", "grainy"],
)
def test_a_remade_inner_face_ranks_above_its_own_original(
    whole_pulse: Track, original: Evidence, change: Change, word: str
) -> None:
    found = seam.examine(remade(whole_pulse, change))
    assert found.fake is not None
    assert original.fake is not None
    assert found.fake > original.fake + 0.05
    assert any(word in sentence for sentence in found.because)


def test_a_recoloured_inner_face_ranks_above_its_own_original(whole_pulse: Track, original: Evidence) -> None:
    found = seam.examine(recolored(whole_pulse))
    assert found.fake is not None
    assert original.fake is not None
    assert found.fake > original.fake + 0.1
    assert found.measured["color_distance_ab"] > original.measured["color_distance_ab"] + 5
    assert "colour" in found.because[0]


def test_the_more_the_inner_face_is_blurred_the_more_suspect_it_is(whole_pulse: Track) -> None:
    def blur(sigma: float) -> Change:
        return lambda image: np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.uint8)

    chances = [seam.examine(remade(whole_pulse, blur(sigma))).fake or 0.0 for sigma in (0.5, 1.5, 4.0)]
    assert chances == sorted(chances)
    assert chances[-1] > chances[0]


def test_a_filmed_face_fits_its_surround(original: Evidence) -> None:
    assert original.fake is not None
    assert original.fake < 0.6


def test_a_still_can_be_judged(whole_pulse: Track) -> None:
    still = part_of(
        whole_pulse, slice(int(whole_pulse.crops[0].seconds * 30), int(whole_pulse.crops[0].seconds * 30) + 1)
    )
    still = replace(still, crops=whole_pulse.crops[:1])
    assert seam.examine(still).fake is not None


def test_a_small_face_is_not_judged(whole_pulse: Track) -> None:
    found = seam.examine(shrunk(whole_pulse, 0.3))
    assert (found.fake, found.abstained) == (None, "face-too-small")
    assert "64" in found.because[0]


def test_a_face_turned_away_is_not_judged(whole_pulse: Track) -> None:
    pose = whole_pulse.pose + np.array([60, 0, 0], np.float32)
    found = seam.examine(replace(whole_pulse, pose=pose))
    assert (found.fake, found.abstained) == (None, "not-measurable")


def test_a_face_without_a_crop_is_not_judged(whole_pulse: Track) -> None:
    assert seam.examine(replace(whole_pulse, crops=())).abstained == "not-measurable"
