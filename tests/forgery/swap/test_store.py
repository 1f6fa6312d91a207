import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.forgery.swap.conftest import Stage
from unmask.errors import BrokenMedia, UsageError
from unmask.forgery.swap.store import face_set, open_store, write_store


@pytest.fixture
def folder(stage: Stage, tmp_path: Path) -> Path:
    """A store of one's own."""
    return Path(shutil.copytree(stage.prepared["one"].store.folder, tmp_path / "store"))


def test_a_store_is_read_as_it_was_written(stage: Stage) -> None:
    written = stage.prepared["one"].store
    read = open_store(written.folder)
    assert (read.subject, read.face_type, read.side, read.consents) == ("one", "full", 96, written.consents)
    assert len(read.faces) == len(written.faces) > 20
    for before, after in zip(written.faces, read.faces, strict=True):
        assert np.abs(before.landmarks - after.landmarks).max() <= 1 / 16
        assert np.allclose(before.pose, after.pose, atol=0.01)
    assert read.picture(read.faces[0]).shape == (96, 96, 3)


def test_faces_to_train_on(stage: Stage) -> None:
    store = stage.prepared["one"].store
    faces = face_set(store, 64)
    assert faces.images.shape == (len(store.faces), 64, 64, 3)
    share = (faces.masks == 255).mean(axis=(1, 2))
    assert ((share > 0.25) & (share < 0.8)).all()
    inside = np.abs(faces.landmarks[:, 1, :2] - 32).max()  # the tip of the nose
    assert inside < 24


def test_a_store_is_no_pickle_and_names_no_place(folder: Path) -> None:
    assert {path.suffix for path in folder.rglob("*") if path.is_file()} == {".json", ".jpg"}
    assert str(folder.parent) not in (folder / "faces.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 2}, "use a newer unmask"),
        ({"face_type": "hat"}, "damaged"),
        ({"side": 10**9}, "damaged"),
        ({"faces": []}, "damaged"),
        ({"sources": []}, "damaged"),
    ],
)
def test_a_store_that_makes_no_sense(folder: Path, change: dict[str, object], said: str) -> None:
    path = folder / "faces.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change), encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        open_store(folder)


@pytest.mark.parametrize("content", ["", "[]", "{", '{"version": 1, "faces": [{"landmarks": [1]}]}'])
def test_an_index_that_is_none(folder: Path, content: str) -> None:
    (folder / "faces.json").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="damaged"):
        open_store(folder)


def test_a_picture_outside_the_store_is_not_read(folder: Path, tmp_path: Path) -> None:
    path = folder / "faces.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["faces"][0]["picture"] = str(tmp_path / "secret.jpg")
    path.write_text(json.dumps(told), encoding="utf-8")
    (tmp_path / "secret.jpg").write_bytes((folder / "pictures" / "000002.jpg").read_bytes())
    store = open_store(folder)
    with pytest.raises(BrokenMedia, match="missing or damaged"):
        store.picture(store.faces[0])


def test_a_missing_picture_is_told(folder: Path) -> None:
    (folder / "pictures" / "000001.jpg").unlink()
    with pytest.raises(BrokenMedia, match=r"'000001\.jpg'|000001.jpg"):
        face_set(open_store(folder), 64)


def test_a_store_is_replaced_only_when_asked(stage: Stage, folder: Path) -> None:
    store = replace(open_store(folder), faces=stage.prepared["one"].store.faces[:5])
    pictures = [store.picture(face) for face in store.faces]
    with pytest.raises(UsageError, match="there already"):
        write_store(store, pictures)
    assert len(write_store(store, pictures, force=True).faces) == 5
    assert len(open_store(folder).faces) == 5
    (folder.parent / "thesis").mkdir()
    (folder.parent / "thesis" / "chapter").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="holds no faces"):
        write_store(replace(store, folder=folder.parent / "thesis"), pictures, force=True)
    assert (folder.parent / "thesis" / "chapter").read_text(encoding="utf-8") == "mine"
