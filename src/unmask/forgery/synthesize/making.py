"""A synthesis in the lab: models by name, learned from stores of faces; what they draw, sealed."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import torch

from unmask.errors import OutputError, UsageError
from unmask.forgery.consent import note_descent
from unmask.forgery.lab import Lab, Sealer
from unmask.forgery.seal import Made, SealedMedia, seal_still
from unmask.forgery.steady import steady_torch
from unmask.forgery.swap.store import open_store
from unmask.forgery.swap.swapping import place_in
from unmask.forgery.synthesize.checkpoint import Checkpoint, newest
from unmask.forgery.synthesize.faces import FacePictures, TrainingFaces, as_pictures, faces_of
from unmask.forgery.synthesize.learner import restore_networks
from unmask.forgery.synthesize.memory import Memory, memory_of
from unmask.forgery.synthesize.methods import method_of
from unmask.forgery.synthesize.origins import Origins, joined, may_draw, may_learn, origins_of
from unmask.forgery.synthesize.plan import MOST_SEED, SynthesisPlan
from unmask.forgery.synthesize.training import Learned, OnProgress, train
from unmask.forgery.truth import Truth
from unmask.forgery.writing import Coding, Written, require_place, write_sealed
from unmask.media.source import shown
from unmask.settings import Settings
from unmask.types import RgbImage

ZOOM = 2
"""Times that a face is enlarged in what is written."""
AT_ONCE = 32
USUAL_SPREAD = 0.9


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A model of the lab, opened.

    Attributes:
        name: By which the lab knows it.
        checkpoint: Its newest whole checkpoint.
        origins: What it rests on.
    """

    name: str
    checkpoint: Checkpoint
    origins: Origins


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which faces are drawn.

    Attributes:
        count: How many.
        seed: Of the numbers that they are drawn from.
        spread: Deviation of these numbers: less than 1 draws more usual faces, and more alike.

    Raises:
        UsageError: A number is out of range.
    """

    count: int = 25
    seed: int = 1
    spread: float = USUAL_SPREAD

    def __post_init__(self) -> None:
        if not 1 <= self.count <= 4096 or not 0 <= self.seed <= MOST_SEED or not 0 < self.spread <= 2:
            raise UsageError(f"Draw 1 to 4096 faces, with a seed of 0 to {MOST_SEED} and a spread above 0 and up to 2.")


def train_synthesis(
    lab: Lab, stores: Sequence[str], name: str, plan: SynthesisPlan, *, on_progress: OnProgress | None = None
) -> Learned:
    """Train a model of the lab, or go on with it; it then rests on all that it ever learned from.

    Args:
        lab: Whose stores and models.
        stores: Names of the stores of faces.
        name: Of the model.
        plan: How.
        on_progress: Called after each iteration.

    Raises:
        UsageError: Stores or names are not fit, or a consent does not hold.
        InputError: A picture is damaged, or the loss was no number too often.
        OutputError: Something cannot be written.
    """
    if not stores:
        raise UsageError("No store of faces is named; make one with: unmask forge swap prepare")
    opened = [open_store(place_in(lab.faces, store)) for store in dict.fromkeys(stores)]
    folder = place_in(lab.models, name)
    origins, faces = may_learn(lab, opened), faces_of(opened, plan.recipe.channels)
    begun, _ = newest(folder)
    if begun is not None:
        origins = joined(origins_of(begun.facts), origins)
        may_draw(lab, origins)
    folder.mkdir(parents=True, exist_ok=True)
    note_descent(folder, origins.consents)
    return train(faces, replace(plan, facts=origins.as_facts()), folder, on_progress=on_progress)


def open_model(lab: Lab, name: str) -> Model:
    """A model by its name.

    Raises:
        UsageError: There is none, it does not tell what it rests on, or a consent does not hold any more.
    """
    folder = place_in(lab.models, name)
    checkpoint, _ = newest(folder)
    if checkpoint is None:
        known = ", ".join(sorted(path.name for path in lab.models.glob("*/") if newest(path)[0])) or "none"
        raise UsageError(
            f"The lab holds no model {shown(Path(name))} that draws faces; it holds {known}. See: unmask forge synthesize train"
        )
    origins = origins_of(checkpoint.facts)
    may_draw(lab, origins)
    return Model(name, checkpoint, origins)


def drawn_by(model: Model, sampling: Sampling) -> FacePictures:
    """Faces of nobody, unsealed: to be measured, or to be sealed by this module; they are written by no one else."""
    recipe = model.checkpoint.recipe
    method = method_of(recipe)
    restore_networks(method.networks, model.checkpoint)
    chance = torch.Generator().manual_seed(sampling.seed)
    latents = sampling.spread * torch.randn(sampling.count, recipe.latent, generator=chance)
    with steady_torch(1), torch.inference_mode():
        return np.concatenate([as_pictures(method.drawing(part)) for part in torch.split(latents, AT_ONCE)])


def training_faces(lab: Lab, model: Model) -> TrainingFaces | None:
    """The faces that a model learned from; None when its stores are gone or have changed."""
    folders = [place_in(lab.faces, store) for store in model.origins.stores]
    if not all(folder.is_dir() for folder in folders):
        return None
    faces = faces_of([open_store(folder) for folder in folders], model.checkpoint.recipe.channels)
    return faces if faces.sha256 == model.checkpoint.faces_sha256 else None


def remembered(lab: Lab, model: Model, pictures: FacePictures) -> Memory | None:
    """How near drawn faces come to those that were learned from; None when these are gone or have changed."""
    faces = training_faces(lab, model)
    return None if faces is None else memory_of(pictures, faces)


def sealed_sheet(
    sealer: Sealer, model: Model, sampling: Sampling, pictures: FacePictures, memory: Memory | None = None
) -> SealedMedia:
    """All faces in one still, in rows."""
    return seal_still(Made(sheet_of(pictures)), truth_of(model, sampling, memory), sealer)


def write_singles(
    sealer: Sealer,
    model: Model,
    sampling: Sampling,
    folder: Path,
    settings: Settings,
    *,
    pictures: FacePictures,
    force: bool = False,
    on_progress: Callable[[float, float | None], None] | None = None,
) -> tuple[Written, ...]:
    """Each face in a still of its own, ``NAME-SEED-NUMBER.png``, sealed.

    Args:
        sealer: The lab's keys.
        model: That drew them.
        sampling: Which faces they are.
        folder: Where they go; made when it is not there.
        settings: Limits, and the least sandbox.
        pictures: All of them, as ``drawn_by`` gives them.
        force: Whether files that lie there may be replaced.
        on_progress: Told how many are written, and how many there are.

    Raises:
        UsageError: A file lies there, or a licence keeps these faces in the lab.
        OutputError: The folder or a file cannot be written.
    """
    truth = truth_of(model, sampling, None)
    written = []
    for number, picture in enumerate(pictures, 1):
        numbered = replace(truth, parameters={**truth.parameters, "number": number})
        place = folder / f"{model.name}-{sampling.seed}-{number:04d}.png"
        sealed = seal_still(Made(sheet_of(picture[None])), numbered, sealer)
        require_place(sealed, place, force=force)
        _make(folder)
        written.append(write_sealed(sealed, place, settings, Coding(force=force)))
        if on_progress is not None:
            on_progress(float(number), float(len(pictures)))
    return tuple(written)


def truth_of(model: Model, sampling: Sampling, memory: Memory | None) -> Truth:
    """What is known of faces that a model draws."""
    recipe = model.checkpoint.recipe
    parameters = {
        "model": model.name,
        "iteration": model.checkpoint.iteration,
        "count": sampling.count,
        "spread": sampling.spread,
        "recipe": asdict(recipe),
        "memory": None if memory is None else asdict(memory),
    }
    origins = model.origins
    return Truth(
        "synthesis",
        recipe.name,
        parameters,
        origins.as_sources(),
        seed=sampling.seed,
        consents=origins.consents,
        keep_inside=origins.keep_inside,
    )


def sheet_of(pictures: FacePictures) -> RgbImage:
    """Faces in rows of about as many as there are rows, each enlarged; grey where a row is not full."""
    columns = int(np.ceil(np.sqrt(len(pictures))))
    rows = -(-len(pictures) // columns)
    large = [_enlarged(picture) for picture in pictures]
    large += [np.full_like(large[0], 128)] * (columns * rows - len(large))
    return np.concatenate([np.concatenate(large[row * columns : (row + 1) * columns], axis=1) for row in range(rows)])


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {shown(folder)} cannot be made: {error.strerror}.") from error


def _enlarged(picture: np.ndarray) -> RgbImage:
    side = ZOOM * len(picture)
    large = cv2.resize(picture, (side, side), interpolation=cv2.INTER_CUBIC)
    return np.ascontiguousarray(np.broadcast_to(large.reshape(side, side, -1), (side, side, 3)))
