import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from math import isnan, nan
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.forgery.swap.toy import BLUE, RED, discs, plan_of
from unmask.errors import InputError, OutputError, UsageError
from unmask.forgery.swap import trainer
from unmask.forgery.swap.checkpoint import newest, read_checkpoint
from unmask.forgery.swap.curve import LOSS_FILE, read_losses
from unmask.forgery.swap.losses import face_loss
from unmask.forgery.swap.model import SwapModel
from unmask.forgery.swap.plan import TrainingPlan
from unmask.forgery.swap.training import Progress, Trained, pretrain, train
from unmask.types import RgbImage

ROOT = Path(__file__).parents[3]


def trained(folder: Path, plan: TrainingPlan, **callbacks: object) -> Trained:
    return train(discs(RED), discs(BLUE, seed=2), plan, folder, **callbacks)  # type: ignore[arg-type]


def losses(folder: Path) -> str:
    return (folder / LOSS_FILE).read_text()


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training of 40 iterations that ran through. Never write to it."""
    folder = tmp_path_factory.mktemp("unbroken")
    trained(folder, plan_of(40))
    return folder


@pytest.mark.parametrize("arch", ["df", "liae"])
def test_it_learns_both_faces_and_the_swap_has_the_colour_of_src(tmp_path: Path, arch: str) -> None:
    first = trained(tmp_path, plan_of(1, arch=arch))
    last = trained(tmp_path, plan_of(220, arch=arch))
    assert last.src_held_out < 0.5 * first.src_held_out
    assert last.dst_held_out < 0.5 * first.dst_held_out
    faces = discs(BLUE, seed=3)
    swap = SwapModel.load(last.checkpoint).swap(faces.images)
    inside = faces.masks > 0
    drawn = swap.images[inside].mean(axis=0)
    to_src, to_dst = (
        np.linalg.norm(drawn - discs(color).images[discs(color).masks > 0].mean(0)) for color in (RED, BLUE)
    )
    assert to_src < 0.4 * to_dst
    assert swap.masks[inside].mean() > 0.8
    assert swap.masks[~inside].mean() < 0.2


KILLED = """
import sys, time
from pathlib import Path
from tests.forgery.swap.toy import BLUE, RED, discs, plan_of
from unmask.forgery.swap.training import train

def wait_to_be_killed(done):
    if done.iteration == 29:
        print("now", flush=True)
        time.sleep(600)

plan = plan_of(40, save_every_seconds=0.05)
train(discs(RED), discs(BLUE, seed=2), plan, Path(sys.argv[1]), on_progress=wait_to_be_killed)
"""


def test_a_killed_training_goes_on_as_if_nothing_had_been(tmp_path: Path, unbroken: Path) -> None:
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"now\n"
        child.send_signal(signal.SIGKILL)
    assert len(read_losses(tmp_path / LOSS_FILE)) == 29
    found = newest(tmp_path).checkpoint
    assert found is not None
    assert 0 < found.iteration < 29
    resumed = trained(tmp_path, plan_of(40))
    assert losses(tmp_path) == losses(unbroken)
    assert resumed.remarks == ()
    weights, goal = (read_checkpoint(folder / resumed.checkpoint.name).weights for folder in (tmp_path, unbroken))
    assert all(torch.equal(weights[name], goal[name]) for name in goal)


def test_a_cut_checkpoint_is_remarked_and_the_losses_stay_those_of_an_unbroken_run(
    tmp_path: Path, unbroken: Path
) -> None:
    trained(tmp_path, plan_of(10))
    newer = trained(tmp_path, plan_of(20)).checkpoint
    newer.write_bytes(newer.read_bytes()[: newer.stat().st_size // 2])
    resumed = trained(tmp_path, plan_of(40))
    assert "is damaged; training goes on from the older one of iteration 10" in resumed.remarks[0]
    assert losses(tmp_path) == losses(unbroken)
    assert newer.with_name(newer.name + ".damaged").exists()


def test_a_plan_that_is_fulfilled_takes_no_step(tmp_path: Path, unbroken: Path) -> None:
    trained(tmp_path, plan_of(5))
    again = trained(tmp_path, plan_of(5))
    assert again.iteration == 5
    assert losses(tmp_path).splitlines() == losses(unbroken).splitlines()[:6]


FULL_DISK = """
import resource, sys
from pathlib import Path
from tests.forgery.swap.toy import BLUE, RED, discs, plan_of
from unmask.errors import OutputError
from unmask.forgery.swap.training import train

def fill(done):
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

try:
    train(discs(RED), discs(BLUE, seed=2), plan_of(3), Path(sys.argv[1]), on_progress=fill)
except OutputError as error:
    print(error)
