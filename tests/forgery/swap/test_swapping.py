import json
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.forgery.swap.conftest import PLAN, Stage
from unmask.errors import UsageError
from unmask.forgery.consent import Enrolment, Evidence, enrol, read_consent, rests_on, revoke, today
from unmask.forgery.followed import follow_person
from unmask.forgery.lab import Sealer, open_lab, open_sealer
from unmask.forgery.swap.checkpoint import read_checkpoint
from unmask.forgery.swap.choosing import Choice
from unmask.forgery.swap.descent import Descent, descent_of, may_train
from unmask.forgery.swap.gathering import Taking
from unmask.forgery.swap.merge import Merger, MergeRecipe, scaled
from unmask.forgery.swap.model import SwapModel
from unmask.forgery.swap.plan import TrainingPlan
from unmask.forgery.swap.prepare import Preparing, prepare
from unmask.forgery.swap.swapping import Ending, encoder_for, merge_swap, open_model, pretrain_encoder, train_swap
from unmask.forgery.writing import Coding, Written, write_sealed
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.provenance.ledger import read_ledger
from unmask.settings import settings
from unmask.types import RgbImage
from unmask.weights import weight_path

QUICK = Coding(preset="ultrafast", masks=True)


@pytest.fixture(scope="module")
def merged(stage: Stage) -> Written:
    sealed = merge_swap(stage.sealer, "model", stage.films["other"], MergeRecipe("hull"), settings())
    return write_sealed(sealed, stage.lab.outputs / "swapped.mp4", settings(), QUICK)


def pictures(path: Path) -> list[RgbImage]:
    with open_frames(path, probe(path, settings()), settings()) as film:
        return [frame.image for frame in film]


def test_a_model_lies_in_the_lab_with_its_previews_sealed(stage: Stage) -> None:
    folder = stage.lab.models / "model"
    assert stage.trained.iteration == 3
    assert (folder / "loss.png").read_bytes()[:4] == b"\x89PNG"
    assert len((folder / "loss.csv").read_text(encoding="utf-8").splitlines()) == 4
    sheets = sorted(path.name for path in (folder / "previews").iterdir())
    assert sheets == ["000000002.png", "000000003.png"]
    kinds = [entry.kind for entry in read_ledger(stage.lab.ledger).entries if entry.file in sheets]
    assert kinds == ["preview", "preview"]


def test_a_training_goes_on(stage: Stage, tmp_path: Path) -> None:
    lab = open_lab(Path(shutil.copytree(stage.lab.folder, tmp_path / "lab")))
    longer = replace(PLAN, until_iterations=5)
    assert train_swap(open_sealer(lab), ("one", "other"), "model", longer, settings()).iteration == 5


def test_a_swap_begins_from_a_pretrained_encoder(stage: Stage, tmp_path: Path) -> None:
    lab = open_lab(Path(shutil.copytree(stage.lab.folder, tmp_path / "lab")))
    sealer = open_sealer(lab)
    pretrain_encoder(sealer, ("one", "other"), "common", PLAN, settings())
    assert rests_on(lab.models / "common") == tuple(it for one in stage.prepared.values() for it in one.store.consents)
    begun = replace(PLAN, until_iterations=1)
    train_swap(sealer, ("one", "other"), "begun", begun, settings(), pretrained="common")
    start = min((lab.models / "begun").glob("checkpoint-*"))
    encoder = [name for name in read_checkpoint(start).weights if name.startswith("encoder")]
    learned = read_checkpoint(max((lab.models / "common").glob("checkpoint-*"))).weights
    assert encoder
    assert all((read_checkpoint(start).weights[name] == learned[name]).all() for name in encoder)
    with pytest.raises(UsageError, match="holds no encoder"):
        train_swap(sealer, ("one", "other"), "other-model", begun, settings(), pretrained="none")
    with pytest.raises(UsageError, match="does not tell whose faces"):
        merge_swap(sealer, "common", stage.films["other"], MergeRecipe(), settings())


