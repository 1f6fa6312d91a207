"""Where and when detectors see something made in a film, against the film of masks that its data set brings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Bool

from unmask.benchmark.localisation import mask_iou, pointing_hit
from unmask.benchmark.truth import Film
from unmask.errors import InputError
from unmask.faces.masks import CropMask, inner_mask
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.settings import Settings
from unmask.types import Crop, Evidence, Flags, Overlay, Report, Seconds, Track

MADE_LEVEL = 128
SUSPECT = 0.5
"""Probability from which a square counts as found."""

SLACK_SECONDS = 0.002
"""Clocks of a film and of its masks tick differently; no two pictures are so near."""

Made = Bool[np.ndarray, "rows columns"]
"""Which pixels or squares were made."""
Stretches = list[list[float]]
"""Begin and end of each in seconds, and for what a detector said the probability of forgery."""


@dataclass(frozen=True, slots=True, eq=False)
class Masks:
    """What a film of masks tells.

    Attributes:
        pictures: The mask at each of the times that were asked for; none where the film has no picture at that time.
        stretches: When something was made.
    """

    pictures: Mapping[float, Made]
    stretches: Stretches


@dataclass(frozen=True, slots=True)
class Located:
    """How well a film's forgery was located, in plain values.

    Attributes:
        places: By detector: ``mask_iou`` and ``pointing_hit`` (0–1) of the squares it suspects, mean over the faces that
            were made, and ``inner_face_iou`` and ``inner_face_hit`` of one who always names the inner face.
        made_seconds: When something was made; None where nobody tells.
        unread: Why the masks could not be read.
    """

    places: dict[str, dict[str, float]]
    made_seconds: Stretches | None
    unread: str | None = None


def located(report: Report, film: Film, settings: Settings) -> Located:
    """Hold a report against the masks of its film; in an original nothing was made."""
    if film.mask is None:
        return Located({}, [] if film.side == "real" else None)
    shown = list(_overlays(report))
    try:
        masks = read_masks(film, [overlay.seconds for _, _, overlay in shown], settings)
    except InputError as error:
        return Located({}, None, str(error))
    found: dict[str, list[dict[str, float]]] = {}
    for evidence, track, overlay in shown:
        fit = fit_of(overlay, track, masks)
        if fit is not None:
            found.setdefault(evidence.detector, []).append(fit)
    means = {name: {key: float(np.mean([fit[key] for fit in fits])) for key in fits[0]} for name, fits in found.items()}
    return Located(means, masks.stretches)


def segments_of(report: Report) -> dict[str, Stretches]:
    """What each detector said of stretches of time, of all people together."""
    found: dict[str, Stretches] = {}
    for one in (*report.evidence, *(one for person in report.people for one in person.evidence)):
        if one.segments:
            told = [[segment.start, segment.end, segment.fake] for segment in one.segments]
            found[one.detector] = [*found.get(one.detector, []), *told]
    return found


def read_masks(film: Film, seconds: Sequence[float], settings: Settings) -> Masks:
    """Read a film's masks once.

    Raises:
        InputError: They cannot be read.
    """
    if film.mask is None:
        return Masks({}, [])
    times, made, pictures = list[float](), list[bool](), dict[float, Made]()
    with open_frames(film.mask, probe(film.mask, settings), settings) as masks:
        for frame in masks:
            white = frame.image[..., 1] >= MADE_LEVEL
            times.append(frame.seconds)
            made.append(bool(white.any()))
            pictures |= {wanted: white for wanted in seconds if abs(wanted - frame.seconds) < SLACK_SECONDS}
    return Masks(pictures, stretches_of(np.array(times), np.array(made, bool)))


def stretches_of(times: Seconds, made: Flags) -> Stretches:
    """When pictures were made, one after the other.

    >>> stretches_of(np.array([0.0, 0.5, 1.0, 1.5]), np.array([True, True, False, True]))
    [[0.0, 1.0], [1.5, 2.0]]
    """
    step = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
    edges = np.flatnonzero(np.diff(np.concatenate([[False], made, [False]]).astype(np.int8)))
    return [[float(times[begin]), float(times[end - 1]) + step] for begin, end in edges.reshape(-1, 2).tolist()]


def fit_of(overlay: Overlay, track: Track, masks: Masks) -> dict[str, float] | None:
    """How a detector's squares fit the mask; None where its picture is no view of the track, or shows nothing made."""
    crop = next((one for one in track.crops if _is_middle(one, overlay)), None)
    mask = masks.pictures.get(overlay.seconds)
    if crop is None or mask is None:
        return None
    forged, inner = (_squares(one, overlay) for one in (in_crop(mask, crop), inner_mask(crop)))
    if not forged.any():
        return None
    said, blind = overlay.made.astype(np.float64), inner.astype(np.float64)
    return {
        "mask_iou": mask_iou(said, forged, SUSPECT),
        "pointing_hit": pointing_hit(said, forged),
        "inner_face_iou": mask_iou(blind, forged, SUSPECT),
        "inner_face_hit": pointing_hit(blind, forged),
    }


def in_crop(mask: Made, crop: Crop) -> CropMask:
    """A mask of the whole picture as the crop of a face shows it."""
    height, width = mask.shape
    corners = np.array([(0, 0), (width - 1, 0), (width - 1, height - 1)], np.float32)
    matrix = cv2.getAffineTransform(corners, np.ascontiguousarray(crop.picture[:3]))
    rows, columns = crop.image.shape[:2]
    turned = cv2.warpAffine(mask.astype(np.uint8) * 255, matrix, (columns, rows), flags=cv2.INTER_AREA)
    return np.asarray(turned >= MADE_LEVEL, bool)


def _overlays(report: Report) -> Iterator[tuple[Evidence, Track, Overlay]]:
    for person in report.people:
        for one in person.evidence:
            yield from ((one, person.track, overlay) for overlay in one.overlays)


def _is_middle(crop: Crop, overlay: Overlay) -> bool:
    inside = _middle(len(crop.image), len(overlay.picture))
    return crop.seconds == overlay.seconds and np.array_equal(crop.image[inside, inside], overlay.picture)


def _middle(whole: int, side: int) -> slice:
    edge = (whole - side) // 2
    return slice(edge, edge + side)


def _squares(mask: CropMask, overlay: Overlay) -> Made:
    """Squares of a detector's picture of which half or more is in a mask of the crop."""
    inside, (rows, columns) = _middle(len(mask), len(overlay.picture)), overlay.made.shape
    shrunk = cv2.resize(mask[inside, inside].astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
    return np.asarray(shrunk >= SUSPECT, bool)
