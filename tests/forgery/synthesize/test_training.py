from math import inf, nan
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.forgery.synthesize.toy import faces, plan
from unmask.errors import InputError, UsageError
from unmask.forgery.swap.curve import LOSS_FILE
from unmask.forgery.synthesize import methods
from unmask.forgery.synthesize.checkpoint import newest, read_checkpoint
from unmask.forgery.synthesize.plan import Recipe, SynthesisPlan
from unmask.forgery.synthesize.training import Progress, train


def losses(folder: Path) -> np.ndarray:
    return np.loadtxt(folder / LOSS_FILE, delimiter=",", skiprows=1)


@pytest.mark.parametrize("luma", [False, True])
def test_a_vae_learns_to_draw_drawn_faces(tmp_path: Path, *, luma: bool) -> None:
    train(faces(luma=luma), plan(50, color="luma" if luma else "colour", beta=1.0, width=3), tmp_path)
    lines = losses(tmp_path)
    assert len(lines) == 50
    assert lines[-10:, 1].mean() < 0.6 * lines[:3, 1].mean()


def test_a_gan_begins_as_a_vae_and_then_draws_on_its_own(tmp_path: Path) -> None:
    learned = train(faces(), plan(10, "gan"), tmp_path)
    lines = losses(tmp_path)
    assert learned.columns == ("generator", "discriminator")
    assert (lines[:4, 0] == [1, 2, 3, 4]).all()
    assert lines[4, 1] < 0.5 * lines[3, 1]  # the loss of a picture ends where that of verdicts begins
    weights = read_checkpoint(learned.checkpoint).tensors
    apart = (weights["weights.averaged.show.weight"] - weights["weights.generator.show.weight"]).abs().max()
    assert 0 < apart < 0.1


@pytest.mark.parametrize("method", ["vae", "gan"])
def test_a_training_that_was_cut_off_goes_on_bit_for_bit(tmp_path: Path, method: str) -> None:
    through, broken = tmp_path / "through", tmp_path / "broken"
    whole = train(faces(), plan(12, method), through)
    for end in (3, 7, 12):
        last = train(faces(), plan(end, method), broken)
        assert last.iteration == end
        assert not last.remarks
    assert (broken / LOSS_FILE).read_text() == (through / LOSS_FILE).read_text()
    one, other = (read_checkpoint(done.checkpoint).tensors for done in (whole, last))
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_ctrl_c_saves(tmp_path: Path) -> None:
    told: list[Progress] = []

    def press(progress: Progress) -> None:
        told.append(progress)
        if progress.iteration == 3:
            raise KeyboardInterrupt

    learned = train(faces(), plan(9), tmp_path, on_progress=press)
    assert learned.interrupted
    assert read_checkpoint(learned.checkpoint).iteration == 3
    assert told[-1].eta_seconds > 0


def test_a_loss_that_is_no_number_sets_training_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    train(faces(), plan(3), tmp_path)
    genuine, calls = methods.picture_loss, iter([1.0, nan])

    def broken_once(drawn: torch.Tensor, goal: torch.Tensor) -> torch.Tensor:
        return genuine(drawn, goal) * next(calls, 1.0)

    monkeypatch.setattr(methods, "picture_loss", broken_once)
    learned = train(faces(), plan(6), tmp_path)
    assert learned.iteration == 6
    assert learned.learning_rate == 1.5e-3
    assert "no number at iteration 5; training went back to iteration 3" in learned.remarks[0]
    assert losses(tmp_path)[:, 0].tolist() == [1, 2, 3, 4, 5, 6]


def test_a_loss_that_is_never_a_number_ends_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(methods, "divergence_of", lambda mean, _: mean.sum() * inf)
    with pytest.raises(InputError, match="after 5 setbacks; train anew with a lower learning rate"):
        train(faces(), plan(3), tmp_path)


def test_a_damaged_checkpoint_is_passed_over(tmp_path: Path) -> None:
    train(faces(), plan(2), tmp_path)
    last = train(faces(), plan(4), tmp_path).checkpoint
    content = bytearray(last.read_bytes())
    content[-3] ^= 1
    last.write_bytes(content)
    with pytest.raises(InputError, match="do not match their SHA-256"):
        read_checkpoint(last)
    again = train(faces(), plan(5), tmp_path)
    assert again.iteration == 5
    assert "is damaged and was passed over" in again.remarks[0]


def test_another_recipe_or_a_face_swap_in_the_folder_is_refused(tmp_path: Path) -> None:
    train(faces(), plan(1), tmp_path)
    with pytest.raises(UsageError, match="go on with that, or choose another name"):
        train(faces(), plan(2, seed=5), tmp_path)
    (tmp_path / "checkpoint-000000001.safetensors").touch()
    with pytest.raises(UsageError, match="holds a model of another kind"):
        train(faces(), plan(2), tmp_path)


def test_other_faces_are_told(tmp_path: Path) -> None:
    train(faces(), plan(1), tmp_path)
    assert "(the faces)" in train(faces(11), plan(2), tmp_path).remarks[0]


def test_few_checkpoints_stay(tmp_path: Path) -> None:
    for end in (1, 2, 3):
        train(faces(), plan(end), tmp_path)
    assert len(list(tmp_path.glob("synthesis-*"))) == 2
    found, damaged = newest(tmp_path)
    assert found is not None
    assert (found.iteration, damaged) == (3, ())


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"batch": 1}, "A batch holds 2 faces or more"),
        ({"seed": -1}, "A seed is 0 to"),
        ({"learning_rate": 1.0}, "A learning rate of 1.0 is not between 0 and 1"),
    ],
)
def test_a_recipe_that_makes_no_sense(changed: dict[str, float], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        plan(1, **changed)  # type: ignore[arg-type]


def test_a_plan_needs_an_end() -> None:
    with pytest.raises(UsageError, match="never ends"):
        SynthesisPlan(Recipe())
    with pytest.raises(UsageError, match="threads are 1 or more"):
        SynthesisPlan(Recipe(), 1, threads=0)


def test_faces_in_other_colours_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Faces of 1 channels are not in colour"):
        train(faces(luma=True), plan(1), tmp_path)
