"""The generated pages of docs."""

import re
from pathlib import Path

import pytest

from unmask.cli.about import detectors as print_detectors
from unmask.detectors import detectors
from unmask.report.cards import cards_as_markdown

DOCS = Path(__file__).parents[2] / "docs"


def test_docs_tell_the_cards_as_they_are() -> None:
    told = (DOCS / "detectors.md").read_text(encoding="utf-8")
    assert told == cards_as_markdown([detector.card for detector in detectors().values()]), (
        "the cards have changed: unmask detectors --markdown > docs/detectors.md"
    )


def test_the_command_prints_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_detectors(markdown=True) == 0
    assert capsys.readouterr().out == (DOCS / "detectors.md").read_text(encoding="utf-8")


def test_results_name_no_place_of_a_machine() -> None:
    told = (DOCS / "results.md").read_text(encoding="utf-8")
    assert "<!-- bench speed -->" in told
    assert "<!-- bench pulse -->" in told
    assert not re.search(r"(?<![\w.])/\w+/|\.\./", told)
