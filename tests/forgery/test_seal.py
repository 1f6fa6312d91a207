import ast
import copy
import importlib
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import unmask.forgery
from tests.puppet import Puppet, Stage, picture_of
from unmask.errors import UsageError
from unmask.forgery import seal
from unmask.forgery.lab import Sealer
from unmask.forgery.seal import (
    Made,
    Pace,
    SealedFrame,
    SealedMedia,
    require_genuine,
    require_genuine_frame,
    seal_reel,
    seal_still,
)
from unmask.forgery.showing import note_shown
from unmask.forgery.swap.live_preview import Preview
from unmask.forgery.truth import Truth
from unmask.forgery.writing import write_sealed
from unmask.provenance.ledger import read_ledger
from unmask.settings import settings

TRUTH = Truth("puppet", "drawn")


@pytest.fixture
def still(sealer: Sealer) -> SealedMedia:
    return seal_still(Made(picture_of(Stage((Puppet(),)))), TRUTH, sealer)


def test_only_the_seal_makes_sealed_media(still: SealedMedia) -> None:
    inner: Any = still._inner
    for key in (None, object(), "seal", still):
        with pytest.raises(TypeError, match="makes sealed media"):
            SealedMedia(key, inner, TRUTH, still.sealer, film=None, pace=None)


def test_it_is_not_copied_stored_or_inherited_from(still: SealedMedia) -> None:
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            attempt(still)
    with pytest.raises(TypeError):
        type("Loose", (SealedMedia,), {})
    with pytest.raises(TypeError):
        replace(still, truth=TRUTH)  # type: ignore[type-var] # what is tested is the refusal


@pytest.mark.parametrize("name", ["truth", "clip", "film", "pace", "sealer", "_inner", "pictures", "another"])
def test_nothing_in_it_is_changed(still: SealedMedia, name: str) -> None:
    with pytest.raises(TypeError, match="cannot be changed"):
        setattr(still, name, None)
    with pytest.raises(TypeError, match="cannot be changed"):
        delattr(still, name)


def test_the_writer_takes_nothing_else(tmp_path: Path, still: SealedMedia) -> None:
    hollow: Any = object.__new__(SealedMedia)  # past the constructor

    class Likeness:
        truth, clip, film, pace, sealer = still.truth, still.clip, None, None, still.sealer

        def pictures(self) -> list[tuple[float, Made]]:
            return [(0.0, Made(picture_of(Stage())))]

    for media in (hollow, Likeness(), picture_of(Stage()), Made(picture_of(Stage())), None):
        other: Any = media
        with pytest.raises(TypeError, match="Only sealed media is written"):
            require_genuine(other)
        with pytest.raises(TypeError):
            write_sealed(other, tmp_path / "out.png", settings())
    assert list(tmp_path.iterdir()) == []
    assert require_genuine(still) is still


def test_it_is_written_once(tmp_path: Path, still: SealedMedia) -> None:
    write_sealed(still, tmp_path / "one.png", settings())
    with pytest.raises(UsageError, match="taken already"):
        write_sealed(still, tmp_path / "two.png", settings())
    assert [path.name for path in tmp_path.iterdir()] == ["one.png"]


def test_pictures_leave_labelled_and_marked(sealer: Sealer) -> None:
    plain = np.full((240, 320, 3), 120, np.uint8)
    reel = seal_reel([(0.0, Made(plain)), (0.04, Made(plain))], Pace(25.0), TRUTH, sealer)
    for _, made in reel.pictures():
        assert made.image[-12:, 4:120].max() > 200  # white letters, bottom left
        assert 0.2 < np.abs(made.image[:200].astype(int) - 120).mean() < 6  # the mark


@pytest.fixture
def frame(still: SealedMedia) -> SealedFrame:
    return next(still.frames())


