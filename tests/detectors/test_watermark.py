"""A mark gone from a face is a strong sign; a living one speaks against an alteration; none speaks for nothing."""

from dataclasses import replace

import numpy as np
import pytest

from tests.detectors.origins import ALIVE, FACE, GONE, altered_origin, intact_origin, manifest, picture, sound
from tests.verdict.people import MEDIA, person, says
from unmask.detectors import detectors, watermark
from unmask.types import Credentials, Evidence, FaceMark, PictureMark, Provenance, SoundMark, Verdict
from unmask.verdict.fuse import judge

CARDS = {name: detector.card for name, detector in detectors().items()}
VOICED = {name: replace(card, cap=1.0) if card.needs == "track" else card for name, card in CARDS.items()}
"""As if each detector that looks at faces had a voice."""
UNSURE = FaceMark(3, "undecidable", None, None)


def examined(seen: PictureMark | None = None, heard: SoundMark | None = None) -> Evidence:
    return watermark.examine(Provenance(picture=seen, sound=heard))


def alone(evidence: Evidence) -> Verdict:
    return judge(MEDIA, [], [evidence], CARDS)


def chance(evidence: Evidence) -> float:
    assert evidence.fake is not None, evidence.because
    return evidence.fake


def test_a_mark_gone_from_a_face_is_called_manipulated_alone() -> None:
    found = examined(picture(GONE, ALIVE, regions=(FACE,)))
    assert chance(found) > 0.9
    assert "gone from the face of person 1 for 3.0 s (2 % of it is alive there in all)" in found.because[1]
    assert [(it.start, it.end) for it in found.segments] == [(2.0, 5.0)]
    assert alone(found).word == "manipulated"


def test_a_face_counts_though_no_region_was_found() -> None:
    found = examined(replace(picture(GONE), state="altered"))
    assert [(it.start, it.end) for it in found.segments] == [(2.0, 5.0)]
    assert alone(found).word == "manipulated"


def test_a_mark_gone_where_no_face_was_judged_is_called_manipulated_too() -> None:
    assert alone(examined(picture(regions=(FACE,)))).word == "manipulated"
    assert alone(examined(picture(UNSURE, regions=(FACE,)))).word == "manipulated"


def test_a_caption_beside_living_faces_is_not() -> None:
    found = examined(picture(ALIVE, regions=(FACE,)))
    assert alone(found).word == "cannot-tell"
    assert "caption or logo" in found.because[1]


def test_a_damaged_film_is_not_called_manipulated_for_its_torn_pictures() -> None:
    torn = Provenance(picture=picture(GONE, regions=(FACE,)), damaged_pictures=5)
    found = watermark.examine(torn)
    assert alone(found).word == "cannot-tell"
    assert "cannot be decoded (5)" in found.because[1]


def test_the_surer_the_map_the_higher_the_probability() -> None:
    sure, less = (examined(picture(GONE, regions=(FACE,), altered=share)) for share in (0.99, 0.7))
    bare = examined(replace(picture(GONE, regions=(FACE,)), map=None))
    assert chance(sure) > chance(less) > chance(bare)
    assert alone(bare).word == "manipulated"


def test_a_map_that_knows_nothing_of_the_region_is_taken_for_unsure() -> None:
    mark = picture(GONE, regions=(FACE,))
    assert mark.map is not None
    unknown = np.full_like(mark.map.altered, np.nan)
    blind = replace(mark, map=replace(mark.map, altered=unknown))
    assert chance(examined(blind)) == chance(examined(replace(mark, map=None)))


def test_a_mark_gone_from_the_sound_counts_though_the_picture_is_alive() -> None:
    found = examined(picture(ALIVE), sound((3.0, 6.0)))
    assert alone(found).word == "manipulated"
    assert [(it.start, it.end) for it in found.segments] == [(3.0, 6.0)]
    assert found.measured["altered_sound_seconds"] == 3.0
    assert len(found.because) == 2


