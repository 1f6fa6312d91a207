from pathlib import Path

import numpy as np
import pytest

from tests.forgery.swap.conftest import Stage
from unmask.errors import UsageError
from unmask.faces.pose import mean_face
from unmask.forgery.drawing import PuppetOrder, scene_of
from unmask.forgery.paste.masks import face_hull
from unmask.forgery.puppets.film import scene_frames
from unmask.forgery.swap.measure import (
    Points,
    expression_error,
    jitter_ratio,
    landmark_error,
    pose_error,
    poses_of,
    psnr_db,
    rank_of,
    seam_ratio,
    ssim,
    trembling,
)
from unmask.forgery.swap.measure_films import measure_films
from unmask.forgery.swap.measure_model import measure_model
from unmask.media.encode import write_video
from unmask.settings import settings
from unmask.types import RgbImage

WHOLE = np.ones((96, 96), np.float32)


def picture(seed: int = 1) -> RgbImage:
    return np.random.default_rng(seed).integers(0, 256, (96, 96, 3), np.uint8)


def moving(frames: int = 30, tremble: float = 0.0) -> Points:
    """A face that glides, bends its way a little, and trembles by so many pixels."""
    times = np.arange(frames)
    way = np.stack([times * 0.7 + np.sin(times / 4), times * 0.2, times * 0], axis=1).astype(np.float32)
    shaken = np.random.default_rng(2).normal(0, max(tremble, 1e-9), (frames, 1, 3)).astype(np.float32)
    return mean_face() + np.float32(100) + way[:, None] + shaken


def turned(yaw: float) -> Points:
    cos, sin = np.cos(np.radians(yaw)), np.sin(np.radians(yaw))
    turn = np.array([[cos, 0, -sin], [0, 1, 0], [sin, 0, cos]], np.float32)
    return (mean_face() @ turn.T)[None] + np.float32(100)


def test_equal_pictures_have_no_error() -> None:
    assert psnr_db(picture(), picture(), WHOLE) == float("inf")
    assert ssim(picture(), picture(), WHOLE) == pytest.approx(1.0)


def test_more_noise_is_worse_and_only_the_mask_counts() -> None:
    plain = np.full((96, 96, 3), 120, np.uint8)
    plain[20:60, 30:50] = 180
    noisy = [
        np.clip(plain + np.random.default_rng(3).normal(0, sigma, plain.shape), 0, 255).astype(np.uint8)
        for sigma in (4, 16)
    ]
    assert psnr_db(noisy[0], plain, WHOLE) > 34 > psnr_db(noisy[1], plain, WHOLE) > 22
    assert ssim(noisy[0], plain, WHOLE) > ssim(noisy[1], plain, WHOLE) + 0.2
    half = WHOLE.copy()
    half[:, 40:] = 0
    spoilt = plain.copy()
    spoilt[:, 60:] = 0
    assert psnr_db(spoilt, plain, half) == float("inf")
    assert ssim(spoilt, plain, half) == pytest.approx(1.0)


def test_psnr_is_that_of_the_definition() -> None:
    level = np.full((96, 96, 3), 100, np.uint8)
    assert psnr_db(level, level + np.uint8(5), WHOLE) == pytest.approx(20 * np.log10(255 / 5))


def test_an_empty_mask_gives_no_number() -> None:
    assert np.isnan(ssim(picture(), picture(2), WHOLE * 0))


def test_the_same_motion_has_no_error_and_ratio_one() -> None:
    face = moving()
    assert pose_error(poses_of(face), poses_of(face)).max() == 0
    assert landmark_error(face, face).max() == 0
    assert expression_error(face, face).max() == 0
    assert jitter_ratio(face, face, [slice(0, 30)]) == pytest.approx(1.0)


def test_a_turned_head_is_off_by_its_turn() -> None:
    assert pose_error(poses_of(turned(10)), poses_of(turned(-5)))[0] == pytest.approx(15, abs=0.1)


def test_a_shifted_face_is_off_by_its_shift() -> None:
    face = moving()
    size = np.sqrt(np.prod(np.ptp(mean_face()[:, :2], axis=0)))
    shifted = landmark_error(face + np.array([3, 4, 0], np.float32), face)
    np.testing.assert_allclose(shifted, 100 * 5 / size, rtol=1e-3)


def test_an_open_mouth_is_another_expression() -> None:
    face = moving(2)
    talking = face.copy()
    talking[:, 14, 1] += 12
    eyes, mouth = expression_error(talking, face).T
    assert eyes.max() == 0
    assert mouth.min() > 0.1


def test_a_trembling_face_trembles_more() -> None:
    steady, shaken, more = (moving(tremble=pixels) for pixels in (0.0, 0.5, 1.0))
    run = [slice(0, 30)]
    ratios = [jitter_ratio(face, steady, run) for face in (shaken, more)]
    assert ratios[0] > 2
    assert ratios[1] == pytest.approx(2 * ratios[0], rel=0.25)


