from pathlib import Path

import numpy as np
import pytest

from tests.puppet import Puppet, Stage, film
from unmask.benchmark.attacks import ATTACKS, Attack, Coding, brightened, cropped, scaled, with_contrast
from unmask.benchmark.watermark_faces import KINDS, altered, donor_faces, faces_of
from unmask.benchmark.watermark_films import (
    LARGEST_SIDE,
    attacked,
    coded,
    excerpt_of,
    images_of,
    luma_psnr,
    rgb_psnr,
    sampled,
    ssim,
)
from unmask.media.encode import write_video
from unmask.settings import Settings
from unmask.types import Frame, RgbImage

FAST = Coding(preset="ultrafast")


@pytest.fixture(scope="module")
def puppet() -> list[Frame]:
    return list(film(Stage(puppets=(Puppet(face_width=110.0),), width=256, height=240, seconds=0.3)))


@pytest.fixture(scope="module")
def other() -> list[Frame]:
    return list(film(Stage(puppets=(Puppet(face_width=100.0, tone=2),), width=256, height=240, seconds=0.1, seed=5)))


def noisy(height: int = 40, width: int = 60) -> RgbImage:
    return np.random.default_rng(3).integers(60, 190, (height, width, 3)).astype(np.uint8)


def test_a_crop_keeps_the_size_and_the_middle() -> None:
    image = np.zeros((100, 200, 3), np.uint8)
    image[45:55, 95:105] = 255
    image[:, :8] = 99
    after = cropped(image, 0.1)
    assert after.shape == image.shape
    assert after[50, 100].tolist() == [255, 255, 255]
    assert after[:, 0].max() == 0


def test_half_the_size_has_even_sides() -> None:
    assert scaled(noisy(46, 62), 0.5).shape == (22, 30, 3)


def test_contrast_and_brightness_stay_in_range() -> None:
    image = np.array([[[0, 128, 250]]], np.uint8)
    assert with_contrast(image, 1.1)[0, 0].tolist() == [0, 128, 255]
    assert with_contrast(image, 0.9)[0, 0].tolist() == [13, 128, 238]
    assert brightened(image, 8)[0, 0].tolist() == [8, 136, 255]
    assert brightened(image, -8)[0, 0].tolist() == [0, 120, 242]


def test_attacks_have_names_of_their_own() -> None:
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)


def test_an_attack_cuts_changes_and_codes(puppet: list[Frame]) -> None:
    attack = Attack("all", (FAST, Coding(crf=40, preset="ultrafast")), change=lambda image: scaled(image, 0.5), cut=3)
    after = attacked(puppet, 30.0, attack, Settings(), most_frames=4)
    assert len(after.frames) == 4
    assert after.frames[0].image.shape == (120, 128, 3)
    assert after.frames[0].seconds == 0.0
    assert 0 < after.size < coded(puppet, 30.0, FAST, Settings()).size


def test_an_excerpt_is_even_begins_at_zero_and_is_halved_when_large(tmp_path: Path) -> None:
    path = tmp_path / "large.mp4"
    write_video(path, [noisy(64, LARGEST_SIDE + 10)] * 4, 25.0, preset="ultrafast")
    excerpt = excerpt_of(path, Settings(), 3)
    assert (len(excerpt.frames), excerpt.halved, excerpt.rate) == (3, True, 25.0)
    assert excerpt.size == (LARGEST_SIDE // 2 + 4, 32)
    assert excerpt.frames[0].seconds == 0.0


def test_a_short_film_is_looked_at_as_a_whole() -> None:
    frames = [Frame(noisy(), index / 30) for index in range(60)]
    assert sampled(frames) == frames
    long = [Frame(noisy(2, 2), index / 30) for index in range(600)]
    assert 60 < len(sampled(long)) < 90


def test_figures_of_pictures() -> None:
    image = noisy()
    louder = brightened(image, 4)
    assert luma_psnr([image], [louder]) == pytest.approx(20 * np.log10(255 / 4), abs=0.1)
    assert rgb_psnr([image], [louder]) == pytest.approx(20 * np.log10(255 / 4), abs=0.1)
    assert luma_psnr([image], [image]) == float("inf")
    grey = image[..., 0].astype(np.float32)
    assert ssim(grey, grey + 30) < ssim(grey, grey + 3) < 1.0


def test_each_kind_alters_the_face_and_nothing_else(puppet: list[Frame], other: list[Frame]) -> None:
    faces = faces_of(puppet)
    assert all(face is not None for face in faces)
    donors = donor_faces(other, faces_of(other))
    assert len(donors) == len(other)
    images = images_of(puppet)
    sizes = {}
    for kind in KINDS:
        made = altered(images, faces, kind, donors)
        assert len(made.images) == len(images)
        changed = np.abs(made.images[0].astype(int) - images[0]).max(axis=2) > 0
        mask = made.masks[0]
        sizes[kind] = mask.sum()
        assert changed[mask].mean() > 0.5
        assert changed[:20].sum() == changed[:, :20].sum() == 0
    assert sizes["mouth"] < sizes["pasted"] / 2
    assert sizes["pasted"] == sizes["blurred"]


def test_frames_without_a_face_are_left_alone(puppet: list[Frame]) -> None:
    made = altered(images_of(puppet[:2]), (None, None), "blurred", ())
    assert np.array_equal(made.images[1], puppet[1].image)
    assert not made.masks[0].any()
