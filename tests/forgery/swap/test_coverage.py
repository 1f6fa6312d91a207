import cv2
import numpy as np

from unmask.forgery.swap.coverage import Coverage, cap_share, coverage_of
from unmask.forgery.swap.coverage_plot import coverage_plot


def drawn(yaw: np.ndarray, pitch: np.ndarray, mouth: tuple[float, float] = (0.0, 0.5), side: float = 0.3) -> Coverage:
    """The coverage of faces with these turns; mouths and light spread evenly."""
    count = len(yaw)
    pose = np.stack([yaw, pitch, np.zeros(count)], axis=1).astype(np.float32)
    light = np.stack([np.linspace(60, 180, count), np.linspace(-side, side, count)], axis=1).astype(np.float32)
    return coverage_of(pose, np.linspace(*mouth, count).astype(np.float32), light)


def all_around() -> Coverage:
    yaw, pitch = np.meshgrid(np.linspace(-90, 90, 40), np.linspace(-30, 30, 14))
    return drawn(yaw.ravel(), pitch.ravel())


def test_every_turn_is_covered_by_faces_of_every_turn() -> None:
    coverage = all_around()
    assert coverage.cap_share > 0.99
    assert coverage.lacking == ()
    assert "from nearly every side" in coverage.answer[1]
    assert coverage.cells.sum() == coverage.faces == coverage.mouth.sum() == coverage.side_light.sum()


def test_faces_that_look_ahead_say_what_they_lack() -> None:
    chance = np.random.default_rng(1)
    coverage = drawn(np.linspace(-23, 12, 400), chance.uniform(-25, 25, 400))
    assert 0.08 < coverage.cap_share < 0.4
    assert [sentence for sentence in coverage.lacking if "image's" in sentence] == [
        "Nothing beyond 23° to the image's left.",
        "Nothing beyond 12° to the image's right.",
    ]
    assert "a turn to either side would show it" in coverage.answer[1]
    assert "no protection" in coverage.answer[-1]


def test_a_single_glance_aside_is_chance_and_no_coverage() -> None:
    yaw = np.concatenate([np.linspace(-10, 10, 200), [80.0, 81.0]])
    coverage = drawn(yaw, np.zeros(202))
    assert coverage.yaw[1] < 15
    assert coverage.cells[:, -1].sum() == 2  # still counted where it lies


def test_a_gap_between_two_views_is_named() -> None:
    yaw = np.concatenate([np.linspace(-10, 0, 100), np.linspace(50, 60, 100)])
    coverage = drawn(yaw, np.zeros(200))
    assert coverage.gaps == ((0.0, 50.0),)
    assert any("Nothing between" in sentence and "50°" in sentence for sentence in coverage.lacking)


def test_faces_of_one_side_only_do_not_reach_the_other() -> None:
    coverage = drawn(np.linspace(30, 70, 200), np.zeros(200))
    assert "Nothing beyond 31° to the image's right, on the way to the image's left." in coverage.lacking


def test_shut_mouths_and_one_light_are_named() -> None:
    coverage = coverage_of(
        np.zeros((80, 3), np.float32), np.zeros(80, np.float32), np.full((80, 2), (120, 0.2), np.float32)
    )
    assert any("wide open" in sentence for sentence in coverage.lacking)
    assert any(sentence.startswith("One light only") for sentence in coverage.lacking)


def test_few_faces_hardly_carry_a_talk() -> None:
    assert "From 20 faces" in drawn(np.linspace(-80, 80, 20), np.zeros(20)).answer[1]


def test_one_face_has_a_coverage() -> None:
    coverage = drawn(np.array([5.0]), np.array([0.0]))
    assert (coverage.yaw, coverage.cap_share) == ((5.0, 5.0), 0.0)


def test_the_share_is_one_of_area() -> None:
    ahead = np.zeros((5, 3), np.float32)
    cap = 2 * np.pi * (1 - np.cos(np.radians(10)))
    assert abs(cap_share(ahead) - cap / (np.pi * 2 * np.sin(np.radians(30)))) < 0.01


def test_the_plot_shows_where_the_faces_lie() -> None:
    content = coverage_plot(drawn(np.linspace(30, 60, 99), np.zeros(99)), "a $b")
    picture = np.asarray(cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR))
    dark = (picture.min(axis=2) < 200)[80:400]
    left, right = dark[:, 150:550].mean(), dark[:, 650:1050].mean()
    assert right > left + 0.02
