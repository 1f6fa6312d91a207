import json
from pathlib import Path

import numpy as np
import pytest

from unmask.errors import UsageError
from unmask.forgery.puppets.identity import identity
from unmask.forgery.puppets.nuisance import Nuisance
from unmask.forgery.puppets.render import render
from unmask.forgery.swap.areas import NO_AREAS, Area, Areas, read_areas

GLASSES = Area(do="exclude", points=((0.05, 0.2), (0.95, 0.2), (0.95, 0.42), (0.05, 0.42)))
ONES = np.ones((200, 200), np.float32)


@pytest.mark.parametrize("yaw", [-30.0, 0.0, 30.0])
def test_an_area_follows_the_face(yaw: float) -> None:
    points = render(identity(2), Nuisance(face_width=90.0, yaw_degrees=yaw), 200, 200).landmarks
    mask = Areas(areas=(GLASSES,)).applied(ONES, points)
    for eye, mouth in ((159, 13), (386, 14)):
        x, y = np.rint(points[eye, :2]).astype(int)
        assert mask[y, x] == 0
        x, y = np.rint(points[mouth, :2]).astype(int)
        assert mask[y, x] == 1
    assert 0.01 < (mask == 0).mean() < 0.3


def test_later_areas_win() -> None:
    points = render(identity(2), Nuisance(face_width=90.0), 200, 200).landmarks
    again = Area(do="include", points=GLASSES.points)
    assert (Areas(areas=(GLASSES, again)).applied(ONES, points) == 1).all()


def test_no_areas_change_nothing() -> None:
    assert NO_AREAS.applied(ONES, np.zeros((468, 3), np.float32)) is ONES


def test_areas_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "glasses.json"
    path.write_text(Areas(areas=(GLASSES,)).model_dump_json(), encoding="utf-8")
    assert read_areas(path).areas == (GLASSES,)


@pytest.mark.parametrize(
    "told",
    [
        "{",
        "[]",
        json.dumps({"version": 2, "areas": []}),
        json.dumps({"areas": [{"do": "hide", "points": [[0, 0], [1, 0], [1, 1]]}]}),
        json.dumps({"areas": [{"do": "exclude", "points": [[0, 0], [1, 0]]}]}),
        json.dumps({"areas": [{"do": "exclude", "points": [[0, 0], [1, 0], [1e9, 1]]}]}),
    ],
)
def test_what_holds_no_areas_is_told(tmp_path: Path, told: str) -> None:
    path = tmp_path / "areas.json"
    path.write_text(told, encoding="utf-8")
    with pytest.raises(UsageError, match="holds no areas") as caught:
        read_areas(path)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_areas(tmp_path / "none.json")
