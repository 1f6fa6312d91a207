from dataclasses import replace

import pytest

from tests.forgery.test_consent import ENROLMENT, face
from unmask.errors import UsageError
from unmask.faces.identity import Embedding
from unmask.forgery.consent import enrol, revoke
from unmask.forgery.lab import Lab
from unmask.forgery.permission import Permission, Shown, permission
from unmask.provenance.ledger import Entry, record


def person(seed: int, sha256: str = "") -> Shown:
    return Shown(f"person {seed}", sha256 or f"{seed:064d}", lambda: face(seed))


def unmeasured() -> Embedding:
    raise AssertionError("the face of a puppet is not measured")


@pytest.fixture
def puppet(lab: Lab) -> Shown:
    record(lab.ledger, Entry("puppet.mp4", "puppet", "f" * 64))
    return Shown("puppet.mp4", "f" * 64, unmeasured)


def test_two_people_both_must_have_agreed(lab: Lab) -> None:
    one, other = enrol(lab, ENROLMENT), enrol(lab, replace(ENROLMENT, faces=(face(2),)))
    both = permission(lab, [person(1), person(2)], [one.id, other.id], "swap")
    assert both == Permission((one.id, other.id))
    with pytest.raises(UsageError, match="has not agreed"):
        permission(lab, [person(1), person(2)], [], "swap")
    with pytest.raises(UsageError, match="not those of"):
        permission(lab, [person(1), person(2)], [one.id], "swap")


def test_a_person_drawn_anew_as_themself_needs_none(lab: Lab) -> None:
    assert permission(lab, [person(1), person(1)], [], "swap") == Permission()


def test_puppets_need_none_and_cover_no_one_else(lab: Lab, puppet: Shown) -> None:
    assert permission(lab, [puppet, puppet], [], "swap") == Permission()
    with pytest.raises(UsageError, match="has not agreed"):
        permission(lab, [puppet, person(1)], [], "swap")


def test_what_the_ledger_does_not_know_is_no_puppet(lab: Lab, puppet: Shown) -> None:
    claimed = replace(puppet, sha256="e" * 64, embedding=lambda: face(5))
    with pytest.raises(UsageError, match="has not agreed"):
        permission(lab, [claimed, person(1)], [], "swap")


def test_another_output_of_the_lab_is_no_puppet(lab: Lab) -> None:
    record(lab.ledger, Entry("swap.mp4", "swap", "d" * 64))
    with pytest.raises(UsageError, match="has not agreed"):
        permission(lab, [person(1, "d" * 64), person(2)], [], "swap")


def test_a_revoked_or_narrow_consent_does_not_hold(lab: Lab) -> None:
    one = enrol(lab, replace(ENROLMENT, scope=("train",)))
    with pytest.raises(UsageError, match="covers train, not swap"):
        permission(lab, [person(1), person(2)], [one.id], "swap")
    revoke(lab, one.id)
    with pytest.raises(UsageError, match="revoked"):
        permission(lab, [person(1), person(2)], [one.id], "train")


def test_a_corpus_covers_everyone_in_it_and_keeps_them_inside(lab: Lab) -> None:
    corpus = enrol(lab, replace(ENROLMENT, basis="licensed-corpus", faces=(face(1), face(2))))
    allowed = permission(lab, [person(1), person(2)], [corpus.id], "swap")
    assert allowed == Permission((corpus.id,), keep_inside=True)
    with pytest.raises(UsageError, match="not those of"):
        permission(lab, [person(1), person(3)], [corpus.id], "swap")
