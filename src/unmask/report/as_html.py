"""A Report as one self-contained page: no network, no script."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from markupsafe import Markup

from unmask.report import facts
from unmask.report.figures.timeline import timeline
from unmask.report.index import IndexRow, index_html
from unmask.report.place import page_name, written
from unmask.report.profile_words import use_sentence
from unmask.report.provenance_as_html import parts, stretches
from unmask.report.reasons import Grounds, all_evidence, of_file, of_person, strongest
from unmask.report.templates import rendered
from unmask.report.threat_words import FORGERIES, LOOKED, through
from unmask.report.wording import FINDINGS, first_upper, is_clear, visible
from unmask.signals.loudness import Loudness
from unmask.types import Card, Report
from unmask.verdict.fuse import NO_SIGN_UP_TO

__all__ = ["IndexRow", "as_html", "index_html", "write_index", "write_report"]

_HEADINGS = (
    ("to", "Signs of manipulation"),
    ("away", "No sign found"),
    ("undecided", "Undecided"),
    ("abstained", "No answer"),
)


def as_html(report: Report, cards: Mapping[str, Card], sound: Loudness | None = None) -> str:
    """The page of one report.

    Args:
        report: What was found.
        cards: What the detectors say of themselves, by name; a finding without its card is shown without a question.
        sound: Loudness of the file's sound, drawn with the mouths along the film; without it neither is.
    """
    unsure = NO_SIGN_UP_TO, facts.threshold(report.engine)
    asked = dict.fromkeys(evidence.detector for _, evidence in all_evidence(report))
    return rendered(
        "report.html.j2",
        report=report,
        cards=cards,
        unsure=unsure,
        too_little=_too_little(report, unsure),
        judged_by=None if report.profile is None else visible(use_sentence(report.profile, report.media.kind)),
        brief=facts.in_brief(report),
        reasons=_grouped(strongest(report)),
        origin=parts(report),
        stretches=stretches(report),
        of_file=of_file(report),
        of_person=of_person,
        findings=FINDINGS,
        timeline=Markup(timeline(report, sound)),  # noqa: S704 — the figure escapes what it is given
        lanes=sound is not None,
        threats=[(first_upper(FORGERIES[it.kind]), LOOKED[it.looked], through(it)) for it in report.threats],
        unchecked=report.verdict.unchecked,
        facts=_facts(report),
        asked=[cards[name] for name in asked if name in cards],
        command=facts.command(report.media.file, report.engine, cards),
        engine=[("Version", report.engine.version), ("Detectors", ", ".join(report.engine.detectors) or "none")],
        settings=[(name, "none" if value is None else str(value)) for name, value in report.engine.settings.items()],
    )


def write_report(report: Report, folder: Path, cards: Mapping[str, Card], sound: Loudness | None = None) -> Path:
    """Write the page into the folder and return its path; an earlier page of the same file is replaced.

    Raises:
        OutputError: The folder or the page cannot be written.
    """
    return written(folder, page_name(report.media.file, report.media.sha256), as_html(report, cards, sound))


def write_index(rows: Iterable[IndexRow], folder: Path) -> Path:
    """Write ``index.html``, which links the pages of several files, into the folder.

    Raises:
        OutputError: The folder or the page cannot be written.
    """
    return written(folder, "index.html", index_html(rows))


def _grouped(found: tuple[Grounds, ...]) -> list[tuple[str, str, list[list[Grounds]]]]:
    """Headings with the findings below them; a finding's sentences stay together, in the order of the strongest."""
    findings: dict[tuple[int | None, str], list[Grounds]] = {}
    for grounds in found:
        findings.setdefault((grounds.person, grounds.evidence.detector), []).append(grounds)
    groups = [(heading, kind, [it for it in findings.values() if _kind(it[0]) == kind]) for kind, heading in _HEADINGS]
    return [group for group in groups if group[2]]


def _kind(grounds: Grounds) -> str:
    fake = grounds.evidence.fake
    if fake is None:
        return "abstained"
    if not is_clear(fake):
        return "undecided"
    return "to" if grounds.points_to_manipulation else "away"


def _too_little(report: Report, unsure: tuple[float, float]) -> bool:
    """Whether the answer is "cannot tell" although the value on the bar lies where another answer would be."""
    verdict = report.verdict
    low, high = unsure
    if report.profile is not None and report.profile.unusual:
        return False  # the sentence of the verdict says why
    return verdict.word == "cannot-tell" and verdict.probability is not None and not low <= verdict.probability < high


def _facts(report: Report) -> list[tuple[str, facts.Rows]]:
    media = report.media
    sections = [("File", facts.of_media(media))]
    if media.video:
        sections.append(("Picture", facts.of_video(media.video)))
    if media.audio:
        sections.append(("Sound", facts.of_audio(media.audio)))
    if media.tags:
        sections.append(("Tags", list(media.tags.items())))
    return sections
