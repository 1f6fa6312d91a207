import json
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from unmask.errors import UsageError
from unmask.faces.identity import Embedding
from unmask.forgery.consent import (
    Enrolment,
    Evidence,
    all_consents,
    enrol,
    note_descent,
    read_consent,
    require_consent,
    rests_on,
    revoke,
    today,
)
from unmask.forgery.lab import Lab

EVIDENCE = Evidence(sha256="0" * 64, name="form.pdf")


def face(seed: int) -> Embedding:
    """A made up place among faces; two of them lie about 0.8 apart."""
    return np.random.default_rng(seed).normal(0, 0.05, 128)


ENROLMENT = Enrolment("Jo Doe", "own-face", today() + timedelta(days=30), EVIDENCE, (face(1),))


def test_a_record_is_read_as_it_was_written(lab: Lab) -> None:
    consent = enrol(lab, ENROLMENT)
    assert read_consent(lab, consent.id) == consent
    assert all_consents(lab) == (consent,)
    assert np.abs(np.array(consent.faces) - face(1)).max() < 1e-5


def test_it_allows_what_it_covers_to_the_enrolled_face(lab: Lab) -> None:
    consent = enrol(lab, ENROLMENT)
    near = face(1) + np.random.default_rng(9).normal(0, 0.01, 128)
    assert require_consent(consent, "swap", near) is consent
    assert require_consent(consent, "train") is consent


def test_another_face_is_refused(lab: Lab) -> None:
    with pytest.raises(UsageError, match=r"not those of 'Jo Doe': they lie 0\.[5-9]\d"):
        require_consent(enrol(lab, ENROLMENT), "swap", face(2))


def test_a_corpus_enrols_everyone_in_it(lab: Lab) -> None:
    corpus = enrol(lab, replace(ENROLMENT, basis="licensed-corpus", faces=(face(1), face(2), face(3))))
    assert require_consent(corpus, "swap", face(3)) is corpus
    with pytest.raises(UsageError, match="not those of"):
        require_consent(corpus, "swap", face(4))
    with pytest.raises(UsageError, match="only a corpus"):
        enrol(lab, replace(ENROLMENT, faces=(face(1), face(2))))


def test_what_it_does_not_cover_is_refused(lab: Lab) -> None:
    with pytest.raises(UsageError, match="covers train, swap, not export"):
        require_consent(enrol(lab, ENROLMENT), "export")


def test_an_expired_record_is_refused(lab: Lab) -> None:
    last = enrol(lab, replace(ENROLMENT, expires=today()))
    assert require_consent(last, "swap") is last  # its last day
    yesterday = today() - timedelta(days=1)
    past = last.model_copy(update={"granted": yesterday, "expires": yesterday})
    with pytest.raises(UsageError, match="expired on"):
        require_consent(past, "swap")


def test_revoking_deletes_what_rests_on_it_and_nothing_else(lab: Lab) -> None:
    one, other = enrol(lab, ENROLMENT), enrol(lab, replace(ENROLMENT, subject="Al Roe", faces=(face(2),)))
    for folder, consents in (
        (lab.models / "both", (other.id, one.id)),
        (lab.models / "other", (other.id,)),
        (lab.faces / "one", (one.id,)),
        (lab.faces / "free", ()),
    ):
        folder.mkdir()
        (folder / "weights").write_bytes(b"weights")
        note_descent(folder, consents)
    gone = revoke(lab, one.id)
    assert sorted(folder.name for folder in gone) == ["both", "one"]
    assert sorted(path.name for path in (*lab.models.iterdir(), *lab.faces.iterdir())) == ["free", "other"]
    with pytest.raises(UsageError, match="was revoked on"):
        require_consent(read_consent(lab, one.id), "swap")
    assert require_consent(read_consent(lab, other.id), "swap").revoked is None


def test_a_puppet_needs_no_face_and_a_person_does(lab: Lab) -> None:
    puppet = enrol(lab, replace(ENROLMENT, basis="puppet", faces=()))
    assert require_consent(puppet, "swap", face(3)) is puppet
    for wrong in (replace(ENROLMENT, faces=()), replace(ENROLMENT, basis="puppet")):
        with pytest.raises(UsageError, match="holds their face"):
            enrol(lab, wrong)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"expires": today() - timedelta(days=1)}, "expires before"),
        ({"subject": "  "}, "subject"),
        ({"scope": ()}, "scope"),
        ({"faces": (np.full(128, np.nan),)}, "faces"),
    ],
)
def test_a_record_that_makes_no_sense(lab: Lab, change: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        enrol(lab, replace(ENROLMENT, **change))  # type: ignore[arg-type] # of any field
    assert all_consents(lab) == ()


@pytest.mark.parametrize("name", ["00000000", "../../etc/passwd", "", "a\0b", "…"])
def test_a_record_that_is_not_there(lab: Lab, name: str) -> None:
    enrol(lab, ENROLMENT)
    with pytest.raises(UsageError, match="holds no consent"):
        read_consent(lab, name)


@pytest.mark.parametrize(
    "change", [{"basis": "found-it"}, {"version": 2}, {"extra": 1}, {"faces": [[1.0]]}, {"id": "x"}]
)
def test_a_tampered_record_is_refused_in_one_sentence(lab: Lab, change: dict[str, object]) -> None:
    consent = enrol(lab, ENROLMENT)
    path = lab.consents / f"{consent.id}.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be read") as caught:
        read_consent(lab, consent.id)
    assert "\n" not in str(caught.value)


def test_a_store_that_does_not_tell_is_not_used(lab: Lab) -> None:
    (lab.faces / "torn").mkdir()
    (lab.faces / "torn" / "consents.json").write_text("{", encoding="utf-8")
    with pytest.raises(UsageError, match="nobody knows whose faces"):
        rests_on(lab.faces / "torn")
