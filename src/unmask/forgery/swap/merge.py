"""The last step of a swap: what the model draws, laid over the film's own face."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

import cv2
import numpy as np
from jaxtyping import Float32, Float64

from unmask.errors import UsageError
from unmask.forgery.followed import Followed
from unmask.forgery.paste.blend import Pasted, laid_over, poisson
from unmask.forgery.paste.choices import require_between, require_known
from unmask.forgery.paste.color import TRANSFERS, ColorMap, colors_within
from unmask.forgery.paste.masks import feathered, grown
from unmask.forgery.paste.window import Window, face_width, window_around
from unmask.forgery.seal import Made
from unmask.forgery.swap.alignment import CropMatrix, FaceCrop, crop_matrix, cut_out, eased, moved
from unmask.forgery.swap.areas import NO_AREAS, Areas
from unmask.forgery.swap.face_masks import hull_of
from unmask.forgery.swap.mask_net import MaskNet, require_face_type
from unmask.forgery.swap.model import SwapModel
from unmask.types import Frame, Landmarks, Mask, RgbImage

MaskName = Literal["learned", "hull", "both", "custom"]
BlendName = Literal["feather", "poisson", "raw"]
MARGIN = 0.6
"""Space around the face that is worked on, as a share of its width."""
MASKS: tuple[MaskName, ...] = get_args(MaskName)


@dataclass(frozen=True, slots=True)
class MergeRecipe:
    """How a drawn face is laid over.

    Attributes:
        mask: ``learned`` by the model, ``hull`` of the face's points, what is in ``both``, or ``custom``: where a net that
            learned from masks drawn by hand says.
        erode: Way of the rim inwards, as a share of the face's width, −0.1 to 0.3.
        feather: Width of the soft rim, in the same, 0–0.5.
        sides: Further way inwards at the top, right, foot and left of the crop, as shares of its side.
        transfer: How its colours are brought near the film's, a key of ``paste.color.TRANSFERS``.
        blend: ``feather`` mixes, ``poisson`` takes the film's colours along the rim, ``raw`` lays the face over as it
            was drawn, for work elsewhere with its mask.
        scale: Size of the drawn face, 1 being that of the film's: films do not tell how large a head is. 0.8–1.25.
        smooth: Standard deviation in frames over which the place of the face is smoothed, 0 and more.
        sharpen: Share of a blurred copy that is taken off, 0–2.
    """

    mask: MaskName = "both"
    erode: float = 0.02
    feather: float = 0.08
    sides: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    transfer: str = "rct"
    blend: BlendName = "feather"
    scale: float = 1.0
    smooth: float = 1.0
    sharpen: float = 0.4

    def __post_init__(self) -> None:
        """Refuse names and numbers that make no sense."""
        require_known("mask", self.mask, MASKS)
        require_known("colour transfer", self.transfer, TRANSFERS)
        require_known("blend", self.blend, BLENDS)
        require_between("erosion", self.erode, -0.1, 0.3)
        require_between("feather", self.feather, 0.0, 0.5)
        require_between("scale", self.scale, 0.8, 1.25)
        require_between("smoothing", self.smooth, 0.0, 10.0)
        require_between("sharpening", self.sharpen, 0.0, 2.0)
        for side in self.sides:
            require_between("width of a side", side, 0.0, 0.5)


BLENDS: Mapping[BlendName, Callable[[RgbImage, RgbImage, Mask], Pasted]] = MappingProxyType(
    {"feather": laid_over, "poisson": poisson, "raw": laid_over}
)


class Merger:
    """Changes the frames of one film.

    Args:
        model: What draws.
        face_type: With which its faces were cut out.
        followed: The person whose face is drawn over.
        recipe: How.
        areas: Parts of the face that are always or never drawn over.
        net: What says where the face is, for the mask ``custom``.

    Raises:
        UsageError: Mask, net and face type do not fit each other, see ``require_net``.
    """

    def __init__(
        self,
        model: SwapModel,
        face_type: str,
        followed: Followed,
        recipe: MergeRecipe,
        areas: Areas = NO_AREAS,
        *,
        net: MaskNet | None = None,
    ) -> None:
        require_net(recipe, net, face_type)
        self._net = net
        self._model, self._face_type, self._recipe, self._areas = model, face_type, recipe, areas
        self._followed = followed
        self._side = model.shape.resolution
        self._matrices = matrices_of(followed, face_type, self._side, recipe.smooth)
        self._colors = self._matched()

    def change(self, frame: Frame) -> Made:
        """The frame with the drawn face; as it is where the face is not seen."""
        row = self._followed.row_at(frame.seconds)
        if row is None:
            return Made(frame.image, np.zeros(frame.image.shape[:2], np.float32))
        return self.changed(frame.image, self._followed.landmarks[row], self._matrices[row])

    def crop(self, image: RgbImage, row: int) -> tuple[FaceCrop, CropMatrix]:
        """The face of a frame as the model is shown it, and the matrix that cuts it out.

        Args:
            image: The frame.
            row: Its number among the frames in which the face is seen.
        """
        return cut_out(image, self._matrices[row], self._side), self._matrices[row]

    def changed(self, image: RgbImage, landmarks: Landmarks, matrix: CropMatrix) -> Made:
        """A picture with the drawn face, laid over at a place."""
        side, recipe = self._side, self._recipe
        crop = cut_out(image, matrix, side)
        drawn = self._model.swap(crop[None])
        inside = moved(landmarks, matrix)
        mask = self._mask(image, matrix, drawn.masks[0], inside)
        face = sharpened(self._colors(drawn.images[0]), recipe.sharpen)
        window = window_around(landmarks, image.shape, MARGIN)
        view = window.cut(image)
        onto = _onto(scaled(matrix, side, recipe.scale), window)
        size = (view.shape[1], view.shape[0])
        made = cv2.warpAffine(face, onto, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        rim = cv2.warpAffine(mask, onto, size, flags=cv2.INTER_LINEAR)
        shaped = self._shaped(np.asarray(rim, np.float32), face_width(landmarks))
        pasted = BLENDS[recipe.blend](view, np.clip(np.rint(made), 0, 255).astype(np.uint8), shaped)
        return Made(window.put(image, pasted.image), window.put_mask(image, pasted.mask))

    def _mask(
        self, image: RgbImage, matrix: CropMatrix, learned: Float32[np.ndarray, "side side"], inside: Landmarks
    ) -> Float32[np.ndarray, "side side"]:
        """The mask in the crop, before its rim is moved."""
        if self._net is not None and self._recipe.mask == "custom":
            mask = self._net.mask_in(image, matrix, self._side)
        else:
            hull = hull_of(inside, self._face_type, self._side)
            mask = {"learned": learned, "hull": hull, "both": learned * hull}[self._recipe.mask]
        top, right, foot, left = (round(share * self._side) for share in self._recipe.sides)
        kept = np.zeros_like(mask)
        kept[top : self._side - foot, left : self._side - right] = 1
        return self._areas.applied(mask * kept, inside)

    def _shaped(self, mask: Mask, width: float) -> Mask:
        """The mask in the picture with its rim moved and softened."""
        inside = grown(mask, -self._recipe.erode * width)
        return inside if self._recipe.blend != "feather" else feathered(inside, self._recipe.feather * width)

    def _matched(self) -> ColorMap:
        """One map of colours for the whole film, from clear pictures of it, so that colours do not flicker.

        The whole face is looked at, eyes and beard included: of bare skin alone, a beard in only one of the two would
        be taken for contrast.
        """
        if self._recipe.blend == "raw" or not self._followed.crops:
            return TRANSFERS["none"](*_nothing())
        drawn, own = [], []
        for crop in self._followed.crops:
            matrix = crop_matrix(crop.landmarks, self._face_type, self._side)
            face = cut_out(crop.image, matrix, self._side)
            made = self._model.swap(face[None])
            inside = self._mask(crop.image, matrix, made.masks[0], moved(crop.landmarks, matrix))
            drawn.append(colors_within(made.images[0], inside))
            own.append(colors_within(face, inside))
        return TRANSFERS[self._recipe.transfer](np.concatenate(drawn), np.concatenate(own))


def require_net(recipe: MergeRecipe, net: MaskNet | None, face_type: str) -> None:
    """Refuse a custom mask without a net that knows such faces, and a net that nothing is asked of.

    Raises:
        UsageError: There is none, or the mask is another one.
    """
    if recipe.mask == "custom" and net is None:
        raise UsageError("The mask 'custom' needs a net that says where faces are; name it with --with NAME.")
    if net is not None and recipe.mask != "custom":
        raise UsageError(f"The net {net.name} is not asked for the mask '{recipe.mask}'; say --mask custom.")
    if net is not None:
        require_face_type(net, face_type)


def matrices_of(followed: Followed, face_type: str, side: int, smooth: float) -> Float64[np.ndarray, "frames 2 3"]:
    """Where the face lies in each frame, smoothed over time within each run of frames."""
    matrices = np.stack([crop_matrix(face, face_type, side) for face in followed.landmarks])
    return np.concatenate([eased(matrices[run], smooth) for run in followed.runs()])


def sharpened(picture: Float32[np.ndarray, "height width 3"], share: float) -> Float32[np.ndarray, "height width 3"]:
    """A picture with a share of its blurred copy taken off; RGB 0–255."""
    if share <= 0:
        return picture
    soft = cv2.GaussianBlur(picture, (0, 0), 1.2)
    return np.clip(picture + np.float32(share) * (picture - soft), 0, 255).astype(np.float32)


def scaled(matrix: CropMatrix, side: int, scale: float) -> CropMatrix:
    """A matrix whose crop lies in the picture so many times as large, its middle where it was."""
    around = side / 2
    shrunk = matrix / scale
    shrunk[:, 2] += around * (1 - 1 / scale)
    return np.asarray(shrunk, np.float64)


def _onto(matrix: CropMatrix, window: Window) -> CropMatrix:
    """From the crop's pixels to the window's."""
    back = cv2.invertAffineTransform(matrix)
    back[:, 2] -= (window.left, window.top)
    return np.asarray(back, np.float64)


def _nothing() -> tuple[Float32[np.ndarray, "0 3"], Float32[np.ndarray, "0 3"]]:
    return np.zeros((0, 3), np.float32), np.zeros((0, 3), np.float32)
