"""A film in miniature, small enough to be signed with it: by it one sees later where and when the picture was altered.

The picture is cut into a grid whose cells are a fortieth of its longer side, so that a face covers several. The mean
brightness of each cell over a third of a second is kept in steps of three levels. Encoding a film again hardly moves
these means, nor does another brightness or contrast once it is fitted; another face does.
"""

import base64
import binascii
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import cv2
import numpy as np
from jaxtyping import Float32
from pydantic import BaseModel, ConfigDict, Field

from unmask.media.video import open_frames
from unmask.settings import Settings
from unmask.types import Frame, Media, RgbImage

Cells = Float32[np.ndarray, "rows columns"]
Means = Float32[np.ndarray, "groups rows columns"]
Progress = Callable[[float, float | None], None]
"""Called with the seconds of film done and its whole length, if known."""

CELLS_ALONG = 40
"""Cells along the longer side."""
LEAST_CELL_PIXELS = 8
GROUP_SECONDS = 0.32
STEP = 3.0
"""Levels of 255 between two codes."""
MOST_GROUPS = 4096
LARGEST_CODES_BYTES = 540_000
"""Compressed; in base64 a third more, which still fits the million bytes that a claim may have."""


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """Mean brightness of the cells of a grid over groups of frames that follow each other.

    Attributes:
        means: Levels 0–255.
        group_seconds: Length of a group; 0 for a still.
        begins: Presentation time in seconds at which the first group begins.
        size: Width and height of the picture in pixels.
    """

    means: Means
    group_seconds: float
    begins: float
    size: tuple[int, int]


class CodedFingerprint(BaseModel):
    """A fingerprint as it stands in a manifest; whoever wrote it may lie, so everything is bounded.

    Attributes:
        codes: Means in steps of three levels, each less the one before it in time, compressed, in base64.
    """

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    version: Literal[1] = 1
    width: Annotated[int, Field(gt=0, le=1 << 20)]
    height: Annotated[int, Field(gt=0, le=1 << 20)]
    rows: Annotated[int, Field(gt=0, le=CELLS_ALONG)]
    columns: Annotated[int, Field(gt=0, le=CELLS_ALONG)]
    groups: Annotated[int, Field(gt=0, le=MOST_GROUPS)]
    group_seconds: Annotated[float, Field(ge=0, le=1e6)]
    begins: Annotated[float, Field(ge=-1e6, le=1e6)]
    codes: Annotated[str, Field(max_length=2 * LARGEST_CODES_BYTES)]


class FingerprintBuilder:
    """Sees the frames of a film once, in their order, and keeps only the means of its groups.

    Each frame counts for as long as it is shown, so that frames repeated or dropped by an encoder change nothing.

    Args:
        shape: Rows and columns of the grid; chosen by the first frame's size when None.
        group_seconds: Length of a group; 0 for a still.
        most_groups: How many to keep.
        joins: Whether groups are joined in pairs when there are more; else what comes later is not kept.
    """

    def __init__(
        self,
        shape: tuple[int, int] | None = None,
        group_seconds: float = GROUP_SECONDS,
        most_groups: int = MOST_GROUPS,
        *,
        joins: bool = True,
    ) -> None:
        self._shape = shape
        self._group_seconds = group_seconds
        self._most_groups = most_groups
        self._joins = joins
        self._sums: list[Cells] = []
        self._weights: list[float] = []
        self._size = (0, 0)
        self._begins = self._since = self._gap = 0.0
        self._shown: Cells | None = None

    def see(self, frame: Frame) -> None:
        """Take the next frame in."""
        if self._shown is None:
            height, width = frame.image.shape[:2]
            self._size, self._begins = (width, height), frame.seconds
            self._shape = self._shape or grid_for(width, height)
        else:
            self._gap = frame.seconds - self._since
            self._count(self._shown, frame.seconds)
        self._shown, self._since = cell_means(frame.image, *(self._shape or (1, 1))), frame.seconds

    def finish(self) -> Fingerprint | None:
        """The fingerprint; None when no frame was seen. The last frame is held as long as the one before it."""
        if self._shown is None:
            return None
        if self._group_seconds == 0:
            return Fingerprint(self._shown[None], 0.0, self._begins, self._size)
        self._count(self._shown, self._since + (self._gap or self._group_seconds))
        weights = np.array(self._weights, np.float32)[:, None, None]
        return Fingerprint(np.stack(self._sums) / weights, self._group_seconds, self._begins, self._size)

    def _count(self, cells: Cells, until: float) -> None:
        """Add a frame to the groups in which it was shown."""
        moment, end = self._since - self._begins, until - self._begins
        while moment < end - 1e-9:
            place = int(moment / self._group_seconds + 1e-6)
            while self._joins and place >= self._most_groups:
                self._join()
                place = int(moment / self._group_seconds + 1e-6)
            if place >= self._most_groups:
                return
            limit = min(end, (place + 1) * self._group_seconds)
            self._add(place, cells, limit - moment)
            moment = limit

    def _add(self, place: int, cells: Cells, weight: float) -> None:
        if place == len(self._sums):
            self._sums.append(np.zeros_like(cells))
            self._weights.append(0.0)
        self._sums[place] += np.float32(weight) * cells
        self._weights[place] += weight

    def _join(self) -> None:
        """Make of each two groups one of twice the length."""
        self._group_seconds *= 2
        pairs = range(0, len(self._sums), 2)
        self._sums = [sum(self._sums[k + 1 : k + 2], self._sums[k]) for k in pairs]
        self._weights = [sum(self._weights[k : k + 2]) for k in pairs]


