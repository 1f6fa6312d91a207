"""The map of a mark drawn over the picture, as pixels: what `unmask watermark map` writes."""

from dataclasses import replace

import cv2
import numpy as np
from jaxtyping import Bool, Float32, Int, UInt8

from unmask.report.figures.mark_strip import stretch_ends, touches
from unmask.report.mark_words import span
from unmask.report.wording import clock
from unmask.types import MarkMap, PictureMark, Region, RgbImage

Color = tuple[int, int, int]
Cells = Float32[np.ndarray, "rows columns"]
Drawing = UInt8[np.ndarray, "lines across 3"]
"""RGB, the picture and the legend below it."""
Indices = Int[np.ndarray, "..."]
LEAST_WIDTH = 720
"""Smaller pictures are enlarged to it, lest the legend be wider than they."""
TINT = 0.6
"""Opacity of a block that was altered for certain."""
CANVAS: Color = (120, 124, 128)
PAPER: Color = (251, 250, 247)
INK: Color = (34, 40, 46)
SOFT: Color = (90, 99, 107)
ALTERED: Color = (217, 83, 0)
OUTLINE: Color = (255, 255, 255)
UNKNOWN: Color = (150, 150, 150)
LINE = 26
FONT = cv2.FONT_HERSHEY_SIMPLEX


def mark_map_png(mark: PictureMark, picture: RgbImage | None) -> Drawing:
    """The picture with each block tinted by how surely it was altered, the regions boxed, and a legend below.

    Args:
        mark: What was read; its map may be None, then only regions are drawn.
        picture: The frame at `most_altered_seconds`; a grey canvas when None.

    Returns:
        An RGB picture, at least 720 pixels wide; pictures that are smaller are enlarged, others keep their size.
    """
    base = _canvas(mark) if picture is None else picture
    factor = max(1.0, LEAST_WIDTH / base.shape[1])
    size = (round(base.shape[1] * factor), round(base.shape[0] * factor))
    large = base.copy() if factor == 1 else cv2.resize(base, size, interpolation=cv2.INTER_LINEAR)
    row, moment = most_altered(mark), None
    if mark.map is not None and row is not None:
        large = _tinted(large, _enlarged(mark.map, factor), row)
        moment = float(mark.map.times[row]), float(stretch_ends(mark.map)[row])
    boxed = _boxed(large, mark.regions, factor, moment)
    return np.vstack([boxed, _legend(boxed.shape[1], mark, moment)])


def most_altered_seconds(mark: PictureMark) -> float | None:
    """Middle of the stretch in which most was altered: the time of the frame to draw on; None without a map."""
    row = most_altered(mark)
    if mark.map is None or row is None:
        return None
    return float(mark.map.times[row] + stretch_ends(mark.map)[row]) / 2


def most_altered(mark: PictureMark) -> int | None:
    """Index of the stretch with the most altered blocks, among those that a region touches when there are any."""
    blocks = mark.map
    if blocks is None or not len(blocks.times):
        return None
    amount = np.nansum(blocks.altered, axis=(1, 2))
    spans = list(zip(blocks.times.tolist(), stretch_ends(blocks).tolist(), strict=True))
    touched = np.array([any(touches(region, *bounds) for region in mark.regions) for bounds in spans])
    return int(np.where(touched, amount, -1.0).argmax() if touched.any() else amount.argmax())


def _enlarged(blocks: MarkMap, factor: float) -> MarkMap:
    (width, height), (x, y) = blocks.block, blocks.offset
    return replace(blocks, block=(width * factor, height * factor), offset=(x * factor, y * factor))


def _canvas(mark: PictureMark) -> RgbImage:
    """Grey, as large as the map or as the regions reach."""
    right = max((region.box[2] for region in mark.regions), default=0.0)
    bottom = max((region.box[3] for region in mark.regions), default=0.0)
    if mark.map is not None:
        rows, columns = mark.map.altered.shape[1:]
        right = max(right, mark.map.offset[0] + columns * mark.map.block[0])
        bottom = max(bottom, mark.map.offset[1] + rows * mark.map.block[1])
    size = (max(round(bottom), 64), max(round(right), 64), 3)
    return np.broadcast_to(np.array(CANVAS, np.uint8), size).copy()


def _tinted(picture: RgbImage, blocks: MarkMap, row: int) -> RgbImage:
    """Altered blocks in orange; blocks about which nothing can be said are dulled with diagonals."""
    altered = _per_pixel(picture, blocks, blocks.altered[row])
    sure = np.nan_to_num(altered, nan=0.0)[..., None] * TINT
    mixed = picture * (1 - sure) + np.array(ALTERED, np.float32) * sure
    stripe = _diagonals(*picture.shape[:2]) & np.isnan(altered) & _covered(picture, blocks)
    mixed[stripe] = np.array(UNKNOWN, np.float32)
    return mixed.round().astype(np.uint8)


