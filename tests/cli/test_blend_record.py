from dataclasses import replace
from pathlib import Path

import pytest
import torch

from tests.training.drawn_faces import drawn_faces
from unmask.benchmark.blend_run import read_run
from unmask.benchmark.origin import sha256_of
from unmask.cli.blend_record import recorded
from unmask.cli.train_recipes import Request
from unmask.networks.blend import BlendNetwork
from unmask.training import blend_int8
from unmask.training.blend import BlendRecipe, Look, TrainedBlend, split_people
from unmask.training.blend_export import write_blend
from unmask.training.blend_looks import answers_of, trials_of
from unmask.training.faces import Faces

RECIPE = BlendRecipe(iterations=20, pairs=3, look_every=10)


def films() -> list[Faces]:
    """One face a person, of people with names that nobody should find again."""
    return [
        replace(one, person=f"anna {one.person}", images=one.images[:1], landmarks=one.landmarks[:1])
        for one in drawn_faces()
    ]


def trained() -> TrainedBlend:
    torch.manual_seed(2)
    network = BlendNetwork()
    answers = answers_of(network, trials_of(split_people(films(), RECIPE.seed)[1], RECIPE.seed))
    looks = (Look(10, 5.0, 1.0, 0.6, 0.3), Look(20, 9.0, 0.9, 0.55, 0.3))
    return TrainedBlend(network, answers, answers, looks, interrupted=False)


def test_a_record_tells_the_training_and_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blend_int8, "PAIRS", 1)
    whole, out = trained(), tmp_path / "mine.onnx"
    write_blend(whole.network, out)
    run = recorded(Request("blend", (), out, tmp_path, quick=True, quiet=True, int8=True), RECIPE, films(), whole)
    assert run.network == sha256_of(out)
    assert (run.best, [one.images for one in run.rises]) == (10, [60, 120])
    assert (run.people, run.faces) == (2, 2)
    assert [one.fake for one in run.tried] == [one.fake for one in whole.answers]
    assert run.int8 is not None
    assert len(run.int8.fakes) == len(run.tried)
    assert run.int8.size_bytes == (tmp_path / "mine_int8.onnx").stat().st_size < run.int8.float_size_bytes
    (tmp_path / "mine_training.json").write_text(run.as_json(), encoding="utf-8")
    assert "anna" not in run.as_json()
    assert read_run(tmp_path / "mine_training.json").tried[0].kind == run.tried[0].kind
