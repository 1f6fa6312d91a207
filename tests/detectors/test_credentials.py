"""What signers say of their files decides; a valid signature and its absence speak for nothing."""

from dataclasses import replace

import pytest

from tests.detectors.origins import FACE, altered_credentials, manifest
from tests.verdict.people import MEDIA, person, says
from unmask.detectors import credentials, detectors
from unmask.types import Card, Credentials, Evidence, Manifest, Provenance, Verdict
from unmask.verdict.fuse import MANIPULATED_FROM, judge

CARDS: dict[str, Card] = {name: detector.card for name, detector in detectors().items()}


def examined(found: Credentials | None) -> Evidence:
    return credentials.examine(Provenance(found))


def valid(tree: Manifest | None, state: str = "valid") -> Credentials:
    return Credentials("trusted" if state == "trusted" else "valid", "The file is as it was signed.", tree)


def alone(evidence: Evidence) -> Verdict:
    return judge(MEDIA, [], [evidence], CARDS)


@pytest.mark.parametrize("state", ["trusted", "valid"])
@pytest.mark.parametrize(
    "source", ["trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "algorithmicMedia"]
)
def test_a_signer_who_calls_the_file_made_decides(source: str, state: str) -> None:
    found = examined(valid(manifest("digitalCapture", source), state))
    assert found.fake is not None
    assert found.fake > 0.98
    assert "Example Broadcasting" in found.because[0]
    assert source in found.because[0]
    assert "in 1 of the 2 steps that name a source" in found.because[0]
    assert alone(found).word == "manipulated"


def test_the_signers_word_outweighs_every_detector_that_looks_at_faces() -> None:
    found = examined(valid(manifest("trainedAlgorithmicMedia")))
    looking = [card for card in CARDS.values() if card.needs in {"track", "evidence"} and card.cap > 0]
    clean = person(*(says(card.name, 0.01, (0.005, 0.02)) for card in looking))
    assert {card.name for card in looking} >= {"pulse", "together"}
    assert judge(MEDIA, [clean], [found], CARDS).word == "manipulated"
    assert (judge(MEDIA, [clean], [], CARDS).probability or 1.0) < 0.3


def test_what_the_file_was_made_from_counts_as_the_file_a_component_as_a_part() -> None:
    parent = manifest("trainedAlgorithmicMedia", relationship="parentOf")
    part = manifest("trainedAlgorithmicMedia", relationship="componentOf")
    of_parent = examined(valid(manifest(ingredients=(manifest(ingredients=(parent,), relationship="parentOf"),))))
    of_part = examined(valid(manifest(ingredients=(part,))))
    assert of_parent.fake is not None
    assert of_part.fake is not None
    assert of_parent.fake > of_part.fake > MANIPULATED_FROM
    assert "calls a part of it, 'clip.mp4', made by a trained model" in of_part.because[0]
    assert alone(of_part).word == "manipulated"


def test_what_only_helped_or_does_not_hold_says_nothing() -> None:
    helped = manifest("trainedAlgorithmicMedia", relationship="inputTo")
    broken = replace(manifest("trainedAlgorithmicMedia", relationship="parentOf"), problems=("Its hash differs.",))
    found = examined(valid(manifest(ingredients=(helped, broken))))
    assert (found.fake, found.abstained) == (None, "context-only")


def test_a_composite_of_captures_is_a_sign_but_does_not_decide() -> None:
    found = examined(valid(manifest("compositeCapture")))
    assert found.fake is not None
    assert 0.65 <= found.fake < MANIPULATED_FROM
    assert alone(found).word == "cannot-tell"


@pytest.mark.parametrize("state", ["trusted", "valid"])
def test_a_valid_signature_is_no_evidence_and_never_genuine(state: str) -> None:
    found = examined(valid(manifest("digitalCapture"), state))
    assert (found.fake, found.abstained) == (None, "context-only")
    assert found.because[0] == "The file is as it was signed."
    assert found.sought == ("altered-file",)
    assert "not whether what it shows is true" in found.because[1]
    verdict = alone(found)
    assert verdict.word == "cannot-tell"
    assert verdict.unchecked == tuple(it for it in verdict.unchecked if not it.startswith("credentials"))


def test_absence_is_no_evidence_and_no_check_undone() -> None:
    found = examined(Credentials("absent", "None were found."))
    assert (found.fake, found.abstained) == (None, "no-credentials")
    assert found.sought == ()
    assert not [sentence for sentence in alone(found).unchecked if sentence.startswith("credentials")]


def test_what_cannot_be_read_or_was_not_looked_for_is_said_to_be_unchecked() -> None:
    for told in (Credentials("unreadable", "The manifest is cut short."), None):
        found = examined(told)
        assert found.fake is None
        assert [sentence for sentence in alone(found).unchecked if sentence.startswith("credentials")]


def test_an_alteration_that_was_located_is_a_strong_sign_with_its_place_and_time() -> None:
    found = examined(altered_credentials())
    assert found.fake is not None
    assert found.fake >= 0.9
    assert found.because[1] == "The one altered place is 64 × 64 pixels at 32, 32 from 2.0 to 5.0 s."
    assert [(it.start, it.end) for it in found.segments] == [(2.0, 5.0)]
    assert alone(found).word == "manipulated"


def test_a_damaged_film_is_not_called_manipulated_for_its_torn_pictures() -> None:
    found = credentials.examine(Provenance(altered_credentials(), damaged_pictures=3))
    assert alone(found).word == "cannot-tell"
    assert "cannot be decoded (3)" in found.because[1]


def test_an_alteration_beside_all_faces_is_a_weak_sign_one_on_a_face_a_strong() -> None:
    beside = credentials.examine(Provenance(altered_credentials(), touched=()))
    on_face = credentials.examine(Provenance(altered_credentials(), touched=(1, 3)))
    assert alone(beside).word == "cannot-tell"
    assert "caption or a logo" in beside.because[2]
    assert alone(on_face).word == "manipulated"
    assert on_face.because[2] == "The face of person 1, 3 was touched."


def test_altered_stretches_that_overlap_are_told_once() -> None:
    regions = (FACE, replace(FACE, start=4.0, end=6.0), replace(FACE, start=8.0, end=9.0))
    found = examined(replace(altered_credentials(), regions=regions))
    assert [(it.start, it.end) for it in found.segments] == [(2.0, 6.0), (8.0, 9.0)]
    assert found.measured["altered_seconds"] == 5.0


def test_an_altered_still_has_a_place_and_no_time() -> None:
    found = examined(replace(altered_credentials(), regions=(replace(FACE, start=0.0, end=0.0),)))
    assert found.segments == ()
    assert found.because[1] == "The one altered place is 64 × 64 pixels at 32, 32."


def test_without_a_fingerprint_an_altered_picture_is_a_sign_too() -> None:
    found = examined(replace(altered_credentials(), regions=None))
    assert found.fake == pytest.approx(0.85)
    assert alone(found).word == "manipulated"


def test_where_picture_and_sound_were_not_compared_the_sign_is_weak() -> None:
    found = examined(replace(altered_credentials(), regions=None, essence=None))
    assert alone(found).word == "cannot-tell"
    assert "a film saved anew reads the same" in found.because[1]


def test_a_changed_container_is_no_sign() -> None:
    found = examined(replace(altered_credentials(), essence="same", regions=None))
    assert (found.fake, found.abstained) == (None, "context-only")
    assert "no sign of a forgery" in found.because[1]


def test_a_crop_or_another_picture_is_not_taken_for_a_located_alteration() -> None:
    found = examined(replace(altered_credentials(), differing=0.9))
    assert alone(found).word == "cannot-tell"
    assert "90 % of the picture differs" in found.because[1]
    assert alone(examined(replace(altered_credentials(), differing=0.1))).word == "manipulated"


def test_a_manifest_that_fits_by_its_hash_but_states_another_picture_is_not_relied_on() -> None:
    found = examined(replace(valid(manifest()), essence="different"))
    assert found.fake == pytest.approx(0.85)


def test_a_re_encoding_that_fits_the_signed_fingerprint_is_no_forgery() -> None:
    found = examined(replace(altered_credentials(), regions=()))
    assert (found.fake, found.abstained) == (None, "context-only")
    assert "To be saved anew is no sign of a forgery" in found.because[1]


def test_the_signers_word_stands_for_the_same_picture_in_another_container_only() -> None:
    made = manifest("trainedAlgorithmicMedia")
    same = examined(replace(altered_credentials(), essence="same", regions=None, manifest=made))
    other = examined(replace(altered_credentials(), regions=None, manifest=made))
    assert same.fake is not None
    assert same.fake > 0.98
    assert other.fake == pytest.approx(0.85)


def test_a_long_name_is_cut_and_a_missing_one_is_said() -> None:
    tree = manifest("trainedAlgorithmicMedia")
    assert tree.signer is not None
    long = replace(tree, signer=replace(tree.signer, organization="x" * 500))
    assert len(examined(valid(long)).because[0]) < 300
    assert "who gives no name" in examined(valid(replace(tree, signer=None))).because[0]
