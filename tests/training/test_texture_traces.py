from dataclasses import replace

import cv2
import numpy as np
import pytest

from unmask.forgery.synthesize.traces import mean_spectrum, peak
from unmask.networks.generator import UPSAMPLINGS
from unmask.training.texture_traces import DOUBLINGS, Decoder, Doubling, draw_decoder, drawn_anew
from unmask.types import RgbImage


def shapes(side: int = 64, seed: int = 0) -> RgbImage:
    rng = np.random.default_rng(seed)
    return np.clip(
        cv2.resize(rng.normal(128, 40, (12, 12, 3)), (side, side), interpolation=cv2.INTER_CUBIC), 0, 255
    ).astype(np.uint8)


def test_it_doubles_as_the_generators_of_the_lab_do() -> None:
    assert DOUBLINGS == UPSAMPLINGS


@pytest.mark.parametrize("doubling", DOUBLINGS)
@pytest.mark.parametrize("steps", [1, 2, 3])
def test_what_is_drawn_is_the_picture_but_for_detail(doubling: Doubling, steps: int) -> None:
    picture = shapes()[:61, :63]
    drawn = drawn_anew(picture, Decoder(doubling, steps, miss=0.01, made_up=0.1, seed=1))
    assert drawn.shape == picture.shape
    soft = [cv2.GaussianBlur(one.astype(np.float32), (0, 0), 6)[8:-8, 8:-8] for one in (picture, drawn)]
    assert np.corrcoef(soft[0].ravel(), soft[1].ravel())[0, 1] > 0.9


def test_transposed_convolutions_and_shuffles_leave_a_pattern_that_repeats_every_other_pixel_and_repeats_next_to_none() -> (
    None
):
    left = {}
    for doubling in DOUBLINGS:
        decoder = Decoder(doubling, 1, miss=0.1, made_up=0.3, seed=2)
        drawn = np.stack([drawn_anew(shapes(seed=seed), decoder) for seed in range(20)])
        left[doubling] = peak(mean_spectrum(drawn), 2)
    assert min(left["transposed"], left["shuffle"]) > 3
    assert min(left["transposed"], left["shuffle"]) > left["nearest"] + 3


def test_the_same_network_draws_the_same_and_another_another() -> None:
    decoder = draw_decoder(DOUBLINGS, np.random.default_rng(5))
    once, again = drawn_anew(shapes(), decoder), drawn_anew(shapes(), decoder)
    assert np.array_equal(once, again)
    assert not np.array_equal(once, drawn_anew(shapes(), replace(decoder, seed=decoder.seed + 1)))


def test_a_picture_too_small_for_its_steps_is_doubled_less_often() -> None:
    small = shapes(20)
    assert np.array_equal(
        drawn_anew(small, Decoder("nearest", 3, 0.01, 0.1, 1)), drawn_anew(small, Decoder("nearest", 1, 0.01, 0.1, 1))
    )
