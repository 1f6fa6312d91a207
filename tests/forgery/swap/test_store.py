import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.forgery.swap.conftest import Stage
from tests.forgery.swap.drawings import box, draw, polygon
from unmask.errors import BrokenMedia, UsageError
from unmask.forgery.consent import rests_on
from unmask.forgery.swap.drawn_masks import drawn_masks
from unmask.forgery.swap.store import FaceSource, face_set, open_store, write_kept, write_masks, write_store
from unmask.types import Mask


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
        ({"version": 3}, "use a newer unmask"),
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


def test_a_face_with_a_mask_of_its_own_is_learned_by_it(folder: Path) -> None:
    store = open_store(folder)
    mask = np.zeros((96, 96), np.float32)
    mask[10:50, 20:60] = 1
    before = face_set(store, 48)
    write_masks(store, [None, mask, *[None] * (len(store.faces) - 2)])
    after = face_set(open_store(folder), 48)
    assert (after.masks[1, 6:24, 11:29] == 255).all()
    assert (after.masks[1] > 0).sum() == 20 * 20
    assert (after.masks[0] == before.masks[0]).all()
    assert set(np.unique(after.masks)) == {0, 255}
    assert after.sha256 != before.sha256


def test_masks_are_replaced_and_taken_away(folder: Path) -> None:
    store = open_store(folder)
    count = len(store.faces)
    ones = np.ones((96, 96), np.float32)
    write_masks(store, [ones] * count)
    second = write_masks(open_store(folder), [ones] * 3 + [None] * (count - 3))
    assert {path.name for path in (folder / "masks").iterdir()} == {face.mask for face in second.faces if face.mask}
    assert len(list((folder / "masks").iterdir())) == 3
    write_masks(open_store(folder), [None] * count)
    assert not (folder / "masks").exists()


def test_masks_cut_off_in_the_middle_leave_those_of_before(folder: Path) -> None:
    store = write_masks(open_store(folder), [np.ones((96, 96), np.float32)] * len(open_store(folder).faces))

    def failing() -> Iterator[Mask]:
        yield np.zeros((96, 96), np.float32)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_masks(store, failing())
    again = open_store(folder)
    assert all(again.mask(face) is not None and (again.mask(face) == 1).all() for face in again.faces)  # type: ignore[union-attr] # it is not None


def test_some_faces_are_kept_as_they_are(folder: Path, tmp_path: Path) -> None:
    store = write_masks(open_store(folder), [np.ones((96, 96), np.float32)] * len(open_store(folder).faces))
    drawing = draw(store, 5, polygon("include", box(20, 20, 60, 70)))
    (folder / "pictures" / "000003.json").write_text("{", encoding="utf-8")
    kept = write_kept(store, [5, 2, 9, 2], tmp_path / "kept")
    assert kept.consents == store.consents == rests_on(tmp_path / "kept") != ()
    assert [face.seconds for face in kept.faces] == [store.faces[number].seconds for number in (2, 5, 9)]
    for number, face in zip((2, 5, 9), open_store(tmp_path / "kept").faces, strict=True):
        before = (folder / "pictures" / store.faces[number].picture).read_bytes()
        assert (tmp_path / "kept" / "pictures" / face.picture).read_bytes() == before
        assert face.mask
    assert list(drawn_masks(kept).masks) == [1]
    assert json.loads(drawing.read_text(encoding="utf-8"))["imagePath"] == "000006.jpg"
    with pytest.raises(UsageError, match="there already"):
        write_kept(store, [1], tmp_path / "kept")


def test_only_the_sources_of_kept_faces_are_named(folder: Path, tmp_path: Path) -> None:
    store = open_store(folder)
    sources = (*store.sources, FaceSource("second.mp4", "1" * 64))
    faces = tuple(replace(face, source=number % 2) for number, face in enumerate(store.faces))
    kept = write_kept(replace(store, sources=sources, faces=faces), [1, 3], tmp_path / "kept")
    assert kept.sources == (FaceSource("second.mp4", "1" * 64),)
    assert {face.source for face in open_store(tmp_path / "kept").faces} == {0}
