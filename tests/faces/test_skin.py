import numpy as np
import pytest

from tests.puppet import Puppet, Stage, film, picture_of
from unmask.faces.pose import mean_face
from unmask.faces.skin import (
    BACKGROUND,
    CELLS,
    GRID,
    INSIDE,
    OUTSIDE,
    REGIONS,
    cell_colors,
    sample_plan,
    whole_picture_colors,
)
from unmask.faces.track import follow
from unmask.types import Landmarks, RgbImage


def face_at(x: float, y: float, width: float = 130.0, yaw: float = 0.0) -> Landmarks:
    """The mean face in a picture, turned to the image's right by some degrees."""
    cos, sin = np.cos(np.radians(yaw)), np.sin(np.radians(yaw))
    shape = mean_face() @ np.array([[cos, 0, sin], [0, 1, 0], [-sin, 0, cos]])
    return (shape * width / np.ptp(mean_face()[:, 0]) + (x, y, 0)).astype(np.float32)


def flat(color: tuple[int, int, int], height: int = 400, width: int = 400) -> RgbImage:
    return np.full((height, width, 3), color, np.uint8)


def seen(colors: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    return np.isfinite(colors[[CELLS.index(name) for name in names]]).all(axis=1)


@pytest.mark.parametrize("width", [40.0, 130.0, 255.0, 300.0])
@pytest.mark.parametrize("color", [(200, 120, 90), (255, 255, 255), (7, 0, 201)])
def test_a_picture_of_one_colour_gives_exactly_that_colour_in_every_cell(
    color: tuple[int, int, int], width: float
) -> None:
    colors, _ = cell_colors(flat(color, 1000, 1000), face_at(500, 500, width))
    assert np.isfinite(colors).all()
    assert np.abs(colors - color).max() < 1e-3


def test_cells_outside_the_picture_are_not_seen_and_the_others_are_right() -> None:
    colors, _ = cell_colors(flat((150, 120, 100)), face_at(10, 200))
    left, right = (seen(colors, tuple(f"grid-{row}-{column}" for row in range(1, 5))) for column in (1, 8))
    assert not left.any()
    assert right.all()
    assert np.abs(colors[np.isfinite(colors).all(axis=1)] - (150, 120, 100)).max() < 1e-3


def test_a_face_outside_the_picture_shows_no_cell_and_counts_as_clipped() -> None:
    colors, clipped = cell_colors(flat((150, 120, 100)), face_at(900, 900))
    assert not np.isfinite(colors).any()
    assert clipped == 1.0


@pytest.mark.parametrize(("yaw", "hidden", "shown"), [(70.0, "grid-2-8", "grid-2-1"), (-70.0, "grid-2-1", "grid-2-8")])
def test_the_cheek_turned_away_is_not_seen(yaw: float, hidden: str, shown: str) -> None:
    colors, _ = cell_colors(flat((150, 120, 100)), face_at(200, 200, yaw=yaw))
    assert not seen(colors, (hidden,)).any()
    assert seen(colors, (shown,)).all()


def test_a_frontal_face_shows_all_its_cells() -> None:
    colors, _ = cell_colors(flat((150, 120, 100)), face_at(200, 200))
    assert seen(colors, GRID + REGIONS + INSIDE + OUTSIDE).all()


def test_left_and_right_are_those_of_the_picture() -> None:
    image = flat((0, 0, 200))
    image[:, :200] = (200, 0, 0)
    colors, _ = cell_colors(image, face_at(200, 200))
    assert colors[CELLS.index("left-cheek"), 0] > 190
    assert colors[CELLS.index("right-cheek"), 2] > 190
    assert colors[CELLS.index("grid-1-1"), 0] > 190


def test_rows_of_the_grid_go_down_the_face() -> None:
    image = np.broadcast_to(np.linspace(0, 255, 400)[:, None, None], (400, 400, 3)).astype(np.uint8)
    colors, _ = cell_colors(image, face_at(200, 200))
    rows = colors[: len(GRID), 0].reshape(4, 8).mean(axis=1)
    assert (np.diff(rows) > 0).all()


@pytest.mark.parametrize("scale", [2, 3])
def test_the_same_face_larger_has_the_same_colours(scale: int) -> None:
    stages = [
        Stage(puppets=(Puppet(sway=0.0, face_width=130.0 * k),), width=320 * k, height=320 * k, noise=0.0)
        for k in (1, scale)
    ]
    landmarks = face_at(160, 160, 125.0)
    small, _ = cell_colors(picture_of(stages[0]), landmarks)
    large, _ = cell_colors(picture_of(stages[1]), landmarks * scale)
    on_skin = [CELLS.index(name) for name in GRID + REGIONS]
    assert np.nanmax(np.abs(small - large)[on_skin]) < 3.0


def test_the_order_of_the_cells_stands() -> None:
    assert len(CELLS) == len(set(CELLS)) == 62
    assert CELLS[:9] == (*tuple(f"grid-1-{column}" for column in range(1, 9)), "grid-2-1")
    assert CELLS[32:37] == ("forehead", "left-cheek", "right-cheek", "nose", "chin")
    assert CELLS[37:53] == INSIDE + OUTSIDE
    assert CELLS[53:] == ("neck", *BACKGROUND)


def test_every_cell_of_the_face_has_samples() -> None:
    assert (sample_plan().cells.sum(axis=1) >= 4).all()


def test_cells_of_the_grid_share_no_sample() -> None:
    assert sample_plan().cells[: len(GRID)].sum(axis=0).max() == 1


def test_weights_of_each_sample_sum_to_one() -> None:
    assert sample_plan().weights.sum(axis=1) == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize(("color", "share"), [((120, 110, 100), 0.0), ((255, 120, 100), 1.0), ((120, 110, 0), 1.0)])
def test_samples_at_the_ends_of_the_range_count_as_clipped(color: tuple[int, int, int], share: float) -> None:
    assert cell_colors(flat(color), face_at(200, 200))[1] == share


def test_a_puppets_neck_is_seen_and_a_scarf_is_not_taken_for_one() -> None:
    stage = Stage(puppets=(Puppet(sway=0.0),), seconds=0.2, noise=0.0)
    bare = follow(film(stage)).tracks[0]
    assert np.isfinite(bare.color_of(("neck",))).all()
    wrapped = picture_of(stage).copy()
    wrapped[int(bare.boxes[0, 3]) :] = (30, 60, 200)
    colors, _ = cell_colors(wrapped, bare.landmarks_of()[0])
    assert not seen(colors, ("neck",)).any()


def test_background_cells_show_the_wall_and_not_the_head() -> None:
    stage = Stage(puppets=(Puppet(sway=0.0),), width=640, height=480, seconds=0.2, noise=0.0, wall=(20, 200, 20))
    (track,) = follow(film(stage)).tracks
    corners = track.color_of(("background-3", "background-6"))
    assert (corners[..., 1] > 150).all()
    assert (corners[..., 0] < 40).all()


def test_a_picture_of_skin_alone_is_cut_into_rows_and_columns() -> None:
    blocks = np.arange(32, dtype=np.uint8).reshape(4, 8)
    image = np.repeat(np.repeat(blocks, 10, axis=0), 10, axis=1)[..., None].repeat(3, axis=2)
    assert whole_picture_colors(image)[:, 1].tolist() == list(range(32))
