from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from unmask.faces.pose import degrees_of, pose_of
from unmask.faces.track import FaceTracker, follow
from unmask.forgery.puppets.figure import figure, head_rotation
from unmask.forgery.puppets.identity import HairStyle, Identity, identity
from unmask.forgery.puppets.nuisance import Light, Nuisance
from unmask.forgery.puppets.render import Rendered, drawn, render
from unmask.forgery.puppets.texture import color_sheet
from unmask.types import Face, Frame, Landmarks, RgbImage, Track

SIDE, FACE_WIDTH = 240, 100.0
PLAIN = Nuisance(face_width=FACE_WIDTH)
STYLES: tuple[HairStyle, HairStyle] = ("short", "long")
SHORT = replace(identity(4), style="short", beard=0.0)


@cache
def puppet(seed: int, yaw_degrees: float = 0.0) -> Rendered:
    return render(identity(seed), replace(PLAIN, yaw_degrees=yaw_degrees), SIDE, SIDE)


@cache
def found(seed: int, yaw_degrees: float = 0.0) -> Face:
    (face,) = FaceTracker().see(Frame(puppet(seed, yaw_degrees).image, 0.0))
    return face


def error_of(seed: int, yaw_degrees: float = 0.0) -> float:
    """Mean distance of the found points from the true ones, as a share of the face's width."""
    away = found(seed, yaw_degrees).landmarks[:, :2] - puppet(seed, yaw_degrees).landmarks[:, :2]
    return float(np.linalg.norm(away, axis=1).mean()) / FACE_WIDTH


def picture(person: Identity = SHORT, nuisance: Nuisance = PLAIN) -> RgbImage:
    return render(person, nuisance, SIDE, SIDE).image


def track_of(nuisance: Nuisance, person: Identity = SHORT) -> Track:
    (track,) = follow([Frame(picture(person, nuisance), 0.0)]).tracks
    return track


def lid_distance(landmarks: Landmarks) -> float:
    """Opening of the eye on the image's left as a share of its width."""
    return float(np.linalg.norm(landmarks[159, :2] - landmarks[145, :2]) / np.ptp(landmarks[[33, 133], 0]))


@pytest.mark.parametrize("seed", range(12))
def test_a_puppet_is_found_where_it_is(seed: int) -> None:
    assert found(seed).score > 0.9
    assert error_of(seed) < 0.03
    assert found(seed).pose == pytest.approx(puppet(seed).pose, abs=4.0)


@pytest.mark.parametrize(
    ("yaw_degrees", "largest_error"), [(30.0, 0.035), (-45.0, 0.05), (45.0, 0.05), (-60.0, 0.08), (60.0, 0.08)]
)
def test_a_turned_puppet_is_found_up_to_sixty_degrees(yaw_degrees: float, largest_error: float) -> None:
    assert max(error_of(seed, yaw_degrees) for seed in (0, 2, 4)) < largest_error


@pytest.mark.parametrize("yaw_degrees", [-30.0, -15.0, 15.0, 30.0])
def test_its_turn_is_read_from_the_true_points_and_nearly_from_the_found_ones(yaw_degrees: float) -> None:
    for seed in (0, 2, 4):
        assert pose_of(puppet(seed, yaw_degrees).landmarks) == pytest.approx(puppet(seed, yaw_degrees).pose, abs=1.5)
        yaw, pitch, roll = found(seed, yaw_degrees).pose
        assert 0.6 * abs(yaw_degrees) < yaw * np.sign(yaw_degrees) < 1.1 * abs(yaw_degrees)  # FaceMesh reads too little
        assert (pitch, roll) == pytest.approx((0, 0), abs=4.0)


@pytest.mark.parametrize("angles", [(0.0, 0.0, 0.0), (30.0, -20.0, 15.0), (-75.0, 25.0, -30.0), (89.0, 10.0, 20.0)])
def test_pose_reads_back_the_angles_of_the_head(angles: tuple[float, float, float]) -> None:
    assert degrees_of(head_rotation(Nuisance(*angles))) == pytest.approx(angles, abs=1e-3)


def test_a_head_may_lean_and_look_up() -> None:
    track = track_of(replace(PLAIN, roll_degrees=15.0))
    assert track.pose[0, 2] == pytest.approx(15.0, abs=3.0)
    assert track_of(replace(PLAIN, pitch_degrees=15.0)).pose[0, 1] > 5.0 > track_of(PLAIN).pose[0, 1]


def test_an_open_mouth_is_measured() -> None:
    rest, talk, shout = (float(track_of(replace(PLAIN, mouth_open=far)).lips[0]) for far in (0.0, 0.4, 1.0))
    assert rest + 0.1 < talk < shout - 0.1


@pytest.mark.parametrize("seed", [2, 4, 7])
def test_shut_eyes_are_drawn_and_measured(seed: int) -> None:
    asleep, awake = replace(PLAIN, blink=1.0), PLAIN
    shut, opened = (render(identity(seed), eyes, SIDE, SIDE) for eyes in (asleep, awake))
    assert lid_distance(shut.landmarks) < 0.1
    assert lid_distance(opened.landmarks) > 0.25
    measured = [float(track_of(eyes, identity(seed)).eyes.mean()) for eyes in (asleep, awake)]
    assert measured[0] < measured[1] - 0.005  # FaceMesh sees little of a blink, on filmed faces too


