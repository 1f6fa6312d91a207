from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from tests.detectors.brightness import calibration_of
from tests.models.drawn import write_card, write_network
from unmask.errors import MissingComponent, OutputError, UsageError
from unmask.faces.align import CROP_SIDE
from unmask.models.calibration import Calibration
from unmask.models.folder import (
    AddedModel,
    added,
    keep,
    open_model,
    read_model,
    remove,
    require_free,
    require_writable,
    tried,
)

WHITE = np.full((CROP_SIDE, CROP_SIDE, 3), 255, np.uint8)


def put(place: Path, calibration: Calibration | None = None, gain: float = 10.0) -> AddedModel:
    """A model in the folder ``models`` of a place."""
    network, card = write_network(place / "n.onnx", gain=gain), write_card(place / "c.toml")
    with tried(network, card) as candidate:
        return keep(candidate, place / "models", calibration)


@pytest.mark.parametrize("calibration", [None, calibration_of(0.8), calibration_of(None)])
def test_a_model_that_was_kept_is_found_and_runs(tmp_path: Path, calibration: Calibration | None) -> None:
    kept = put(tmp_path, calibration)
    folder = tmp_path / "models"
    assert added(folder) == ("brightness",)
    assert sorted(path.name for path in folder.iterdir()) == ["brightness.json", "brightness.onnx", "brightness.toml"]
    assert read_model(folder, "brightness") == kept
    model = open_model(kept)
    assert model.calibration == calibration
    assert model.sha256 == sha256((tmp_path / "n.onnx").read_bytes()).hexdigest()
    assert model.log_odds(WHITE) == pytest.approx(5.0, abs=1e-4)


def test_a_model_put_in_the_place_of_another_is_the_one_that_runs(tmp_path: Path) -> None:
    put(tmp_path, calibration_of(0.8))
    again = put(tmp_path, gain=20.0)
    assert added(tmp_path / "models") == ("brightness",)
    assert open_model(again).log_odds(WHITE) == pytest.approx(10.0, abs=1e-4)
    assert read_model(tmp_path / "models", "brightness").record.calibration is None


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    put(tmp_path)
    with pytest.raises(UsageError, match=r"A detector of unmask is called 'seam'; give the model another name"):
        require_free(tmp_path / "models", "seam", ("pulse", "seam"), force=True)
    with pytest.raises(UsageError, match=r"A model called 'brightness' was added before; --force"):
        require_free(tmp_path / "models", "brightness", ("seam",), force=False)
    require_free(tmp_path / "models", "brightness", ("seam",), force=True)


def test_a_file_that_is_not_the_one_of_its_card_is_refused(tmp_path: Path) -> None:
    network = write_network(tmp_path / "n.onnx")
    digest = sha256(network.read_bytes()).hexdigest()
    named = ('source = "drawn for a test"', f'source = "a"\nsha256 = "{digest.upper()}"')
    with tried(network, write_card(tmp_path / "c.toml", named)) as candidate:
        assert candidate.model.sha256 == digest
    wrong = ('source = "drawn for a test"', f'source = "a"\nsha256 = "{"0" * 64}"')
    with (
        pytest.raises(UsageError, match=rf"'n\.onnx' has SHA-256 {digest[:12]}…, its card says 000000000000…"),
        tried(network, write_card(tmp_path / "c.toml", wrong)),
    ):
        pass


def test_what_is_no_network_or_not_there_is_refused_by_its_own_name(tmp_path: Path) -> None:
    card = write_card(tmp_path / "c.toml")
    (tmp_path / "photo.onnx").write_bytes(b"nonsense" * 50)
    for name, told in (("photo.onnx", r"^'photo\.onnx' is no ONNX network"), ("gone.onnx", r"^'gone\.onnx' cannot be")):
        with pytest.raises(UsageError, match=told), tried(tmp_path / name, card):
            pass


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("brightness.onnx", "has SHA-256"),
        ("brightness.toml", "has another card 'brightness.toml'"),
        ("brightness.json", "cannot be read"),
    ],
)
def test_a_model_that_was_altered_is_said_with_its_name_and_the_way_out(tmp_path: Path, name: str, told: str) -> None:
    put(tmp_path)
    place = tmp_path / "models" / name
    place.write_bytes(place.read_bytes() + b"\n# more\n")
    with pytest.raises(MissingComponent) as caught:
        open_model(read_model(tmp_path / "models", "brightness"))
    assert str(caught.value).startswith(f"Your model 'brightness' {told}")
    assert "add it again with 'unmask models add --force'" in str(caught.value)


@pytest.mark.parametrize("name", ["brightness.onnx", "brightness.toml"])
def test_a_model_of_which_a_part_is_gone_is_said_too(tmp_path: Path, name: str) -> None:
    put(tmp_path)
    (tmp_path / "models" / name).unlink()
    with pytest.raises(MissingComponent, match="Your model 'brightness' cannot be read"):
        open_model(read_model(tmp_path / "models", "brightness"))


def test_a_folder_that_is_none_or_holds_other_things_holds_no_models(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    odd = tmp_path / "odd"
    odd.mkdir()
    for name in ("half.onnx", ".unmask-x.json", "Other Thing.json", "a.txt"):
        (odd / name).write_text("{}")
    assert added(tmp_path / "nowhere") == added(tmp_path / "file") == added(odd) == ()


def test_a_model_is_removed_whole_even_when_it_was_altered(tmp_path: Path) -> None:
    put(tmp_path)
    folder = tmp_path / "models"
    (folder / "brightness.toml").unlink()
    with pytest.raises(UsageError, match=r"No model of yours is called 'brightnes'\. Did you mean 'brightness'\?"):
        remove(folder, "brightnes")
    remove(folder, "brightness")
    assert list(folder.iterdir()) == []
    with pytest.raises(UsageError, match="There are none"):
        remove(folder, "brightness")


def test_a_folder_that_cannot_be_written_is_refused_beforehand(tmp_path: Path) -> None:
    require_writable(tmp_path / "new" / "models")
    assert not (tmp_path / "new").exists()
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OutputError, match=r"cannot be written: 'file' is no folder; name another with UNMASK_MODELS"):
        require_writable(tmp_path / "file" / "models")


def test_a_folder_that_cannot_be_written_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file stands where the folder should be")
    with pytest.raises(OutputError, match="cannot be written"):
        put(tmp_path)
