"""Identity: is this the person of the given clips, in face and in motion?

A swap puts one person's face onto another's motion. Whoever has clips of the person that a film claims to show can ask
for both: whether the face is theirs, and whether brows, lips and head move together as they do in those clips.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from unmask.errors import MissingComponent
from unmask.faces.expression import expression_of
from unmask.faces.identity import SAME_PERSON, apart, distance, looks_of, middle_of
from unmask.signals.gesture import WINDOW_SECONDS, AsFar, as_far, gestures_of
from unmask.signals.likelihood import MonotoneMap
from unmask.types import Card, Comparison, Evidence, Reason, Reference, Trace, Track

CARD = Card(
    name="identity",
    question="Is this the person of the given clips, in face and in motion?",
    needs="reference",
    kinds=("video", "image"),
    requires="clips of the person (--reference); for the motion 15 s of one face at 10 frames a second or more, "
    "held against 60 s in two clips or more",
    answers="another face is said to be one, which is no forgery of this person; the person's face with a manner that is not "
    "theirs speaks for a swap",
    paper="Agarwal, Farid et al.: Protecting World Leaders Against Deep Fakes, CVPR Workshops 2019.",
    failures=(
        "It was not measured on forgeries yet.",
        "With few clips motion cannot speak: p never falls below one in their number and one more.",
        "People move otherwise when they read, argue or are tired; clips of one occasion know one manner.",
        "A mouth or voice made anew over the person's own film keeps most of their motion.",
        "A face that fits is no proof: the network tells some people, East Asian faces above all, apart worse than others.",
        "A swap that only half resembles the person is taken for someone else, and its motion is not compared.",
        "A film that is itself among the clips, in whatever copy, fits them.",
    ),
    cap=0.0,
    sees=("redrawn-face", "another-person"),
)

LEAST_FRAME_RATE = 10.0
LEAST_WINDOWS = 3
LEAST_CLIPS, LEAST_REFERENCE_SECONDS = 2, 60.0
SURPRISE = MonotoneMap(low=0.3, high=2.0, at_low=0.45, at_high=0.85)
"""Of minus the decimal logarithm of the p-value: one in two at the low end, one in a hundred at the high one."""


@dataclass(frozen=True, slots=True, eq=False)
class _Face:
    """The face of the film against that of the reference.

    Attributes:
        distance: From the middle of the reference's faces; below SAME_PERSON one person.
        usual: How far the reference's clips lie from the middle of the others, lowest and highest; None with one clip.
        trace: Distance over time.
    """

    distance: float
    usual: tuple[float, float] | None
    trace: Trace

    @property
    def same(self) -> bool:
        return self.distance < SAME_PERSON

    def compared(self) -> str:
        own = (
            f"; the reference's own clips lie {self.usual[0]:.2f} to {self.usual[1]:.2f} from the rest"
            if self.usual
            else ""
        )
        return f"{self.distance:.2f} from theirs, below {SAME_PERSON:.2f} being one person{own}"

    def measured(self) -> dict[str, float]:
        return {"face_distance": self.distance} | ({"usual_face_distance": self.usual[1]} if self.usual else {})


@dataclass(frozen=True, slots=True, eq=False)
class _Manner:
    """The motion of the film against that of the reference.

    Attributes:
        starts: Seconds at which the windows start.
        far: What of the reference lies as far from its other clips.
    """

    starts: Float64[np.ndarray, " windows"]
    far: AsFar

    def sentences(self) -> tuple[str, str]:
        far = self.far
        windows = (
            f"In how head, brows, lips and cheeks move together, {far.middle} of the reference's {far.known_windows} stretches lie "
            f"as far from its other clips as the middle one of this film's {len(self.starts)} stretches of {WINDOW_SECONDS:.0f} s."
        )
        clips = (
            f"Taken whole, {far.clips} of its {far.known_clips} clips do: p = {far.p_value:.2f}, which with so many clips "
            f"cannot fall below {1 / (1 + far.known_clips):.2f}."
        )
        return windows, clips

    def trace(self) -> Trace:
        share = self.far.windows / self.far.known_windows
        return Trace("Share of the reference that lies as far", self.starts + WINDOW_SECONDS / 2, share, "s")

    def measured(self) -> dict[str, float]:
        return {
            "motion_p_value": self.far.p_value,
            "stretches": float(len(self.starts)),
            "known_stretches": float(self.far.known_windows),
            "known_clips": float(self.far.known_clips),
        }


@dataclass(frozen=True, slots=True)
class _TooLittle:
    """Why the motion cannot be compared."""

    reason: Reason
    sentence: str


def examine(comparison: Comparison) -> Evidence:
    """Evidence from one person's face and motion, held against a reference."""
    track, reference = comparison.track, comparison.reference
    if reference is None:
        because = "No clips of a person were given to compare with; name their folder with --reference."
        return Evidence.abstain(CARD.name, "no-reference", because)
    face = _face(track, reference)
    if isinstance(face, _Face) and not face.same:
        return _another(face)
    manner = _manner(track, reference)
    if not isinstance(face, _Face):
        return _faceless(face, manner)
    if isinstance(manner, _TooLittle):
        told = manner.sentence, f"The face fits the reference's person: it lies {face.compared()}."
        return _compared(face, manner.reason, *told)
    return _answer(face, manner)