def test_a_smile_widens_the_mouth_and_a_look_moves_the_iris() -> None:
    corners = [render(SHORT, replace(PLAIN, smile=smile), SIDE, SIDE).landmarks[[61, 291], 0] for smile in (0.0, 1.0)]
    assert np.ptp(corners[1]) > 1.1 * np.ptp(corners[0])
    x, y = puppet(4).landmarks[[159, 145], :2].mean(axis=0)
    for side in (-1, 1):
        aside = picture(SHORT, replace(PLAIN, gaze=(float(side), 0.0)))[round(y) - 1 : round(y) + 2].mean(axis=(0, 2))
        left, right = aside[round(x) - 6 : round(x)].mean(), aside[round(x) + 1 : round(x) + 7].mean()
        assert (left - right) * side > 20  # the white is bright, the iris dark


def test_the_same_seed_gives_the_same_bytes() -> None:
    once = picture(identity(3)).copy()
    figure.cache_clear()
    color_sheet.cache_clear()
    assert identity(3) == identity(3)
    assert (picture(identity(3)) == once).all()


def test_people_differ_in_shape_and_colour() -> None:
    for one, other in ((0, 1), (2, 3), (4, 5)):
        apart = np.linalg.norm(puppet(one).landmarks - puppet(other).landmarks, axis=1)
        assert apart.max() > 0.02 * FACE_WIDTH
        faces = (puppet(one).face_mask > 0.9) & (puppet(other).face_mask > 0.9)
        assert np.abs(puppet(one).image[faces].astype(float) - puppet(other).image[faces]).mean() > 8


@pytest.mark.parametrize("yaw_degrees", [0.0, -40.0, 90.0])
def test_the_mask_covers_what_is_painted_on_the_face(yaw_degrees: float) -> None:
    pose = replace(PLAIN, yaw_degrees=yaw_degrees)
    one = render(SHORT, pose, SIDE, SIDE)
    made_up = replace(SHORT, lips=(250, 20, 20), brows=(250, 240, 60), iris=(40, 250, 250), age=1.0)
    changed = (render(made_up, pose, SIDE, SIDE).image != one.image).any(axis=2)
    assert changed.sum() > 100
    assert (one.face_mask[changed] > 0).all()
    tanned = replace(SHORT, skin=(40, 90, 160))
    recoloured = (render(tanned, pose, SIDE, SIDE).image != one.image).any(axis=2)
    assert recoloured[one.face_mask > 0.9].mean() > 0.97  # teeth, eyes and brows keep their colours


def test_a_profile_shows_less_of_the_face_and_hair_hides_some() -> None:
    frontal = puppet(4).face_mask.sum()
    for yaw_degrees in (-90.0, 90.0):
        profile = puppet(4, yaw_degrees)
        assert 0.2 * frontal < profile.face_mask.sum() < 0.8 * frontal
        nose, ear = profile.landmarks[4, 0], profile.landmarks[[234, 454], 0].mean()
        assert (nose - ear) * np.sign(yaw_degrees) > 0.4 * FACE_WIDTH
    turned = replace(PLAIN, yaw_degrees=50.0)
    bare, covered = (render(replace(SHORT, style=style), turned, SIDE, SIDE) for style in STYLES)
    assert covered.face_mask.sum() < 0.95 * bare.face_mask.sum()
    assert (covered.landmarks == bare.landmarks).all()


def test_the_background_stays_as_it_is() -> None:
    wall = np.random.default_rng(0).integers(0, 255, (SIDE, SIDE, 3), dtype=np.uint8)
    image = render(SHORT, PLAIN, SIDE, SIDE, background=wall).image
    assert (image[:100, :40] == wall[:100, :40]).all()
    assert not (image[150:, 100:140] == wall[150:, 100:140]).all()


def test_blood_darkens_and_brightens_the_skin_as_told() -> None:
    skin = render(SHORT, PLAIN, SIDE, SIDE).face_mask > 0.99
    calm, full = (drawn(SHORT, replace(PLAIN, blood=blood), SIDE, SIDE).picture[skin] for blood in (0.0, 0.02))
    red, green, blue = np.median(full / calm, axis=0) - 1
    assert green == pytest.approx(0.02, abs=1e-4)
    assert red < blue < green


def test_the_lamp_lights_its_side_in_its_colour() -> None:
    skin = puppet(4).face_mask > 0.99
    left, right = skin.copy(), skin.copy()
    left[:, SIDE // 2 - 15 :], right[:, : SIDE // 2 + 15] = False, False
    beside = picture(SHORT, replace(PLAIN, light=Light(azimuth_degrees=60.0)))
    assert beside[right].mean() > 1.2 * beside[left].mean()
    warm, cool = (
        picture(SHORT, replace(PLAIN, light=Light(kelvin=kelvin)))[skin].mean(axis=0) for kelvin in (2900.0, 9000.0)
    )
    assert warm[0] / warm[2] > 1.1 * cool[0] / cool[2]
