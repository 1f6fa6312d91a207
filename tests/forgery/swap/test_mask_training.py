from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.forgery.swap.conftest import Stage
from unmask.errors import UsageError
from unmask.forgery.swap.drawn_masks import DrawnMasks
from unmask.forgery.swap.mask_examples import MaskExamples, examples_of
from unmask.forgery.swap.mask_training import MaskPlan, MaskProgress, mask_loss, train_masks
from unmask.forgery.swap.store import FaceStore
from unmask.networks.segmenter import SIDE

SHORT = MaskPlan(3, batch=2, threads=1, look_every=2)


def examples(count: int = 10) -> MaskExamples:
    """Bright squares on noise."""
    chance = np.random.default_rng(1)
    images = chance.integers(0, 90, (count, SIDE, SIDE, 3)).astype(np.uint8)
    masks = np.zeros((count, SIDE, SIDE), np.uint8)
    for number in range(count):
        left = 20 + 4 * number
        images[number, 30:90, left : left + 40] += 150
        masks[number, 30:90, left : left + 40] = 255
    return MaskExamples(images, masks, np.full_like(masks, 255))


def test_a_training_follows_from_its_seed() -> None:
    weights = [
        train_masks(examples(), replace(SHORT, until_iterations=2, seed=seed)).network.state_dict()
        for seed in (1, 1, 2)
    ]
    same, other = (all(torch.equal(weights[0][name], one[name]) for name in one) for one in weights[1:])
    assert (same, other) == (True, False)


@pytest.mark.parametrize(("count", "held_out"), [(8, 2), (10, 2), (13, 3)])
def test_a_fifth_is_held_out(count: int, held_out: int) -> None:
    trained = train_masks(examples(count), replace(SHORT, until_iterations=1))
    assert (trained.drawings, trained.held_out) == (count - held_out, held_out)
    assert trained.hull_iou == pytest.approx(60 * 40 / SIDE**2)


def test_it_ends_when_what_is_held_out_is_met_no_better() -> None:
    still = replace(SHORT, until_iterations=100, learning_rate=1e-9, patience=2)
    trained = train_masks(examples(), still)
    assert (trained.iterations, trained.ended_early, trained.interrupted) == (2 + 2 * 2, True, False)


def test_an_interrupt_keeps_what_is_known() -> None:
    def interrupting(progress: MaskProgress) -> None:
        if progress.iteration == 2:
            raise KeyboardInterrupt

    trained = train_masks(examples(), replace(SHORT, until_iterations=100), on_progress=interrupting)
    assert (trained.iterations, trained.interrupted, trained.ended_early) == (2, True, False)
    assert 0 <= trained.iou <= 1


def test_it_ends_by_time_and_tells_how_far_it_is() -> None:
    told: list[MaskProgress] = []
    plan = replace(SHORT, until_iterations=None, until_seconds=0.2)
    assert not train_masks(examples(), plan, on_progress=told.append).ended_early
    assert [one.iteration for one in told] == list(range(1, len(told) + 1))
    assert 0 < told[0].share <= told[-1].share <= 1


def test_the_loss_is_least_for_the_mask_itself() -> None:
    mask = torch.zeros(1, 1, SIDE, SIDE)
    mask[..., 30:60, 30:60] = 1
    losses = [float(mask_loss(12 * (one - 0.5), mask)) for one in (mask, mask.roll(8, -1), 1 - mask)]
    assert losses == sorted(losses)
    assert losses[0] < 0.03 < losses[1]


def test_seven_drawings_are_too_few(stage: Stage) -> None:
    store: FaceStore = stage.prepared["one"].store
    masks = {number: store.hull(store.faces[number]) for number in range(7)}
    with pytest.raises(UsageError, match=r"There are 7 drawings .* needs 8 or more; .* pixels are square\."):
        examples_of(store, DrawnMasks(masks, ("The pixels are square.",)))


def test_a_plan_that_makes_no_sense() -> None:
    with pytest.raises(UsageError, match="never ends"):
        MaskPlan()
    with pytest.raises(UsageError, match="1 or more"):
        MaskPlan(1, batch=0)
