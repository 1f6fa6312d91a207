"""A swap of puppets against the truth: the person who is drawn, with the very motion of the film."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Float64

from unmask.errors import UsageError
from unmask.forgery.drawing import PuppetOrder, scene_of
from unmask.forgery.lab import Lab
from unmask.forgery.permission import PUPPET
from unmask.forgery.puppets.film import Scene, shot_of
from unmask.forgery.puppets.identity import identity
from unmask.forgery.swap.alignment import CropMatrix, crop_matrix, cut_out
from unmask.forgery.swap.descent import Descent
from unmask.forgery.swap.measure import Points, pose_error, poses_of, psnr_db, ssim
from unmask.media.source import shown
from unmask.provenance.ledger import Entry, read_ledger
from unmask.types import Mask, PerFrame, RgbImage


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """One frame of both films, and which pixels were made."""

    before: RgbImage
    after: RgbImage
    mask: Mask


@dataclass(frozen=True, slots=True, eq=False)
class TruthFigures:
    """A swap of puppets against the truth: src drawn with the very motion of the film. One number a compared frame.

    Attributes:
        times: Seconds.
        ssim: Of swap and truth in the truth's face mask, both cut out at the model's size.
        psnr_db: The same as PSNR.
        ssim_before: Of the film before the swap and the truth: what doing nothing reaches.
        psnr_db_before: The same as PSNR.
        ssim_in_film: Of swap and truth, in the film's own pixels.
        pose_degrees: Turn of the swapped head, as FaceMesh sees it, away from the true one.
        pose_degrees_before: The same of the film before the swap: what FaceMesh itself is off by.
    """

    times: Float64[np.ndarray, " frames"]
    ssim: PerFrame
    psnr_db: PerFrame
    ssim_before: PerFrame
    psnr_db_before: PerFrame
    ssim_in_film: PerFrame
    pose_degrees: PerFrame
    pose_degrees_before: PerFrame


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """One frame beside the truth; figures named as in ``TruthFigures``."""

    seconds: float
    ssim: float
    psnr_db: float
    ssim_before: float
    psnr_db_before: float
    ssim_in_film: float
    pose: Float32[np.ndarray, "3"]


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


def compared_with_truth(scene: Scene, pair: Pair, seconds: float, face_type: str, side: int) -> Compared:
    """One frame of a swap beside that of the true swap.

    Args:
        scene: The true swap.
        pair: The frame before and after the swap.
        seconds: Its time.
        face_type: With which the model's faces were cut out.
        side: Of these, pixels.
    """
    shot = shot_of(scene, round(seconds * scene.frame_rate))
    matrix = crop_matrix(shot.landmarks, face_type, side)
    mask = mask_in_crop(shot.face_mask, matrix, side)
    true, after, before = (cut_out(image, matrix, side) for image in (shot.frame.image, pair.after, pair.before))
    return Compared(
        seconds=seconds,
        ssim=ssim(after, true, mask),
        psnr_db=psnr_db(after, true, mask),
        ssim_before=ssim(before, true, mask),
        psnr_db_before=psnr_db(before, true, mask),
        ssim_in_film=ssim(pair.after, shot.frame.image, shot.face_mask),
        pose=shot.pose,
    )


def truth_figures(compared: Sequence[Compared], points: tuple[Points, Points]) -> TruthFigures:
    """The figures of some frames.

    Args:
        compared: The frames.
        points: The face after and before the swap in them, as FaceMesh sees it.
    """
    true = np.stack([one.pose for one in compared])
    after, before = (pose_error(poses_of(face), true) for face in points)
    return TruthFigures(
        times=np.array([one.seconds for one in compared], np.float64),
        ssim=np.array([one.ssim for one in compared], np.float32),
        psnr_db=np.array([one.psnr_db for one in compared], np.float32),
        ssim_before=np.array([one.ssim_before for one in compared], np.float32),
        psnr_db_before=np.array([one.psnr_db_before for one in compared], np.float32),
        ssim_in_film=np.array([one.ssim_in_film for one in compared], np.float32),
        pose_degrees=after,
        pose_degrees_before=before,
    )


def mask_in_crop(mask: Mask, matrix: CropMatrix, side: int) -> Float32[np.ndarray, "side side"]:
    """A picture's mask, cut out as its face is."""
    grey = np.rint(mask * 255).astype(np.uint8)
    return cut_out(np.repeat(grey[..., None], 3, axis=2), matrix, side)[..., 0].astype(np.float32) / np.float32(255)


def _order(entry: Entry) -> PuppetOrder:
    try:
        return PuppetOrder(**entry.extra["truth"]["parameters"])
    except (KeyError, TypeError) as error:
        raise UsageError(f"The ledger does not tell how {shown(Path(entry.file))} was drawn; draw it anew.") from error
