import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from tests.forgery.swap.toy import TOY
from unmask.errors import InputError, UsageError
from unmask.forgery.consent import Basis, Enrolment, Evidence, Scope, enrol, note_descent, today
from unmask.forgery.lab import Lab
from unmask.forgery.swap.checkpoint import Checkpoint, DataOrder, save_checkpoint
from unmask.forgery.swap.descent import Descent
from unmask.forgery.swap.export import INPUT, OUTPUTS, export_model, write_onnx
from unmask.forgery.swap.model import SwapModel
from unmask.networks.autoencoder import SwapNetwork
from unmask.networks.inference import OnnxNetwork
from unmask.networks.shape import Arch, SwapShape
from unmask.provenance.ledger import Entry, record

SIDE = TOY.shape.resolution
FACE = tuple(float(value) for value in np.linspace(-0.1, 0.1, 128))
FILM = "ab" * 32


def consent_for(lab: Lab, *scope: Scope, basis: Basis = "subject-consent", days: int = 30) -> str:
    faces = () if basis == "puppet" else (np.array(FACE),)
    last = today() + timedelta(days=days)
    return enrol(lab, Enrolment(f"Jo {days}", basis, last, Evidence(sha256=FILM, name="form.pdf"), faces, scope)).id


def descent(*consents: str, keep_inside: bool = False) -> Descent:
    return Descent("jo", "bo", FACE, FACE, False, False, "full", consents, keep_inside, (FILM,))


def trained(lab: Lab, told: Descent, name: str = "m", shape: SwapShape = TOY.shape) -> Checkpoint:
    """A model of a lab, whose training has just begun."""
    torch.manual_seed(1)
    order = DataOrder(1, 4, False, "a", "b")
    weights = SwapNetwork(shape).state_dict()
    checkpoint = Checkpoint(7, "toy", shape, order, weights, {}, facts=told.as_facts())
    folder = lab.models / name
    folder.mkdir(parents=True)
    note_descent(folder, told.consents)
    save_checkpoint(folder, checkpoint)
    return checkpoint


@pytest.mark.parametrize("arch", ["df", "liae"])
def test_the_file_draws_what_the_model_draws(lab: Lab, tmp_path: Path, arch: Arch) -> None:
    shape = replace(TOY.shape, arch=arch)
    checkpoint = trained(lab, descent(consent_for(lab, "train", "export")), shape=shape)
    done = export_model(lab, "m", tmp_path / "m.dfm")
    assert done.apart < 1e-3
    faces = np.random.default_rng(2).integers(0, 256, (1, SIDE, SIDE, 3), np.uint8)
    own_mask, drawn, mask = OnnxNetwork(done.path)({INPUT: faces[..., ::-1].astype(np.float32) / 255})
    model = SwapModel.of(checkpoint)
    wanted = model.swap(faces)
    assert np.abs(drawn[..., ::-1] * 255 - wanted.images).max() < 0.75  # one side is rounded
    assert np.abs(mask[..., 0] - wanted.masks).max() < 1e-3
    assert np.abs(own_mask[..., 0] - model.reconstruct(faces, "dst").masks).max() < 1e-3


def test_names_shapes_and_metadata_are_those_of_a_dfm(lab: Lab, tmp_path: Path) -> None:
    consents = consent_for(lab, "export", days=9), consent_for(lab, "export", "swap", days=3)
    trained(lab, descent(*consents))
    export_model(lab, "m", tmp_path / "m.dfm")
    file = onnx.load(str(tmp_path / "m.dfm"))
    shapes = {
        value.name: [dim.dim_value for dim in value.type.tensor_type.shape.dim]
        for value in (*file.graph.input, *file.graph.output)
    }
    assert shapes == {
        "in_face:0": [1, SIDE, SIDE, 3],
        "out_face_mask:0": [1, SIDE, SIDE, 1],
        "out_celeb_face:0": [1, SIDE, SIDE, 3],
        "out_celeb_face_mask:0": [1, SIDE, SIDE, 1],
    }
    assert tuple(value.name for value in file.graph.output) == OUTPUTS
    facts = {entry.key: entry.value for entry in file.metadata_props}
    assert facts["consents"] == ",".join(consents)
    assert facts["subjects"] == "Jo 9, Jo 3"
    assert facts["consents_expire"] == (today() + timedelta(days=3)).isoformat()
    assert (facts["preset"], facts["iteration"], facts["src"], facts["dst"]) == ("toy", "7", "jo", "bo")
    assert "labelled as forged" in facts["licence"]
    assert "draws jo" in facts["card"]


