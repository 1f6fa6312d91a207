"""The guides that the page of ``unmask serve`` shows are those of docs/guide: ``make page`` builds them anew."""

import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.docs.pages import ROOT

SOURCES = sorted((ROOT / "docs" / "guide").glob("*.md"))
NAMES = [path.stem for path in SOURCES if path.stem != "README"]
BUILT = ROOT / "src" / "unmask" / "service" / "page" / "guide"
TAGS = re.compile(r"a|blockquote|br|code|div|em|h[2-4]|hr|img|[ou]l|li|p|pre|s|span|strong|table|tbody|t[dhr]|thead")
ATTRIBUTES = {"alt", "aria-label", "class", "href", "id", "rel", "role", "src", "start", "tabindex", "target"}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((BUILT / "guides.json").read_text(encoding="utf-8"))
    return found


class Read(HTMLParser):
    """What is in a guide, as a browser takes it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.quoted = ""
        self._in_code = 0
        self.feed((BUILT / f"{name}.html").read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        self._in_code += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        self._in_code -= tag == "pre"

    def handle_data(self, data: str) -> None:
        self.quoted += "" if self._in_code else data

    def of(self, attribute: str) -> set[str]:
        """All values of an attribute."""
        return {value or "" for name, value in self.attributes if name == attribute}


def test_they_were_built_from_the_guides_of_now(manifest: dict[str, Any]) -> None:
    now = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in SOURCES}
    assert manifest["sources"] == now, "a guide changed after the page was built; `make page` builds it anew"


def test_every_guide_is_listed_and_built_and_nothing_else(manifest: dict[str, Any]) -> None:
    assert sorted(guide["name"] for guide in manifest["guides"]) == NAMES
    assert sorted(path.stem for path in BUILT.glob("*.html")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_guide_holds_words_alone_and_its_examples_are_code(name: str) -> None:
    read = Read(name)
    assert [tag for tag in read.tags if not TAGS.fullmatch(tag)] == []
    assert {attribute for attribute, _ in read.attributes} - ATTRIBUTES == set()
    assert ">>>" not in read.quoted


@pytest.mark.parametrize("name", NAMES)
def test_its_links_lead_to_pages_and_headings_that_are_there(name: str) -> None:
    links = Read(name).of("href")
    assert [link for link in links if not link.startswith(("http://", "https://", "#/guide", "#/detectors"))] == []
    assert [link for link in links if link.startswith("#/guide/") and not _leads(link)] == []


def _leads(link: str) -> bool:
    name, _, heading = link.removeprefix("#/guide/").partition("/")
    return name in NAMES and (not heading or f"guide-{heading}" in Read(name).of("id"))
