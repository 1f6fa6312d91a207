import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from unmask.cli import forge_swap_look
from unmask.errors import UsageError
from unmask.faces.pose import mean_face
from unmask.forgery.consent import Enrolment, Evidence, Scope, enrol, note_descent, today
from unmask.forgery.lab import open_lab
from unmask.forgery.swap.checkpoint import Checkpoint, DataOrder, save_checkpoint
from unmask.forgery.swap.descent import Descent
from unmask.forgery.swap.store import FaceSource, FaceStore, StoredFace, write_store
from unmask.networks.autoencoder import SwapNetwork
from unmask.networks.shape import SwapShape

PLACE = tuple(float(value) for value in np.linspace(-0.1, 0.1, 128))
SHAPE = SwapShape("df", 32, 8, 32, 16, 4, 2)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A lab with the faces of someone who looks ahead."""
    lab = open_lab(tmp_path / "lab")
    points = (mean_face() * np.float32(0.2) + np.float32(32)).astype(np.float32)
    faces = tuple(
        StoredFace("", 0, k / 10, points, (float(yaw), 0.0, 0.0), 50.0, 90.0, (120.0, 0.1), 0.02)
        for k, yaw in enumerate(np.linspace(-23, 20, 80))
    )
    store = FaceStore(lab.faces / "jo", "jo", "full", 64, (FaceSource("jo.mp4", "0" * 64),), faces)
    write_store(store, [np.full((64, 64, 3), 90, np.uint8)] * len(faces))
    return lab.folder


def model(home: Path, *scope: Scope) -> str:
    """A model of two people who agreed to these uses; the identifier of the consent."""
    lab = open_lab(home)
    evidence = Evidence(sha256="0" * 64, name="form.pdf")
    consent = enrol(lab, Enrolment("Jo", "own-face", today(), evidence, (np.array(PLACE),), scope)).id
    told = Descent("jo", "bo", PLACE, PLACE, False, False, "full", (consent,), False, ("0" * 64,))
    torch.manual_seed(1)
    order = DataOrder(1, 4, False, "a", "b")
    (lab.models / "m").mkdir()
    note_descent(lab.models / "m", (consent,))
    weights = SwapNetwork(SHAPE).state_dict()
    save_checkpoint(lab.models / "m", Checkpoint(9, "toy", SHAPE, order, weights, {}, facts=told.as_facts()))
    return consent


def test_coverage_tells_a_person_what_their_films_give_away(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert forge_swap_look.coverage("jo", lab=home) == 0
    told = capsys.readouterr().out
    assert told.startswith("jo: 80 faces, yaw -20.8° to 17.8°")
    assert "Nothing beyond 21° to the image's left." in told
    assert "few pictures are no protection" in told


def test_coverage_as_json_and_as_a_picture(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "jo.png"
    assert forge_swap_look.coverage("jo", output=picture, lab=home, json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert np.sum(told["cells"]["faces"]) == np.sum(told["mouth"]["faces"]) == told["faces"] == 80
    assert len(told["cells"]["faces"][0]) == len(told["cells"]["yaw_edges"]) - 1
    assert 0.05 < told["cap_share"] < 0.25
    drawn = cv2.imread(str(picture))
    assert drawn is not None
    assert min(drawn.shape[:2]) > 400


def test_a_model_whose_faces_are_gone_is_told_as_not_measured(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    model(home, "train")
    assert forge_swap_look.measure("m", lab=home) == 0
    told = capsys.readouterr().out
    assert "m: 9 iterations, faces of 32 pixels" in told
    assert "src drawn as src: not measured" in told


def test_an_export_names_its_consents(home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    consent = model(home, "train", "export")
    assert forge_swap_look.export("m", output=tmp_path / "m.dfm", lab=home, json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["metadata"]["consents"] == consent
    assert told["largest_difference"] < 1e-3
    assert forge_swap_look.export("m", output=tmp_path / "m.dfm", lab=home, force=True) == 0
    assert f"Consents {consent}, which end on {today()}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (lambda home: forge_swap_look.coverage("nobody", lab=home), "holds no faces"),
        (lambda home: forge_swap_look.coverage("jo", output=Path("a.jpg"), lab=home), "must end with .png"),
        (lambda home: forge_swap_look.measure("none", lab=home), "holds no model"),
        (lambda home: forge_swap_look.measure("m", film=Path("a.mp4"), lab=home), "name both"),
        (lambda home: forge_swap_look.export("m", output=home / "m.dfm", lab=home), "not export"),
    ],
)
def test_what_cannot_be_done_is_a_usage_error(home: Path, command: Callable[[Path], int], told: str) -> None:
    model(home, "train", "swap")
    with pytest.raises(UsageError, match=told):
        command(home)
