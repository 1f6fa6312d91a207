"""The guide's picture of how ``blend`` learns: faces, what was laid over them, and what the network sees of it.

Run ``python -m unmask.training.blend_sheet FILM OUT.jpg``. Only the film's own face is laid over it, so nobody becomes
anyone else, and each forged picture says what it is.
"""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8

from unmask.detectors.blend import looked_at, picture_of
from unmask.faces.track import follow
from unmask.forgery.label import burnt_in, label_for
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.media.writing import written_aside
from unmask.report.figures.overlay import tinted
from unmask.settings import Settings
from unmask.training.blend_pairs import KINDS
from unmask.types import Crop, Overlay

SHOWN = (("self-blend", 4), ("part", 8), ("own paste", 3), ("smoothed", 1))
"""Kinds that need no other person, and the chance that each is drawn by."""
HEAD = ("as it was", "forged", "what was made", "what it sees")
MARGIN, LINE = 4, 30
PAPER, INK = (250, 250, 247), (34, 40, 46)
QUALITY = 88

Sheet = UInt8[np.ndarray, "lines across 3"]
"""Gamma-coded RGB."""
Framed = UInt8[np.ndarray, "framed_lines framed_across 3"]


def sheet(views: Sequence[Crop]) -> Sheet:
    """Four pictures a row: a view of a face, forged, the mask, and the squares that the shipped network suspects.

    Args:
        views: Of one person, one more than kinds are shown or more.
    """
    chosen = [views[round(place)] for place in np.linspace(0, len(views) - 1, len(SHOWN) + 1)]
    rows = [_row(kind, seed, *chosen[number : number + 2]) for number, (kind, seed) in enumerate(SHOWN)]
    return np.vstack([_titles(rows[0].shape[1]), *rows])


def _row(kind: str, seed: int, view: Crop, moment: Crop) -> Sheet:
    other = (moment.image, moment.landmarks)
    made = KINDS[kind]((view.image, view.landmarks), other, other, np.random.default_rng(seed))
    forged = replace(view, image=made.image)
    mask = replace(view, image=np.repeat(np.rint(255 * made.mask).astype(np.uint8)[..., None], 3, axis=2))
    _, places = looked_at((forged,))
    seen = tinted(Overlay(kind, view.seconds, picture_of(forged), places[0]))
    plain, shown, where = (picture_of(one) for one in (view, forged, mask))
    labelled = burnt_in(shown, label_for(f"FORGED: {kind}", shown.shape))
    return np.hstack([_framed(one) for one in (plain, labelled, where, seen)])


def _framed(picture: Sheet) -> Framed:
    return np.asarray(cv2.copyMakeBorder(picture, *(MARGIN,) * 4, cv2.BORDER_CONSTANT, value=PAPER), np.uint8)


def _titles(width: int) -> Sheet:
    strip = np.full((LINE, width, 3), PAPER, np.uint8)
    for number, title in enumerate(HEAD):
        place = (width * number // len(HEAD) + MARGIN, LINE - 10)
        cv2.putText(strip, title, place, cv2.FONT_HERSHEY_SIMPLEX, 0.5, INK, 1, cv2.LINE_AA)
    return strip


def main(film: Path, out: Path) -> None:
    """Follow the main person of a film and draw the sheet of them.

    Raises:
        UnmaskError: The film cannot be read, or the picture not be written.
    """
    settings = Settings()
    media = probe(film, settings)
    with open_frames(film, media, settings) as frames:
        drawn = sheet(follow(frames).tracks[0].crops)
    _, coded = cv2.imencode(".jpg", drawn[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    with written_aside(out) as aside:
        aside.write_bytes(coded.tobytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
