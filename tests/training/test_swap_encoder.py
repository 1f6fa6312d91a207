from pathlib import Path

import cv2
import pytest
import torch

from tests.puppet import Stage, film
from unmask.errors import UsageError
from unmask.forgery.swap.checkpoint import read_checkpoint
from unmask.training import swap_encoder


@pytest.fixture(scope="module")
def portraits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of pictures of a puppet that turns its head."""
    folder = tmp_path_factory.mktemp("encoder") / "portraits"
    folder.mkdir()
    for number, frame in enumerate(film(Stage(seconds=2.0))):
        if number % 4 == 0:
            cv2.imwrite(str(folder / f"{number:03}.png"), cv2.cvtColor(frame.image, cv2.COLOR_RGB2BGR))
    return folder


def test_one_command_gathers_faces_trains_and_writes_the_encoder_alone(
    portraits: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "encoder.safetensors"
    swap_encoder.main(tmp_path / "lab", 2, out, [portraits])
    written = read_checkpoint(out)
    assert written.iteration == 2
    assert written.preset == "tiny96"
    assert {name.split(".")[0] for name in written.weights} == {"encoder", "inter"}
    assert {tensor.dtype for tensor in written.weights.values()} == {torch.float16}
    assert not written.optimiser
    whole = read_checkpoint(max((tmp_path / "lab" / "models" / "encoder").glob("checkpoint-*")))
    assert any(name.startswith("decoder") for name in whole.weights)
    assert all((whole.weights[name].half() == tensor).all() for name, tensor in written.weights.items())
    assert "1-portraits: " in capsys.readouterr().err

    swap_encoder.main(tmp_path / "lab", 3, out, [portraits])  # goes on, and gathers no faces again
    assert read_checkpoint(out).iteration == 3
    assert "faces" not in capsys.readouterr().err


def test_a_folder_without_a_face_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="No face is seen"):
        swap_encoder.main(tmp_path / "lab", 1, tmp_path / "out.safetensors", [tmp_path / "empty"])