def test_picture_and_sound_are_told_together_the_stronger_first() -> None:
    found = watermark.examine(altered_origin())
    assert chance(found) == chance(examined(picture(GONE, ALIVE, regions=(FACE,))))
    assert {"altered_faces", "altered_sound_seconds"} <= set(found.measured)
    assert [(it.start, it.end) for it in found.segments] == [(2.0, 5.0), (3.0, 4.0)]


def test_a_living_mark_speaks_against_an_alteration_but_proves_nothing_alone() -> None:
    found = watermark.examine(intact_origin())
    assert chance(found) < 0.1
    assert found.because[1] == "It is alive in 1 of 1 faces."
    assert alone(found).word == "cannot-tell"


def test_a_living_mark_does_not_outweigh_faces_that_look_forged() -> None:
    suspect = person(*(says(name, 0.9, (0.85, 0.95)) for name in ("seam", "motion", "pulse")))
    alive = watermark.examine(intact_origin())
    assert judge(MEDIA, [suspect], [], VOICED).word == "manipulated"
    assert judge(MEDIA, [suspect], [alive], VOICED).word != "no-sign"


def test_the_less_could_be_judged_the_less_a_living_mark_says() -> None:
    half, whole = examined(picture(ALIVE, UNSURE)), examined(picture(ALIVE))
    assert chance(whole) < chance(half) < 0.5
    weak = examined(replace(picture(), undecidable=0.8))
    assert chance(examined(picture())) < chance(weak) < 0.5


def test_faces_that_cannot_be_judged_are_no_answer() -> None:
    found = examined(picture(UNSURE))
    assert (found.fake, found.abstained) == (None, "undecidable")


@pytest.mark.parametrize("source", ["trainedAlgorithmicMedia", "compositeCapture", "composite"])
@pytest.mark.parametrize("alone", [False, True])
def test_a_living_mark_in_what_its_trusted_signer_calls_made_is_no_answer(source: str, *, alone: bool) -> None:
    made, marked = manifest(source), intact_origin()
    if alone:
        marked = replace(marked, picture=None, sound=sound())
    origin = replace(marked, credentials=Credentials("trusted", "Whole.", made))
    found = watermark.examine(origin)
    assert (found.fake, found.abstained) == (None, "context-only")
    stranger = replace(origin, credentials=Credentials("valid", "Whole.", made))
    assert chance(watermark.examine(stranger)) <= 0.1
    filmed = replace(origin, credentials=Credentials("trusted", "Whole.", manifest("digitalCapture")))
    assert chance(watermark.examine(filmed)) <= 0.1


@pytest.mark.parametrize("heard", [None, sound()])
def test_the_sound_is_said_to_be_another_mark(heard: SoundMark | None) -> None:
    found = examined(picture(ALIVE), heard)
    assert "sound" in found.because[2]


def test_a_sound_file_has_its_own_answer() -> None:
    found = examined(None, sound())
    assert chance(found) <= 0.1
    assert found.because[1] == "10 seconds of the sound could be judged."


def test_a_living_sound_says_nothing_of_a_picture_without_a_mark() -> None:
    found = examined(PictureMark("absent", "No mark was found."), sound())
    assert (found.fake, found.abstained) == (None, "no-mark")
    found = examined(PictureMark("undecidable", "Too weak."), sound())
    assert (found.fake, found.abstained) == (None, "undecidable")


def test_without_a_key_nothing_is_said_to_be_unchecked_with_one_it_is() -> None:
    silent = examined()
    assert (silent.fake, silent.abstained) == (None, "no-key")
    assert not [sentence for sentence in alone(silent).unchecked if sentence.startswith("watermark")]
    asked = examined(PictureMark("absent", "No mark of these keys was found."))
    assert asked.abstained == "no-mark"
    assert "watermark: No mark of these keys was found." in alone(asked).unchecked
