from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.forgery.swap.conftest import Stage
from unmask.errors import UsageError
from unmask.forgery.consent import Enrolment, Evidence, enrol, read_consent, revoke, today
from unmask.forgery.lab import Lab
from unmask.forgery.swap.choosing import Choice, chosen, sharper_than, spread, unlike
from unmask.forgery.swap.descent import may_train
from unmask.forgery.swap.gathering import Taken, Taking, gather_faces, light_of
from unmask.forgery.swap.persons import chosen_person, persons_of, without_strangers
from unmask.forgery.swap.prepare import Preparing, prepare
from unmask.forgery.swap.store import StoredFace, open_store
from unmask.forgery.synthesize.origins import may_learn
from unmask.media.encode import write_video
from unmask.settings import settings

SPARSE = Taking(side=128, rate_hz=8.0)


@pytest.fixture(scope="module")
def of_example(speaker: Path) -> tuple[Taken, ...]:
    return gather_faces([speaker], SPARSE, settings()).faces


@pytest.fixture(scope="module")
def of_puppets(stage: Stage) -> dict[str, tuple[Taken, ...]]:
    return {
        name: gather_faces([path], Taking(side=96, rate_hz=6.0), settings()).faces for name, path in stage.films.items()
    }


def test_puppets_of_the_lab_need_no_one_to_agree(stage: Stage) -> None:
    store = stage.prepared["one"].store
    consent = read_consent(stage.lab, store.consents[0])
    assert consent.basis == "puppet"
    assert consent.evidence.sha256 == store.sources[0].sha256


def test_a_copy_of_a_puppet_that_was_changed_is_no_puppet(stage: Stage, tmp_path: Path) -> None:
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(stage.films["one"].read_bytes() + b"\0\0\0\x08free")
    done = prepare(stage.lab, Preparing((copy,), tmp_path / "store", "copy", taking=SPARSE), settings())
    assert done.store.consents == ()
    assert any("only be drawn anew as themselves" in remark for remark in done.remarks)


def test_everyone_is_taken_for_an_encoder_to_learn_from_and_for_no_swap(stage: Stage, tmp_path: Path) -> None:
    wanted = Preparing(
        tuple(stage.films.values()), tmp_path / "many", "many", everyone=True, taking=replace(SPARSE, rate_hz=4.0)
    )
    done = prepare(stage.lab, wanted, settings())
    assert {face.source for face in done.store.faces} == {0, 1}
    assert done.store.consents == ()
    assert "not for a swap" in " ".join(done.remarks)
    opened = open_store(tmp_path / "many")
    assert opened.many
    for pair in ((opened, stage.prepared["one"].store), (stage.prepared["one"].store, opened)):
        with pytest.raises(UsageError, match="many people's faces, and a swap is of one"):
            may_train(stage.lab, *pair)
    assert may_learn(stage.lab, [opened]).consents == ()


def test_no_consent_covers_everyone(stage: Stage, tmp_path: Path) -> None:
    wanted = Preparing(tuple(stage.films.values()), tmp_path / "many", "many", ("1a2b3c4d",), everyone=True)
    with pytest.raises(UsageError, match="No consent covers everyone"):
        prepare(stage.lab, wanted, settings())


def test_what_a_swap_will_lack_is_said(stage: Stage) -> None:
    said = " ".join(stage.prepared["other"].remarks)
    assert "only" in said
    assert "All faces look ahead" in said


def test_a_consent_must_be_that_persons(lab: Lab, speaker: Path, of_example: tuple[Taken, ...], tmp_path: Path) -> None:
    person = persons_of(of_example)[0]
    evidence = Evidence(sha256="0" * 64, name="form.pdf")
    enrolment = Enrolment("The speaker", "own-face", today() + timedelta(days=9), evidence, (person.embedding,))
    right = enrol(lab, enrolment)
    wrong = enrol(lab, replace(enrolment, subject="Someone", faces=(-person.embedding,)))
    wanted = Preparing((speaker,), tmp_path / "store", "speaker", (right.id,), taking=SPARSE)
    assert prepare(lab, wanted, settings()).store.consents == (right.id,)
    with pytest.raises(UsageError, match="not those of 'Someone'"):
        prepare(lab, replace(wanted, folder=tmp_path / "no", consents=(wrong.id,)), settings())
    revoke(lab, right.id)
    with pytest.raises(UsageError, match="revoked"):
        prepare(lab, replace(wanted, folder=tmp_path / "no"), settings())
    assert not (tmp_path / "no").exists()


