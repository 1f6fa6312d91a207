"""A swap in the lab: stores and models by name, previews sealed, each step asked for its consent."""

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from unmask.errors import UsageError
from unmask.forgery.applying import sealed_change, source_of
from unmask.forgery.consent import note_descent, read_consent, require_consent
from unmask.forgery.followed import Followed, follow_person
from unmask.forgery.lab import Lab, Sealer
from unmask.forgery.seal import Made, SealedMedia, seal_still
from unmask.forgery.swap.areas import NO_AREAS, Areas
from unmask.forgery.swap.checkpoint import Checkpoint, checkpoints, newest
from unmask.forgery.swap.curve import LOSS_FILE, loss_curve, read_losses
from unmask.forgery.swap.descent import Descent, descent_of, may_merge, may_train
from unmask.forgery.swap.faceset import joined
from unmask.forgery.swap.mask_net import open_net, with_net
from unmask.forgery.swap.merge import Merger, MergeRecipe, require_net
from unmask.forgery.swap.model import SwapModel
from unmask.forgery.swap.model_folder import SWAP, require_own
from unmask.forgery.swap.plan import TrainingPlan
from unmask.forgery.swap.store import face_set, open_store
from unmask.forgery.swap.training import Progress, Trained, pretrain, train
from unmask.forgery.truth import Source, Truth
from unmask.forgery.writing import Coding, write_sealed
from unmask.media.source import shown
from unmask.media.writing import written_aside
from unmask.settings import Settings
from unmask.types import RgbImage
from unmask.weights import weight_path

ENDING = re.compile(r"(\d+(?:\.\d+)?)\s*(s|min|h|it)")
SECONDS = {"s": 1.0, "min": 60.0, "h": 3600.0}
PREVIEWS, PLOT = "previews", "loss.png"
SHIPPED, SHIPPED_ENCODER, SHIPPED_SHAPE = "shipped", "swap_encoder_tiny96", ("tiny96", "df")
LABEL_ROOM = 32
"""Pixels below a preview for its label."""


@dataclass(frozen=True, slots=True)
class Ending:
    """When a training ends: after seconds of training or after iterations, earlier runs included."""

    seconds: float | None = None
    iterations: int | None = None

    @classmethod
    def named(cls, text: str) -> "Ending":
        """An ending as users write it.

        Raises:
            UsageError: It says nothing that is known.

        >>> Ending.named("20min"), Ending.named("500it")
        (Ending(seconds=1200.0, iterations=None), Ending(seconds=None, iterations=500))
        """
        found = ENDING.fullmatch(text.strip().lower())
        if found is None or float(found.group(1)) <= 0:
            raise UsageError(f"'{text}' is no time to train until; write it like 90s, 20min, 2h or 5000it.")
        number, unit = float(found.group(1)), found.group(2)
        return cls(iterations=round(number)) if unit == "it" else cls(seconds=number * SECONDS[unit])


