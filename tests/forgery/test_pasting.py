from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from unmask.errors import UsageError
from unmask.forgery.consent import Enrolment, Evidence, enrol, today
from unmask.forgery.drawing import PuppetOrder, draw_puppet
from unmask.forgery.followed import follow_person
from unmask.forgery.lab import Sealer
from unmask.forgery.paste.face_paste import PasteRecipe
from unmask.forgery.pasting import blend_file, paste_files
from unmask.forgery.writing import Coding, write_sealed
from unmask.media.image import read_image
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.settings import settings
from unmask.types import RgbImage

QUICK = Coding(preset="ultrafast", masks=True, force=True)


@pytest.fixture(scope="module")
def puppets(sealer: Sealer) -> dict[str, Path]:
    """Two puppets in a film each, and one of them in a still."""
    made = {}
    for name, order in {
        "dark.mp4": PuppetOrder(person=11, motion=1, seconds=0.8, width=256, height=256),
        "light.mp4": PuppetOrder(person=3, motion=2, seconds=0.8, width=256, height=256),
        "light.png": PuppetOrder(person=3, motion=3, seconds=0.0, width=256, height=256),
    }.items():
        made[name] = sealer.lab.outputs / name
        write_sealed(draw_puppet(order, sealer), made[name], settings(), QUICK)
    return made


def pictures(path: Path) -> list[RgbImage]:
    with open_frames(path, probe(path, settings()), settings()) as film:
        return [frame.image for frame in film]


def test_a_puppets_face_is_pasted_over_anothers(puppets: dict[str, Path], sealer: Sealer, tmp_path: Path) -> None:
    recipe = PasteRecipe(transfer="none")
    media = paste_files(puppets["light.mp4"], puppets["dark.mp4"], recipe, sealer, settings())
    done = write_sealed(media, tmp_path / "pasted.mp4", settings(), QUICK)
    assert (done.entry.kind, done.entry.extra["truth"]["method"]) == ("paste", "face-hull+mesh+none+feather")
    assert len(done.entry.sources) == 2
    assert done.mask is not None
    for before, after, mask in zip(
        pictures(puppets["dark.mp4"]), pictures(done.path), pictures(done.mask), strict=True
    ):
        inside = mask[..., 0] > 250
        assert inside.mean() > 0.03
        assert after[inside].mean() > before[inside].mean() + 25  # the lighter face


def test_a_still_takes_a_face_from_a_film(puppets: dict[str, Path], sealer: Sealer, tmp_path: Path) -> None:
    media = paste_files(puppets["dark.mp4"], puppets["light.png"], PasteRecipe(), sealer, settings())
    done = write_sealed(media, tmp_path / "pasted.png", settings(), QUICK)
    assert done.mask == tmp_path / "pasted.mask.png"
    assert read_image(done.mask, settings()).max() == 255


def test_a_face_is_blended_with_itself_and_no_one_is_asked(speaker: Path, sealer: Sealer, tmp_path: Path) -> None:
    first, again, other = (
        write_sealed(blend_file(speaker, seed, sealer, settings()), tmp_path / f"{k}.mp4", settings(), QUICK)
        for k, seed in enumerate((5, 5, 6))
    )
    assert first.entry.extra["truth"]["parameters"] == again.entry.extra["truth"]["parameters"]
    assert first.entry.extra["truth"]["parameters"] != other.entry.extra["truth"]["parameters"]
    assert first.entry.extra["truth"]["consents"] == []
    assert first.mask is not None
    assert pictures(first.mask)[0].max() > 50


def test_a_real_face_needs_consent_on_either_side(speaker: Path, puppets: dict[str, Path], sealer: Sealer) -> None:
    for source, target in ((speaker, puppets["dark.mp4"]), (puppets["dark.mp4"], speaker)):
        with pytest.raises(UsageError, match=r"in 'speaker\.mp4' has not agreed"):
            paste_files(source, target, PasteRecipe(), sealer, settings())


def test_with_consent_it_is_pasted_under_that_consent(
    speaker: Path, puppets: dict[str, Path], sealer: Sealer, tmp_path: Path
) -> None:
    face = follow_person(speaker, settings()).embedding()
    evidence = Evidence(sha256="0" * 64, name="form.pdf")
    consent = enrol(
        sealer.lab, Enrolment("The speaker", "subject-consent", today() + timedelta(days=1), evidence, (face,))
    )
    media = paste_files(speaker, puppets["light.png"], PasteRecipe(), sealer, settings(), consents=[consent.id])
    assert media.truth.consents == (consent.id,)
    assert write_sealed(media, tmp_path / "speaker.png", settings(), QUICK).entry.kind == "paste"


@pytest.mark.parametrize(
    "change",
    [{"width": 20}, {"yaw_degrees": 120.0}, {"seconds": -1.0}, {"frame_rate": 0.0}, {"heart_rate_bpm": 1000.0}],
)
def test_a_puppet_that_cannot_be_drawn(change: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        PuppetOrder(**change)  # type: ignore[arg-type] # of any field


def test_two_puppets_with_one_motion_are_a_true_swap(sealer: Sealer) -> None:
    one, other = (
        [made for _, made in draw_puppet(PuppetOrder(person, 4, 0.12, 256, 256), sealer).pictures()]
        for person in (3, 9)
    )
    for first, second in zip(one, other, strict=True):
        change = np.abs(first.image.astype(int) - second.image).mean(axis=2)
        assert first.mask is not None
        assert change[first.mask > 0.9].mean() > 10
        assert np.median(change[:200, :40]) <= 3  # the wall; the two marks differ
