import json
from pathlib import Path

import pytest

from unmask.errors import UsageError
from unmask.forgery.lab import Lab, open_lab, open_sealer
from unmask.provenance.keys import new_keys


def test_a_new_lab_has_keys_and_can_seal(lab: Lab) -> None:
    assert open_sealer(lab).marks.organization == "unmask lab"
    assert all(place.is_dir() for place in (lab.consents, lab.faces, lab.models, lab.outputs))


def test_a_lab_is_opened_again_as_it_was(lab: Lab) -> None:
    before = (lab.keys / "anchors.pem").read_bytes()
    again = open_lab(lab.folder)
    assert again == lab
    assert (again.keys / "anchors.pem").read_bytes() == before


def test_other_keys_may_seal(tmp_path: Path) -> None:
    new_keys("A School", tmp_path / "keys")
    lab = open_lab(tmp_path / "lab", tmp_path / "keys")
    assert open_sealer(lab).marks.organization == "A School"
    assert not (lab.folder / "keys").exists()


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="is no lab"):
        open_lab(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("content", "said"), [('{"version": 2}', "newer unmask"), ("{", "restore it"), ("[]", "restore it")]
)
def test_a_sign_that_is_newer_or_broken(lab: Lab, content: str, said: str) -> None:
    (lab.folder / "lab.json").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        open_lab(lab.folder)


def test_the_sign_is_plain(lab: Lab) -> None:
    assert json.loads((lab.folder / "lab.json").read_text(encoding="utf-8")) == {"version": 1}