def take_fingerprint(
    path: Path, media: Media, settings: Settings, builder: FingerprintBuilder, on_progress: Progress | None = None
) -> Fingerprint | None:
    """The fingerprint of a film or still, None when it has no picture.

    Raises:
        InputError: It cannot be decoded.
    """
    if media.video is None:
        return None
    with open_frames(path, media, settings) as film:
        for frame in film:
            builder.see(frame)
            if on_progress is not None:
                on_progress(frame.seconds, media.duration_seconds)
    return builder.finish()


def builder_for(media: Media) -> FingerprintBuilder:
    """What takes the fingerprint that is to be signed."""
    return FingerprintBuilder(group_seconds=0.0 if media.kind == "image" else GROUP_SECONDS)


def grid_for(width: int, height: int) -> tuple[int, int]:
    """Rows and columns for a picture.

    >>> grid_for(1920, 1080), grid_for(64, 64)
    ((22, 40), (8, 8))
    """
    cell = max(max(width, height) / CELLS_ALONG, LEAST_CELL_PIXELS)
    return max(1, round(height / cell)), max(1, round(width / cell))


def cell_means(image: RgbImage, rows: int, columns: int) -> Cells:
    """Mean luma (BT.601, levels 0–255) of each cell."""
    luma = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    return np.asarray(cv2.resize(luma, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)


def encode_fingerprint(fingerprint: Fingerprint) -> CodedFingerprint:
    """The fingerprint as text; groups are joined in pairs until it is small enough."""
    means, group_seconds = fingerprint.means, fingerprint.group_seconds
    while len(packed := _packed(means)) > LARGEST_CODES_BYTES:
        means, group_seconds = _joined(means), 2 * group_seconds
    width, height = fingerprint.size
    groups, rows, columns = means.shape
    return CodedFingerprint(
        width=width,
        height=height,
        rows=rows,
        columns=columns,
        groups=groups,
        group_seconds=group_seconds,
        begins=fingerprint.begins,
        codes=base64.b64encode(packed).decode(),
    )


def decode_fingerprint(coded: CodedFingerprint) -> Fingerprint:
    """The fingerprint of a text.

    Raises:
        ValueError: The codes are damaged, or more or fewer than the grid says.
    """
    shape = (coded.groups, coded.rows, coded.columns)
    size = coded.groups * coded.rows * coded.columns
    unpacking = zlib.decompressobj()
    try:
        steps = unpacking.decompress(base64.b64decode(coded.codes, validate=True), size + 1)
    except (binascii.Error, zlib.error) as error:
        raise ValueError("the codes are damaged") from error
    if len(steps) != size:
        raise ValueError(f"there are {len(steps)} codes where the grid has {size} cells")
    codes = np.cumsum(np.frombuffer(steps, np.uint8).reshape(shape), axis=0, dtype=np.uint8)
    means = codes.astype(np.float32) * np.float32(STEP)
    return Fingerprint(means, coded.group_seconds, coded.begins, (coded.width, coded.height))


def _packed(means: Means) -> bytes:
    codes = np.rint(means / STEP).astype(np.uint8)
    return zlib.compress(np.diff(codes, axis=0, prepend=np.uint8(0)).tobytes(), 9)


def _joined(means: Means) -> Float32[np.ndarray, "pairs rows columns"]:
    even = means[: len(means) // 2 * 2].reshape(-1, 2, *means.shape[1:]).mean(axis=1, dtype=np.float32)
    return np.concatenate([even, means[len(even) * 2 :]])