def train_swap(
    sealer: Sealer,
    stores: tuple[str, str],
    name: str,
    plan: TrainingPlan,
    settings: Settings,
    *,
    pretrained: str | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Trained:
    """Train a model of the lab, or go on with it.

    Args:
        sealer: The lab's keys, with which previews are sealed.
        stores: Names of the stores of src, who is drawn, and of dst, who is drawn over.
        name: Of the model.
        plan: How.
        settings: Limits.
        pretrained: Name of a pretrained encoder of the lab for a new training to begin from, or ``shipped``.
        on_progress: Called after each iteration.

    Raises:
        UsageError: Stores or names are not fit, or someone has not agreed.
        InputError: A picture is damaged, or the loss was no number too often.
        OutputError: Something cannot be written.
        MissingComponent: Part of the extra is not installed.
    """
    lab = sealer.lab
    src, dst = (open_store(place_in(lab.faces, store)) for store in stores)
    descent, folder = may_train(lab, src, dst), place_in(lab.models, name)
    require_own(folder, SWAP)
    folder.mkdir(parents=True, exist_ok=True)
    note_descent(folder, descent.consents)
    side = plan.shape.resolution
    faces = face_set(src, side), face_set(dst, side)
    previews = _Previews(sealer, folder / PREVIEWS, _preview_truth(plan, descent), settings)
    asked = replace(plan, facts=descent.as_facts(), consent_id=",".join(descent.consents))
    begin = None if pretrained is None else pretrained_file(lab, pretrained)
    trained = train(*faces, asked, folder, pretrained=begin, on_progress=on_progress, on_preview=previews.write)
    _plot(folder)
    return trained


def pretrain_encoder(
    sealer: Sealer,
    stores: Sequence[str],
    name: str,
    plan: TrainingPlan,
    settings: Settings,
    *,
    on_progress: Callable[[Progress], None] | None = None,
) -> Trained:
    """Train an encoder on the faces of many people, for swaps to begin from; it draws nobody as anybody else.

    Args:
        sealer: The lab's keys, with which previews are sealed.
        stores: Names of the stores.
        name: Of the encoder, among the models.
        plan: How.
        settings: Limits.
        on_progress: Called after each iteration.

    Raises:
        UsageError: Stores or names are not fit, or a consent does not hold any more.
        OutputError: Something cannot be written.
    """
    lab = sealer.lab
    opened = [open_store(place_in(lab.faces, store)) for store in stores]
    consents = tuple(dict.fromkeys(name for store in opened for name in store.consents))
    records = [require_consent(read_consent(lab, consent), "train") for consent in consents]
    folder, side = place_in(lab.models, name), plan.shape.resolution
    require_own(folder, SWAP)
    folder.mkdir(parents=True, exist_ok=True)
    note_descent(folder, consents)
    truth = Truth(
        "preview",
        f"{plan.shape.arch}-{plan.preset.name}",
        {"stores": list(stores)},
        tuple(Source(None, source.sha256, "training") for store in opened for source in store.sources),
        seed=plan.seed,
        consents=consents,
        keep_inside=any(record.basis == "licensed-corpus" for record in records),
    )
    previews = _Previews(sealer, folder / PREVIEWS, truth, settings)
    faces = joined([face_set(store, side) for store in opened])
    trained = pretrain(faces, plan, folder, on_progress=on_progress, on_preview=previews.write)
    _plot(folder)
    return trained


def encoder_for(plan: TrainingPlan) -> str | None:
    """``shipped`` where the encoder that comes with the package has the plan's shape, else None.

    >>> from unmask.forgery.swap.presets import preset_named
    >>> encoder_for(TrainingPlan(until_iterations=1)), encoder_for(TrainingPlan(preset_named("micro64"), until_iterations=1))
    ('shipped', None)
    """
    return SHIPPED if (plan.preset.name, plan.arch) == SHIPPED_SHAPE else None


def pretrained_file(lab: Lab, name: str) -> Path:
    """The newest checkpoint of a pretrained encoder: one of the lab, or ``shipped``, which comes with the package.

    Raises:
        UsageError: There is none of that name.
        MissingComponent: The shipped one is missing or altered.
    """
    if name == SHIPPED:
        return weight_path(SHIPPED_ENCODER)
    found = checkpoints(place_in(lab.models, name))
    if not found:
        raise UsageError(f"The lab holds no encoder {shown(Path(name))}; make one with: unmask forge swap pretrain")
    return found[0]


def _plot(folder: Path) -> None:
    with written_aside(folder / PLOT) as aside:
        aside.write_bytes(loss_curve(read_losses(folder / LOSS_FILE)))


def open_model(lab: Lab, name: str) -> tuple[Checkpoint, Descent]:
    """The newest whole checkpoint of a model, and what it rests on.

    Raises:
        UsageError: There is no such model, or it does not tell what it rests on.
    """
    folder = place_in(lab.models, name)
    found = newest(folder) if folder.is_dir() else None
    if found is None or found.checkpoint is None:
        known = ", ".join(sorted({path.parent.name for path in lab.models.glob(f"*/{SWAP}")})) or "none"
        raise UsageError(f"The lab holds no model {shown(Path(name))}; it holds {known}. See: unmask forge swap train")
    return found.checkpoint, descent_of(found.checkpoint.facts)


def merge_swap(
    sealer: Sealer,
    name: str,
    target: Path,
    recipe: MergeRecipe,
    settings: Settings,
    *,
    areas: Areas = NO_AREAS,
    net: str | None = None,
    person: int | None = None,
) -> SealedMedia:
    """Lay what a model draws over a film or still.

    Args:
        sealer: The lab's keys.
        name: Of the model.
        target: The film; it must show dst.
        recipe: How.
        settings: Limits, and the least sandbox.
        areas: Parts of the face that are always or never drawn over.
        net: Name of the net that says where the face is, for the mask ``custom``.
        person: Which person, from 1; the one whom the model learned to draw over if None.

    Raises:
        UsageError: There is no such model or face, or someone has not agreed.
        InputError: The film cannot be decoded.
    """
    checkpoint, descent = open_model(sealer.lab, name)
    custom = None if net is None else open_net(sealer.lab, place_in(sealer.lab.models, net))
    require_net(recipe, custom, descent.face_type)  # before the film is followed
    followed = follow_person(target, settings, person=person)
    may_merge(sealer.lab, descent, followed)
    merger = Merger(SwapModel.of(checkpoint), descent.face_type, followed, recipe, areas, net=custom)
    truth = swap_truth(name, checkpoint, descent, followed, recipe)
    truth = replace(truth, parameters={**truth.parameters, "areas": areas.model_dump(mode="json")["areas"]})
    return sealed_change(followed, merger.change, with_net(truth, custom), sealer, settings)


def swap_truth(name: str, checkpoint: Checkpoint, descent: Descent, followed: Followed, recipe: MergeRecipe) -> Truth:
    """What is known of a film in which a model drew.

    Args:
        name: Of the model.
        checkpoint: Which state of it drew.
        descent: What it rests on.
        followed: Whose face was drawn over.
        recipe: How it was laid over.
    """
    return Truth(
        "resynthesis" if descent.same else "swap",
        method_of(checkpoint),
        {
            "model": name,
            "iteration": checkpoint.iteration,
            "src": descent.src,
            "dst": descent.dst,
            "merge": asdict(recipe),
        },
        (source_of(followed, "target"), *_training(descent)),
        seed=checkpoint.order.seed,
        consents=descent.consents,
        keep_inside=descent.keep_inside,
    )


def method_of(checkpoint: Checkpoint) -> str:
    """The kind of networks, such as ``df-tiny96``."""
    return f"{checkpoint.shape.arch}-{checkpoint.preset}"


def place_in(folder: Path, name: str) -> Path:
    """A store or model by its name, which is one word.

    Raises:
        UsageError: It is no word.

    >>> place_in(Path("lab/models"), "one-as-other").as_posix()
    'lab/models/one-as-other'
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name):
        raise UsageError(f"{shown(Path(name))} is no name; use letters, digits, '-', '_' and '.'.")
    return folder / name


class _Previews:
    """Preview sheets, sealed and written into the model's folder, one for each stage."""

    def __init__(self, sealer: Sealer, folder: Path, truth: Truth, settings: Settings) -> None:
        self._sealer, self._folder, self._truth, self._settings = sealer, folder, truth, settings

    def write(self, sheet: RgbImage, iteration: int) -> None:
        """Seal and write one."""
        truth = replace(self._truth, parameters={**self._truth.parameters, "iteration": iteration})
        self._folder.mkdir(exist_ok=True)
        place = self._folder / f"{iteration:09d}.png"
        with_room = np.pad(sheet, ((0, LABEL_ROOM), (0, 0), (0, 0)))  # the label hides no face
        write_sealed(seal_still(Made(with_room), truth, self._sealer), place, self._settings, Coding(force=True))


def _preview_truth(plan: TrainingPlan, descent: Descent) -> Truth:
    return Truth(
        "preview",
        f"{plan.shape.arch}-{plan.preset.name}",
        {"src": descent.src, "dst": descent.dst},
        _training(descent),
        seed=plan.seed,
        consents=descent.consents,
        keep_inside=descent.keep_inside,
    )


def _training(descent: Descent) -> tuple[Source, ...]:
    return tuple(Source(None, sha256, "training") for sha256 in descent.sources)
