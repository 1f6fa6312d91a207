"""A Report for the terminal: verdict, why, origin, people, file, what could be seen, what was not checked.

Everything reads without colour and on a narrow screen; nothing is parsed as markup.
"""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from unmask.errors import UnmaskError
from unmask.report import facts
from unmask.report.profile_words import use_sentence
from unmask.report.provenance_as_text import provenance_as_text
from unmask.report.reasons import Grounds, of_file, of_person, strongest
from unmask.report.threat_words import threat_sentences
from unmask.report.wording import FINDINGS, VERDICTS, answer, in_view, percent, percent_range, visible
from unmask.types import Evidence, Person, Report, Word

_STYLES: dict[Word, str] = {
    "manipulated": "bold dark_orange",
    "no-sign": "bold blue",
    "cannot-tell": "bold",
}


def as_text(report: Report) -> RenderableType:
    """The report as something `rich.console.Console.print` draws at any width."""
    parts: list[RenderableType] = [_title(report.media.file), *_verdict(report)]
    parts += _section("Why", [_bullet(_reason(grounds, len(report.people))) for grounds in _leading(report)])
    parts += _section("Where the file comes from", provenance_as_text(report.provenance))
    for person in report.people:
        parts += _section(_person_title(person, report), [_finding(it) for it in of_person(person)])
    parts += _section("File", [*(_finding(it) for it in of_file(report)), *_file_facts(report)])
    parts += _section("What this run could see", [_bullet(sentence) for sentence in threat_sentences(report.threats)])
    parts += _section("Not checked", [_bullet(sentence) for sentence in report.verdict.unchecked])
    return Group(*parts)


def failure_as_text(file: str, error: UnmaskError) -> RenderableType:
    """A file that could not be analysed, with the reason and the way out."""
    heading = Text("Not analysed", style="bold red")
    return Group(_title(file), _indented(heading), _indented(Text(visible(str(error)))))


def _title(file: str) -> Text:
    return Text(visible(file), style="bold underline", overflow="fold")


def _verdict(report: Report) -> Iterator[RenderableType]:
    verdict = report.verdict
    line = Text(VERDICTS[verdict.word].upper(), style=_STYLES[verdict.word])
    if verdict.probability is not None:
        where = percent_range(verdict.interval)
        line.append(f"  probability of manipulation {percent(verdict.probability)}", style="not bold default")
        line.append(f" (95\xa0% interval {where})" if where else "", style="not bold default")
    yield _indented(line)
    yield _indented(Text(visible(verdict.sentence)))
    if report.profile:
        yield _indented(Text(visible(use_sentence(report.profile, report.media.kind))))
    if report.incomplete:
        yield _indented(Text(f"Incomplete: {visible(report.incomplete)}", style="bold"))


def _leading(report: Report) -> list[Grounds]:
    """What each detector says first; the rest stands with the person it is about."""
    return [grounds for grounds in strongest(report) if grounds.rank == 0]


def _reason(grounds: Grounds, people: int) -> str:
    whose = f"Person {grounds.person}, " if grounds.person is not None and people > 1 else ""
    return f"{grounds.sentence} [{whose}{grounds.evidence.detector}: {_brief(grounds.evidence)}]"


def _brief(evidence: Evidence) -> str:
    silent = evidence.fake is None and evidence.abstained not in FINDINGS
    return "abstained" if silent else answer(evidence).split(" (", maxsplit=1)[0]


def _person_title(person: Person, report: Report) -> str:
    track = person.track
    return f"Person {track.id}, {in_view(track, report.media.kind)}, face {track.face_width:.0f}\xa0px wide"


def _finding(evidence: Evidence) -> RenderableType:
    heading = Text.assemble((visible(evidence.detector), "bold"), "  ", answer(evidence))
    style = "dim" if evidence.fake is None and evidence.abstained not in FINDINGS else ""
    return Group(heading, *(_bullet(sentence, style) for sentence in evidence.because))


def _file_facts(report: Report) -> Iterator[RenderableType]:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in facts.in_brief(report):
        grid.add_row(Text(visible(name)), Text(visible(value)))
    yield grid


def _section(heading: str, lines: Sequence[RenderableType]) -> list[RenderableType]:
    if not lines:
        return []
    return [Text(""), Text(visible(heading), style="bold"), *(_indented(line) for line in lines)]


def _bullet(sentence: str, style: str = "") -> RenderableType:
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row("–", Text(visible(sentence), style=style))
    return grid


def _indented(content: RenderableType) -> Padding:
    return Padding(content, (0, 0, 0, 2), expand=False)
