"""Masks drawn by hand on single faces of a store, as the files of the annotation tool labelme.

    {"version": "5.5.0", "imagePath": "000012.jpg", "imageHeight": 256, "imageWidth": 256,
     "shapes": [{"label": "exclude", "shape_type": "polygon", "points": [[80, 90], [180, 90], [130, 140]]}]}

A file lies beside its picture, or in a folder of its own, and has its name. ``include`` (or ``face``) is face, ``exclude``
is none, whichever was drawn first; where nothing is included, the hull of the face's points is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Annotated, Literal

import cv2
import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from unmask.errors import UsageError
from unmask.forgery.swap.polygon_file import read_polygons
from unmask.forgery.swap.store import PICTURES, FaceStore
from unmask.media.source import shown
from unmask.types import Mask

LARGEST_BYTES = 16_000_000
"""The tool may keep a copy of the picture in its file."""
ENDING = ".json"
SUBPIXEL_BITS = 4
Place = Annotated[float, Field(ge=-1e5, le=1e5, allow_inf_nan=False)]
Extent = Annotated[int, Field(ge=1, le=100_000)]


class Outline(BaseModel):
    """One polygon; its corners in pixels of the picture it was drawn on, from the picture's top left corner."""

    model_config = ConfigDict(frozen=True)

    label: Literal["include", "face", "exclude"]
    shape_type: Literal["polygon"] = "polygon"
    points: tuple[tuple[Place, Place], ...] = Field(min_length=3, max_length=10_000)


class Drawing(BaseModel):
    """All that was drawn on one face. What else the tool keeps is passed over.

    Attributes:
        outlines: The polygons.
        picture: Name of the picture it was drawn on; folders before it are no matter.
        height: Of that picture, pixels.
        width: The same.
    """

    model_config = ConfigDict(frozen=True)

    outlines: tuple[Outline, ...] = Field(alias="shapes", min_length=1, max_length=1000)
    picture: str = Field(alias="imagePath", min_length=1, max_length=4096)
    height: Extent = Field(alias="imageHeight")
    width: Extent = Field(alias="imageWidth")

    def over(self, hull: Mask) -> Mask:
        """The mask that was drawn: zeros and ones.

        Args:
            hull: Of the face's points, at the size wanted; it counts where nothing is included.
        """
        included = [outline for outline in self.outlines if outline.label != "exclude"]
        excluded = [outline for outline in self.outlines if outline.label == "exclude"]
        mask = self._filled(np.zeros_like(hull), included, 1.0) if included else hull.copy()
        return self._filled(mask, excluded, 0.0)

    def _filled(self, mask: Mask, outlines: Sequence[Outline], value: float) -> Mask:
        scale = np.array([mask.shape[1] / self.width, mask.shape[0] / self.height])
        for outline in outlines:
            places = (
                np.array(outline.points) * scale - 0.5
            ) * 2**SUBPIXEL_BITS  # the first pixel's middle is 0 to OpenCV
            cv2.fillPoly(mask, [np.rint(places).astype(np.int32)], value, shift=SUBPIXEL_BITS)
        return mask


@dataclass(frozen=True, slots=True, eq=False)
class DrawnMasks:
    """Masks that were drawn for faces of a store.

    Attributes:
        masks: Zeros and ones at the store's size, by the number of the face, from 0, in rising order.
        remarks: A sentence for each file that could not be used.
    """

    masks: Mapping[int, Mask]
    remarks: tuple[str, ...] = ()


def drawn_masks(store: FaceStore, folder: Path | None = None) -> DrawnMasks:
    """All masks that were drawn for the faces of a store; often none.

    Args:
        store: The faces.
        folder: Where the drawings lie; beside the pictures if None.

    Raises:
        UsageError: There is no such folder, or there are drawings of which none can be used.
    """
    place = store.folder / PICTURES if folder is None else folder
    if not place.is_dir():
        raise UsageError(f"{shown(place)} is no folder; name the one in which the drawings lie.")
    numbers = {Path(face.picture).stem: number for number, face in enumerate(store.faces)}
    masks: dict[int, Mask] = {}
    remarks = []
    for path in sorted(path for path in place.iterdir() if path.suffix == ENDING and path.is_file()):
        try:
            number = _number_of(path, numbers)
            masks[number] = drawn_mask(path, store, number)
        except UsageError as error:
            remarks.append(str(error))
    if remarks and not masks:
        raise UsageError(f"No drawing in {shown(place)} can be used. {remarks[0]}")
    return DrawnMasks({number: masks[number] for number in sorted(masks)}, tuple(remarks))


def drawn_mask(path: Path, store: FaceStore, number: int) -> Mask:
    """The mask of one file: zeros and ones at the store's size.

    Args:
        path: The drawing.
        store: The faces.
        number: Of the face it is for, from 0.

    Raises:
        UsageError: The file cannot be used for that face.
    """
    drawing, face = read_drawing(path), store.faces[number]
    named = PureWindowsPath(drawing.picture).name  # both kinds of slashes part folders here
    if Path(named).stem != path.stem:
        raise UsageError(
            f"{shown(path)} was drawn on {shown(Path(named))}, not on the picture of its own name; rename it."
        )
    if drawing.height != drawing.width:
        raise UsageError(
            f"{shown(path)} was drawn on a picture of {drawing.width}×{drawing.height} pixels, and faces are square; draw on {shown(store.folder / PICTURES)}."
        )
    mask = drawing.over(store.hull(face))
    if not mask.any():
        raise UsageError(f"{shown(path)} leaves nothing of the face; draw what is face as 'include'.")
    return mask


def read_drawing(path: Path) -> Drawing:
    """A drawing from its file.

    Raises:
        UsageError: It cannot be read, or is something else.
    """
    return read_polygons(
        path,
        Drawing,
        largest_bytes=LARGEST_BYTES,
        too_large="too large for a drawing; save it without the picture in it",
        wrong="is no drawing",
    )


def _number_of(path: Path, numbers: Mapping[str, int]) -> int:
    if path.stem not in numbers:
        raise UsageError(f"{shown(path)} belongs to no picture of the store; give it the name of one, or remove it.")
    return numbers[path.stem]