def _another(face: _Face) -> Evidence:
    because = f"This is another person than that of the reference: the face lies {face.compared()}."
    claim = "A film of someone else is no forgery of that person; if it claims to show them, doubt the claim. Motion was not compared."
    return _compared(face, "another-person", because, claim)


def _compared(face: _Face, reason: Reason, *because: str) -> Evidence:
    """No answer, though it is known whose face it is."""
    known = face.measured()
    return Evidence.abstain(
        CARD.name, reason, *because, traces=(face.trace,), measured=known, sought=("another-person",)
    )


def _faceless(face: _TooLittle, manner: _Manner | _TooLittle) -> Evidence:
    """The motion is told, but means nothing as long as nobody knows whose face it is."""
    if isinstance(manner, _TooLittle):
        return Evidence.abstain(CARD.name, face.reason, face.sentence, manner.sentence)
    told = face.sentence, *manner.sentences()
    return Evidence.abstain(CARD.name, face.reason, *told, traces=(manner.trace(),), measured=manner.measured())


def _answer(face: _Face, manner: _Manner) -> Evidence:
    surprise = -float(np.log10(manner.far.p_value))
    return Evidence(
        CARD.name,
        SURPRISE(surprise),
        (*manner.sentences(), f"The face fits the reference's person: it lies {face.compared()}."),
        interval=SURPRISE.interval(surprise),
        traces=(face.trace, manner.trace()),
        measured=face.measured() | manner.measured(),
        counts=CARD.cap > 0,
    )


def _face(track: Track, reference: Reference) -> _Face | _TooLittle:
    if not track.crops:
        return _TooLittle("not-measurable", "No picture of the face was clear enough to tell whose it is.")
    try:
        seconds, looks = looks_of(track)
    except MissingComponent as error:
        return _TooLittle("not-installed", str(error))
    if not len(reference.faces):
        return _TooLittle(
            "not-installed", "Whose face the reference shows could not be told; `unmask doctor` says why."
        )
    goal, own = middle_of(reference.faces), apart(reference.faces)
    away = np.array([distance(look, goal) for look in looks])
    usual = (float(own.min()), float(own.max())) if len(own) > 1 else None
    trace = Trace("Distance of the face from the reference's", seconds, away, "s")
    return _Face(distance(middle_of(looks), goal), usual, trace)


def _manner(track: Track, reference: Reference) -> _Manner | _TooLittle:
    if len(track.times) < 2:
        return _TooLittle("no-video", "A still shows no motion to compare.")
    if track.frame_rate < LEAST_FRAME_RATE:
        return _TooLittle(
            "frame-rate-too-low",
            f"The film has {track.frame_rate:.1f} frames a second; motion is compared from {LEAST_FRAME_RATE:.0f}.",
        )
    starts, gestures = gestures_of(*expression_of(track))
    if len(starts) < LEAST_WINDOWS:
        return _TooLittle(
            "too-short",
            f"The face is in view for {track.duration_seconds:.1f} s; motion is compared in stretches of {WINDOW_SECONDS:.0f} s "
            f"without a gap, of which {LEAST_WINDOWS} are needed and {len(starts)} found.",
        )
    clips = len(np.unique(reference.gesture_clips))
    if clips < LEAST_CLIPS or reference.seconds < LEAST_REFERENCE_SECONDS:
        return _TooLittle(
            "too-short",
            f"The reference shows {reference.seconds:.0f} s of its person; motion is compared from "
            f"{LEAST_REFERENCE_SECONDS:.0f} s, and from {LEAST_CLIPS} clips of {WINDOW_SECONDS:.0f} s or more, of which it has {clips}.",
        )
    return _Manner(starts, as_far(reference.gestures, reference.gesture_clips, gestures))
