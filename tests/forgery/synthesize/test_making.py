import json
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.forgery.swap.toy import BLUE, RED
from tests.forgery.synthesize.toy import plan, store
from unmask.errors import UsageError
from unmask.forgery.consent import Consent, Enrolment, Evidence, enrol, revoke, today
from unmask.forgery.lab import Lab, open_sealer
from unmask.forgery.synthesize.making import (
    Sampling,
    drawn_by,
    open_model,
    remembered,
    sealed_sheet,
    sheet_of,
    train_synthesis,
    write_singles,
)
from unmask.forgery.writing import write_sealed
from unmask.media.image import read_image
from unmask.media.probe import probe
from unmask.provenance.credentials import read_credentials
from unmask.provenance.ledger import read_ledger
from unmask.settings import settings


@pytest.fixture(scope="module")
def trained(common_lab: Lab) -> Lab:
    """A lab with a model that was trained for a moment. Tests only add to it."""
    store(common_lab, "synth-ann", RED)
    store(common_lab, "synth-bob", BLUE)
    train_synthesis(common_lab, ["synth-ann", "synth-bob"], "synth-faces", plan(20))
    return common_lab


def test_the_same_seed_draws_the_same_faces_and_another_others(trained: Lab) -> None:
    model = open_model(trained, "synth-faces")
    faces = drawn_by(model, Sampling(40, 3))
    assert faces.shape == (40, 64, 64, 3)
    assert (drawn_by(model, Sampling(40, 3)) == faces).all()
    assert (drawn_by(model, Sampling(40, 4)) != faces).any()


def test_a_sheet_is_sealed(trained: Lab, tmp_path: Path) -> None:
    model, sampling = open_model(trained, "synth-faces"), Sampling(5, 3)
    pictures = drawn_by(model, sampling)
    memory = remembered(trained, model, pictures)
    assert memory is not None
    assert 0 < memory.nearest <= memory.median
    written = write_sealed(
        sealed_sheet(open_sealer(trained), model, sampling, pictures, memory), tmp_path / "sheet.png", settings()
    )
    assert read_image(written.path, settings()).shape == (256, 384, 3)
    entry = next(one for one in read_ledger(trained.ledger).entries if one.sha256 == written.entry.sha256)
    truth = entry.extra["truth"]
    assert (entry.kind, truth["method"], truth["seed"]) == ("synthesis", "vae-shuffle", 3)
    assert truth["parameters"]["memory"]["median"] == memory.median
    assert set(entry.sources) == {name.encode().hex().ljust(64, "0") for name in ("synth-ann", "synth-bob")}
    credentials = read_credentials(written.path, probe(written.path, settings()), settings(), None)
    assert credentials.manifest is not None
    assert [action.source_type for action in credentials.manifest.actions] == ["trainedAlgorithmicMedia"]


def test_single_faces_are_sealed_each(trained: Lab, tmp_path: Path) -> None:
    model, sampling, folder = open_model(trained, "synth-faces"), Sampling(2, 7), tmp_path / "single"
    pictures = drawn_by(model, sampling)
    sealer = open_sealer(trained)
    written = write_singles(sealer, model, sampling, folder, settings(), pictures=pictures)
    assert [one.path.name for one in written] == ["synth-faces-7-0001.png", "synth-faces-7-0002.png"]
    assert all(read_image(one.path, settings()).shape == (128, 128, 3) for one in written)
    assert written[1].entry.extra["truth"]["parameters"]["number"] == 2
    with pytest.raises(UsageError, match="is there already"):
        write_singles(sealer, model, sampling, folder, settings(), pictures=pictures)


def test_a_sheet_has_about_as_many_rows_as_columns() -> None:
    grey = np.full((10, 64, 64, 1), 90, np.uint8)
    sheet = sheet_of(grey)
    assert sheet.shape == (3 * 128, 4 * 128, 3)
    assert (sheet[:128] == 90).all()
    assert (sheet[-128:, -128:] == 128).all()  # where the last row is not full


