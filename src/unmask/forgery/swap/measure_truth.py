"""A swap of puppets against the truth: the person who is drawn, with the very motion of the film."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from unmask.errors import UsageError
from unmask.faces.landmarks import square_of_landmarks
from unmask.faces.track import look_at
from unmask.forgery.drawing import PuppetOrder, scene_of
from unmask.forgery.lab import Lab
from unmask.forgery.permission import PUPPET
from unmask.forgery.puppets.film import Scene, Shot, shot_of
from unmask.forgery.puppets.identity import identity
from unmask.forgery.swap.alignment import CropMatrix, FaceCrop, crop_matrix, cut_out
from unmask.forgery.swap.descent import Descent
from unmask.forgery.swap.measure import Points, pose_error, poses_of, psnr_db, ssim
from unmask.forgery.swap.model import SwapModel
from unmask.media.source import shown
from unmask.provenance.ledger import Entry, read_ledger
from unmask.types import Landmarks, Mask, PerFrame, RgbImage


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """One frame of both films, and which pixels were made."""

    before: RgbImage
    after: RgbImage
    mask: Mask


@dataclass(frozen=True, slots=True)
class Alike:
    """How alike a picture and the truth are in the truth's face mask, at the model's size.

    Attributes:
        ssim: Structural similarity.
        psnr_db: Peak signal-to-noise ratio.
    """

    ssim: float
    psnr_db: float


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """One frame beside the truth.

    Attributes:
        seconds: Its time.
        drawn: The face as the model drew it, beside the true one cut out as the model's faces are: by its own points.
        undrawn: The face before the swap beside the same: what drawing nothing reaches.
        placed: The face as the model drew it, beside the true one where that is in the film. Films do not tell how large a
            head is, so the drawn face has the size of the film's, and the true one its own.
        merged: The face of the swapped film.
        ideal: What merging makes of a perfect model, which draws the truth: the rim and the resampling cost that much.
        before: The face of the film before the swap: what doing nothing reaches.
        ssim_in_film: Of the swapped film, in its own pixels.
        scale: Size of the true head ÷ that of the film's, as their points tell it.
        pose: The true turn, degrees.
    """

    seconds: float
    drawn: Alike
    undrawn: Alike
    placed: Alike
    merged: Alike
    ideal: Alike
    before: Alike
    ssim_in_film: float
    scale: float
    pose: Float32[np.ndarray, "3"]


@dataclass(frozen=True, slots=True, eq=False)
class TruthFigures:
    """A swap of puppets against the truth: src drawn with the very motion of the film.

    Attributes:
        frames: What was compared.
        pose_degrees: Turn of the swapped head in each, as FaceMesh sees it, away from the true one.
        pose_degrees_before: The same of the film before the swap: what FaceMesh itself is off by.
    """

    frames: tuple[Compared, ...]
    pose_degrees: PerFrame
    pose_degrees_before: PerFrame

    def of(self, number: Callable[[Compared], float]) -> PerFrame:
        """One figure of each frame."""
        return np.array([number(frame) for frame in self.frames], np.float32)


def true_scene(lab: Lab, descent: Descent, film_sha256: str) -> Scene | None:
    """The true swap of a puppet's film, without the camera's noise; None where a real person takes part.

    Raises:
        UsageError: The ledger does not tell how a puppet was drawn.
    """
    drawn = {entry.sha256: entry for entry in read_ledger(lab.ledger).entries if entry.kind == PUPPET}
    if film_sha256 not in drawn or not set(descent.sources) <= set(drawn):
        return None
    target = _order(drawn[film_sha256])
    others = {_order(drawn[sha256]).person for sha256 in descent.sources} - {target.person}
    return replace(scene_of(target), person=identity(others.pop()), noise=0.0) if len(others) == 1 else None


def compared_with_truth(
    scene: Scene, pair: Pair, seconds: float, landmarks: Landmarks, drawing: tuple[SwapModel, str]
) -> Compared:
    """One frame of a swap beside that of the true swap.

    Args:
        scene: The true swap.
        pair: The frame before and after the swap.
        seconds: Its time.
        landmarks: The face before the swap, by which it is cut out.
        drawing: The model, and the type of its faces.
    """
    shot, (model, face_type) = shot_of(scene, round(seconds * scene.frame_rate)), drawing
    side = model.shape.resolution
    matrix = crop_matrix(landmarks, face_type, side)
    mask = mask_in_crop(shot.face_mask, matrix, side)
    true, after, before = (cut_out(image, matrix, side) for image in (shot.frame.image, pair.after, pair.before))
    ideal = cut_out(_laid_over(pair, true, matrix), matrix, side)
    drawn = model.swap(before[None]).images[0]
    placed, merged, perfect, undone = (_alike(face, true, mask) for face in (drawn, after, ideal, before))
    own_matrix = crop_matrix(_points_of(shot), face_type, side)
    own, own_mask = cut_out(shot.frame.image, own_matrix, side), mask_in_crop(shot.face_mask, own_matrix, side)
    return Compared(
        seconds,
        _alike(drawn, own, own_mask),
        _alike(before, own, own_mask),
        placed,
        merged,
        perfect,
        undone,
        ssim(pair.after, shot.frame.image, shot.face_mask),
        _zoom(matrix) / _zoom(own_matrix),
        shot.pose,
    )


def truth_figures(compared: Sequence[Compared], points: tuple[Points, Points]) -> TruthFigures:
    """The figures of some frames.

    Args:
        compared: The frames.
        points: The face after and before the swap in them, as FaceMesh sees it.
    """
    true = np.stack([one.pose for one in compared])
    after, before = (pose_error(poses_of(face), true) for face in points)
    return TruthFigures(tuple(compared), after, before)


def _alike(face: FaceCrop, true: FaceCrop, mask: Mask) -> Alike:
    return Alike(ssim(face, true, mask), psnr_db(face, true, mask))


def _points_of(shot: Shot) -> Landmarks:
    """The points of the true face as FaceMesh finds them, with which faces are cut out for a model; the true ones if it does not."""
    face = look_at(shot.frame.image, square_of_landmarks(shot.landmarks))
    return shot.landmarks if face is None else face.landmarks


def _zoom(matrix: CropMatrix) -> float:
    return float(np.hypot(matrix[0, 0], matrix[0, 1]))


def _laid_over(pair: Pair, face: UInt8[np.ndarray, "side side 3"], matrix: CropMatrix) -> RgbImage:
    """A face from the crop, laid over the frame by the mask of the swap."""
    height, width = pair.mask.shape
    back = cv2.warpAffine(face, cv2.invertAffineTransform(matrix), (width, height), flags=cv2.INTER_CUBIC)
    share = pair.mask[..., None]
    return np.rint(back * share + pair.before * (1 - share)).astype(np.uint8)


def mask_in_crop(mask: Mask, matrix: CropMatrix, side: int) -> Float32[np.ndarray, "side side"]:
    """A picture's mask, cut out as its face is."""
    grey = np.rint(mask * 255).astype(np.uint8)
    return cut_out(np.repeat(grey[..., None], 3, axis=2), matrix, side)[..., 0].astype(np.float32) / np.float32(255)


def _order(entry: Entry) -> PuppetOrder:
    try:
        return PuppetOrder(**entry.extra["truth"]["parameters"])
    except (KeyError, TypeError) as error:
        raise UsageError(f"The ledger does not tell how {shown(Path(entry.file))} was drawn; draw it anew.") from error
