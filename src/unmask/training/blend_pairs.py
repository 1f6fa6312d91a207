"""Pairs of a face and the same face with another laid over it, made while a network learns.

Both members go through the same camera, scaling and coder, so that nothing but the blend tells them apart.

Reference:
    Li et al., Face X-ray, CVPR 2020; Shiohara and Yamasaki, Self-Blended Images, CVPR 2022.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import cv2
import numpy as np

from unmask.errors import UsageError
from unmask.forgery.paste.blend import Pasted
from unmask.forgery.paste.face_paste import PasteRecipe, paste_face
from unmask.forgery.paste.self_blend import draw_self_blend, self_blend
from unmask.training.faces import Faces
from unmask.types import Landmarks, Mask, RgbImage

LEAST_SHARE_MADE = 0.2
"""A mask that is nowhere fuller than this shows nothing to learn."""
MOST_TRIES = 20
TRANSFERS = ("rct", "lct", "mkl", "hist")
SHAPES = ("face-hull", "raised-hull", "inner-face")
PARTS = ("mouth", "eyes", "nose")


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """A forged face and its original.

    Attributes:
        kind: How it was made, a key of KINDS.
        fake: Crop, gamma-coded RGB.
        real: The same crop before.
        mask: Share of each pixel that was made.
    """

    kind: str
    fake: RgbImage
    real: RgbImage
    mask: Mask


Look = tuple[RgbImage, Landmarks]
Maker = Callable[[Look, Look, Look, np.random.Generator], Pasted]
"""From a face, another moment of the same, another person's, and chance."""


def _self_blend(own: Look, moment: Look, other: Look, chance: np.random.Generator) -> Pasted:  # noqa: ARG001 # all makers are called alike
    return self_blend(*own, draw_self_blend(chance))


def _part(own: Look, moment: Look, other: Look, chance: np.random.Generator) -> Pasted:  # noqa: ARG001 # all makers are called alike
    return self_blend(*own, replace(draw_self_blend(chance), shape=str(chance.choice(PARTS)), feather=0.06, ratio=1.0))


def _paste(own: Look, moment: Look, other: Look, chance: np.random.Generator) -> Pasted:  # noqa: ARG001 # all makers are called alike
    return paste_face(_worn(other[0], chance), other[1], *own, _drawn_paste(chance, ("feather", "feather", "hard")))


def _own_paste(own: Look, moment: Look, other: Look, chance: np.random.Generator) -> Pasted:  # noqa: ARG001 # all makers are called alike
    return paste_face(_worn(moment[0], chance), moment[1], *own, _drawn_paste(chance, ("feather", "feather", "hard")))


def _poisson(own: Look, moment: Look, other: Look, chance: np.random.Generator) -> Pasted:  # noqa: ARG001 # all makers are called alike
    return paste_face(_worn(other[0], chance), other[1], *own, _drawn_paste(chance, ("poisson",)))


def _smoothed(own: Look, moment: Look, other: Look, chance: np.random.Generator) -> Pasted:  # noqa: ARG001 # all makers are called alike
    """The face without its grain, as a network with few numbers would draw it."""
    picture, points = own
    smooth = cv2.bilateralFilter(np.ascontiguousarray(picture), 7, float(chance.uniform(15, 40)), 4)
    return paste_face(np.asarray(smooth, np.uint8), points, picture, points, _drawn_paste(chance, ("feather",)))


KINDS: Mapping[str, Maker] = MappingProxyType(
    {
        "self-blend": _self_blend,
        "part": _part,
        "paste": _paste,
        "own paste": _own_paste,
        "poisson": _poisson,
        "smoothed": _smoothed,
    }
)
"""Ways to forge, by name."""
LEARNED = ("self-blend", "self-blend", "part", "paste", "own paste")
"""Kinds that are trained on, as often as they stand here."""
NEVER_LEARNED = ("poisson", "smoothed")
"""Kinds that only the validation sees."""


def make_pair(films: Sequence[Faces], kinds: Sequence[str], chance: np.random.Generator) -> Pair:
    """A face of one of the films, forged in one of the ways.

    People are drawn by the square root of how many faces there are of them: a film tells more than a still, but not as
    much more as it is longer.

    Args:
        films: Of two people or more.
        kinds: Keys of KINDS, of which one is drawn.
        chance: For all that is drawn.

    Raises:
        UsageError: All films show one person, or no face in them can be forged.
    """
    people = sorted({film.person for film in films})
    if len(people) < 2:
        raise UsageError("All faces are of one person; name films of two people or more.")
    faces = np.array([sum(len(film.images) for film in films if film.person == person) for person in people])
    shares = np.sqrt(faces) / np.sqrt(faces).sum()
    for _ in range(MOST_TRIES):
        kind = str(kinds[int(chance.integers(len(kinds)))])
        mine, stranger = chance.choice(len(people), 2, replace=False, p=shares)
        film = _one_of([film for film in films if film.person == people[mine]], chance)
        other = _one_of([film for film in films if film.person == people[stranger]], chance)
        own = _look(film, chance)
        try:
            made = KINDS[kind](own, _look(film, chance), _look(other, chance), chance)
        except UsageError:  # a face that is cut off by the picture's edge cannot be forged
            continue
        if made.mask.max() >= LEAST_SHARE_MADE:
            return Pair(kind, made.image, own[0], made.mask)
    raise UsageError(f"None of {MOST_TRIES} faces could be forged; name films with larger faces.")


def _one_of(films: Sequence[Faces], chance: np.random.Generator) -> Faces:
    return films[int(chance.integers(len(films)))]


def _look(film: Faces, chance: np.random.Generator) -> Look:
    row = int(chance.integers(len(film.images)))
    return film.images[row], film.landmarks[row]


def _drawn_paste(chance: np.random.Generator, blends: Sequence[str]) -> PasteRecipe:
    return PasteRecipe(
        shape=str(chance.choice(SHAPES)),
        transfer=str(chance.choice(TRANSFERS)),
        warp="mesh" if chance.random() < 0.8 else "similarity",
        blend=str(chance.choice(list(blends))),
        feather=float(chance.uniform(0.04, 0.25)),
        grow=float(chance.uniform(-0.08, 0.06)),
    )


def _worn(picture: RgbImage, chance: np.random.Generator) -> RgbImage:
    """The face to paste, softened, smoothed or sharpened now and then: another camera, or a network, gave it."""
    worn = picture
    if chance.random() < 0.5:
        worn = _shrunk(worn, float(chance.uniform(0.3, 1.0)))
    if chance.random() < 0.3:
        worn = np.asarray(cv2.bilateralFilter(worn, 5, float(chance.uniform(8, 40)), 3), np.uint8)
    if chance.random() < 0.3:
        detail = worn.astype(np.float32) - cv2.GaussianBlur(worn, (0, 0), 1.5)
        worn = np.clip(worn + float(chance.uniform(0.3, 1.2)) * detail, 0, 255).astype(np.uint8)
    return worn


def _shrunk(picture: RgbImage, factor: float) -> RgbImage:
    """Shrunk and enlarged again."""
    height, width = picture.shape[:2]
    small = cv2.resize(picture, (round(width * factor), round(height * factor)), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