def test_only_the_seal_makes_sealed_frames(still: SealedMedia, frame: SealedFrame) -> None:
    for key in (None, object(), "seal", still, frame):
        with pytest.raises(TypeError, match="makes sealed frames"):
            SealedFrame(key, still, frame.made, 0.0)
    for attempt in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            attempt(frame)
    with pytest.raises(TypeError):
        type("Loose", (SealedFrame,), {})


@pytest.mark.parametrize("name", ["made", "media", "seconds", "another"])
def test_nothing_in_a_sealed_frame_is_changed(frame: SealedFrame, name: str) -> None:
    with pytest.raises(TypeError, match="cannot be changed"):
        setattr(frame, name, None)
    with pytest.raises(TypeError, match="cannot be changed"):
        delattr(frame, name)
    with pytest.raises(ValueError, match="read-only"):
        frame.made.image[:] = 0


def test_the_preview_takes_sealed_frames_alone(still: SealedMedia, frame: SealedFrame) -> None:
    hollow: Any = object.__new__(SealedFrame)  # past the constructor
    before = len(read_ledger(still.sealer.lab.ledger).entries)

    class Likeness:
        media, made, seconds = still, frame.made, 0.0

    with Preview(0) as preview:
        for picture in (hollow, Likeness(), still, frame.made, frame.made.image, b"\xff\xd8\xff", None):
            other: Any = picture
            with pytest.raises(TypeError, match="Only sealed frames are shown"):
                require_genuine_frame(other)
            with pytest.raises(TypeError):
                preview.show(other)
            with pytest.raises(TypeError):
                note_shown(other)
        assert len(read_ledger(still.sealer.lab.ledger).entries) == before
        preview.show(frame)
    assert len(read_ledger(still.sealer.lab.ledger).entries) == before + 1


def test_a_picture_of_another_size_gets_a_label_of_its_own(sealer: Sealer) -> None:
    sizes = [np.full((480, 640, 3), 120, np.uint8), np.full((240, 320, 3), 120, np.uint8)]
    reel = seal_reel([(0.04 * k, Made(image)) for k, image in enumerate(sizes)], Pace(25.0), TRUTH, sealer)
    for sealed in reel.frames():
        assert sealed.made.image[-12:, 4:120].max() > 200  # white letters, bottom left


WRITERS = {
    *(
        "write_video",
        "rewrite_video",
        "write_image",
        "media_file",
        "encode_png",
        "encode_jpeg",
        "encode_webp",
        "encoded",
    ),
    *("imwrite", "imencode", "imwritemulti", "VideoWriter", "imsave", "tofile", "mark_video", "mark_image"),
}
"""All that could write a picture."""
ALLOWED = {
    "writing.py",
    "mask_film.py",
    "swap/store.py",
    "swap/gathering.py",
    "swap/face_masks.py",
    "swap/live_preview.py",
    "dataset/changes.py",
}
"""The writer of what is sealed, and the preview, which takes nothing else either; masks, of films and in a store; and what was filmed, before anything is forged:
faces in a store and in memory, and a clip on its way to a second coding."""


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} | {
        node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)
    }


def test_no_other_module_of_the_lab_writes_pictures() -> None:
    folder = Path(unmask.forgery.__file__).parent
    modules = {str(path.relative_to(folder)): names_in(path) for path in folder.rglob("*.py")}
    assert "write_video" in modules["writing.py"]  # the search finds what it looks for
    writing = {name: sorted(names & WRITERS) for name, names in modules.items() if names & WRITERS}
    assert set(writing) <= ALLOWED, writing


def test_every_public_writer_asks_for_the_seal() -> None:
    writing = importlib.import_module("unmask.forgery.writing")
    own = [
        value
        for name, value in vars(writing).items()
        if not name.startswith("_") and callable(value) and getattr(value, "__module__", "") == writing.__name__
    ]
    functions = {value.__name__: value for value in own if not isinstance(value, type)}
    assert set(functions) == {"write_sealed", "require_place"}
    assert functions["write_sealed"].__annotations__["media"] is SealedMedia
    assert seal.SealedMedia.__init__.__annotations__["seal"] is object
