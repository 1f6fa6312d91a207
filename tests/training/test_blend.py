from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.training.drawn_faces import drawn_faces
from unmask.errors import InputError, UsageError
from unmask.forgery.tensor_file import read_tensors, write_tensors
from unmask.networks.blend import BlendNetwork
from unmask.training.blend import CHECKPOINT, CURVE, BlendRecipe, Look, _as_batch, blend_loss, split_people, train_blend
from unmask.training.blend_looks import answers_of, area, trials_of
from unmask.training.blend_pairs import Pair

TINY = BlendRecipe(iterations=2, pairs=1, look_every=1)


def test_no_person_is_both_learned_from_and_asked_about() -> None:
    seen, unseen = split_people(drawn_faces(), seed=1)
    assert len({faces.person for faces in unseen}) == 2
    assert {faces.person for faces in seen}.isdisjoint({faces.person for faces in unseen})


def test_too_few_people_are_refused_with_their_number() -> None:
    with pytest.raises(UsageError, match="faces of 3 people"):
        split_people(drawn_faces()[:3], seed=1)


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), float("inf")])
def test_a_recipe_that_trains_nothing_is_refused(rate: float) -> None:
    with pytest.raises(UsageError, match="learning rate"):
        BlendRecipe(rate=rate)


@pytest.mark.skipif(torch.cuda.is_available(), reason="it would be trained there")
def test_a_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match="no device 'cuda:1' here; train on the processor, 'cpu'"):
        BlendRecipe(device="cuda:1")


def test_a_broken_training_goes_on_where_it_was_and_comes_to_the_same(tmp_path: Path) -> None:
    faces = [replace(one, images=one.images[:1], landmarks=one.landmarks[:1]) for one in drawn_faces()]
    whole = train_blend(faces, tmp_path / "whole", TINY)

    def stop(_: Look) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        train_blend(faces, tmp_path / "broken", TINY, on_look=stop)
    begun: list[int] = []
    mended = train_blend(faces, tmp_path / "broken", TINY, on_step=begun.append)
    assert begun == [2]
    assert [look.iteration for look in mended.looks] == [1, 2]
    assert mended.best_iteration == (2 if mended.looks[1].area > mended.looks[0].area else 1)
    assert mended.answers == whole.answers
    lines = (tmp_path / "broken" / CURVE).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 3

    with pytest.raises(UsageError, match="another recipe"):
        train_blend(faces, tmp_path / "broken", replace(TINY, seed=2))
    (tmp_path / "broken" / CHECKPOINT).write_bytes(b"nothing")
    with pytest.raises(InputError, match="damaged"):
        train_blend(faces, tmp_path / "broken", TINY)


def test_the_loss_falls_as_forged_pictures_and_places_are_told_apart() -> None:
    masks = torch.zeros(2, 28, 28)
    masks[0, 5:20, 5:20] = 1
    right, wrong = (
        blend_loss(torch.tensor([2.0, -2.0]), 4 * masks - 2, masks),
        blend_loss(torch.tensor([-2.0, 2.0]), 2 - 4 * masks, masks),
    )
    assert right < 0.5 < wrong


def test_without_pairs_each_picture_is_asked_about_by_itself(tmp_path: Path) -> None:
    alike = torch.tensor([1.0, 1.0]), torch.zeros(2, 28, 28), torch.zeros(2, 28, 28)
    assert blend_loss(*alike, paired=False) < blend_loss(*alike)
    faces = [replace(one, images=one.images[:1], landmarks=one.landmarks[:1]) for one in drawn_faces()]
    apart, paired = (
        train_blend(faces, tmp_path / str(kept), replace(TINY, iterations=1, paired=kept)) for kept in (False, True)
    )
    assert apart.looks[0].loss != paired.looks[0].loss
    assert apart.untrained == paired.untrained


def test_originals_of_others_take_the_place_of_ones_own() -> None:
    def pair(level: int) -> Pair:
        fake, real = (np.full((224, 224, 3), shade, np.uint8) for shade in (level + 9, level))
        return Pair("paste", fake, real, np.ones((224, 224), np.float32))

    dark, light = pair(30), pair(200)
    together, _ = _as_batch([dark], [dark], np.random.default_rng(1))
    apart, _ = _as_batch([dark], [light], np.random.default_rng(1))
    assert torch.equal(together[0], apart[0])
    assert abs(float(together[1].mean() - together[0].mean())) < 0.1
    assert float(apart[1].mean() - apart[0].mean()) > 0.1


def test_a_network_that_knows_the_truth_is_found_to_be_right() -> None:
    """The measure of worth, on a network whose answers are put into its mouth."""
    trials = trials_of(drawn_faces()[:2], seed=1)
    assert {trial.kind for trial in trials} >= {"poisson", "smoothed", "part"}

    class Knowing(BlendNetwork):
        def forward(self, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            for trial in trials:
                if np.array_equal(trial.fakes, pictures.numpy()):
                    return torch.ones(len(pictures)), torch.from_numpy(trial.masks) - 0.5 * float(trial.masks.max())
            return -torch.ones(len(pictures)), -torch.ones(len(pictures), 28, 28)

    answers = answers_of(Knowing(), trials)
    assert area(answers) == 1.0
    assert min(one.pointed for one in answers) == 1.0
    assert np.median([one.overlap for one in answers]) > 0.9


def test_a_checkpoint_of_a_recipe_from_before_there_was_a_choice_of_network_is_gone_on_with(tmp_path: Path) -> None:
    faces = [replace(one, images=one.images[:1], landmarks=one.landmarks[:1]) for one in drawn_faces()]
    train_blend(faces, tmp_path, TINY)
    told, tensors = read_tensors(tmp_path / CHECKPOINT, "checkpoint", lambda head, kept: (head, dict(kept)))
    del told["recipe"]["net"]
    write_tensors(tmp_path / CHECKPOINT, tensors, told)
    begun: list[int] = []
    train_blend(faces, tmp_path, TINY, on_step=begun.append)
    assert not begun
