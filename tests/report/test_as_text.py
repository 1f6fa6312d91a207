import io
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console, RenderableType

from tests.report.conftest import abstention
from unmask.errors import NotMedia
from unmask.report.as_text import as_text, failure_as_text
from unmask.types import Evidence, Report


def printed(content: RenderableType, width: int) -> str:
    console = Console(file=io.StringIO(), width=width, no_color=True, highlight=False)
    console.print(content)
    file = console.file
    assert isinstance(file, io.StringIO)
    return file.getvalue()


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("width", [80, 40])
def test_nothing_runs_over_the_edge_and_nothing_is_cut(report: Report, width: int) -> None:
    text = printed(as_text(report), width)
    assert all(cell_len(line) <= width for line in text.splitlines())
    for person in report.people:
        for evidence in person.evidence:
            assert all(words(sentence) in words(text) for sentence in evidence.because)
    assert "…" not in text


def test_the_order_is_verdict_why_people_file_unchecked(report: Report) -> None:
    text = printed(as_text(report), 80)
    places = [
        text.index(part)
        for part in ("MANIPULATED", "Why", "Person 1, in view", "Person 2, in view", "\nFile", "\nNot checked")
    ]
    assert places == sorted(places)


def test_words_stand_before_per_cent(report: Report) -> None:
    text = words(printed(as_text(report), 80))
    assert "MANIPULATED probability of manipulation 91 % (95 % interval 79 to 96 %)" in text
    assert "seam strong sign, 93 % (84 to 98 %)" in text
    assert "abstained: no speech" in text


def test_without_a_probability_none_is_printed(sound: Report) -> None:
    text = printed(as_text(sound), 80)
    assert "CANNOT TELL" in text
    assert "%" not in text


def test_what_broke_off_is_said_beside_the_verdict(incomplete: Report) -> None:
    text = printed(as_text(incomplete), 80)
    assert text.index("Incomplete: The film breaks off at 41.2 s") < text.index("Why")


def test_hidden_characters_are_shown_and_no_terminal_is_steered(hostile: Report) -> None:
    text = printed(as_text(hostile), 120)
    assert "<script>alert(1)</script>\\n\\u202e.mp4" in text
    assert "\\x1b[31mred\\x07 & \\u202eback" in text
    assert not {"\x1b", "\u202e", "\x07"} & set(text)


def test_square_brackets_of_a_name_are_no_markup() -> None:
    text = printed(failure_as_text("[red]clip[/red].mp4", NotMedia("The file is no media. Give a film.")), 80)
    assert "[red]clip[/red].mp4" in text
    assert "Not analysed" in text
    assert "The file is no media. Give a film." in text


def with_found(report: Report, found: Evidence) -> Report:
    first, *others = report.people
    return replace(report, people=(replace(first, evidence=(*first.evidence, found)), *others))


def test_what_nobody_asked_about_a_person_is_not_shown(report: Report) -> None:
    asked_for_nothing = abstention("identity", "no-reference", "No clips of a person were given.")
    assert printed(as_text(with_found(report, asked_for_nothing)), 80) == printed(as_text(report), 80)


def test_another_person_is_said_as_loud_as_an_answer(report: Report) -> None:
    stranger = abstention("identity", "another-person", "This is another person than that of the reference.")
    console = Console(file=io.StringIO(), width=120, force_terminal=True, color_system="standard", highlight=False)
    console.print(as_text(with_found(report, stranger)))
    assert isinstance(console.file, io.StringIO)
    (line,) = (line for line in console.file.getvalue().splitlines() if "than that of the reference" in line)
    assert "\x1b[2m" not in line  # not dim, as abstentions are
    assert "identity  this is another person" in printed(as_text(with_found(report, stranger)), 120)
