import subprocess
import sys
from pathlib import Path

import pytest
import torch

from tests.forgery.swap.toy import TOY
from unmask.errors import InputError, OutputError, Unreadable
from unmask.forgery.swap.checkpoint import (
    Checkpoint,
    DataOrder,
    checkpoints,
    newest,
    read_checkpoint,
    save_checkpoint,
)
from unmask.forgery.swap.curve import LossLine
from unmask.forgery.tensor_file import clear_away

ROOT = Path(__file__).parents[3]


def checkpoint(iteration: int, size: int = 500) -> Checkpoint:
    chance = torch.Generator().manual_seed(iteration)
    return Checkpoint(
        iteration,
        "toy",
        TOY.shape,
        DataOrder(1, 4, False, "ab", ""),
        {"encoder.weight": torch.randn(size, generator=chance), "inter.bias": torch.randn(3, 5, generator=chance)},
        {"encoder.weight.step": torch.tensor(float(iteration))},
        (LossLine(iteration, 0.1234567, float("nan")),),
        setbacks=2,
        seconds=1.5,
        consent_id="consent-7",
        facts={"purpose": "lesson"},
        made_with={"torch": "2"},
    )


def test_everything_comes_back(tmp_path: Path) -> None:
    saved = checkpoint(12)
    read = read_checkpoint(save_checkpoint(tmp_path, saved))
    for name in ("iteration", "preset", "shape", "order", "setbacks", "seconds", "consent_id", "facts", "made_with"):
        assert getattr(read, name) == getattr(saved, name)
    assert str(read.tail) == str(saved.tail)
    for name, tensor in {**saved.weights, **saved.optimiser}.items():
        assert torch.equal({**read.weights, **read.optimiser}[name], tensor)


def test_only_the_last_are_kept(tmp_path: Path) -> None:
    for iteration in (1, 20, 300, 4000):
        save_checkpoint(tmp_path, checkpoint(iteration), keep=2)
    assert [read_checkpoint(path).iteration for path in checkpoints(tmp_path)] == [4000, 300]


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_a_cut_checkpoint_gives_way_to_the_one_before(tmp_path: Path, share: float) -> None:
    save_checkpoint(tmp_path, checkpoint(100))
    cut = save_checkpoint(tmp_path, checkpoint(200))
    whole = cut.read_bytes()
    cut.write_bytes(whole[: int(share * len(whole))])
    found = newest(tmp_path)
    assert found.checkpoint is not None
    assert found.checkpoint.iteration == 100
    assert found.damaged == (cut,)
    (remark,) = found.remarks
    assert remark.startswith("The checkpoint 'checkpoint-000000200.safetensors' is damaged; ")
    assert remark.endswith("training goes on from the older one of iteration 100.")


@pytest.mark.parametrize("place", [30, -20])
def test_one_wrong_byte_is_noticed(tmp_path: Path, place: int) -> None:
    path = save_checkpoint(tmp_path, checkpoint(100))
    changed = bytearray(path.read_bytes())
    changed[place] ^= 4
    path.write_bytes(changed)
    with pytest.raises(InputError, match="damaged"):
        read_checkpoint(path)
    found = newest(tmp_path)
    assert found.checkpoint is None
    assert "begins anew" in found.remarks[0]


def test_a_missing_file_and_a_foreign_one_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        read_checkpoint(tmp_path / "nothing.safetensors")
    (tmp_path / "page.safetensors").write_bytes(b"<html>" * 100)
    with pytest.raises(InputError, match="no checkpoint of a face swap"):
        read_checkpoint(tmp_path / "page.safetensors")


def test_what_is_damaged_or_left_over_is_cleared_away(tmp_path: Path) -> None:
    path = save_checkpoint(tmp_path, checkpoint(100))
    (tmp_path / ".unmask-abc.safetensors").write_bytes(b"half")
    clear_away(tmp_path, (path,))
    assert [file.name for file in tmp_path.iterdir()] == [path.name + ".damaged"]


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"cannot be written: No such file or directory\.$"):
        save_checkpoint(tmp_path / "gone", checkpoint(1))


FULL_DISK = """
import resource, sys
from pathlib import Path
from tests.forgery.swap.test_checkpoint import checkpoint
from unmask.errors import OutputError
from unmask.forgery.swap.checkpoint import save_checkpoint
folder = Path(sys.argv[1])
save_checkpoint(folder, checkpoint(100))
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))
try:
    save_checkpoint(folder, checkpoint(200, size=100_000))
except OutputError as error:
    print(error)
"""


def test_a_full_disk_is_one_sentence_and_the_older_checkpoint_stays_whole(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FULL_DISK, str(tmp_path)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert told == "'checkpoint-000000200.safetensors' cannot be written: File too large.\n"
    assert [file.name for file in tmp_path.iterdir()] == ["checkpoint-000000100.safetensors"]
    found = newest(tmp_path)
    assert found.checkpoint is not None
    assert found.checkpoint.iteration == 100
    assert found.remarks == ()
