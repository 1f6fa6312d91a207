"""Where a file comes from, as parts of the page."""

from dataclasses import dataclass, field

from markupsafe import Markup

from unmask.report.credential_words import (
    CREDENTIAL_MEANINGS,
    CREDENTIAL_STATES,
    Node,
    credential_facts,
    own_problems,
    tree,
)
from unmask.report.figures.curve import curve
from unmask.report.figures.mark_strip import mark_strip
from unmask.report.figures.stretches import altered_stretches
from unmask.report.figures.timeline import length_seconds
from unmask.report.mark_words import MARK_MEANINGS, MARK_STATES, picture_facts, sound_facts
from unmask.types import Credentials, PictureMark, Report, SoundMark, Trace

Figure = tuple[str, Markup]
"""Caption and drawing."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was examined, ready to be shown.

    Attributes:
        subject: What it is.
        word: Its state as a heading.
        altered: Whether the state speaks of an alteration.
        sentence: The state explained in one sentence.
        meaning: What such a state does and does not say.
        facts: Label and value.
        problems: What was found wrong, unless it stands in the tree.
        tree: The tree of the file's making.
        wide: Figures as wide as the page.
        curves: Figures of half that width.
        brief: Whether sentence and state are all there is to show.
    """

    subject: str
    word: str
    altered: bool
    sentence: str
    meaning: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    problems: tuple[str, ...] = ()
    tree: Node | None = None
    wide: list[Figure] = field(default_factory=list)
    curves: list[Figure] = field(default_factory=list)
    brief: bool = False


def parts(report: Report) -> list[Part]:
    """What was examined: credentials, the mark in the picture, the mark in the sound."""
    origin = report.provenance
    found = [_credentials(origin.credentials, report)] if origin.credentials is not None else []
    found += [_picture(origin.picture, report)] if origin.picture is not None else []
    return found + ([_sound(origin.sound)] if origin.sound is not None else [])


def stretches(report: Report) -> Markup:
    """Altered stretches along the film, empty when there are none."""
    return _markup(altered_stretches(report.provenance, length_seconds(report)))


def _credentials(credentials: Credentials, report: Report) -> Part:
    strip = mark_strip(_size(report), length_seconds(report), credentials.regions, None) if credentials.regions else ""
    return Part(
        "Content Credentials",
        CREDENTIAL_STATES[credentials.state],
        credentials.state == "altered" and credentials.essence != "same",
        credentials.sentence,
        CREDENTIAL_MEANINGS[credentials.state],
        credential_facts(credentials),
        own_problems(credentials),
        tree(credentials.manifest) if credentials.manifest is not None else None,
        [("Where the picture differs from the signed fingerprint", _markup(strip))] if strip else [],
        brief=credentials.state == "absent",
    )


def _picture(mark: PictureMark, report: Report) -> Part:
    strip = mark_strip(_size(report), length_seconds(report), mark.regions, mark.map) if mark.map is not None else ""
    return Part(
        "Mark in the picture",
        MARK_STATES[mark.state],
        mark.state == "altered",
        mark.sentence,
        MARK_MEANINGS[mark.state],
        picture_facts(mark),
        wide=[("Where the mark is alive", _markup(strip))] if strip else [],
        brief=mark.state == "absent",
    )


def _sound(mark: SoundMark) -> Part:
    shown = mark.state != "absent" and len(mark.seconds) > 0
    trace = Trace("Mark alive in each second of the sound", mark.seconds, mark.integrity, "s", "share of the mark")
    return Part(
        "Mark in the sound",
        MARK_STATES[mark.state],
        mark.state == "altered",
        mark.sentence,
        MARK_MEANINGS[mark.state],
        sound_facts(mark),
        curves=[(trace.name, _markup(curve(trace, (0.0, 1.0))))] if shown else [],
        brief=mark.state == "absent",
    )


def _size(report: Report) -> tuple[int, int]:
    video = report.media.video
    return (video.width, video.height) if video is not None else (0, 0)


def _markup(drawn: str) -> Markup:
    return Markup(drawn)  # noqa: S704 — svg.words and svg.element escape what they are given
