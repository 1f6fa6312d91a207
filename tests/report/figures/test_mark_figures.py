"""The drawings of marks: where the mark is alive, what was altered, and when."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest

from tests.report.conftest import marked_report, picture_mark
from tests.report.figures.test_figures import SVG, assert_clear, labels, parsed
from unmask.report.figures.curve import curve
from unmask.report.figures.mark_picture import ALTERED, mark_map_png, most_altered, most_altered_seconds
from unmask.report.figures.mark_strip import MOST_PANELS, mark_strip, stretch_ends
from unmask.report.figures.stretches import altered_stretches
from unmask.types import MarkMap, PictureMark, Provenance, Region, RgbImage, Trace

NAN = float("nan")


def drawn_map(mark: PictureMark) -> MarkMap:
    assert mark.map is not None
    return mark.map


def outlines(root: ET.Element) -> list[ET.Element]:
    return [cell for cell in root.iter(f"{SVG}rect") if cell.find(f"{SVG}title") is not None]


def still(alive: np.ndarray, altered: np.ndarray, regions: tuple[Region, ...] = ()) -> PictureMark:
    cells = MarkMap(
        np.zeros(1), alive[None].astype(np.float32), altered[None].astype(np.float32), (16.0, 16.0), (0.0, 0.0)
    )
    return PictureMark("altered", "A sentence.", regions=regions, map=cells)


def grey(width: int = 160, height: int = 96) -> RgbImage:
    return np.full((height, width, 3), 100, np.uint8)


def test_the_strip_outlines_the_region_in_the_stretches_it_was_altered_in() -> None:
    mark = picture_mark()
    root = parsed(mark_strip((1280, 720), 62.0, mark.regions, mark.map))
    assert_clear(root)
    assert len([label for label in labels(root) if " to " in label]) == MOST_PANELS
    # 21.1 to 34.1 s of 62 touches the third, fourth and fifth eighth; each outline is drawn twice, light and dark.
    assert len(outlines(root)) == 3 * 2
    assert {"mark gone", "alive", "cannot be said", "altered"} <= set(labels(root))


def test_a_region_is_drawn_where_it_lies_in_the_picture() -> None:
    region = Region(0.0, 0.0, (64.0, 32.0, 128.0, 64.0))
    root = parsed(mark_strip((160, 96), 0.0, (region,), None))
    panel = next(cell for cell in root.iter(f"{SVG}rect") if cell.get("class") == "panel")
    scale = float(panel.get("width", "")) / 160
    outline = outlines(root)[0]
    assert [float(outline.get(name, "")) / scale for name in ("x", "y", "width", "height")] == pytest.approx(
        [64, 32, 64, 32], abs=0.2
    )


def test_dead_blocks_are_dark_live_ones_bright_unknown_ones_not_painted() -> None:
    alive = np.ones((4, 6), np.float32)
    alive[1:3, 2:4], alive[0, 0] = 0.0, NAN
    mark = still(alive, 1 - alive)
    root = parsed(mark_strip((96, 64), 0.0, (), mark.map))
    fills = {path.get("fill"): path.get("d", "") for path in root.iter(f"{SVG}path") if path.get("fill") != "none"}
    assert set(fills) == {"#00224e", "#fee838"}
    assert fills["#00224e"].count("M") == 2  # one run in each of two rows
    assert fills["#fee838"].count("M") == 1 + 2 * 2 + 1  # the first row lacks its first block


def test_a_long_fine_map_stays_a_small_drawing() -> None:
    rng = np.random.default_rng(0)
    alive = rng.uniform(0, 1, (3000, 68, 120)).astype(np.float32)
    times = np.arange(3000) * 0.32
    svg = mark_strip((1920, 1080), 960.0, (), MarkMap(times, alive, 1 - alive, (16.0, 16.0), (0.0, 0.0)))
    assert len(svg.encode()) < 250_000


def test_a_short_alteration_is_not_averaged_away() -> None:
    mark = picture_mark(160, 96, 60.0)
    cells = drawn_map(mark)
    alive = np.ones_like(cells.alive)
    alive[4, 2, 3] = 0.0
    at = float(cells.times[4])
    svg = mark_strip(
        (160, 96),
        60.0,
        (Region(at, at + 0.1, (48.0, 32.0, 64.0, 48.0)),),
        replace(cells, alive=alive, altered=1 - alive),
    )
    dark = [path.get("fill", "") for path in parsed(svg).iter(f"{SVG}path") if path.get("fill") != "none"]
    assert any(color < "#30" for color in dark)


@pytest.mark.parametrize("size", [(0, 0), (1280, 0)])
def test_a_picture_without_a_size_is_not_drawn(size: tuple[int, int]) -> None:
    mark = picture_mark(64, 64, 1.0)
    assert mark_strip(size, 1.0, mark.regions, mark.map) == ""
    assert mark_strip((64, 64), 1.0, (), None) == ""


@pytest.mark.parametrize("size", [(64, 64), (720, 1280), (1920, 400)])
def test_strips_of_any_shape_keep_their_labels_apart(size: tuple[int, int]) -> None:
    mark = picture_mark(*size, seconds=130.0)
    assert_clear(parsed(mark_strip(size, 130.0, mark.regions, mark.map)))


def test_maps_of_nothing_and_regions_beyond_the_picture_are_well_formed() -> None:
    nothing = still(np.full((3, 4), NAN), np.full((3, 4), NAN), (Region(0.0, 0.0, (-50.0, -50.0, 900.0, 900.0)),))
    root = parsed(mark_strip((64, 48), 0.0, nothing.regions, nothing.map))
    panel = next(cell for cell in root.iter(f"{SVG}rect") if cell.get("class") == "panel")
    assert outlines(root)[0].get("width") == panel.get("width")


def test_the_altered_stretches_stand_in_a_row_each() -> None:
    origin = marked_report().provenance
    root = parsed(altered_stretches(origin, 62.0))
    assert_clear(root)
    rows = ["signed fingerprint", "mark in the picture", "face of person 1", "face of person 2", "mark in the sound"]
    assert labels(root)[: len(rows)] == rows
    assert len(outlines(root)) == 4  # person 2 was not altered
    assert "face of person 2: not altered." in (root[1].text or "")


def test_no_stretches_no_drawing() -> None:
    assert altered_stretches(Provenance(), 62.0) == ""
    assert altered_stretches(marked_report().provenance, 0.0) == ""


def test_the_axis_of_a_share_shows_the_whole_range() -> None:
    trace = Trace("Share", np.arange(50.0), np.full(50, 0.97) + np.linspace(0, 0.01, 50))
    narrow, whole = labels(parsed(curve(trace))), labels(parsed(curve(trace, (0.0, 1.0))))
    assert "0.0" not in narrow
    assert "0.0" in whole


def test_the_map_tints_what_was_altered_and_leaves_the_rest() -> None:
    alive = np.ones((6, 10), np.float32)
    alive[2:4, 4:8] = 0.0
    mark = still(alive, 1 - alive)
    out = mark_map_png(mark, grey(1600, 960))
    assert out.shape[1] == 1600
    block = 16
    inside = out[2 * block + 2 : 4 * block - 2, 4 * block + 2 : 8 * block - 2].reshape(-1, 3)
    assert (np.ptp(inside, axis=0) == 0).all()
    assert inside[0, 0] > inside[0, 1] + 40 > inside[0, 2] + 80
    assert (out[: 2 * block, :] == 100).all()


def test_the_map_boxes_the_region_where_it_lies() -> None:
    region = Region(0.0, 0.0, (64.0, 32.0, 128.0, 64.0))
    out = mark_map_png(replace(still(np.ones((6, 10)), np.zeros((6, 10))), regions=(region,)), grey(1600, 960))
    lines, columns = np.nonzero((out[:960] == ALTERED).all(axis=2))
    assert (lines.min(), lines.max()) == pytest.approx((32, 63), abs=2)
    assert (columns.min(), columns.max()) == pytest.approx((64, 127), abs=2)


def test_a_small_picture_is_enlarged_with_its_map() -> None:
    altered = np.zeros((4, 4), np.float32)
    altered[0, 3] = 1.0
    out = mark_map_png(still(1 - altered, altered), grey(64, 64))
    assert out.shape[1] == 720
    orange = (out[:720, :, 0].astype(int) - out[:720, :, 2]) > 60
    lines, columns = np.nonzero(orange)
    assert (lines.max(), columns.min()) == pytest.approx((179, 540), abs=1)


def test_without_a_picture_the_map_is_drawn_on_grey_as_large_as_it_reaches() -> None:
    mark = picture_mark(1280, 720)
    out = mark_map_png(mark, None)
    assert out.shape[1] == 1280
    assert out.shape[0] > 720
    bare = replace(mark, map=None)
    assert mark_map_png(bare, None).shape[1] == 742  # the right edge of its one region
    assert most_altered_seconds(bare) is None


def test_the_moment_drawn_is_one_in_which_something_was_altered() -> None:
    mark = picture_mark()
    moment, (region,) = most_altered_seconds(mark), mark.regions
    assert moment is not None
    assert region.start <= moment <= region.end + 0.32


def test_noise_elsewhere_does_not_win_over_a_region() -> None:
    mark = picture_mark(160, 96, 20.0)
    altered = np.zeros_like(drawn_map(mark).altered)
    altered[3, 1, 1], altered[50] = 0.9, 0.5
    times = drawn_map(mark).times
    region = Region(float(times[3]), float(times[3]) + 0.1, (16.0, 16.0, 32.0, 32.0))
    noisy = replace(mark, regions=(region,), map=replace(drawn_map(mark), altered=altered))
    assert most_altered(noisy) == 3
    assert most_altered(replace(noisy, regions=())) == 50


def test_unknown_blocks_are_dulled_by_diagonals_only_where_the_map_lies() -> None:
    unknown = np.full((3, 10), NAN)
    out = mark_map_png(still(unknown, unknown), grey(1600, 960))
    assert (out[:48, :160] != 100).any()
    assert (out[48:960] == 100).all()


def test_stretches_end_where_the_next_begins() -> None:
    blocks = replace(drawn_map(picture_mark(64, 64, 1.0)), times=np.array([0.0, 0.4, 0.6, 1.0]))
    assert stretch_ends(blocks).tolist() == pytest.approx([0.4, 0.6, 1.0, 1.4])