def test_a_film_without_a_face(lab: Lab, tmp_path: Path) -> None:
    write_video(tmp_path / "wall.mp4", [np.full((96, 128, 3), 90, np.uint8)] * 5, 25.0)
    with pytest.raises(UsageError, match="No face is seen"):
        prepare(lab, Preparing((tmp_path / "wall.mp4",), tmp_path / "store", "wall"), settings())


def test_two_people_must_be_told_apart(of_example: tuple[Taken, ...], of_puppets: dict[str, tuple[Taken, ...]]) -> None:
    others = [replace(taken, face=replace(taken.face, source=1)) for taken in of_puppets["one"]]
    people = persons_of([*of_example, *others])
    assert len(people) == 2
    with pytest.raises(UsageError, match=r"More than one person is seen: person 1 \(\d+ faces.*--person N"):
        chosen_person(people, None)
    assert chosen_person(people, 2) is people[1]
    with pytest.raises(UsageError, match="no person 3"):
        chosen_person(people, 3)


def test_one_person_in_two_films_is_one(of_example: tuple[Taken, ...]) -> None:
    again = [replace(taken, face=replace(taken.face, source=1)) for taken in of_example]
    (person,) = persons_of([*of_example, *again])
    assert len(person.faces) == 2 * len(of_example)


def test_mixed_identities_are_refused(of_example: tuple[Taken, ...], of_puppets: dict[str, tuple[Taken, ...]]) -> None:
    (person,) = persons_of(of_example)
    assert without_strangers(person)[1] == 0
    half = replace(person, faces=(*of_example[:10], *of_puppets["one"]))
    with pytest.raises(UsageError, match="someone else's"):
        without_strangers(half)


def test_the_least_sharp_are_left_out(of_example: tuple[Taken, ...]) -> None:
    kept = sharper_than(of_example, 0.2)
    assert len(kept) == pytest.approx(0.8 * len(of_example), abs=1.5)
    assert min(taken.face.sharpness for taken in kept) > np.quantile([it.face.sharpness for it in of_example], 0.15)


def test_likes_are_left_out_but_not_of_another_film(of_example: tuple[Taken, ...]) -> None:
    first = of_example[0]
    elsewhere = replace(first, face=replace(first.face, source=1))
    assert unlike([first, first, elsewhere], 0.5) == [first, elsewhere]
    assert unlike([first, first], 0.0) == [first, first]


def test_of_many_the_turned_ones_stay() -> None:
    def turned(yaw: float, sharpness: float) -> Taken:
        points = np.zeros((468, 3), np.float32)
        face = StoredFace("", 0, 0.0, points, (yaw, 0.0, 0.0), sharpness, 90.0, (90.0, 0.0), 0.0)
        return Taken(face, b"", 1)

    faces = [turned(0.0, 10.0 + k) for k in range(50)] + [turned(40.0, 1.0)]
    kept = spread(faces, 5)
    assert len(kept) == 5
    assert faces[-1] in kept
    assert max(faces[:-1], key=lambda taken: taken.face.sharpness) in kept


def test_each_reason_is_counted(of_example: tuple[Taken, ...]) -> None:
    kept, left = chosen(of_example, Choice(least_width=1e6))
    assert kept == ()
    assert left["small"] == len(of_example)
    kept, left = chosen(of_example, Choice(blurred_share=0.0, least_change=0.0, most=7))
    assert len(kept) == 7
    assert left["more than wanted"] == len(of_example) - 7


def test_nothing_left_says_why(lab: Lab, speaker: Path, tmp_path: Path) -> None:
    wanted = Preparing((speaker,), tmp_path / "store", "x", taking=SPARSE, choice=Choice(least_width=5000.0))
    with pytest.raises(UsageError, match=r"None of \d+ faces is left: \d+ small"):
        prepare(lab, wanted, settings())


def test_light_from_a_side_is_seen(of_example: tuple[Taken, ...]) -> None:
    taken = of_example[0]
    ramp = np.linspace(0.4, 1.6, 128)[None, :, None]
    lit = np.clip(taken.picture * ramp, 0, 255).astype(np.uint8)
    before, after = light_of(taken.picture, taken.face.landmarks), light_of(lit, taken.face.landmarks)
    assert after[1] > before[1] + 0.1
