from pathlib import Path

import numpy as np
import pytest

from tests.forgery.swap.conftest import Stage
from unmask.errors import UsageError
from unmask.faces.pose import pose_of
from unmask.forgery.followed import follow_person
from unmask.forgery.swap.model import SwapModel
from unmask.forgery.swap.steps import CELL, TITLES, frames_over_yaw, sheet_of, steps_of
from unmask.forgery.swap.swapping import open_model
from unmask.forgery.writing import write_sealed
from unmask.settings import settings


def test_the_sheet_is_sealed_as_a_swap(stage: Stage, tmp_path: Path) -> None:
    media = steps_of(stage.sealer, "model", stage.films["other"], settings(), rows=2)
    done = write_sealed(media, tmp_path / "steps.png", settings())
    assert (done.entry.kind, done.frames) == ("swap", 1)
    assert done.entry.extra["truth"]["parameters"]["model"] == "model"


def test_the_rows_turn_further_and_further(stage: Stage) -> None:
    followed = follow_person(stage.films["one"], settings())
    frames = frames_over_yaw(followed, 4, settings())
    turns = [
        abs(float(pose_of(followed.landmarks[row])[0]))
        for it in frames
        if (row := followed.row_at(it.seconds)) is not None
    ]
    assert len(turns) >= 2
    assert turns == sorted(turns)
    assert turns[-1] == pytest.approx(max(abs(float(pose_of(face)[0])) for face in followed.landmarks))


def test_the_code_is_a_small_grid_that_depends_on_the_face(stage: Stage) -> None:
    model = SwapModel.of(open_model(stage.lab, "model")[0])
    faces = np.random.default_rng(1).integers(0, 255, (2, 64, 64, 3), dtype=np.uint8)
    codes = model.code(faces)
    assert codes.shape[0] == 2
    assert codes[0].size < 64 * 64 / 16
    assert np.abs(codes[0] - codes[1]).max() > 0
    assert np.allclose(model.code(faces[:1])[0], codes[0], atol=1e-5)


def test_pictures_of_any_shape_fit_their_cells() -> None:
    pictures = [np.full((20 + 30 * k, 90, 3), 200, np.uint8) for k in range(len(TITLES))]
    sheet = sheet_of([("yaw +0", pictures)])
    assert sheet.shape[1] > len(TITLES) * CELL
    assert (sheet == 200).all(axis=2).sum() > len(TITLES) * 1000


def test_only_the_person_who_was_learned_is_shown(stage: Stage, speaker: Path) -> None:
    with pytest.raises(UsageError, match="whom the model learned to draw over"):
        steps_of(stage.sealer, "model", speaker, settings())
