"""Films as the detectors that learn meet them: followed, measured and kept.

Every film is measured as it is, coded anew at two qualities, and smaller, so that what is learned outlives the next
platform. A fake and its own original go through the same. All measurements are taken in one pass over a film, so that the
next detector learns from what is kept.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np
from jaxtyping import Float64, UInt8

from unmask.datasets import Clip
from unmask.errors import InputError
from unmask.examine import follow_people
from unmask.media.blanking import blanked_name
from unmask.media.encode import write_video
from unmask.media.probe import probe
from unmask.media.source import shown
from unmask.media.video import open_frames
from unmask.media.writing import written_aside
from unmask.settings import Settings
from unmask.training.measurements import MEASUREMENTS, Measurement, Numbers
from unmask.types import PixelBox, RgbImage, Track

MOST_SECONDS = 20.0
DIGITS = 24
"""Of a film's SHA-256, in the name of what was measured of it."""

Shrunk = UInt8[np.ndarray, "rows columns 3"]
"""Gamma-coded RGB, smaller than the picture it comes from."""


@dataclass(frozen=True, slots=True)
class Variant:
    """What a film went through before it is measured.

    Attributes:
        name: Of it.
        crf: Quality of a new x264 coding; None measures the file itself.
        scale: Of its sides.
        most_side: The longer side is shrunk to this first, so that a large film costs little.
    """

    name: str
    crf: int | None = None
    scale: float = 1.0
    most_side: int = 960


VARIANTS = (Variant("as it is"), Variant("crf 28", 28), Variant("crf 36", 36), Variant("0.7 ×, crf 24", 24, 0.7))


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A film in one of its variants.

    Attributes:
        clip: The film.
        variant: Name of the variant.
        numbers: What was measured of its main person.
    """

    clip: Clip
    variant: str
    numbers: Float64[np.ndarray, " numbers"]


@dataclass(frozen=True, slots=True)
class Measurer:
    """Measures films, and keeps what it measured in a folder.

    Attributes:
        folder: Where it is kept, by the film's SHA-256, what is painted over in it, the variant, and name and version of the measurement.
        settings: Limits.
        variants: What each film goes through.
    """

    folder: Path
    settings: Settings
    variants: Sequence[Variant] = VARIANTS

    def measured(
        self,
        clips: Sequence[Clip],
        wanted: Measurement,
        on_begin: Callable[[str], None] = lambda _: None,
        on_end: Callable[[], None] = lambda: None,
    ) -> tuple[tuple[Measured, ...], tuple[str, ...]]:
        """Films and variants as they were measured, and a sentence for each film that could not be.

        Args:
            clips: The films.
            wanted: The measurement that is asked for; the others are taken with it where a film has to be read anyway.
            on_begin: Told the name of each film.
            on_end: Called when it is measured.

        Raises:
            OutputError: Measurements cannot be kept.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        found: list[Measured] = []
        remarks: list[str] = []
        for clip in clips:
            on_begin(clip.path.name)
            try:
                numbers = list(self._variants_of(clip, wanted))
            except InputError as error:
                remarks.append(str(error))
            else:
                found += numbers
                if not numbers:
                    remarks.append(f"{shown(clip.path)} shows no face long enough to be measured.")
            on_end()
        return tuple(found), tuple(remarks)

    def _variants_of(self, clip: Clip, wanted: Measurement) -> Iterator[Measured]:
        digest = probe(clip.path, self.settings).sha256[:DIGITS]
        for variant in self.variants:
            name = f"{digest}-{variant.name.replace(' ', '-')}{blanked_name(clip.label_box)}"
            if not self._place(name, wanted).is_file():
                self._measure(clip, variant, name)
            kept = json.loads(self._place(name, wanted).read_text(encoding="utf-8"))
            if kept is not None:
                yield Measured(clip, variant.name, np.array(kept, np.float64))

    def _measure(self, clip: Clip, variant: Variant, name: str) -> None:
        track = _main_track(clip, variant, self.settings)
        for measurement in MEASUREMENTS:
            place = self._place(name, measurement)
            if place.is_file():
                continue
            numbers: Numbers | None = None if track is None else measurement.measure(track)
            with written_aside(place) as aside:
                aside.write_text(json.dumps(None if numbers is None else numbers.tolist()), encoding="utf-8")

    def _place(self, name: str, measurement: Measurement) -> Path:
        return self.folder / f"{name}-{measurement.name}-{measurement.version()}.json"


def _main_track(clip: Clip, variant: Variant, settings: Settings) -> Track | None:
    """The person seen longest and largest, None where nobody is seen."""
    if variant.crf is None:
        return _followed(clip.path, settings, clip.label_box)
    with TemporaryDirectory(prefix="unmask-train-") as folder:
        coded = Path(folder) / "coded.mp4"
        media = probe(clip.path, settings)
        rate = media.video.frame_rate if media.video and media.video.frame_rate else 25.0
        with open_frames(clip.path, media, settings, blank=clip.label_box) as frames:
            kept = (frame for frame in frames if frame.seconds <= MOST_SECONDS)
            write_video(
                coded, (_shrunk(frame.image, variant) for frame in kept), rate, crf=variant.crf, preset="veryfast"
            )
        return _followed(coded, settings)


def _shrunk(image: RgbImage, variant: Variant) -> Shrunk:
    height, width = image.shape[:2]
    scale = variant.scale * min(1.0, variant.most_side / max(height, width))
    if scale == 1.0:
        return image
    size = (max(2, round(width * scale)), max(2, round(height * scale)))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)


def _followed(film: Path, settings: Settings, blank: PixelBox | None = None) -> Track | None:
    tracks = follow_people(film, probe(film, settings), settings, changes=True, blank=blank).following.tracks
    return tracks[0] if tracks else None