def _diagonals(height: int, width: int) -> Bool[np.ndarray, "height width"]:
    return np.asarray((np.arange(height)[:, None] + np.arange(width)) // 2 % 6 == 0)


def _per_pixel(picture: RgbImage, blocks: MarkMap, cells: Cells) -> Float32[np.ndarray, "height width"]:
    """Each pixel's block value; 0 outside the marked picture."""
    rows, columns = _block_indices(picture, blocks)
    inside = _inside(rows, cells.shape[0])[:, None] & _inside(columns, cells.shape[1])[None, :]
    values = cells[np.clip(rows, 0, cells.shape[0] - 1)[:, None], np.clip(columns, 0, cells.shape[1] - 1)[None, :]]
    return np.where(inside, values, np.float32(0)).astype(np.float32)


def _covered(picture: RgbImage, blocks: MarkMap) -> Bool[np.ndarray, "height width"]:
    rows, columns = _block_indices(picture, blocks)
    down, across = blocks.altered.shape[1:]
    return np.asarray(_inside(rows, down)[:, None] & _inside(columns, across)[None, :])


def _block_indices(picture: RgbImage, blocks: MarkMap) -> tuple[Indices, Indices]:
    """Row and column of the block of each line and each column of pixels."""
    lines, across = np.arange(picture.shape[0]) + 0.5, np.arange(picture.shape[1]) + 0.5
    rows = np.floor((lines - blocks.offset[1]) / blocks.block[1])
    columns = np.floor((across - blocks.offset[0]) / blocks.block[0])
    return rows.astype(np.intp), columns.astype(np.intp)


def _inside(indices: Indices, count: int) -> Bool[np.ndarray, " pixels"]:
    return np.asarray((indices >= 0) & (indices < count))


def _boxed(
    picture: RgbImage, regions: tuple[Region, ...], factor: float, moment: tuple[float, float] | None
) -> RgbImage:
    """Regions of the moment in a bold frame, those of other times in a thin one."""
    for region in sorted(regions, key=lambda it: _then(it, moment)):
        left, top, right, bottom = (round(edge * factor) for edge in region.box)
        bold = _then(region, moment)
        for color, width in ((OUTLINE, 6 if bold else 3), (ALTERED, 3 if bold else 1)):
            cv2.rectangle(picture, (left, top), (right - 1, bottom - 1), color, width, cv2.LINE_AA)
    return picture


def _then(region: Region, moment: tuple[float, float] | None) -> bool:
    return moment is None or touches(region, *moment)


def _legend(width: int, mark: PictureMark, moment: tuple[float, float] | None) -> RgbImage:
    """State and time, the scale of the tint, and what the frames and diagonals mean."""
    paper = np.broadcast_to(np.array(PAPER, np.uint8), (3 * LINE + 20, width, 3)).copy()
    _write(paper, (12, LINE), f"Mark in the picture: {mark.state}{_when(mark, moment)}", INK, 0.62)
    ramp = np.linspace(0, TINT, 160, dtype=np.float32)[None, :, None]
    paper[LINE + 18 : LINE + 34, 200:360] = np.array(CANVAS) * (1 - ramp) + np.array(ALTERED) * ramp
    _write(paper, (12, LINE + 31), "block made anew:  no", SOFT)
    _write(paper, (368, LINE + 31), "surely", SOFT)
    cv2.rectangle(paper, (200, 2 * LINE + 22), (230, 2 * LINE + 36), ALTERED, 3)
    _write(paper, (12, 2 * LINE + 35), "altered region:", SOFT)
    paper[LINE + 18 : LINE + 34, 452:482][_diagonals(16, 30)] = UNKNOWN
    _write(paper, (490, LINE + 31), "cannot be said", SOFT)
    others = sum(not _then(region, moment) for region in mark.regions)
    if others:
        cv2.rectangle(paper, (252, 2 * LINE + 22), (282, 2 * LINE + 36), ALTERED, 1)
        _write(paper, (290, 2 * LINE + 35), f"at another time ({others})", SOFT)
    return paper


def _when(mark: PictureMark, moment: tuple[float, float] | None) -> str:
    if moment is None or not any(region.end > 0 for region in mark.regions):
        return ""
    shown = [region for region in mark.regions if _then(region, moment)]
    if not shown:
        return ""
    return f", {span(min(it.start for it in shown), max(it.end for it in shown))}, drawn at {clock(sum(moment) / 2)}"


def _write(paper: RgbImage, place: tuple[int, int], text: str, color: Color, size: float = 0.52) -> None:
    cv2.putText(paper, text, place, FONT, size, color, 1, cv2.LINE_AA)
