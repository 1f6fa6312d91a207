"""Custom areas of a lab's faces: a net trained from drawings, shown beside them, and laid over a whole store."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unmask.errors import UsageError
from unmask.forgery.lab import Lab, Sealer
from unmask.forgery.seal import Made, SealedMedia, seal_still
from unmask.forgery.swap.contact_sheet import Tile, contact_sheet, masked
from unmask.forgery.swap.drawn_masks import DrawnMasks, drawn_masks
from unmask.forgery.swap.face_masks import overlap
from unmask.forgery.swap.mask_examples import examples_of
from unmask.forgery.swap.mask_net import MaskNet, Schooling, open_net, require_face_type, require_room, save_net
from unmask.forgery.swap.mask_training import MaskPlan, MaskTrained, OnProgress, train_masks
from unmask.forgery.swap.store import PICTURES, FaceStore, write_masks
from unmask.forgery.swap.swapping import place_in
from unmask.forgery.synthesize.origins import may_learn
from unmask.forgery.truth import Source, Truth
from unmask.media.source import shown
from unmask.types import Mask

AT_ONCE = 32
"""Faces of which the pictures are in memory at once."""
SHOWN_BESIDE = 24
"""Faces of a sheet at least, where a net can show its masks on faces that nobody drew on."""


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """A net that was trained and written.

    Attributes:
        folder: Where it lies.
        trained: What its training came to.
        drawings: How many drawings there were.
        remarks: A sentence for each drawing that could not be used.
    """

    folder: Path
    trained: MaskTrained
    drawings: int
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Applied:
    """Masks that the faces of a store were given.

    Attributes:
        store: The store.
        drawn: How many faces have the mask that was drawn.
        net: How many have that of the net.
        remarks: A sentence for each drawing that could not be used.
    """

    store: FaceStore
    drawn: int
    net: int
    remarks: tuple[str, ...] = ()


def teach_masks(
    lab: Lab,
    store: FaceStore,
    name: str,
    plan: MaskPlan,
    *,
    drawn: Path | None = None,
    force: bool = False,
    on_progress: OnProgress | None = None,
) -> Taught:
    """Train a net of the lab on the masks that were drawn for faces of a store.

    Args:
        lab: Whose consents count.
        store: The faces.
        name: Of the net, among the models.
        plan: How.
        drawn: Folder of the drawings; beside the pictures if None.
        force: Whether a net of that name may be replaced.
        on_progress: Called after each iteration.

    Raises:
        UsageError: There are too few drawings, the name is taken, or a consent does not hold any more.
        InputError: A picture is damaged, or the loss was no number.
        OutputError: The net cannot be written.
    """
    folder = place_in(lab.models, name)
    require_room(folder, force=force)
    origins, drawings = may_learn(lab, [store]), drawn_masks(store, drawn)
    trained = train_masks(examples_of(store, drawings), plan, on_progress=on_progress)
    schooling = Schooling(
        store.face_type,
        trained.iteration,
        trained.drawings,
        trained.held_out,
        trained.iou,
        trained.hull_iou,
        plan.seed,
    )
    save_net(folder, trained.network, schooling, origins)
    return Taught(folder, trained, len(drawings.masks), drawings.remarks)


def apply_masks(
    store: FaceStore,
    net: MaskNet,
    *,
    drawn: Path | None = None,
    on_progress: Callable[[float, float | None], None] | None = None,
) -> Applied:
    """Give each face of a store a mask, the drawn one where there is one and the net's elsewhere; training then learns it.

    Args:
        store: The store.
        net: What says where faces are.
        drawn: Folder of the drawings; beside the pictures if None.
        on_progress: Told how many faces are done, and how many there are.

    Raises:
        UsageError: The net knows faces of another type.
        BrokenMedia: A picture is missing or damaged.
        OutputError: The masks cannot be written; the store has those of before.
    """
    require_face_type(net, store.face_type)
    drawings = drawn_masks(store, drawn)
    masks = _masks(store, net, drawings, on_progress)
    masked_store = write_masks(store, masks)
    return Applied(masked_store, len(drawings.masks), len(store.faces) - len(drawings.masks), drawings.remarks)


def clear_masks(store: FaceStore) -> FaceStore:
    """Take the masks away; training learns the hulls again. Drawings stay.

    Raises:
        OutputError: They cannot be removed.
    """
    return write_masks(store, [None] * len(store.faces))


def masks_sheet(
    sealer: Sealer, store: FaceStore, net: MaskNet | None = None, *, drawn: Path | None = None, most: int = 60
) -> tuple[SealedMedia, DrawnMasks]:
    """A sheet of faces, the masks drawn for them, and those of a net, sealed; and the drawings.

    Args:
        sealer: The lab's keys.
        store: The faces.
        net: None shows the drawings only.
        drawn: Folder of the drawings; beside the pictures if None.
        most: Faces on the sheet; of more drawings some are shown, spread over the store.

    Raises:
        UsageError: There is nothing to show, or a consent does not hold any more.
        BrokenMedia: A picture is missing or damaged.
    """
    drawings = drawn_masks(store, drawn)
    if net is not None:
        require_face_type(net, store.face_type)
    elif not drawings.masks:
        raise UsageError(
            f"Nothing is drawn on the faces of {store.subject} yet; draw with labelme in {shown(store.folder / PICTURES)}, or name a net with --with."
        )
    numbers = set(_spread(list(drawings.masks), most))
    if net is not None and len(numbers) < min(SHOWN_BESIDE, most):
        numbers |= set(_spread(range(len(store.faces)), min(SHOWN_BESIDE, most) - len(numbers)))
    tiles = [_tile(store, number, drawings.masks.get(number), net) for number in sorted(numbers)]
    title = "number: face, drawn mask" + (f", mask of {net.name}, overlap (IoU)" if net else "")
    return seal_still(Made(contact_sheet(tiles, title)), _truth(sealer.lab, store, net), sealer), drawings


def open_named_net(lab: Lab, name: str) -> MaskNet:
    """A net of the lab by its name.

    Raises:
        UsageError: There is none, or a consent that it rests on does not hold any more.
        InputError: Its file is damaged.
    """
    return open_net(lab, place_in(lab.models, name))


def _masks(
    store: FaceStore,
    net: MaskNet,
    drawings: DrawnMasks,
    on_progress: Callable[[float, float | None], None] | None,
) -> Iterator[Mask]:
    for start in range(0, len(store.faces), AT_ONCE):
        faces = store.faces[start : start + AT_ONCE]
        found = net.masks(np.stack([store.picture(face) for face in faces]))
        for number, mask in enumerate(found, start):
            yield drawings.masks.get(number, mask)
        if on_progress is not None:
            on_progress(float(start + len(faces)), float(len(store.faces)))


def _tile(store: FaceStore, number: int, drawn: Mask | None, net: MaskNet | None) -> Tile:
    picture = store.picture(store.faces[number])
    by_hand = None if drawn is None else masked(picture, drawn)
    if net is None:
        return Tile(str(number + 1), (picture, by_hand))
    told = net.masks(picture[None])[0]
    alike = "" if drawn is None else f"  {overlap(told, drawn):.3f}"
    return Tile(f"{number + 1}{alike}", (picture, by_hand, masked(picture, told)))


def _spread(numbers: Sequence[int], count: int) -> list[int]:
    """So many of some numbers, evenly from the first to the last; all if there are no more."""
    places = np.linspace(0, len(numbers) - 1, min(count, len(numbers))).round()
    return [numbers[int(place)] for place in places]


def _truth(lab: Lab, store: FaceStore, net: MaskNet | None) -> Truth:
    origins = may_learn(lab, [store])
    others = net.origins if net is not None else origins
    sources = dict.fromkeys((*origins.sources, *others.sources))
    return Truth(
        "sheet",
        "masks",
        {"store": store.folder.name, "net": None if net is None else {"name": net.name, "sha256": net.sha256}},
        tuple(Source(None, sha256, "training") for sha256 in sources),
        consents=tuple(dict.fromkeys((*origins.consents, *others.consents))),
        keep_inside=origins.keep_inside or others.keep_inside,
    )
