import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.forgery.swap.toy import RED, SIDE, discs, plan_of
from unmask.errors import UsageError
from unmask.forgery.swap.faceset import FaceSet
from unmask.forgery.swap.store import face_set, open_store, write_masks
from unmask.forgery.swap.store_versions import NEXT, VERSION, upgraded
from unmask.forgery.swap.training import train

VERSION_1 = """{"version": 1, "subject": "jo", "face_type": "full", "side": 32,
 "sources": [{"file": "jo.mp4", "sha256": "0000000000000000000000000000000000000000000000000000000000000000"}],
 "faces": [%s]}
"""
FACE_1 = """{"picture": "%06d.jpg", "source": 0, "seconds": %.2f, "pose": [-12.5, 3.25, 0.5], "sharpness": 412.75,
  "width": 105.3, "light": [121.5, -0.04], "mouth": 0.12, "landmarks": %s}"""
"""As they were written before a face could name a mask; by hand, since no program writes them any more."""


@pytest.fixture
def faces() -> FaceSet:
    return discs(RED, 20)


@pytest.fixture
def folder(tmp_path: Path, faces: FaceSet) -> Path:
    """A store of version 1."""
    (tmp_path / "pictures").mkdir()
    lines = []
    for number, (image, points) in enumerate(zip(faces.images, faces.landmarks, strict=True), 1):
        cv2.imwrite(str(tmp_path / "pictures" / f"{number:06d}.jpg"), image[..., ::-1])
        lines.append(FACE_1 % (number, number / 10, np.rint(points * 16).astype(int).reshape(-1).tolist()))
    (tmp_path / "faces.json").write_text(VERSION_1 % ",\n".join(lines), encoding="utf-8")
    (tmp_path / "consents.json").write_text('{"consents": ["1a2b3c4d"]}', encoding="utf-8")
    return tmp_path


def told(folder: Path) -> dict[str, Any]:
    index: dict[str, Any] = json.loads((folder / "faces.json").read_text(encoding="utf-8"))
    return index


def test_a_store_of_version_1_opens_with_all_it_holds(folder: Path, faces: FaceSet) -> None:
    store = open_store(folder)
    assert (store.subject, store.face_type, store.side, store.consents) == ("jo", "full", SIDE, ("1a2b3c4d",))
    face = store.faces[4]
    assert (face.picture, face.seconds, face.pose, face.sharpness) == ("000005.jpg", 0.5, (-12.5, 3.25, 0.5), 412.75)
    assert np.abs(face.landmarks - faces.landmarks[4]).max() <= 1 / 32
    assert {one.mask for one in store.faces} == {""}
    assert told(folder)["version"] == 1  # opening alone changes nothing


def test_a_store_of_version_1_trains(folder: Path, tmp_path: Path) -> None:
    own = face_set(open_store(folder), SIDE)
    assert train(own, own, plan_of(2), tmp_path / "model").iteration == 2


def test_a_store_of_version_1_is_upgraded_when_it_is_written(folder: Path) -> None:
    before = open_store(folder)
    mask = np.zeros((SIDE, SIDE), np.float32)
    mask[8:24, 8:24] = 1
    write_masks(before, [mask, *[None] * 19])
    index = told(folder)
    assert index["version"] == VERSION == 2
    assert index["faces"][0]["mask"].startswith("000001-")
    assert index["faces"][1]["mask"] is None
    after = open_store(folder)
    for one, other in zip(before.faces, after.faces, strict=True):
        assert (one.picture, one.pose, one.light, one.mouth) == (other.picture, other.pose, other.light, other.mouth)
        assert (one.landmarks == other.landmarks).all()


def test_from_each_older_version_a_way_leads_to_the_newest() -> None:
    assert sorted(NEXT) == list(range(1, VERSION))
    assert upgraded({"version": 1, "faces": []})["version"] == VERSION


@pytest.mark.parametrize(
    ("version", "said"), [(3, "use a newer unmask"), (0, "damaged"), ("1", "damaged"), ([], "damaged")]
)
def test_a_version_that_is_not_known(folder: Path, version: object, said: str) -> None:
    (folder / "faces.json").write_text(json.dumps(told(folder) | {"version": version}), encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        open_store(folder)