def test_a_swap_of_the_usual_size_begins_from_the_encoder_that_comes_with_the_package(
    stage: Stage, tmp_path: Path
) -> None:
    lab = open_lab(Path(shutil.copytree(stage.lab.folder, tmp_path / "lab")))
    plan = TrainingPlan(until_iterations=1, threads=1)
    begin = encoder_for(plan)
    assert begin == "shipped"
    train_swap(open_sealer(lab), ("one", "other"), "usual", plan, settings(), pretrained=begin)
    start = read_checkpoint(min((lab.models / "usual").glob("checkpoint-*"))).weights
    learned = read_checkpoint(weight_path("swap_encoder_tiny96")).weights
    assert {name.split(".")[0] for name in learned} == {"encoder", "inter"}
    assert all((start[name] == tensor.float()).all() for name, tensor in learned.items())
    assert encoder_for(replace(plan, arch="liae")) is None
    with pytest.raises(UsageError, match="does not fit a micro64"):
        train_swap(open_sealer(lab), ("one", "other"), "small", PLAN, settings(), pretrained="shipped")


def test_a_swapped_film_is_sealed_and_changes_the_face_alone(stage: Stage, merged: Written) -> None:
    assert merged.entry.kind == "swap"
    truth = merged.entry.extra["truth"]
    assert truth["method"] == "df-micro64"
    assert set(truth["consents"]) == {it for one in stage.prepared.values() for it in one.store.consents}
    assert merged.mask is not None
    label = np.s_[-24:, :]
    for before, after, mask in zip(
        pictures(stage.films["other"]), pictures(merged.path), pictures(merged.mask), strict=True
    ):
        made, kept = mask[..., 0] > 200, mask[..., 0] < 3
        made[label] = kept[label] = False
        change = np.abs(before.astype(int) - after).mean(axis=2)
        assert 0.02 < made.mean() < 0.3
        assert change[made].mean() > 6
        assert change[kept].mean() < 4


@pytest.mark.parametrize("mask", ["learned", "hull", "both"])
@pytest.mark.parametrize("blend", ["feather", "poisson", "raw"])
def test_every_way_to_merge(stage: Stage, mask: str, blend: str) -> None:
    checkpoint, descent = open_model(stage.lab, "model")
    followed = follow_person(stage.films["other"], settings())
    recipe = MergeRecipe(mask, blend=blend, sides=(0.1, 0.0, 0.0, 0.0))  # type: ignore[arg-type] # names of the two
    merger = Merger(SwapModel.of(checkpoint), descent.face_type, followed, recipe)
    with open_frames(followed.path, followed.media, settings(), exact=True) as film:
        frame = next(iter(film))
    made = merger.change(frame)
    assert made.mask is not None
    outside = made.mask == 0
    assert (made.image[outside] == frame.image[outside]).all()
    assert set(np.unique(made.mask)) <= {0.0, 1.0} or blend == "feather"
    away = merger.change(replace(frame, seconds=99.0))
    assert (away.image == frame.image).all()


def test_a_merge_asks_who_is_in_the_film(stage: Stage, speaker: Path) -> None:
    with pytest.raises(UsageError, match="whom the model learned to draw over"):
        merge_swap(stage.sealer, "model", speaker, MergeRecipe(), settings())


def test_no_swap_without_consent(stage: Stage, speaker: Path) -> None:
    wanted = Preparing((speaker,), stage.lab.faces / "speaker", "speaker", taking=Taking(side=96, rate_hz=3.0))
    prepare(stage.lab, replace(wanted, choice=Choice(least_change=0.0), force=True), settings())
    with pytest.raises(UsageError, match="Nobody has agreed to a swap"):
        train_swap(stage.sealer, ("one", "speaker"), "stolen", PLAN, settings())
    with pytest.raises(UsageError, match="Nobody has agreed to a swap"):
        train_swap(stage.sealer, ("speaker", "one"), "stolen", PLAN, settings())
    assert not (stage.lab.models / "stolen").exists()


def test_a_person_may_be_drawn_anew_as_themself(stage: Stage, speaker: Path) -> None:
    wanted = Preparing((speaker,), stage.lab.faces / "self", "self", taking=Taking(side=96, rate_hz=3.0))
    store = prepare(stage.lab, replace(wanted, choice=Choice(least_change=0.0), force=True), settings()).store
    descent = may_train(stage.lab, store, store)
    assert descent.same
    assert descent.consents == ()
    assert descent_of(descent.as_facts()) == descent


