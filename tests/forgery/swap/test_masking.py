"""From drawings to a swap that leaves what covers a face in front of it, on puppets with a green board before the mouth."""

import hashlib
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open

from tests.forgery.swap.conftest import Stage
from tests.forgery.swap.drawings import GREEN, board_in, cover, draw, polygon
from unmask.errors import InputError, UsageError
from unmask.forgery.consent import rests_on, revoke
from unmask.forgery.followed import follow_person
from unmask.forgery.lab import Lab, Sealer
from unmask.forgery.swap.face_masks import overlap
from unmask.forgery.swap.mask_net import MaskNet, require_room
from unmask.forgery.swap.mask_training import MaskPlan
from unmask.forgery.swap.masking import Taught, apply_masks, clear_masks, masks_sheet, open_named_net, teach_masks
from unmask.forgery.swap.merge import Merger, MergeRecipe
from unmask.forgery.swap.model import SwapModel
from unmask.forgery.swap.plan import TrainingPlan
from unmask.forgery.swap.store import FaceStore, face_set, open_store
from unmask.forgery.swap.swapping import merge_swap, open_model, train_swap
from unmask.forgery.writing import write_sealed
from unmask.media.image import read_image
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.provenance.credentials import read_credentials
from unmask.provenance.marks import read_marks
from unmask.settings import settings
from unmask.types import Frame, Landmarks, Mask

PLAN = MaskPlan(60, batch=4, learning_rate=5e-3, look_every=10, threads=1)
UNDRAWN = 1
"""Only faces with an even number are drawn on."""


@dataclass(frozen=True)
class School:
    """A lab whose faces of ``other`` are covered, a net that was taught so, and the store as it was before."""

    lab: Lab
    sealer: Sealer
    store: FaceStore
    taught: Taught
    net: MaskNet


