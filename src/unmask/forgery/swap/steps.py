"""A swap taken apart: what becomes of a face at each step, from the frame it is found in to the frame it is laid over.

The rows are faces of one film, from the one that looks ahead to the one that is turned furthest: a model that never saw a
profile breaks there, and the sheet shows how.
"""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch
from jaxtyping import UInt8

from unmask.errors import BrokenMedia
from unmask.faces.pose import pose_of
from unmask.forgery.followed import Followed, follow_person
from unmask.forgery.lab import Sealer
from unmask.forgery.paste.window import window_around
from unmask.forgery.seal import Made, SealedMedia, seal_still
from unmask.forgery.swap.alignment import FaceCrop, moved
from unmask.forgery.swap.descent import may_merge
from unmask.forgery.swap.merge import Merger, MergeRecipe
from unmask.forgery.swap.model import SwapModel, as_pictures
from unmask.forgery.swap.swapping import open_model, swap_truth
from unmask.forgery.swap.warp import Warp, generator_of, warped
from unmask.media.source import shown
from unmask.media.video import open_frames
from unmask.settings import Settings
from unmask.types import Frame

Picture = UInt8[np.ndarray, "_ _ 3"]
"""Gamma-coded RGB; the pictures of a row differ in size."""
CELL, GAP, TITLE_HEIGHT, LABEL_ROOM = 160, 6, 24, 32
PAPER, INK, POINT = (246, 246, 244), (40, 40, 40), (90, 220, 120)
TITLES = ("found", "levelled", "bent to learn", "code", "drawn as DST", "drawn as SRC", "its mask", "laid over")
AROUND = 0.35


def steps_of(
    sealer: Sealer, name: str, film: Path, settings: Settings, *, rows: int = 4, person: int | None = None
) -> SealedMedia:
    """A sheet of the steps of a swap, sealed.

    Args:
        sealer: The lab's keys.
        name: Of the model.
        film: A film of the person who is drawn over.
        settings: Limits, and the least sandbox.
        rows: Faces shown.
        person: Which person of the film, from 1.

    Raises:
        UsageError: There is no such model or face, or someone has not agreed.
        InputError: The film cannot be decoded.
    """
    checkpoint, descent = open_model(sealer.lab, name)
    followed = follow_person(film, settings, person=person)
    may_merge(sealer.lab, descent, followed)
    model, recipe = SwapModel.of(checkpoint), MergeRecipe()
    merger = Merger(model, descent.face_type, followed, recipe)
    frames = frames_over_yaw(followed, rows, settings)
    sheet = sheet_of([row_of(frame, followed, merger, model) for frame in frames])
    truth = swap_truth(name, checkpoint, descent, followed, recipe)
    return seal_still(Made(sheet), truth, sealer)


def row_of(frame: Frame, followed: Followed, merger: Merger, model: SwapModel) -> tuple[str, list[Picture]]:
    """How far a face is turned, and its picture at each step."""
    row = followed.row_at(frame.seconds)
    if row is None:
        raise BrokenMedia(f"{shown(followed.path)} could not be read a second time; is it being written?")
    points = followed.landmarks[row]
    crop, matrix = merger.crop(frame.image, row)
    made = merger.change(frame)
    own, swapped = model.reconstruct(crop[None], "dst"), model.swap(crop[None])
    window = window_around(points, frame.image.shape, AROUND)
    pictures = [
        _dotted(window.cut(frame.image), window.points(points)),
        _dotted(crop, moved(points, matrix)),
        _bent(crop),
        _heat(model.code(crop[None])[0]),
        own.images[0],
        swapped.images[0],
        _grey(swapped.masks[0]),
        window.cut(made.image),
    ]
    return f"yaw {pose_of(points)[0]:+.0f}", [np.ascontiguousarray(picture) for picture in pictures]


def frames_over_yaw(followed: Followed, count: int, settings: Settings) -> list[Frame]:
    """Frames in which the face looks ahead, and further and further to a side."""
    yaws = np.array([pose_of(face)[0] for face in followed.landmarks])
    wanted = np.linspace(0, np.abs(yaws).max(), count)
    rows = {int(np.abs(np.abs(yaws) - angle).argmin()) for angle in wanted}
    times = {float(followed.times[row]) for row in rows}
    with open_frames(followed.path, followed.media, settings, exact=True) as film:
        found = [frame for frame in film if frame.seconds in times]
    turned = {float(time): abs(float(yaw)) for time, yaw in zip(followed.times, yaws, strict=True)}
    return sorted(found, key=lambda frame: turned[frame.seconds])


def sheet_of(rows: Sequence[tuple[str, list[Picture]]]) -> Picture:
    """Rows of pictures under the titles of the steps, with room for a label below."""
    step = CELL + GAP
    sheet = np.full((TITLE_HEIGHT + len(rows) * step + LABEL_ROOM, GAP + len(TITLES) * step, 3), PAPER, np.uint8)
    for column, title in enumerate(TITLES):
        _write(sheet, title, GAP + column * step + 2, TITLE_HEIGHT - 8, INK)
    for number, (turn, pictures) in enumerate(rows):
        top = TITLE_HEIGHT + number * step
        for column, picture in enumerate(pictures):
            left = GAP + column * step
            sheet[top : top + CELL, left : left + CELL] = _fitted(picture)
        _write(sheet, turn, GAP + 4, top + CELL - 6, (255, 255, 255))
    return sheet


def _write(sheet: Picture, text: str, x: int, y: int, color: tuple[int, int, int]) -> None:
    cv2.putText(sheet, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.45, color, 1, cv2.LINE_AA)


def _fitted(picture: Picture) -> FaceCrop:
    """A picture in a cell, whole, on a dark ground."""
    height, width = picture.shape[:2]
    scale = CELL / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    cell = np.full((CELL, CELL, 3), 30, np.uint8)
    top, left = (CELL - size[1]) // 2, (CELL - size[0]) // 2
    cell[top : top + size[1], left : left + size[0]] = small
    return cell


def _dotted(picture: Picture, points: np.ndarray) -> Picture:
    """A picture with the points of its face, enlarged first so that they stay fine."""
    scale = max(1, round(2 * CELL / max(picture.shape[:2])))
    large = np.ascontiguousarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC))
    for x, y in points[:, :2] * scale:
        cv2.circle(large, (round(float(x)), round(float(y))), 1, POINT, -1, cv2.LINE_AA)
    return large


def _bent(crop: FaceCrop) -> FaceCrop:
    """The crop as the network is shown it in training."""
    shown_face, _ = warped(as_pictures(crop[None]), Warp(), generator_of(1, 1))
    return np.asarray((shown_face[0].clamp(0, 1) * 255).to(torch.uint8).permute(1, 2, 0).numpy(), np.uint8)


def _heat(code: np.ndarray) -> Picture:
    """The grid of the bottleneck as a map of its strength."""
    levels = np.rint(255 * (code - code.min()) / max(float(np.ptp(code)), 1e-6)).astype(np.uint8)
    enlarged = cv2.resize(levels, (CELL, CELL), interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.cvtColor(cv2.applyColorMap(enlarged, cv2.COLORMAP_VIRIDIS), cv2.COLOR_BGR2RGB), np.uint8)


def _grey(mask: np.ndarray) -> Picture:
    return np.repeat(np.rint(mask * 255).astype(np.uint8)[..., None], 3, axis=2)