def test_a_revoked_consent_takes_the_model_along(stage: Stage, tmp_path: Path) -> None:
    lab = open_lab(Path(shutil.copytree(stage.lab.folder, tmp_path / "lab")))
    consent = stage.prepared["one"].store.consents[0]
    gone = revoke(lab, consent)
    assert {folder.name for folder in gone} >= {"one", "model"}
    with pytest.raises(UsageError, match="holds no model"):
        merge_swap(open_sealer(lab), "model", stage.films["other"], MergeRecipe(), settings())


def test_a_consent_that_expired_stops_a_merge(stage: Stage, tmp_path: Path) -> None:
    lab = open_lab(Path(shutil.copytree(stage.lab.folder, tmp_path / "lab")))
    path = lab.consents / f"{stage.prepared['one'].store.consents[0]}.json"
    told = json.loads(path.read_text(encoding="utf-8")) | {"granted": "2020-01-01", "expires": "2020-02-01"}
    path.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(UsageError, match="expired on 2020-02-01"):
        merge_swap(
            Sealer(lab, stage.sealer.marks, stage.sealer.signer),
            "model",
            stage.films["other"],
            MergeRecipe(),
            settings(),
        )


def test_what_a_licence_keeps_inside_marks_the_model(stage: Stage) -> None:
    store = stage.prepared["one"].store
    face = np.random.default_rng(1).normal(0, 0.05, 128)
    evidence = Evidence(sha256="0" * 64, name="LICENSE")
    corpus = enrol(stage.lab, Enrolment("corpus", "licensed-corpus", today() + timedelta(days=1), evidence, (face,)))
    with pytest.raises(UsageError, match="not those of 'corpus'"):
        may_train(stage.lab, replace(store, consents=(corpus.id,)), stage.prepared["other"].store)
    descent = may_train(stage.lab, store, stage.prepared["other"].store)
    assert not descent.keep_inside
    assert not descent.same
    assert read_consent(stage.lab, descent.consents[0]).basis == "puppet"


def test_stores_of_two_face_types_do_not_fit(stage: Stage) -> None:
    with pytest.raises(UsageError, match="prepare both alike"):
        may_train(stage.lab, replace(stage.prepared["one"].store, face_type="head"), stage.prepared["other"].store)


@pytest.mark.parametrize("facts", [{}, {"descent": "{"}, {"descent": "{}"}, {"descent": "[]"}])
def test_a_model_that_does_not_tell_is_not_used(facts: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="does not tell whose faces"):
        descent_of(facts)


def test_a_descent_with_half_a_face_is_not_used() -> None:
    whole = Descent("a", "b", (0.0,) * 128, (0.0,) * 127, False, False, "full", (), False, ())
    with pytest.raises(UsageError, match="does not tell whose faces"):
        descent_of(whole.as_facts())


@pytest.mark.parametrize("name", ["", "..", "../x", "a/b", "-rf", "a b", "x" * 200])
def test_names_are_words(stage: Stage, name: str) -> None:
    with pytest.raises(UsageError, match="is no name"):
        train_swap(stage.sealer, ("one", "other"), name, PLAN, settings())


@pytest.mark.parametrize("text", ["", "20", "min", "-5min", "0s", "3 days", "1e9it"])
def test_a_time_that_is_none(text: str) -> None:
    with pytest.raises(UsageError, match="is no time to train until"):
        Ending.named(text)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mask": "face"}, "face"),
        ({"blend": "soft"}, "soft"),
        ({"transfer": "rgb"}, "No colour"),
        ({"erode": 2.0}, "erosion"),
    ],
)
def test_a_recipe_that_makes_no_sense(change: dict[str, object], said: str) -> None:
    with pytest.raises((UsageError, TypeError), match=said):
        MergeRecipe(**change)  # type: ignore[arg-type] # of any field


def test_a_face_that_is_to_be_larger_keeps_its_middle() -> None:
    matrix = np.array([[2.0, 0.5, 3.0], [-0.5, 2.0, 1.0]])
    corners = np.array([[0.0, 0.0], [64.0, 0.0], [32.0, 32.0]])
    before, after = (
        cv2.transform(corners[None], cv2.invertAffineTransform(one))[0] for one in (matrix, scaled(matrix, 64, 1.25))
    )
    assert after[2] == pytest.approx(before[2])
    assert np.linalg.norm(after[1] - after[0]) == pytest.approx(1.25 * np.linalg.norm(before[1] - before[0]))