def test_a_person_who_did_not_agree_to_export_is_not_exported(lab: Lab, tmp_path: Path) -> None:
    trained(lab, descent(consent_for(lab, "export"), consent_for(lab, "train", "swap")))
    with pytest.raises(UsageError, match="covers train, swap, not export"):
        export_model(lab, "m", tmp_path / "m.dfm")
    assert list(tmp_path.glob("*.dfm")) == []


def test_a_model_on_no_consent_is_not_exported(lab: Lab, tmp_path: Path) -> None:
    trained(lab, descent())
    with pytest.raises(UsageError, match="Nobody has agreed"):
        export_model(lab, "m", tmp_path / "m.dfm")


def test_a_consent_that_has_ended_holds_no_more(lab: Lab, tmp_path: Path) -> None:
    identifier = consent_for(lab, "export")
    trained(lab, descent(identifier))
    place = lab.consents / f"{identifier}.json"
    told = json.loads(place.read_text()) | {"granted": "2020-01-01", "expires": date(2020, 2, 1).isoformat()}
    place.write_text(json.dumps(told))
    with pytest.raises(UsageError, match="expired on 2020-02-01"):
        export_model(lab, "m", tmp_path / "m.dfm")


def test_puppets_need_not_be_asked_but_only_those_that_the_lab_drew(lab: Lab, tmp_path: Path) -> None:
    trained(lab, descent(consent_for(lab, "train", "swap", basis="puppet")))
    with pytest.raises(UsageError, match="not export"):
        export_model(lab, "m", tmp_path / "m.dfm")
    record(lab.ledger, Entry("puppet.mp4", "puppet", FILM))
    assert export_model(lab, "m", tmp_path / "m.dfm").path.is_file()


def test_a_licensed_corpus_stays_in_the_lab(lab: Lab, tmp_path: Path) -> None:
    trained(lab, descent(consent_for(lab, "export", basis="licensed-corpus"), keep_inside=True))
    with pytest.raises(UsageError, match="lies outside the lab"):
        export_model(lab, "m", tmp_path / "m.dfm")
    outwards = lab.folder / "door"
    outwards.symlink_to(tmp_path)
    with pytest.raises(UsageError, match="lies outside the lab"):
        export_model(lab, "m", outwards / "m.dfm")
    assert export_model(lab, "m", lab.outputs / "m.dfm").path.is_file()


@pytest.mark.parametrize(("name", "told"), [("m.pt", "must end with"), ("there.dfm", "is there already")])
def test_a_place_that_is_not_fit_is_refused(lab: Lab, tmp_path: Path, name: str, told: str) -> None:
    trained(lab, descent(consent_for(lab, "export")))
    (tmp_path / "there.dfm").write_bytes(b"mine")
    with pytest.raises(UsageError, match=told):
        export_model(lab, "m", tmp_path / name)
    assert (tmp_path / "there.dfm").read_bytes() == b"mine"


def test_weights_that_draw_no_numbers_are_not_written(tmp_path: Path) -> None:
    network = SwapNetwork(TOY.shape)
    with torch.no_grad():
        next(network.encoder.parameters()).fill_(float("nan"))
    with pytest.raises(InputError, match="away from the model's"):
        write_onnx(network, tmp_path / "m.onnx", {})
    assert list(tmp_path.iterdir()) == []