def corpus(lab: Lab) -> Consent:
    """A licence for a corpus, as it is enrolled."""
    evidence = Evidence(sha256="a" * 64, name="licence.txt")
    return enrol(lab, Enrolment("A corpus", "licensed-corpus", today() + timedelta(9), evidence, (np.zeros(128),)))


def test_what_a_licence_keeps_inside_stays_inside(lab: Lab, tmp_path: Path) -> None:
    licence = corpus(lab)
    store(lab, "licensed", consents=(licence.id,))
    store(lab, "other", BLUE)
    train_synthesis(lab, ["licensed", "other"], "kept", plan(1))
    model, sampling, sealer = open_model(lab, "kept"), Sampling(1), open_sealer(lab)
    assert model.origins.consents == (licence.id,)
    pictures = drawn_by(model, sampling)
    with pytest.raises(UsageError, match="lies outside the lab"):
        write_sealed(sealed_sheet(sealer, model, sampling, pictures), tmp_path / "sheet.png", settings())
    with pytest.raises(UsageError, match="lies outside the lab"):
        write_singles(sealer, model, sampling, tmp_path / "single", settings(), pictures=pictures)
    assert not (tmp_path / "single").exists()
    inside = lab.outputs / "sheet.png"
    assert write_sealed(sealed_sheet(sealer, model, sampling, pictures), inside, settings()).path == inside


def test_a_licence_is_not_shaken_off_by_learning_on_from_other_faces(lab: Lab) -> None:
    licence = corpus(lab)
    store(lab, "licensed", consents=(licence.id,))
    store(lab, "other", BLUE)
    train_synthesis(lab, ["licensed"], "kept", plan(1))
    train_synthesis(lab, ["other"], "kept", plan(2))
    origins = open_model(lab, "kept").origins
    assert origins.keep_inside
    assert origins.consents == (licence.id,)
    assert len(origins.sources) == 2
    assert {folder.name for folder in revoke(lab, licence.id)} == {"licensed", "kept"}


def test_a_consent_that_is_taken_back_takes_the_model_with_it(lab: Lab) -> None:
    licence = corpus(lab)
    store(lab, "licensed", consents=(licence.id,))
    train_synthesis(lab, ["licensed"], "gone", plan(1))
    assert {folder.name for folder in revoke(lab, licence.id)} == {"licensed", "gone"}
    with pytest.raises(UsageError, match="holds no model 'gone'"):
        open_model(lab, "gone")


def test_faces_that_have_changed_are_not_compared_with(lab: Lab) -> None:
    folder = store(lab, "ann")
    train_synthesis(lab, ["ann"], "faces", plan(1))
    model = open_model(lab, "faces")
    pictures = drawn_by(model, Sampling(1))
    index = folder / "faces.json"
    told = json.loads(index.read_text())
    index.write_text(json.dumps(told | {"faces": told["faces"][1:]}))
    assert remembered(lab, model, pictures) is None
    index.unlink()
    folder.rename(lab.faces / "elsewhere")
    assert remembered(lab, model, pictures) is None


def test_unknown_names_and_few_faces_are_refused(lab: Lab) -> None:
    with pytest.raises(UsageError, match="The lab holds no model 'faces' that draws faces; it holds none"):
        open_model(lab, "faces")
    with pytest.raises(UsageError, match="No store of faces is named"):
        train_synthesis(lab, [], "faces", plan(1))
    with pytest.raises(UsageError, match="holds no faces"):
        train_synthesis(lab, ["nobody"], "faces", plan(1))
    with pytest.raises(UsageError, match="is no name"):
        train_synthesis(lab, ["../faces"], "faces", plan(1))
    store(lab, "few", count=5)
    with pytest.raises(UsageError, match="There are 5 faces"):
        train_synthesis(lab, ["few"], "faces", plan(1))
    assert not list(lab.models.iterdir())


@pytest.mark.parametrize("wrong", [{"count": 0}, {"seed": -1}, {"spread": 0.0}])
def test_a_sampling_that_makes_no_sense(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="Draw 1 to 4096 faces"):
        Sampling(**wrong)  # type: ignore[arg-type]
