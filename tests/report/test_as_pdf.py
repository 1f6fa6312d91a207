"""The page on paper, where the extra is installed; a sentence where it is not."""

import re
import subprocess
import sys
import zlib
from collections.abc import Iterator, Mapping
from importlib.resources import files

import pytest

import unmask.report.as_pdf as module
from unmask.errors import MissingComponent
from unmask.report.as_html import as_html
from unmask.report.as_pdf import _FLOWING, as_pdf, prints, require_printer
from unmask.types import Card, Report


@pytest.fixture
def printer() -> None:
    """Skips where nothing prints."""
    try:
        require_printer()
    except MissingComponent as error:
        pytest.skip(str(error))


def pages(pdf: bytes) -> int:
    """How many sheets there are, in whichever stream they are named."""
    found = len(re.findall(rb"/Type\s*/Page\b", pdf))
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found += len(re.findall(rb"/Type\s*/Page\b", zlib.decompress(stream)))
        except zlib.error:
            continue
    return found


@pytest.mark.usefixtures("printer")
@pytest.mark.parametrize(
    ("name", "least"), [("report", 3), ("marked", 5), ("hostile", 3), ("sound", 2), ("faceless", 2), ("incomplete", 3)]
)
def test_every_kind_of_report_is_printed_on_sheets(
    name: str, least: int, cards: Mapping[str, Card], request: pytest.FixtureRequest
) -> None:
    report: Report = request.getfixturevalue(name)
    printed = as_pdf(as_html(report, cards))
    assert printed.startswith(b"%PDF-")
    assert pages(printed) >= least


@pytest.mark.usefixtures("printer")
@pytest.mark.parametrize("place", ["http://127.0.0.1:9/x.png", "file:///etc/hostname", "ftp://127.0.0.1/x.png"])
def test_nothing_is_fetched_for_it(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import urllib.request  # noqa: PLC0415 # only here

    opened: list[str] = []
    monkeypatch.setattr(urllib.request.OpenerDirector, "open", lambda _, url, *__, **___: opened.append(str(url)))
    linked = f"<link rel=stylesheet href='{place}'><img src='{place}'><p style='background: url({place})'>x</p>"
    assert as_pdf(f"<!doctype html><title>x</title>{linked}").startswith(b"%PDF-")
    assert opened == []


def test_no_part_of_the_page_stays_a_grid() -> None:
    """The printer loses what a grid holds where a sheet ends."""
    rules = files("unmask.report").joinpath("report.css").read_text(encoding="utf-8")
    grids = re.findall(r"^\s*([^{}@]+?) \{[^}]*display: grid", rules, re.MULTILINE)
    selectors = {one.strip() for rule in grids for one in rule.split(",")}
    flowing = {one.strip() for rule in re.findall(r"([^{}]+)\{", _FLOWING) for one in rule.split(",")}
    assert len(selectors) >= 10
    assert selectors - flowing == set()


@pytest.fixture
def looked() -> Iterator[None]:
    """What was found before is forgotten, and what the test finds, too."""
    prints.cache_clear()
    yield
    prints.cache_clear()


@pytest.mark.usefixtures("looked")
def test_whether_it_prints_is_known_without_loading_what_prints() -> None:
    asked = "import sys; from unmask.report.as_pdf import prints; print(prints(), 'weasyprint' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    try:
        require_printer()
    except MissingComponent:
        assert done.stdout.split() == ["False", "False"]
    else:
        assert done.stdout.split() == ["True", "False"]


@pytest.mark.usefixtures("looked")
def test_without_the_extra_or_pango_it_does_not_print(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LIBRARIES", ("libnonesuch.so.0",))
    assert not prints()
    prints.cache_clear()
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    assert not prints()


def test_without_the_extra_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(MissingComponent, match=r"lacks WeasyPrint: pip install 'unmask\[pdf\]'\."):
        require_printer()
