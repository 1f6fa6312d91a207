"""A trained face drawn over a camera's or a film's pictures while they come, each of them sealed.

Three threads, for two cores: one reads, one follows the face and draws, and the caller's labels, marks and hands out. There is no
way out but the preview on this machine and a sealed film: none that other programs could take for a camera.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from unmask.errors import InputError, UsageError
from unmask.faces.live import FaceFollower
from unmask.forgery.followed import Followed
from unmask.forgery.lab import Sealer
from unmask.forgery.seal import Made, Pace, SealedFrame, SealedMedia, seal_reel
from unmask.forgery.steady import one_opencv_thread
from unmask.forgery.swap.descent import may_go_live, may_merge
from unmask.forgery.swap.interrupts import held_interrupts
from unmask.forgery.swap.live_drawing import LiveDrawer, LivePicture
from unmask.forgery.swap.live_line import Line
from unmask.forgery.swap.live_preview import Preview
from unmask.forgery.swap.live_source import Source
from unmask.forgery.swap.live_tally import LiveState, Stage, Tally
from unmask.forgery.swap.merge import Merger, MergeRecipe
from unmask.forgery.swap.model import SwapModel
from unmask.forgery.swap.swapping import open_model, swap_truth
from unmask.forgery.truth import Truth
from unmask.forgery.writing import Coding, Written, write_sealed
from unmask.media.source import shown
from unmask.settings import Settings

CODING = Coding(crf=20, preset="veryfast")
WAIT_SECONDS = 10.0
"""How long at least a person is waited for, however short the session."""
RECIPE = MergeRecipe(smooth=0.0)
"""Places are smoothed as they come, not by the recipe, which would look ahead."""


@dataclass(frozen=True, slots=True)
class LiveOrder:
    """What is wanted of a session.

    Attributes:
        model: Name of the model in the lab.
        source: Where the pictures come from.
        person: Which of the people in view, the largest being 1.
        seconds: How long pictures are handed out; None up to the source's end.
        lossless: Whether every picture is waited for instead of dropped, to measure what the machine can do.
        output: Where a sealed film of it is written; None writes none.
        coding: How that is written.
        recipe: How the drawn face is laid over.
    """

    model: str
    source: Source
    person: int = 1
    seconds: float | None = None
    lossless: bool = False
    output: Path | None = None
    coding: Coding = CODING
    recipe: MergeRecipe = RECIPE


@dataclass(frozen=True, slots=True, eq=False)
class LiveRun:
    """What a session came to.

    Attributes:
        seconds: For how long pictures were handed out.
        counts: Pictures at each stage.
        milliseconds: Median time of a picture at each stage.
        frames_per_second: Pictures handed out, over these seconds.
        written: The sealed film, None when none was asked for.
        remarks: Sentences on why it ended early; often none.
    """

    seconds: float
    counts: Mapping[Stage, int]
    milliseconds: Mapping[Stage, float]
    frames_per_second: float
    written: Written | None
    remarks: tuple[str, ...] = ()


def swap_live(
    sealer: Sealer,
    order: LiveOrder,
    settings: Settings,
    *,
    screen: Preview | None = None,
    on_progress: Callable[[LiveState], None] | None = None,
) -> LiveRun:
    """Draw a model's face over the person before a camera, or in a film as it plays.

    The person is known by some clear looks before anything is shown; whoever is not the one whom the model learned to draw
    over is refused. Ctrl-C ends the session as its source's end does, and so does a camera that stops: the film is finished
    and sealed.

    Args:
        sealer: The lab's keys.
        order: What is wanted.
        settings: Limits, and the least sandbox.
        screen: Where it is shown.
        on_progress: Told how it stands, at each picture and while none comes.

    Raises:
        UsageError: There is no such model, nobody or the wrong person is seen, or someone has not agreed.
        InputError: The source cannot be read at all.
        OutputError: The film or the ledger cannot be written.
    """
    if screen is None and order.output is None:
        raise UsageError("Nothing would be seen of it; name a file with --output, or leave out --no-preview.")
    checkpoint, descent = open_model(sealer.lab, order.model)
    may_go_live(sealer.lab, descent)
    tally, model = Tally(), SwapModel.of(checkpoint)
    drawer = LiveDrawer(
        order.source,
        lambda followed: may_merge(sealer.lab, descent, followed),
        lambda followed: Merger(model, descent.face_type, followed, order.recipe),
        descent.face_type,
        model.shape.resolution,
        tally,
        FaceFollower(order.person),
    )
    line = Line(order.source.frames, drawer.draw, tally, lossless=order.lossless)
    with one_opencv_thread(), held_interrupts() as interrupted, line:
        ending = _Ending(interrupted, order.seconds, tally, on_progress)
        pictures = line.pictures(ending)
        first = next(pictures, None)
        if first is None:
            raise _nobody(order.source, interrupted=interrupted())
        ending.begin()
        truth = live_truth(
            swap_truth(order.model, checkpoint, descent, first.person, order.recipe), order.source, first
        )
        out = _Out(first.person, tally, screen)
        remarks: list[str] = []
        sealed = out.seal(chain([first], _to_its_end(pictures, remarks)), truth, sealer, order.source.frame_rate)
        written = out.hand_on(sealed, order, settings)
    counts = tally.state().counts
    rate = counts["labelled"] / max(out.seconds, 1e-6)
    return LiveRun(out.seconds, counts, tally.milliseconds(), rate, written, tuple(remarks))


def live_truth(truth: Truth, source: Source, first: LivePicture) -> Truth:
    """What is known of a session, from what is known of a film that a model drew in.

    Args:
        truth: That of a film.
        source: Where the pictures come from; a camera is no file that could be named as the target.
        first: The first picture that is handed out.
    """
    told: dict[str, Any] = {"live": True, "source": source.path.name, "from_seconds": round(first.seconds, 3)}
    sources = truth.sources if source.is_film else tuple(one for one in truth.sources if one.role != "target")
    return replace(truth, parameters={**truth.parameters, **told}, sources=sources)


def _to_its_end(pictures: Iterator[LivePicture], remarks: list[str]) -> Iterator[LivePicture]:
    """The pictures up to where their source ends or fails; what was handed out by then is not lost for that."""
    try:
        yield from pictures
    except InputError as error:
        remarks.append(str(error))


def _nobody(source: Source, *, interrupted: bool) -> BaseException:
    """Why no picture was ever shown."""
    if interrupted:
        return KeyboardInterrupt()
    return UsageError(
        f"No face that looks ahead is seen in {shown(source.path)} for long enough; come nearer, or name another film."
    )


class _Ending:
    """Whether to end: asked before each picture and while none comes."""

    def __init__(
        self,
        interrupted: Callable[[], bool],
        limit: float | None,
        tally: Tally,
        on_progress: Callable[[LiveState], None] | None,
    ) -> None:
        self._interrupted, self._limit, self._tally, self._on_progress = interrupted, limit, tally, on_progress
        self._end = None if limit is None else time.monotonic() + max(limit, WAIT_SECONDS)

    def begin(self) -> None:
        """From here on pictures are handed out."""
        self._end = None if self._limit is None else time.monotonic() + self._limit

    def __call__(self) -> bool:
        if self._on_progress is not None:
            self._on_progress(self._tally.state())
        return self._interrupted() or (self._end is not None and time.monotonic() >= self._end)


class _Out:
    """Sealed pictures handed to the screen and to the film, and the time that each step takes.

    Attributes:
        seconds: From the first picture to the end of the last one.
    """

    def __init__(self, person: Followed, tally: Tally, screen: Preview | None) -> None:
        self._person, self._tally, self._screen = person, tally, screen
        self._since: float | None = None
        self.seconds = 0.0

    def seal(self, pictures: Iterator[LivePicture], truth: Truth, sealer: Sealer, frame_rate: float) -> SealedMedia:
        """The pictures, sealed one by one as they are taken."""
        pace = Pace(frame_rate, even=False)
        return seal_reel(self._reel(pictures), pace, truth, sealer, faces=self._person.everyone)

    def hand_on(self, sealed: SealedMedia, order: LiveOrder, settings: Settings) -> Written | None:
        """Take all pictures: into a film if one is wanted, else only to be shown."""
        if order.output is not None:
            return write_sealed(sealed, order.output, settings, order.coding, on_frame=self._show)
        for frame in sealed.frames():
            self._show(frame)
            self._since = None
        return None

    def _reel(self, pictures: Iterator[LivePicture]) -> Iterator[tuple[float, Made]]:
        began, begun = time.monotonic(), None
        for picture in pictures:
            begun = picture.seconds if begun is None else begun
            self._since = time.perf_counter()
            yield picture.seconds - begun, picture.made
            if self._since is not None:  # the picture was coded since it was shown
                self._tally.add("written", time.perf_counter() - self._since)
        self.seconds = time.monotonic() - began

    def _show(self, frame: SealedFrame) -> None:
        """Called with each picture as soon as it is sealed."""
        now = time.perf_counter()
        self._tally.add("labelled", now - (self._since or now))
        if self._screen is not None:
            self._screen.show(frame)
            self._tally.reached("sent", self._screen.sent, time.perf_counter() - now)
        self._since = time.perf_counter()
