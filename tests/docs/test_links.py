"""Links between the pages lead somewhere, and the README's picture is one."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT
from unmask.media.probe import probe
from unmask.settings import Settings

LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_relative_links_lead_to_files_of_the_project(page: Path) -> None:
    links = [link for link in LINK.findall((ROOT / page).read_text(encoding="utf-8")) if "://" not in link]
    lost = [link for link in links if not _target(page, link).exists()]
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_anchors_name_a_heading(page: Path) -> None:
    links = [link for link in LINK.findall((ROOT / page).read_text(encoding="utf-8")) if "#" in link]
    lost = [link for link in links if link.partition("#")[2] not in _anchors(_target(page, link))]
    assert lost == []


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    decisions = sorted(folder.glob("[0-9]*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    assert [path.name for path in decisions if f"({path.name})" not in listed] == []


@pytest.mark.parametrize(("name", "width", "most_bytes"), [("report", 1200, 300_000), ("map", 720, 150_000)])
def test_the_pictures_of_the_readme_are_of_the_size_they_are_made_in(name: str, width: int, most_bytes: int) -> None:
    picture = ROOT / "docs" / "pictures" / f"{name}.png"
    assert f"(docs/pictures/{name}.png)" in (ROOT / "README.md").read_text(encoding="utf-8")
    video = probe(picture, Settings()).video
    assert video is not None
    assert video.width == width
    assert picture.stat().st_size < most_bytes


def _target(page: Path, link: str) -> Path:
    name = link.partition("#")[0]
    return ((ROOT / page).parent / name) if name else ROOT / page


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
