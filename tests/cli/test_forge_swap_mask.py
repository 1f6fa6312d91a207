import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.forgery.swap.drawings import box, cover, draw, polygon
from unmask.cli import forge_swap_mask
from unmask.errors import UsageError
from unmask.faces.pose import mean_face
from unmask.forgery.lab import open_lab
from unmask.forgery.swap.store import FaceSource, FaceStore, StoredFace, open_store, write_store

FACES = 12


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lab with twelve faces, a drawing on each but the last, of which one is broken, and a net that hardly learned."""
    lab = open_lab(tmp_path_factory.mktemp("masks") / "lab")
    points = (mean_face() * np.float32(0.2) + np.float32(32)).astype(np.float32)
    face = StoredFace("", 0, 0.0, points, (0.0, 0.0, 0.0), 50.0, 90.0, (120.0, 0.1), 0.02)
    made = FaceStore(lab.faces / "jo", "jo", "full", 64, (FaceSource("jo.mp4", "0" * 64),), (face,) * FACES)
    store = write_store(made, [np.full((64, 64, 3), (200, 150, 120), np.uint8)] * FACES)
    for number in range(FACES - 1):
        draw(store, number, polygon("exclude", cover(store, number)))
    (store.folder / "pictures" / "000011.json").write_text("{", encoding="utf-8")
    return lab.folder


@pytest.fixture(scope="module")
def net(home: Path) -> str:
    assert forge_swap_mask.train("jo", name="board", until="2it", threads=1, lab=home, quiet=True) == 0
    return "board"


def test_a_training_tells_how_the_net_does_beside_the_hull(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert forge_swap_mask.train("jo", name="new", until="1it", threads=1, lab=home, json=True, quiet=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["drawings"], told["held_out"], told["iterations"]) == (10, 2, 1)
    assert 0.3 < told["iou_of_hull"] < 0.9
    assert len(told["remarks"]) == 1
    assert forge_swap_mask.train("jo", name="new", until="1it", threads=1, lab=home, force=True, quiet=True) == 0
    said = capsys.readouterr().out
    assert "Of 10 drawings 2 were held out" in said
    assert f"the hull of the points {told['iou_of_hull']}" in said
    assert "000011.json" in said


def test_masks_are_shown(home: Path, net: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet = tmp_path / "sheet.png"
    assert forge_swap_mask.preview("jo", output=sheet, net=net, most=4, lab=home, json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["drawings"], told["sheet"]["ledger"]["kind"]) == (10, "sheet")
    assert "is no drawing" in told["remarks"][0]
    assert sheet.exists()


def test_masks_are_given_and_taken_away(home: Path, net: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert forge_swap_mask.apply("jo", net=net, lab=home, json=True, quiet=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["faces"], told["drawn"], told["of_net"]) == (12, 10, 2)
    assert all(face.mask for face in open_store(home / "faces" / "jo").faces)
    assert forge_swap_mask.apply("jo", clear=True, lab=home) == 0
    assert "learns the hulls" in capsys.readouterr().out
    assert not any(face.mask for face in open_store(home / "faces" / "jo").faces)


def test_drawings_may_lie_in_a_folder_of_their_own(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = open_store(home / "faces" / "jo")
    draw(store, 3, polygon("include", box(10, 10, 50, 50)), folder=tmp_path)
    assert forge_swap_mask.preview("jo", output=tmp_path / "a.png", drawn=tmp_path, lab=home) == 0
    said = capsys.readouterr().out
    assert "Forged: " in said
    assert "is no drawing" not in said


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (lambda home: forge_swap_mask.apply("jo", lab=home), "or take the masks away with --clear"),
        (lambda home: forge_swap_mask.apply("jo", net="a", clear=True, lab=home), "or take the masks away"),
        (lambda home: forge_swap_mask.apply("jo", net="none", lab=home, quiet=True), "holds no net of masks"),
        (lambda home: forge_swap_mask.train("jo", name="a/b", lab=home, quiet=True), "is no name"),
        (lambda home: forge_swap_mask.train("jo", name="a", until="soon", lab=home), "no time to train until"),
        (lambda home: forge_swap_mask.preview("nobody", output=Path("a.png"), lab=home), "holds no faces"),
        (
            lambda home: forge_swap_mask.train("jo", name="a", drawn=home / "out", lab=home, quiet=True),
            "There are 0 drawings",
        ),
    ],
)
def test_what_cannot_be_done_is_a_usage_error(home: Path, command: Callable[[Path], int], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        command(home)
