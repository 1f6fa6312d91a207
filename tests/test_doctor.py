from pathlib import Path

import pytest

from unmask import doctor, weights
from unmask.settings import settings


def test_everything_unmask_needs_is_here() -> None:
    found = {finding.what: finding for finding in doctor.examine_machine()}
    assert all(finding.works for finding in found.values())
    assert {"unmask", "settings", "sandbox", "detectors", "weight face_landmark"} <= set(found)
    assert set(doctor.LIBRARIES) <= set(found)


def test_every_finding_is_a_sentence() -> None:
    assert all(finding.sentence.endswith(".") for finding in doctor.examine_machine())


def test_a_missing_library_is_found_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LIBRARIES", ("numpy", "not-installed-anywhere"))
    found = {finding.what: finding.works for finding in doctor.examine_machine()}
    assert (found["numpy"], found["not-installed-anywhere"]) == (True, False)


def test_a_missing_extra_is_no_fault_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {finding.what: finding.sentence for finding in doctor.examine_machine()}
    assert whole["forgery lab"].startswith("Its extra is installed: torch")
    assert whole["identity"].startswith("Its extra is installed: dlib-bin")
    assert whole["object store"].startswith("Its extra is installed: s3fs")
    monkeypatch.setattr(doctor, "S3", ("not-installed-anywhere",))
    monkeypatch.setattr(doctor, "IDENTITY", ("not-installed-anywhere",))
    monkeypatch.setattr(doctor, "LAB", ("numpy", "not-installed-anywhere"))
    (persons,) = (finding for finding in doctor.examine_machine() if finding.what == "identity")
    assert persons.works
    assert "it lacks not-installed-anywhere: pip install 'unmask[identity]'" in persons.sentence
    (store,) = (finding for finding in doctor.examine_machine() if finding.what == "object store")
    assert store.works
    assert "it lacks not-installed-anywhere: pip install 'unmask[s3]'" in store.sentence
    (lab,) = (finding for finding in doctor.examine_machine() if finding.what == "forgery lab")
    assert lab.works
    assert "it lacks not-installed-anywhere: pip install" in lab.sentence


def test_a_missing_weight_is_found_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    card = 'file = "gone.bin"\nwhat = "x"\nsource = "x"\nlicence = "x"\nsha256 = "x"\nrecipe = "x"\n'
    (tmp_path / "gone.toml").write_text(card)
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    found = {finding.what: finding for finding in doctor.examine_machine()}
    weights.weight_card.cache_clear()
    assert not found["weight gone"].works
    assert "'gone.bin' is missing" in found["weight gone"].sentence


def test_wrong_settings_are_a_finding_and_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNMASK_THREADS", "-1")
    settings.cache_clear()
    found = {finding.what: finding for finding in doctor.examine_machine()}
    settings.cache_clear()
    assert not found["settings"].works
    assert "UNMASK_THREADS" in found["settings"].sentence
