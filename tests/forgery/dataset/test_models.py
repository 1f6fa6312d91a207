from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.forgery.dataset.conftest import ALL_KINDS, Originals
from tests.forgery.swap.toy import BLUE, RED, discs, plan_of
from unmask.errors import UsageError
from unmask.forgery.dataset.allowing import allowed_with
from unmask.forgery.dataset.changes import MAKERS, Surroundings
from unmask.forgery.dataset.clip import follow, read_clip
from unmask.forgery.dataset.films import Seen
from unmask.forgery.dataset.plan import Pair, Place
from unmask.forgery.dataset.planning import plan_of as corpus_plan
from unmask.forgery.lab import Lab, open_lab
from unmask.forgery.swap.descent import Descent
from unmask.forgery.swap.training import train
from unmask.media.probe import probe
from unmask.settings import settings

FACE, OTHER = (tuple(np.eye(128)[row].tolist()) for row in (0, 1))
RECIPE = replace(ALL_KINDS, shares={"model": 1.0}, models=("toy",))


def trained(lab: Lab, *, over_puppets: bool) -> None:
    """A model that has hardly begun to learn; whom it may draw over is what counts here."""
    descent = Descent("red", "blue", OTHER, FACE, over_puppets, False, "full", (), False, ("0" * 64,))
    folder = lab.models / "toy"
    folder.mkdir()
    train(discs(RED), discs(BLUE), plan_of(1, facts=descent.as_facts()), folder)


def seen(sha256: str, face: tuple[float, ...]) -> Seen:
    return Seen("one.mp4", 1, sha256, 1.2, (face,))


def test_a_model_draws_over_whom_it_learned_to_draw_over(originals: Originals, tmp_path: Path) -> None:
    trained(originals.lab, over_puppets=True)
    place = Place("one.mp4", probe(originals.folder / "one.mp4", settings()).sha256, 0.0, 0.6)
    allowed, inside = allowed_with(originals.lab, RECIPE, [seen(place.sha256, FACE)], ())
    assert allowed.models == {"one.mp4": ("toy",)}
    assert not inside
    [pair, _] = corpus_plan(RECIPE, [seen(place.sha256, FACE)], allowed, seed=1).pairs
    assert (pair.kind, pair.model) == ("model", "toy")
    clip = read_clip(originals.folder, place, 200, settings())
    followed = follow(clip, settings())
    around = Surroundings(originals.lab, originals.folder, 200, (), settings(), {})
    changed = MAKERS["model"](pair, clip, followed, around, tmp_path)
    assert (changed.truth.kind, changed.truth.method) == ("swap", "df-toy")
    made, before = changed.change(clip.frames[3]), clip.frames[3].image
    assert made.mask is not None
    assert (made.image[made.mask == 0] == before[made.mask == 0]).all()
    assert (made.mask > 0).any()


def test_a_model_of_others_is_left_out_by_name(tmp_path: Path) -> None:
    lab = open_lab(tmp_path / "lab")
    trained(lab, over_puppets=False)
    mine, strangers = seen("1" * 64, FACE), seen("1" * 64, OTHER)
    assert allowed_with(lab, RECIPE, [mine], ())[0].models == {"one.mp4": ("toy",)}
    allowed, _ = allowed_with(lab, RECIPE, [strangers], ())
    assert not allowed.models
    plan = corpus_plan(RECIPE, [strangers], allowed, seed=1)
    assert not plan.pairs
    assert plan.left_out[0].startswith("The model 'toy' is left out")


def test_a_model_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="The lab holds no model 'toy'"):
        allowed_with(open_lab(tmp_path / "lab"), RECIPE, [seen("1" * 64, FACE)], ())


def test_a_plan_without_a_face_to_paste_is_refused(originals: Originals, tmp_path: Path) -> None:
    place = Place("one.mp4", probe(originals.folder / "one.mp4", settings()).sha256, 0.0, 0.6)
    clip = read_clip(originals.folder, place, 200, settings())
    pair = Pair("1", "paste", "train", place, "person-0001", 1, 20, "ultrafast")
    around = Surroundings(originals.lab, originals.folder, 200, (), settings(), {})
    with pytest.raises(UsageError, match="names no face to paste"):
        MAKERS["paste"](pair, clip, follow(clip, settings()), around, tmp_path)