"""


def test_a_full_disk_ends_it_with_one_sentence_and_it_can_go_on_later(tmp_path: Path, unbroken: Path) -> None:
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told == "'checkpoint-000000003.safetensors' cannot be written: File too large.\n"
    assert trained(tmp_path, plan_of(40)).remarks == ()
    assert losses(tmp_path) == losses(unbroken)


def spoil(monkeypatch: pytest.MonkeyPatch, *spoilt: int, value: float = nan) -> None:
    """Make the loss of some calls no number; two calls are one iteration."""
    calls = iter(range(1, 1_000_000))

    def sometimes(*arguments: object) -> torch.Tensor:
        loss: torch.Tensor = face_loss(*arguments)  # type: ignore[arg-type]
        return loss * value if not spoilt or next(calls) in spoilt else loss

    monkeypatch.setattr(trainer, "face_loss", sometimes)


@pytest.mark.parametrize("value", [nan, float("inf")])
def test_a_loss_that_is_no_number_sets_training_back_and_halves_the_rate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: float
) -> None:
    trained(tmp_path, plan_of(4))
    before = losses(tmp_path)
    spoil(monkeypatch, 5, value=value)
    last = trained(tmp_path, plan_of(10))
    assert last.iteration == 10
    assert last.learning_rate == pytest.approx(0.0005)
    assert last.remarks == (
        "The loss was no number at iteration 7; training went back to iteration 4 and on with a learning rate of 0.0005.",
    )
    assert losses(tmp_path).startswith(before)
    assert [line.iteration for line in read_losses(tmp_path / LOSS_FILE)] == list(range(1, 11))
    monkeypatch.undo()
    assert trained(tmp_path, plan_of(12)).learning_rate == pytest.approx(0.0005)


def test_after_five_setbacks_it_gives_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(monkeypatch)
    with pytest.raises(InputError, match="no number at iteration 1, after 5 setbacks"):
        trained(tmp_path, plan_of(10))


def test_an_interrupt_in_a_callback_saves_and_returns(tmp_path: Path, unbroken: Path) -> None:
    def interrupt(done: Progress) -> None:
        if done.iteration == 7:
            raise KeyboardInterrupt

    stopped = trained(tmp_path, plan_of(40), on_progress=interrupt)
    assert (stopped.interrupted, stopped.iteration) == (True, 7)
    assert read_checkpoint(stopped.checkpoint).iteration == 7
    assert not trained(tmp_path, plan_of(40)).interrupted
    assert losses(tmp_path) == losses(unbroken)


def test_ctrl_c_ends_it_after_the_step(tmp_path: Path) -> None:
    def press(done: Progress) -> None:
        if done.iteration == 3:
            os.kill(os.getpid(), signal.SIGINT)

    stopped = trained(tmp_path, plan_of(40), on_progress=press)
    assert (stopped.interrupted, stopped.iteration) == (True, 3)


def test_it_ends_when_its_time_is_over_and_tells_how_long_it_takes(tmp_path: Path) -> None:
    told: list[Progress] = []
    begun = time.monotonic()
    last = trained(tmp_path, plan_of(None, until_seconds=1.0), on_progress=told.append)
    assert 1.0 <= last.seconds < time.monotonic() - begun + 0.1
    assert [done.iteration for done in told] == list(range(1, last.iteration + 1))
    assert told[0].eta_seconds > told[-1].eta_seconds == 0
    assert told[-1].iterations_per_second == pytest.approx(last.iteration / last.seconds, rel=0.01)


def test_previews_are_handed_over_and_never_written(tmp_path: Path) -> None:
    sheets: list[tuple[RgbImage, int]] = []
    trained(
        tmp_path, plan_of(5, preview_every=2), on_preview=lambda sheet, iteration: sheets.append((sheet, iteration))
    )
    assert [iteration for _, iteration in sheets] == [2, 4, 5]
    assert (sheets[0][0] != sheets[2][0]).any()
    assert {file.suffix for file in tmp_path.iterdir()} == {".csv", ".safetensors"}


def test_consent_and_facts_are_kept(tmp_path: Path) -> None:
    plan = plan_of(1, consent_id="consent-7", facts={"purpose": "lesson"})
    kept = read_checkpoint(trained(tmp_path, plan).checkpoint)
    assert (kept.consent_id, kept.facts) == ("consent-7", {"purpose": "lesson"})
    assert kept.order.src_sha256 == discs(RED).sha256


@pytest.mark.parametrize("arch", ["df", "liae"])
def test_a_training_begins_from_a_pretrained_one(tmp_path: Path, arch: str) -> None:
    before = pretrain(discs((150, 150, 90), seed=5), plan_of(3, arch=arch), tmp_path / "many")
    assert isnan(before.dst_held_out)
    train(discs(RED), discs(BLUE), plan_of(1, arch=arch), tmp_path / "two", pretrained=before.checkpoint)
    begun = read_checkpoint(tmp_path / "two" / "checkpoint-000000000.safetensors").weights
    taken = read_checkpoint(before.checkpoint).weights
    for name, weight in begun.items():
        if not name.startswith("decoder"):
            assert torch.equal(weight, taken[name.replace("inter_b.", "inter_ab.")])


def test_a_pretrained_one_of_another_shape_is_refused(tmp_path: Path) -> None:
    before = pretrain(discs(RED), plan_of(1), tmp_path / "many")
    with pytest.raises(UsageError, match="does not fit"):
        trained(tmp_path / "two", plan_of(1, arch="liae"), pretrained=before.checkpoint)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        trained(tmp_path / "file", plan_of(1))


def test_faces_of_any_size_are_taken(tmp_path: Path) -> None:
    src, dst = discs(RED, 12, side=48), discs(BLUE, 12, side=80)
    assert train(src, dst, replace(plan_of(1), batch=2), tmp_path).iteration == 1
