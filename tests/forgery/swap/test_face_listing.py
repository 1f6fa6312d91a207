from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

from tests.forgery.swap.conftest import Stage
from unmask.cli.forge_swap_faces import OrderName
from unmask.errors import UsageError
from unmask.faces.pose import mean_face
from unmask.forgery.swap.face_listing import ORDERS, Wanted, faces_sheet, listed
from unmask.forgery.swap.store import FaceSource, FaceStore, StoredFace, write_store
from unmask.forgery.writing import write_sealed
from unmask.settings import settings

YAW = (-40.0, 0.0, 20.0, 60.0, -5.0)
PITCH = (5.0, -10.0, 0.0, 10.0, 30.0)
SHARPNESS = (90.0, 50.0, 70.0, 10.0, 80.0)
WIDTH = (80.0, 120.0, 60.0, 100.0, 90.0)


@pytest.fixture
def store(tmp_path: Path) -> FaceStore:
    """Five faces of which everything is known."""
    points = (mean_face() * np.float32(0.2) + np.float32(32)).astype(np.float32)
    known = zip(YAW, PITCH, SHARPNESS, WIDTH, strict=True)
    faces = tuple(
        StoredFace("", 0, number / 10, points, (yaw, pitch, 0.0), sharpness, width, (120.0, 0.1), 0.02)
        for number, (yaw, pitch, sharpness, width) in enumerate(known)
    )
    made = FaceStore(tmp_path / "jo", "jo", "full", 64, (FaceSource("jo.mp4", "0" * 64),), faces)
    return write_store(made, [np.full((64, 64, 3), 20 * number, np.uint8) for number in range(5)])


def numbers(store: FaceStore, wanted: Wanted) -> list[int]:
    return [one.number for one in listed(store, wanted)]


@pytest.mark.parametrize(
    ("order", "sorted_so"),
    [
        ("time", [1, 2, 3, 4, 5]),
        ("blur", [1, 5, 3, 2, 4]),
        ("yaw", [1, 5, 2, 3, 4]),
        ("pitch", [2, 3, 1, 4, 5]),
        ("size", [2, 4, 5, 1, 3]),
    ],
)
def test_faces_are_sorted_by_what_is_known_of_them(store: FaceStore, order: str, sorted_so: list[int]) -> None:
    assert numbers(store, Wanted(order)) == sorted_so  # type: ignore[arg-type] # one of them
    assert numbers(store, Wanted(order, backwards=True)) == sorted_so[::-1]  # type: ignore[arg-type] # one of them
    assert numbers(store, Wanted(order, most=2)) == sorted_so[:2]  # type: ignore[arg-type] # one of them


@pytest.mark.parametrize(
    ("wanted", "left"),
    [
        (Wanted(least_width=90.0), [2, 4, 5]),
        (Wanted(least_sharpness=60.0), [1, 3, 5]),
        (Wanted(most_yaw=30.0), [2, 3, 5]),
        (Wanted(most_pitch=9.0), [1, 3]),
        (Wanted("size", least_sharpness=60.0, most_yaw=30.0), [5, 3]),
    ],
)
def test_faces_are_filtered(store: FaceStore, wanted: Wanted, left: list[int]) -> None:
    assert numbers(store, wanted) == left


def test_what_makes_no_sense_is_told(store: FaceStore) -> None:
    with pytest.raises(UsageError, match="None of the 5 faces of jo is left"):
        listed(store, Wanted(least_width=500.0))
    with pytest.raises((UsageError, TypeError), match="hat"):
        Wanted("hat")  # type: ignore[arg-type] # no order


def test_a_stranger_lies_furthest_from_the_middle(stage: Stage, tmp_path: Path) -> None:
    own, other = (stage.prepared[name].store for name in ("one", "other"))
    faces = (*own.faces[:8], other.faces[4])
    pictures = [*(own.picture(face) for face in own.faces[:8]), other.picture(other.faces[4])]
    mixed = write_store(replace(own, folder=tmp_path / "mixed", faces=faces), pictures)
    told: list[tuple[float, float | None]] = []
    found = listed(mixed, Wanted("similarity"), on_progress=lambda done, of: told.append((done, of)))
    apart = [one.distance for one in found if one.distance is not None]
    assert found[-1].number == 9
    assert apart == sorted(apart)
    assert (len(apart), told[-1]) == (9, (9.0, 9.0))
    near = listed(mixed, Wanted(most_distance=(apart[-1] + apart[-2]) / 2))
    assert [one.number for one in near] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_sheet_of_faces_is_sealed(stage: Stage, tmp_path: Path) -> None:
    store = stage.prepared["one"].store
    found = listed(store, Wanted("yaw", most=5))
    done = write_sealed(faces_sheet(stage.sealer, store, found, "yaw"), tmp_path / "sheet.png", settings())
    truth = done.entry.extra["truth"]
    assert (done.entry.kind, truth["method"]) == ("sheet", "faces")
    assert truth["parameters"]["numbers"] == [one.number for one in found]
    assert tuple(truth["consents"]) == store.consents
    assert {source["sha256"] for source in truth["sources"]} == {source.sha256 for source in store.sources}


def test_all_orders_are_known_to_the_command_line() -> None:
    assert get_args(OrderName) == ORDERS
