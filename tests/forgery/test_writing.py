import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.puppet import Puppet, Stage, film, picture_of
from unmask.errors import OutputError, UsageError
from unmask.forgery.lab import Lab, Sealer, open_sealer
from unmask.forgery.mask_film import grey_of
from unmask.forgery.seal import Made, Pace, SealedMedia, seal_film, seal_reel, seal_still
from unmask.forgery.truth import Source, Truth
from unmask.forgery.writing import Coding, Written, write_sealed
from unmask.media.encode import write_video
from unmask.media.image import read_image
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.provenance.credentials import read_credentials
from unmask.provenance.ledger import find, read_ledger
from unmask.provenance.marks import read_marks
from unmask.settings import settings
from unmask.types import Frame

QUICK = Coding(preset="veryfast", masks=True)
STAGE = Stage((Puppet(face_width=150),), width=480, height=360, frame_rate=25.0, seconds=2.0, noise=4.0)


def square(frame: Frame) -> Made:
    """A red square, and its mask."""
    image, mask = frame.image.copy(), np.zeros(frame.image.shape[:2], np.float32)
    image[100:200, 300:400], mask[100:200, 300:400] = (200, 30, 30), 1.0
    return Made(image, mask)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("original") / "original.mp4"
    tone = 0.1 * np.sin(2 * np.pi * 300 / 16_000 * np.arange(32_000)).astype(np.float32)
    write_video(path, (frame.image for frame in film(STAGE)), 25.0, audio=tone, crf=14, preset="veryfast")
    return path


def forged(path: Path, sealer: Sealer, **changes: object) -> SealedMedia:
    media = probe(path, settings())
    truth = Truth("paste", "square", {"side": 100}, (Source(path, media.sha256),), seed=7, **changes)  # type: ignore[arg-type] # of any field
    return seal_film(path, media, square, truth, sealer)


@pytest.fixture(scope="module")
def written(original: Path, sealer: Sealer, tmp_path_factory: pytest.TempPathFactory) -> Written:
    return write_sealed(forged(original, sealer), tmp_path_factory.mktemp("out") / "forged.mp4", settings(), QUICK)


def pictures(path: Path) -> list[np.ndarray]:
    with open_frames(path, probe(path, settings()), settings()) as opened:
        return [frame.image for frame in opened]


def test_a_forged_film_keeps_times_and_sound(written: Written, original: Path) -> None:
    before, after = (probe(path, settings()) for path in (original, written.path))
    assert before.video is not None
    assert after.video is not None
    assert after.video.frames == before.video.frames == written.frames
    assert after.audio is not None
    assert before.audio is not None
    assert after.audio.duration_seconds == pytest.approx(before.audio.duration_seconds, abs=0.03)


def test_its_credentials_say_what_was_done(written: Written, sealer: Sealer) -> None:
    anchors = sealer.lab.keys / "anchors.pem"
    media = probe(written.path, settings())
    credentials = read_credentials(written.path, media, settings(), anchors)
    assert credentials.state == "trusted"
    manifest = credentials.manifest
    assert manifest is not None
    steps = {action.name: action.source_type for action in manifest.actions}
    assert steps["c2pa.opened"] is None
    assert steps["c2pa.edited"] == "compositeCapture"
    assert [ingredient.relationship for ingredient in manifest.ingredients] == ["parentOf"]


def test_its_mark_names_the_clip_that_the_ledger_knows(written: Written, sealer: Sealer) -> None:
    media = probe(written.path, settings())
    picture, _ = read_marks(written.path, media, settings(), sealer.marks, None)
    assert picture is not None
    assert picture.payload == written.entry.payload
    (entry,) = find(sealer.lab.ledger, payload=picture.payload)
    assert entry.sha256 == media.sha256
    truth = entry.extra["truth"]
    assert (entry.kind, truth["fake"], truth["method"], truth["seed"]) == ("paste", True, "square", 7)
    assert truth["parameters"] == {"side": 100}
    assert json.loads(json.dumps(truth)) == truth


def test_its_label_stands_in_every_picture(written: Written, original: Path) -> None:
    for before, after in zip(pictures(original), pictures(written.path), strict=True):
        box = np.s_[-18:, :150]
        assert after[box].max() > 190
        assert np.median(after[box]) < 0.6 * np.median(before[box])


