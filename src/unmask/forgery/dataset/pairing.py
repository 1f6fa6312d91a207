"""One pair made: a clip read once, followed once, and both of its films sealed alike."""

import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from unmask.errors import OutputError, UsageError
from unmask.forgery.dataset.changes import MAKERS, Surroundings, with_original
from unmask.forgery.dataset.clip import Clip, follow, read_clip, told
from unmask.forgery.dataset.corner import Box, shared_corner
from unmask.forgery.dataset.films import FAULTS, said_of
from unmask.forgery.dataset.labels import Label, LeftOut, place_of, write_rows
from unmask.forgery.dataset.plan import Pair
from unmask.forgery.lab import Lab, Sealer, open_sealer
from unmask.forgery.seal import Change, Made, Pace, SealedMedia, seal_reel
from unmask.forgery.truth import Truth
from unmask.forgery.writing import Coding, Written, write_sealed
from unmask.media.source import shown
from unmask.types import Boxes

ORIGINAL, FAKE, RECODED = "original.mp4", "fake.mp4", "recoded.mp4"
LEAST_SEEN = 0.5
"""Least share of a clip's pictures in which the face must be seen."""


@dataclass(frozen=True, slots=True)
class PairTask:
    """A pair to be made, and where.

    Attributes:
        pair: What the plan says.
        corpus: Folder of the corpus.
        around: What it is made with.
    """

    pair: Pair
    corpus: Path
    around: Surroundings


@dataclass(frozen=True, slots=True)
class PairMade:
    """What became of a pair: the rows of its films, or why there are none."""

    rows: tuple[Label, ...] = ()
    left_out: LeftOut | None = None


def make_pair(task: PairTask) -> PairMade:
    """Make a pair in a folder of its own, which takes its place when both films are whole.

    Raises:
        OutputError: Something cannot be written.
        MissingComponent: Part of the extra is not installed.
    """
    pair, place = task.pair, place_of(task.corpus, task.pair)
    aside = place.with_name(f".{place.name}")
    try:
        for folder in (aside, place):
            shutil.rmtree(folder, ignore_errors=True)
        aside.mkdir(parents=True)
        rows = _made(task, aside)
        write_rows(aside, rows)
        aside.rename(place)
    except FAULTS as error:
        return PairMade(left_out=LeftOut(pair.clip.film, pair.id, said_of(error)))
    except OSError as error:
        raise OutputError(f"{shown(place)} cannot be written: {error.strerror}.") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return PairMade(rows)


def _made(task: PairTask, aside: Path) -> tuple[Label, ...]:
    pair, around = task.pair, task.around
    clip = read_clip(around.originals, pair.clip, around.short_side, around.settings)
    followed = follow(clip, around.settings, around.known(pair.clip.film))
    if len(followed.times) < LEAST_SEEN * len(clip.frames):
        raise UsageError(
            f"The face is seen in {len(followed.times)} of {len(clip.frames)} pictures of {told(clip)}, too few."
        )
    changed = MAKERS[pair.kind](pair, clip, followed, around, aside)
    original, truth = with_original(changed.truth, pair, followed)
    texts = [original.known.label, truth.known.label]
    fence, box = shared_corner(texts, clip.frames[0].image.shape, followed.everyone)
    workshop = _Workshop(task, clip, _sealer(around.lab), fence, box)
    second = FAKE if truth.known.fake else RECODED
    return (
        workshop.write(lambda frame: Made(frame.image), original, aside / ORIGINAL),
        workshop.write(changed.change, truth, aside / second),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Workshop:
    """What both films of a pair are written with, so that nothing but their pictures differs."""

    task: PairTask
    clip: Clip
    sealer: Sealer
    fence: Boxes
    box: Box

    def write(self, change: Change, truth: Truth, path: Path) -> Label:
        """Seal and write one of the films."""
        pair = self.task.pair
        pictures = ((frame.seconds, change(frame)) for frame in self.clip.frames)
        media = seal_reel(pictures, Pace(self.clip.frame_rate), truth, self.sealer, faces=self.fence)
        coding = Coding(pair.crf, pair.preset, masks=truth.known.fake)
        return self._row(media, write_sealed(media, path, self.task.around.settings, coding))

    def _row(self, media: SealedMedia, written: Written) -> Label:
        pair, truth = self.task.pair, media.truth
        home = place_of(Path(), pair)
        return Label(
            path=(home / written.path.name).as_posix(),
            label=int(truth.known.fake),
            kind=truth.kind,
            method=truth.method,
            split=pair.split,
            person=pair.person,
            face_person=(pair.face_person or "") if truth.known.fake else "",
            pair=pair.id,
            pair_kind=pair.kind,
            source_sha256=pair.clip.sha256,
            mask="" if written.mask is None else (home / written.mask.name).as_posix(),
            label_box=" ".join(map(str, self.box)),
            crf=pair.crf,
            preset=pair.preset,
            frames=written.frames,
            clip=f"{media.clip:08x}",
            sha256=written.entry.sha256,
        )


@cache
def _sealer(lab: Lab) -> Sealer:
    """The lab's keys, opened once in each worker."""
    return open_sealer(lab)
