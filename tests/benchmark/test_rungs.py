import numpy as np
import pytest

from unmask.benchmark.rungs import QUICK, RUNGS, Rung, refilmed
from unmask.types import RgbImage

BY_NAME = {rung.name: rung for rung in RUNGS}


def picture(height: int = 96, width: int = 128) -> RgbImage:
    """Coarse patches, mid-bright, of no odd side."""
    patches = np.random.default_rng(3).integers(40, 200, (height // 16, width // 16, 3))
    return np.kron(patches, np.ones((16, 16, 1))).astype(np.uint8)


def edge(image: RgbImage) -> float:
    """Mean step between neighbours."""
    return float(np.abs(np.diff(image.astype(np.int16), axis=1)).mean())


def test_names_are_told_apart_and_the_untouched_film_comes_first() -> None:
    assert len(BY_NAME) == len(RUNGS) == 20
    assert RUNGS[0].coding is None
    assert set(QUICK) <= set(RUNGS)


def test_the_simulated_screen_says_that_it_is_simulated() -> None:
    assert RUNGS[-1].name == "re-filmed screen (simulated)"


@pytest.mark.parametrize("rung", RUNGS, ids=lambda rung: rung.name)
def test_a_change_is_the_same_again_and_leaves_its_picture_alone(rung: Rung) -> None:
    before = picture()
    kept = before.copy()
    assert np.array_equal(rung.changed(before, 7), rung.changed(before, 7))
    assert np.array_equal(before, kept)


def test_noise_differs_from_frame_to_frame_and_is_as_strong_as_said() -> None:
    noise, grey = BY_NAME["noise, σ 5"], np.full((96, 128, 3), 128, np.uint8)
    first, second = noise.changed(grey, 0), noise.changed(grey, 1)
    assert not np.array_equal(first, second)
    assert 4.8 < first.std() < 5.2


def test_blur_softens_and_more_blur_softens_more() -> None:
    sharp = picture()
    soft, softer = (BY_NAME[f"Gaussian blur, σ {sigma}"].changed(sharp, 0) for sigma in (1, 2))
    steepest = [int(np.abs(np.diff(one.astype(np.int16), axis=1)).max()) for one in (sharp, soft, softer)]
    assert steepest[0] > steepest[1] > steepest[2]


def test_sizes_are_those_of_the_names() -> None:
    assert BY_NAME["resized to 0.5"].changed(picture(), 0).shape == (48, 64, 3)
    assert BY_NAME["cropped to the central 80 %"].changed(picture(100, 160), 0).shape[1] == 128


def test_brightness_multiplies_levels_and_clips_them() -> None:
    assert BY_NAME["brightness × 1.4"].changed(np.full((2, 2, 3), 200, np.uint8), 0).max() == 255
    assert BY_NAME["brightness × 0.6"].changed(np.full((2, 2, 3), 200, np.uint8), 0).max() == 120


def test_jpeg_keeps_colours_in_their_channels() -> None:
    red = np.zeros((32, 32, 3), np.uint8)
    red[..., 0] = 200
    assert BY_NAME["JPEG 50, frame by frame"].changed(red, 0)[..., 0].mean() > 180


def test_a_refilmed_screen_is_banded_aslant_and_flatter() -> None:
    white = np.full((180, 240, 3), 255, np.uint8)
    seen = refilmed(white, 0).astype(np.float64)
    assert 220 < seen.mean() < 250
    green = seen[..., 1].mean(axis=0)
    spectrum = np.abs(np.fft.rfft(green - green.mean()))
    period = 240 / (1 + int(spectrum[1:].argmax()))
    assert 8 < period < 40  # camera pixels: broad bands, not single columns
    lined = np.zeros((180, 240, 3), np.uint8)
    lined[30] = 255
    brightest = refilmed(lined, 0)[..., 1].astype(np.float64)
    rows = [int(np.convolve(brightest[:, column], np.ones(3)).argmax()) for column in (20, 220)]
    assert abs(rows[0] - rows[1]) >= 2  # a level line leans