def test_its_masks_show_what_was_made(written: Written) -> None:
    assert written.mask is not None
    assert written.mask.name == "forged.mask.mp4"
    masks = pictures(written.mask)
    assert len(masks) == written.frames
    wanted = np.zeros((360, 480))
    wanted[100:200, 300:400] = 255
    assert all(np.abs(mask[..., 0] - wanted).mean() < 1.0 for mask in masks)


def test_a_still_and_its_mask(sealer: Sealer, tmp_path: Path) -> None:
    made = square(Frame(picture_of(STAGE), 0.0))
    done = write_sealed(seal_still(made, Truth("paste", "square"), sealer), tmp_path / "a.png", settings(), QUICK)
    assert done.mask == tmp_path / "a.mask.png"
    after = read_image(done.path, settings())
    assert np.abs(after[120:180, 320:380].astype(int) - (200, 30, 30)).mean() < 8
    credentials = read_credentials(done.path, probe(done.path, settings()), settings(), None)
    assert credentials.state == "valid"


def test_pictures_without_a_film(sealer: Sealer, tmp_path: Path) -> None:
    reel = ((frame.seconds, Made(frame.image)) for frame in film(STAGE))
    done = write_sealed(
        seal_reel(reel, Pace(25.0), Truth("puppet", "drawn", seed=1), sealer),
        tmp_path / "puppet.mp4",
        settings(),
        QUICK,
    )
    assert done.mask is None  # nothing was masked
    assert done.frames == 50
    assert done.entry.kind == "puppet"


def test_what_a_licence_keeps_inside_stays_inside(original: Path, sealer: Sealer, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="licence"):
        write_sealed(forged(original, sealer, keep_inside=True), tmp_path / "out.mp4", settings(), QUICK)
    inside = sealer.lab.outputs / "inside.mp4"
    assert write_sealed(forged(original, sealer, keep_inside=True), inside, settings(), QUICK).path == inside


@pytest.mark.parametrize(("name", "said"), [("out.png", "must end with"), ("original.mp4", "over itself")])
def test_a_place_that_makes_no_sense(name: str, said: str, original: Path, sealer: Sealer) -> None:
    with pytest.raises(UsageError, match=said):
        write_sealed(forged(original, sealer), original.parent / name, settings(), Coding(force=True))


def test_nothing_is_replaced_unasked(original: Path, sealer: Sealer, tmp_path: Path) -> None:
    (tmp_path / "there.mp4").write_bytes(b"kept")
    with pytest.raises(UsageError, match="there already"):
        write_sealed(forged(original, sealer), tmp_path / "there.mp4", settings())
    assert (tmp_path / "there.mp4").read_bytes() == b"kept"


def test_what_cannot_be_noted_is_not_written(original: Path, lab: Lab, tmp_path: Path) -> None:
    sealer = open_sealer(lab)
    media = forged(original, sealer)
    (lab.ledger).mkdir(exist_ok=True)
    (lab.ledger / "manifests").write_text("in the way", encoding="utf-8")
    with pytest.raises(OutputError, match="could not be noted"):
        write_sealed(media, tmp_path / "out.mp4", settings(), QUICK)
    assert not list(tmp_path.glob("*.mp4"))
    assert read_ledger(lab.ledger).entries == ()


def test_a_film_that_breaks_off_leaves_nothing(original: Path, sealer: Sealer, tmp_path: Path) -> None:
    calls = 0

    def failing(frame: Frame) -> Made:
        nonlocal calls
        calls += 1
        if calls == 20:
            raise OutputError("On purpose.")
        return square(frame)

    media = probe(original, settings())
    sealed = seal_film(original, media, failing, Truth("paste", "square"), sealer)
    with pytest.raises(OutputError, match="On purpose"):
        write_sealed(sealed, tmp_path / "out.mp4", settings(), QUICK)
    assert list(tmp_path.iterdir()) == []


def test_a_mask_is_grey() -> None:
    mask = np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4)
    grey = grey_of(mask, (3, 4, 3))
    assert grey[0, 0].tolist() == [0, 0, 0]
    assert grey[-1, -1].tolist() == [255, 255, 255]
    assert cv2.cvtColor(grey, cv2.COLOR_RGB2GRAY).std() > 50
