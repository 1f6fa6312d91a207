"""The faces of a store looked through: filtered, sorted, and shown on a sealed sheet."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np

from unmask.errors import UsageError
from unmask.faces.identity import distance, embedding_of, middle_of
from unmask.forgery.lab import Sealer
from unmask.forgery.paste.choices import require_known
from unmask.forgery.seal import Made, SealedMedia, seal_still
from unmask.forgery.swap.contact_sheet import Tile, contact_sheet
from unmask.forgery.swap.store import FaceStore, StoredFace
from unmask.forgery.synthesize.origins import may_learn
from unmask.forgery.truth import Truth

Order = Literal["blur", "yaw", "pitch", "size", "similarity", "time"]
ORDERS: tuple[Order, ...] = get_args(Order)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which faces are asked for, and in which order.

    Attributes:
        order: ``blur`` the sharpest first, ``size`` the largest, ``similarity`` the one nearest to the middle of all,
            ``yaw`` the one furthest to the image's left, ``pitch`` the lowest look, ``time`` as they were filmed.
        backwards: The other way round.
        most: How many at most, the first ones; None for all.
        least_width: Of a face in its source, pixels.
        least_sharpness: As ``unmask.faces.align.sharpness_of`` measures it.
        most_yaw: Degrees to either side.
        most_pitch: Degrees up or down.
        most_distance: From the middle of all, as ``unmask.faces.identity.distance`` measures it; None for any.

    Raises:
        UsageError: The order is unknown.
    """

    order: Order = "time"
    backwards: bool = False
    most: int | None = None
    least_width: float = 0.0
    least_sharpness: float = 0.0
    most_yaw: float = 180.0
    most_pitch: float = 180.0
    most_distance: float | None = None

    def __post_init__(self) -> None:
        require_known("order", self.order, ORDERS)

    @property
    def asks_who(self) -> bool:
        """Whether the faces must be told apart, which needs a network that is an extra."""
        return self.order == "similarity" or self.most_distance is not None


@dataclass(frozen=True, slots=True, eq=False)
class ListedFace:
    """A face of a store.

    Attributes:
        number: Its place in the store, from 1.
        face: What is known of it.
        distance: From the middle of all faces of the store; None where that was not asked.
    """

    number: int
    face: StoredFace
    distance: float | None = None


def listed(
    store: FaceStore, wanted: Wanted, *, on_progress: Callable[[float, float | None], None] | None = None
) -> tuple[ListedFace, ...]:
    """The faces of a store that are asked for, in the order that is asked for.

    Args:
        store: The store.
        wanted: Which.
        on_progress: Told how many faces were told apart, and how many there are.

    Raises:
        UsageError: None is left.
        BrokenMedia: A picture is missing or damaged.
        MissingComponent: The extra that tells people apart is needed, and not installed.
    """
    apart = _distances(store, on_progress) if wanted.asks_who else [None] * len(store.faces)
    faces = [ListedFace(number, *pair) for number, pair in enumerate(zip(store.faces, apart, strict=True), 1)]
    left = sorted((one for one in faces if _fits(one, wanted)), key=PLACES[wanted.order], reverse=wanted.backwards)
    if not left:
        raise UsageError(f"None of the {len(faces)} faces of {store.subject} is left; ask for less.")
    return tuple(left[: wanted.most])


def faces_sheet(sealer: Sealer, store: FaceStore, faces: Sequence[ListedFace], order: str) -> SealedMedia:
    """A sheet of faces in their order, each with its number and turn, sealed.

    Args:
        sealer: The lab's keys.
        store: In which they lie.
        faces: Which.
        order: By what they are sorted, for the title and the ground truth.

    Raises:
        UsageError: They are too many, or a consent does not hold any more.
        BrokenMedia: A picture is missing or damaged.
    """
    apart = "" if faces[0].distance is None else ", distance from the middle of all"
    title = f"{len(faces)} of {len(store.faces)} faces, by {order}: number, yaw in degrees{apart}"
    tiles = [Tile(_caption(one), (store.picture(one.face),)) for one in faces]
    origins = may_learn(sealer.lab, [store])
    truth = Truth(
        "sheet",
        "faces",
        {"store": store.folder.name, "order": order, "numbers": [one.number for one in faces]},
        origins.as_sources(),
        consents=origins.consents,
        keep_inside=origins.keep_inside,
    )
    return seal_still(Made(contact_sheet(tiles, title)), truth, sealer)


def _distances(store: FaceStore, on_progress: Callable[[float, float | None], None] | None) -> list[float]:
    """How far each face lies from the middle of all."""
    places = []
    for face in store.faces:
        places.append(embedding_of(store.picture(face), face.landmarks))
        if on_progress is not None:
            on_progress(float(len(places)), float(len(store.faces)))
    middle = middle_of(np.stack(places))
    return [distance(place, middle) for place in places]


def _fits(one: ListedFace, wanted: Wanted) -> bool:
    face, apart = one.face, one.distance
    yaw, pitch, _ = face.pose
    near = wanted.most_distance is None or apart is None or apart <= wanted.most_distance
    large = face.width >= wanted.least_width and face.sharpness >= wanted.least_sharpness
    return near and large and abs(yaw) <= wanted.most_yaw and abs(pitch) <= wanted.most_pitch


def _caption(one: ListedFace) -> str:
    apart = "" if one.distance is None else f"  {one.distance:.2f}"
    return f"{one.number}  {one.face.pose[0]:+.0f}{apart}"


PLACES: Mapping[Order, Callable[[ListedFace], float]] = MappingProxyType(
    {
        "blur": lambda one: -one.face.sharpness,
        "yaw": lambda one: one.face.pose[0],
        "pitch": lambda one: one.face.pose[1],
        "size": lambda one: -one.face.width,
        "similarity": lambda one: inf if one.distance is None else one.distance,
        "time": lambda one: float(one.number),
    }
)
"""What faces are sorted by, the least first."""
