"""What becomes of a clip: for each kind of pair the change of its frames, and the truth about it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from unmask.errors import UsageError
from unmask.faces.identity import Embedding
from unmask.faces.pose import pose_of
from unmask.forgery.applying import shown_in, source_of
from unmask.forgery.dataset.clip import Clip, follow, read_clip, told
from unmask.forgery.dataset.plan import Faces, Pair
from unmask.forgery.dataset.recipes import PairKind
from unmask.forgery.followed import Followed
from unmask.forgery.lab import Lab
from unmask.forgery.paste.face_paste import PasteRecipe
from unmask.forgery.paste.self_blend import draw_self_blend, self_blend
from unmask.forgery.pasting import made_of, paste_onto, untouched
from unmask.forgery.permission import permission
from unmask.forgery.seal import Change, Made
from unmask.forgery.truth import Truth
from unmask.media.encode import write_video
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.settings import Settings
from unmask.types import Frame, Landmarks, RgbImage

SHAPES = ("face-hull", "face-hull", "raised-hull", "inner-face", "inner-face")
TRANSFERS = ("rct", "lct", "mkl", "hist")
BLENDS = ("feather", "feather", "poisson", "hard")
WORSE_CRF = (26, 36)
"""Range of the quality in which a re-encoded film was coded before; the end is left out."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a pair is made with.

    Attributes:
        lab: Whose consents and models count.
        originals: Folder of the films.
        short_side: The picture's shorter side at most, pixels.
        consents: Consents that were named.
        settings: Limits, and the least sandbox.
        faces: Places among faces of those who may be seen in each film.
    """

    lab: Lab
    originals: Path
    short_side: int
    consents: tuple[str, ...]
    settings: Settings
    faces: Mapping[str, Faces]

    def known(self, film: str) -> list[Embedding]:
        """Those who may be seen in a film."""
        return [np.array(place, np.float64) for place in self.faces[film]]


@dataclass(frozen=True, slots=True, eq=False)
class Changed:
    """A change, ready to be applied to each frame, and what is known of its outcome."""

    change: Change
    truth: Truth


Maker = Callable[[Pair, Clip, Followed, Surroundings, Path], Changed]


def self_blended(pair: Pair, clip: Clip, followed: Followed, around: Surroundings, aside: Path) -> Changed:  # noqa: ARG001 # all makers are called alike
    """A face blended with a changed copy of itself."""
    recipe = draw_self_blend(np.random.default_rng(pair.seed))

    def change(frame: Frame) -> Made:
        face = followed.face_at(frame.seconds)
        return untouched(frame) if face is None else made_of(self_blend(frame.image, face, recipe))

    truth = Truth("self-blend", recipe.shape, asdict(recipe), (source_of(followed, "target"),), seed=pair.seed)
    return Changed(change, truth)


def pasted(pair: Pair, clip: Clip, followed: Followed, around: Surroundings, aside: Path) -> Changed:  # noqa: ARG001 # all makers are called alike
    """Another face laid over this one, or this one from another moment of its film.

    Raises:
        UsageError: No face is found there, or someone has not agreed.
        InputError: The film cannot be decoded.
    """
    if pair.face is None:
        raise UsageError(f"The plan names no face to paste for {pair.id}; make a new plan in an empty folder.")
    given_clip = read_clip(around.originals, pair.face, around.short_side, around.settings)
    given = follow(given_clip, around.settings, around.known(pair.face.film))
    allowed = permission(around.lab, [shown_in(given), shown_in(followed)], around.consents, "swap")
    recipe = draw_paste(np.random.default_rng(pair.seed))
    truth = Truth(
        "paste",
        f"{recipe.shape}+{recipe.warp}+{recipe.transfer}+{recipe.blend}",
        asdict(recipe),
        (source_of(followed, "target"), source_of(given, "face")),
        seed=pair.seed,
        consents=allowed.consents,
        keep_inside=allowed.keep_inside,
    )
    return Changed(paste_onto(followed, *likest(given_clip, given, followed), recipe), truth)


def likest(clip: Clip, given: Followed, goal: Followed) -> tuple[RgbImage, Landmarks]:
    """The picture of a face whose turn is nearest to what is usual in another clip, with its points."""
    usual = np.median([pose_of(crop.landmarks) for crop in goal.crops], axis=0)
    apart = [float(np.linalg.norm(pose_of(face) - usual)) for face in given.landmarks]
    row = int(np.argmin(apart))
    frame = next(frame for frame in clip.frames if frame.seconds == given.times[row])
    return frame.image, given.landmarks[row]


def draw_paste(rng: np.random.Generator) -> PasteRecipe:
    """A way of pasting, drawn at random.

    >>> draw_paste(np.random.default_rng(1)) == draw_paste(np.random.default_rng(1))
    True
    """
    return PasteRecipe(
        shape=str(rng.choice(SHAPES)),
        transfer=str(rng.choice(TRANSFERS)),
        warp="mesh" if rng.random() < 0.75 else "similarity",
        blend=str(rng.choice(BLENDS)),
        feather=float(rng.uniform(0.04, 0.25)),
        grow=float(rng.uniform(-0.08, 0.03)),
    )


def drawn_by_model(pair: Pair, clip: Clip, followed: Followed, around: Surroundings, aside: Path) -> Changed:  # noqa: ARG001 # all makers are called alike
    """What a trained model of the lab draws, laid over the face; asked for its consents as ``merge_swap`` asks.

    Raises:
        UsageError: There is no such model, it learned to draw over someone else, or a consent does not hold any more.
    """
    from unmask.forgery.swap.descent import may_merge  # noqa: PLC0415 # torch is loaded only where a model draws
    from unmask.forgery.swap.merge import Merger, MergeRecipe  # noqa: PLC0415 # likewise
    from unmask.forgery.swap.model import SwapModel  # noqa: PLC0415 # likewise
    from unmask.forgery.swap.swapping import open_model, swap_truth  # noqa: PLC0415 # likewise

    name = pair.model or ""
    checkpoint, descent = open_model(around.lab, name)
    may_merge(around.lab, descent, followed)
    recipe = MergeRecipe()
    truth = swap_truth(name, checkpoint, descent, followed, recipe)
    return Changed(Merger(SwapModel.of(checkpoint), descent.face_type, followed, recipe).change, truth)


def coded_before(pair: Pair, clip: Clip, followed: Followed, around: Surroundings, aside: Path) -> Changed:
    """Nothing forged: the clip was coded once more before, and worse.

    Raises:
        UsageError: The coder gave another number of pictures.
    """
    crf = int(np.random.default_rng(pair.seed).integers(*WORSE_CRF))
    path = aside / "worse.mp4"
    write_video(path, (frame.image for frame in clip.frames), clip.frame_rate, crf=crf, preset="veryfast")
    with open_frames(path, probe(path, around.settings), around.settings, exact=True) as film:
        images = [frame.image for frame in film]
    path.unlink()
    if len(images) != len(clip.frames):
        raise UsageError(f"Of {len(clip.frames)} pictures of {told(clip)} {len(images)} came back from the coder.")
    by_time = {frame.seconds: image for frame, image in zip(clip.frames, images, strict=True)}
    truth = Truth("re-encoded", "twice", {"before_crf": crf}, (source_of(followed, "target"),), seed=pair.seed)
    return Changed(lambda frame: Made(by_time[frame.seconds]), truth)


MAKERS: Mapping[PairKind, Maker] = MappingProxyType(
    {
        "self-blend": self_blended,
        "own-paste": pasted,
        "paste": pasted,
        "model": drawn_by_model,
        "re-encoded": coded_before,
    }
)


def with_original(truth: Truth, pair: Pair, followed: Followed) -> tuple[Truth, Truth]:
    """The truth about a pair's original and about what was made of it, each naming the pair."""
    pairing = {"pair": pair.id, "split": pair.split, "start": pair.clip.start, "seconds": pair.clip.seconds}
    original = Truth(
        "re-encoded",
        "once",
        pairing,
        (source_of(followed, "target"),),
        consents=truth.consents,
        keep_inside=truth.keep_inside,
    )
    return original, replace(truth, parameters={**truth.parameters, **pairing})