def test_even_motion_does_not_tremble() -> None:
    way = np.linspace(0, 50, 20, dtype=np.float32)[:, None, None] * np.ones(3, np.float32)
    assert trembling(mean_face() + way).max() < 1e-3


def test_a_jump_between_two_runs_is_no_tremble() -> None:
    face = moving(20)
    face[10:] += 40
    steady = moving(20)
    assert jitter_ratio(face, steady, [slice(0, 10), slice(10, 20)]) == pytest.approx(1.0, abs=0.01)
    assert jitter_ratio(face, steady, [slice(0, 20)]) > 5
    assert np.isnan(jitter_ratio(face, steady, [slice(0, 2)]))


def test_a_still_film_and_a_still_swap_are_alike() -> None:
    still = np.repeat(mean_face()[None], 5, axis=0)
    assert jitter_ratio(still, still, [slice(0, 5)]) == 1.0
    assert jitter_ratio(moving(5, 1.0), still, [slice(0, 5)]) == float("inf")


def test_a_hard_rim_is_a_seam_and_none_is_none() -> None:
    face = (mean_face() * np.float32(0.8) + np.array([80, 80, 0], np.float32)).astype(np.float32)
    before = np.random.default_rng(4).integers(110, 130, (160, 160, 3), np.uint8)
    mask = face_hull(face, (160, 160))
    hard = np.where(mask[..., None] > 0.5, 190, before).astype(np.uint8)
    assert seam_ratio(before, before, mask, face) == pytest.approx(1.0)
    assert seam_ratio(hard, before, mask, face) > 2
    assert np.isnan(seam_ratio(hard, before, mask * 0, face))


def test_the_nearest_person_ranks_first() -> None:
    assert rank_of(np.array([0.3, 0.5, 0.9]), 0) == 1
    assert rank_of(np.array([0.5, 0.5, 0.2]), 0) == 3


def test_a_film_beside_itself_has_no_error_and_the_truth_is_another(stage: Stage) -> None:
    film = stage.films["other"]
    found = measure_films(stage.lab, "model", film, film, settings())
    assert found.seen == 1
    assert len(found.times) == 40
    assert max(found.pose_degrees.max(), found.landmark_percent.max(), found.eyes.max(), found.mouth.max()) == 0
    assert found.jitter == pytest.approx(1.0)
    assert found.seam == pytest.approx(1.0)
    assert found.likeness.to_dst < found.likeness.to_src
    assert found.likeness.rank == 2
    assert found.truth is not None
    assert all(frame.merged == frame.before for frame in found.truth.frames)
    assert found.truth.of(lambda frame: frame.merged.ssim).max() < 0.6
    assert found.truth.pose_degrees.mean() < 12


def test_the_true_swap_is_the_truth(stage: Stage, tmp_path: Path) -> None:
    order = PuppetOrder(person=3, motion=2, seconds=1.6, width=256, height=256, yaw_degrees=8.0)
    true = tmp_path / "true.mp4"
    write_video(true, [shot.frame.image for shot in scene_frames(scene_of(order))], order.frame_rate, crf=10)
    truth = measure_films(stage.lab, "model", stage.films["other"], true, settings()).truth
    assert truth is not None
    assert truth.of(lambda frame: frame.merged.ssim).min() > 0.95
    assert 0.85 < truth.of(lambda frame: frame.scale).mean() < 1.15
    gain = truth.of(lambda frame: frame.merged.psnr_db) - truth.of(lambda frame: frame.before.psnr_db)
    assert gain.min() > 10
    ideal, before = truth.of(lambda frame: frame.ideal.ssim), truth.of(lambda frame: frame.before.ssim)
    assert (before < ideal).all()
    assert ideal.max() < 0.99  # the mask is the hull, and what lies beyond it stays


def test_a_film_of_another_size_is_refused(stage: Stage, tmp_path: Path) -> None:
    order = PuppetOrder(person=3, motion=2, seconds=0.4, width=224, height=224)
    film = tmp_path / "small.mp4"
    write_video(film, [shot.frame.image for shot in scene_frames(scene_of(order))], order.frame_rate)
    with pytest.raises(UsageError, match="another size"):
        measure_films(stage.lab, "model", stage.films["other"], film, settings())


def test_a_model_that_hardly_learned_draws_badly_what_it_never_saw(stage: Stage) -> None:
    found = measure_model(stage.lab, "model")
    assert (found.iteration, found.side) == (3, 64)
    assert found.src is not None
    assert found.dst is not None
    assert 0 < len(found.src.ssim) < len(stage.prepared["one"].store.faces)
    assert found.dst.ssim.mean() < 0.6
    assert found.dst.psnr_db.mean() < 25