@pytest.fixture(scope="module")
def school(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> School:
    folder = Path(shutil.copytree(stage.lab.folder, tmp_path_factory.mktemp("school") / "lab"))
    lab = replace(stage.lab, folder=folder, keys=folder / "keys")
    store = open_store(lab.faces / "other")
    for number in range(len(store.faces)):
        board = cover(store, number)
        if number % 2 == 0:
            draw(store, number, polygon("exclude", board))
    taught = teach_masks(lab, store, "board", PLAN)
    return School(
        lab, Sealer(lab, stage.sealer.marks, stage.sealer.signer), store, taught, open_named_net(lab, "board")
    )


def visible_face(store: FaceStore, number: int) -> Mask:
    """What a perfect net would say."""
    face = store.faces[number]
    return store.hull(face) * (1 - board_in(store.picture(face)))


def test_the_net_meets_drawings_it_never_saw_better_than_the_hull(school: School) -> None:
    trained = school.taught.trained
    assert trained.held_out == pytest.approx(school.taught.drawings / 5, abs=1)
    assert trained.iou > trained.hull_iou + 0.07
    assert trained.hull_iou < 0.8


def test_it_meets_faces_that_nobody_drew_on(school: School) -> None:
    store = school.store
    numbers = range(UNDRAWN, len(store.faces), 4)
    told = school.net.masks(np.stack([store.picture(store.faces[number]) for number in numbers]))
    wanted = [visible_face(store, number) for number in numbers]
    net = np.mean([overlap(mask, one) for mask, one in zip(told, wanted, strict=True)])
    hull = np.mean([overlap(store.hull(store.faces[number]), visible_face(store, number)) for number in numbers])
    assert net > hull + 0.07


def test_a_net_is_no_pickle_and_rests_on_the_consents_of_its_faces(school: School) -> None:
    folder = school.lab.models / "board"
    assert sorted(path.name for path in folder.iterdir()) == ["consents.json", "mask.safetensors"]
    assert rests_on(folder) == school.store.consents == school.net.origins.consents
    with safe_open(folder / "mask.safetensors", "pt") as file:
        assert '"face_type": "full"' in file.metadata()["unmask"]
    assert school.net.schooling.iou == school.taught.trained.iou


def test_training_learns_what_the_net_says_until_it_is_cleared(school: School, tmp_path: Path) -> None:
    store = open_store(Path(shutil.copytree(school.store.folder, tmp_path / "store")))
    before = face_set(store, 64).masks
    done = apply_masks(store, school.net)
    assert (done.drawn, done.net) == (school.taught.drawings, len(store.faces) - school.taught.drawings)
    opened = open_store(store.folder)
    after = face_set(opened, 64)
    board = np.stack([board_in(image) for image in after.images]) > 0
    assert (before[board] == 255).mean() > 0.7
    assert (after.masks[board] == 255).mean() < 0.25
    drawn = opened.mask(opened.faces[0])
    assert drawn is not None
    assert overlap(drawn, visible_face(opened, 0)) > 0.97  # the drawn one is kept as it was drawn
    clear_masks(opened)
    assert (face_set(open_store(store.folder), 64).masks == before).all()
    assert not (store.folder / "masks").exists()


def test_the_sheet_of_masks_is_sealed_and_shows_them(school: School, tmp_path: Path) -> None:
    media, drawings = masks_sheet(school.sealer, school.store, school.net, most=6)
    done = write_sealed(media, tmp_path / "masks.png", settings())
    assert (done.entry.kind, len(drawings.masks)) == ("sheet", school.taught.drawings)
    found, keys = probe(done.path, settings()), school.lab.keys
    assert read_credentials(done.path, found, settings(), keys / "anchors.pem").state == "trusted"
    mark, _ = read_marks(done.path, found, settings(), school.sealer.marks, None)
    assert mark is not None
    assert mark.payload == done.entry.payload
    truth = done.entry.extra["truth"]
    assert truth["parameters"]["net"] == {"name": "board", "sha256": school.net.sha256}
    assert tuple(truth["consents"]) == school.store.consents
    sheet = read_image(tmp_path / "masks.png", settings()).astype(int)
    green = np.abs(sheet - GREEN).max(axis=2) < 40
    assert green[:, 6:118].mean() > 0.03  # the face as it is
    assert green[:, 118:230].mean() < 0.4 * green[:, 6:118].mean()  # what is no face is dark under a mask
    with pytest.raises(UsageError, match="Nothing is drawn"):
        masks_sheet(school.sealer, open_store(school.lab.faces / "one"))


def covered(frame: Frame, landmarks: Landmarks) -> Frame:
    """A frame with the board before the mouth."""
    x, y = np.rint(landmarks[13, :2]).astype(int)
    width = int(np.ptp(landmarks[:, 0]))
    painted = frame.image.copy()
    painted[y - width // 6 : y + width // 6, x - width // 4 : x + width // 4] = GREEN
    return replace(frame, image=painted)


def test_a_custom_mask_leaves_what_covers_the_face_in_front(stage: Stage, school: School) -> None:
    checkpoint, descent = open_model(school.lab, "model")
    followed = follow_person(stage.films["other"], settings())
    with open_frames(followed.path, followed.media, settings(), exact=True) as film:
        painted = covered(next(iter(film)), followed.landmarks[0])
    board = board_in(painted.image) > 0
    model = SwapModel.of(checkpoint)
    by_hull = Merger(model, descent.face_type, followed, MergeRecipe("hull"))
    by_net = Merger(model, descent.face_type, followed, MergeRecipe("custom"), net=school.net)
    kept = {}
    for name, merger in {"hull": by_hull, "custom": by_net}.items():
        made = merger.change(painted)
        assert made.mask is not None
        kept[name] = float(made.mask[board].mean())
        assert made.mask[~board].max() > 0.9  # the rest of the face is drawn over
    assert kept["hull"] > 0.6
    assert kept["custom"] < 0.5 * kept["hull"]


def test_a_merge_notes_the_net_and_its_file(stage: Stage, school: School) -> None:
    recipe = MergeRecipe("custom")
    truth = merge_swap(school.sealer, "model", stage.films["other"], recipe, settings(), net="board").truth
    content = (school.lab.models / "board" / "mask.safetensors").read_bytes()
    assert truth.parameters["net"] == {"name": "board", "sha256": hashlib.sha256(content).hexdigest()}
    assert truth.parameters["merge"]["mask"] == "custom"
    assert set(school.store.consents) <= set(truth.consents)


@pytest.mark.parametrize(
    ("mask", "net", "said"),
    [
        ("custom", None, "needs a net"),
        ("both", "board", "say --mask custom"),
        ("custom", "model", "holds no net of masks"),
        ("custom", "../board", "is no name"),
    ],
)
def test_a_mask_and_a_net_that_do_not_fit(stage: Stage, school: School, mask: str, net: str | None, said: str) -> None:
    recipe = MergeRecipe(mask)  # type: ignore[arg-type] # of the two
    with pytest.raises(UsageError, match=said):
        merge_swap(school.sealer, "model", stage.films["other"], recipe, settings(), net=net)


def test_faces_of_another_type_are_refused(school: School) -> None:
    with pytest.raises(UsageError, match="knows faces of type full, not head"):
        apply_masks(replace(school.store, face_type="head"), school.net)


def test_names_that_are_taken_are_refused_before_the_work(school: School) -> None:
    with pytest.raises(UsageError, match="holds a net already"):
        teach_masks(school.lab, school.store, "board", PLAN)
    with pytest.raises(UsageError, match="holds a model of another kind"):
        teach_masks(school.lab, school.store, "model", PLAN, force=True)
    with pytest.raises(UsageError, match="holds a model of another kind"):
        train_swap(school.sealer, ("one", "other"), "board", TrainingPlan(until_iterations=1), settings())
    require_room(school.lab.models / "board", force=True)
    require_room(school.lab.models / "new", force=False)


def test_a_net_that_was_replaced_rests_on_the_new_faces_alone(school: School, tmp_path: Path) -> None:
    lab = replace(school.lab, folder=Path(shutil.copytree(school.lab.folder, tmp_path / "lab")))
    one = open_store(lab.faces / "one")
    for number in range(8):
        draw(one, number, polygon("exclude", [[0, 0], [50, 0], [50, 96]]))
    quick = replace(PLAN, until_iterations=1)
    teach_masks(lab, one, "board", quick, force=True)
    assert rests_on(lab.models / "board") == one.consents != school.store.consents
    assert open_named_net(lab, "board").sha256 != school.net.sha256


def test_a_revoked_consent_takes_the_net_along(school: School, tmp_path: Path) -> None:
    lab = replace(school.lab, folder=Path(shutil.copytree(school.lab.folder, tmp_path / "lab")))
    assert "board" in {folder.name for folder in revoke(lab, school.store.consents[0])}
    with pytest.raises(UsageError, match="it holds none"):
        open_named_net(lab, "board")


def test_a_damaged_net_is_told(school: School, tmp_path: Path) -> None:
    lab = replace(school.lab, folder=Path(shutil.copytree(school.lab.folder, tmp_path / "lab")))
    path = lab.models / "board" / "mask.safetensors"
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(InputError, match="do not match their SHA-256"):
        open_named_net(lab, "board")
    path.write_bytes(next((lab.models / "model").glob("checkpoint-*")).read_bytes())
    with pytest.raises(InputError, match="is no net of masks"):
        open_named_net(lab, "board")
