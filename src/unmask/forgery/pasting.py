"""Pasted and blended faces in films and stills: from files to what is sealed."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from unmask.errors import BrokenMedia
from unmask.faces.pose import pose_of
from unmask.forgery.applying import sealed_change, shown_in, source_of
from unmask.forgery.followed import Followed, follow_person
from unmask.forgery.lab import Sealer
from unmask.forgery.paste.blend import Pasted
from unmask.forgery.paste.face_paste import PasteRecipe, match_colors, paste_face
from unmask.forgery.paste.self_blend import draw_self_blend, self_blend
from unmask.forgery.permission import permission
from unmask.forgery.seal import Change, Made, SealedMedia
from unmask.forgery.truth import Truth
from unmask.media.source import shown
from unmask.media.video import open_frames
from unmask.settings import Settings
from unmask.types import Frame, Landmarks, RgbImage


def paste_files(
    source: Path,
    target: Path,
    recipe: PasteRecipe,
    sealer: Sealer,
    settings: Settings,
    *,
    consents: Sequence[str] = (),
    person: int | None = None,
) -> SealedMedia:
    """The face of one file pasted over that of another.

    Args:
        source: Film or still with the face to paste.
        target: Film or still that receives it.
        recipe: How.
        sealer: The lab's keys.
        settings: Limits, and the least sandbox.
        consents: Identifiers of the consents of the people seen.
        person: Which person of the target, from 1; the one seen longest and largest if None.

    Raises:
        UsageError: No face is seen, or someone has not agreed.
        InputError: A file cannot be decoded.
    """
    given, goal = follow_person(source, settings), follow_person(target, settings, person=person)
    allowed = permission(sealer.lab, [shown_in(given), shown_in(goal)], consents, "swap")
    truth = Truth(
        "paste",
        f"{recipe.shape}+{recipe.warp}+{recipe.transfer}+{recipe.blend}",
        asdict(recipe),
        (source_of(goal, "target"), source_of(given, "face")),
        consents=allowed.consents,
        keep_inside=allowed.keep_inside,
    )
    return sealed_change(goal, paste_onto(goal, *picture_near(given, goal, settings), recipe), truth, sealer, settings)


def blend_file(
    target: Path, seed: int, sealer: Sealer, settings: Settings, *, person: int | None = None
) -> SealedMedia:
    """A face blended with a jittered copy of itself; nobody's identity changes, so nobody is asked.

    Args:
        target: Film or still.
        seed: Of the jitter.
        sealer: The lab's keys.
        settings: Limits, and the least sandbox.
        person: Which person, from 1; the one seen longest and largest if None.

    Raises:
        UsageError: No face is seen.
        InputError: The file cannot be decoded.
    """
    followed = follow_person(target, settings, person=person)
    recipe = draw_self_blend(np.random.default_rng(seed))
    truth = Truth("self-blend", recipe.shape, asdict(recipe), (source_of(followed, "target"),), seed=seed)

    def change(frame: Frame) -> Made:
        face = followed.face_at(frame.seconds)
        return untouched(frame) if face is None else made_of(self_blend(frame.image, face, recipe))

    return sealed_change(followed, change, truth, sealer, settings)


def paste_onto(goal: Followed, image: RgbImage, points: Landmarks, recipe: PasteRecipe) -> Change:
    """What pastes one picture of a face over each frame; its colours are matched once, so that they do not flicker."""
    clear = max(goal.crops, key=lambda crop: crop.sharpness)
    colors = match_colors(image, points, clear.image, clear.landmarks, recipe.transfer)

    def change(frame: Frame) -> Made:
        face = goal.face_at(frame.seconds)
        if face is None:
            return untouched(frame)
        return made_of(paste_face(image, points, frame.image, face, recipe, colors=colors))

    return change


def picture_near(given: Followed, goal: Followed, settings: Settings) -> tuple[RgbImage, Landmarks]:
    """The clear picture of a face whose turn is nearest to what is usual in another film, with its points.

    Raises:
        BrokenMedia: The file cannot be read a second time.
    """
    usual = np.median([pose_of(crop.landmarks) for crop in goal.crops], axis=0)
    crop = min(given.crops, key=lambda crop: float(np.linalg.norm(pose_of(crop.landmarks) - usual)))
    row = given.row_at(crop.seconds)
    with open_frames(given.path, given.media, settings, exact=True) as film:
        for frame in film:
            if row is not None and frame.seconds >= crop.seconds:
                return frame.image, given.landmarks[row]
    raise BrokenMedia(f"{shown(given.path)} could not be read a second time; is it being written?")


def made_of(pasted: Pasted) -> Made:
    """A pasted picture as the seal takes it."""
    return Made(pasted.image, pasted.mask)


def untouched(frame: Frame) -> Made:
    """A frame in which nothing was made."""
    return Made(frame.image, np.zeros(frame.image.shape[:2], np.float32))
