import resource
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from unmask.errors import OutputError
from unmask.report.as_html import IndexRow, write_index, write_report
from unmask.report.place import page_name, written
from unmask.types import Card, Report

NAMES = [
    "<script>alert(1)</script>\n\u202e.mp4",
    "../../etc/passwd",
    "..",
    ".",
    "",
    "-rf.mp4",
    "CON",
    "x" * 300 + ".mp4",
    "脸" * 200 + ".mov",
    "caf\udce9.mp4",
    "a\0b.mp4",
    "مقابلة.mp4",
]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_gives_a_page_inside_the_folder(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, page_name(name, "00"), "page")
    assert path.parent == tmp_path
    assert path.read_text(encoding="utf-8") == "page"
    assert list(tmp_path.iterdir()) == [path]
    assert not path.name.startswith(("-", "."))
    assert path.name.isprintable()


def test_pages_of_one_stem_do_not_meet() -> None:
    names = {page_name(file, sha256) for file in ("a/clip.mp4", "b/clip.mp4", "a/clip.mov") for sha256 in ("00", "01")}
    assert len(names) == 6
    assert page_name("a/clip.mp4", "00") == page_name("a/clip.mp4", "00")


def test_a_report_and_its_index_are_written_whole(
    report: Report, hostile: Report, cards: Mapping[str, Card], tmp_path: Path
) -> None:
    folder = tmp_path / "new" / "reports"
    pages = [write_report(it, folder, cards) for it in (report, hostile)]
    index = write_index([IndexRow.of(it, page) for it, page in zip((report, hostile), pages, strict=True)], folder)
    assert sorted(it.name for it in folder.iterdir()) == sorted(it.name for it in (*pages, index))
    assert all(it.read_text(encoding="utf-8").endswith("</html>\n") for it in (*pages, index))
    assert all(page.name in index.read_text(encoding="utf-8") for page in pages)


def test_a_second_run_replaces_the_page(report: Report, cards: Mapping[str, Card], tmp_path: Path) -> None:
    first = write_report(report, tmp_path, cards)
    second = write_report(replace(report, incomplete="Broken off."), tmp_path, cards)
    assert first == second
    assert "Broken off." in second.read_text(encoding="utf-8")


@contextmanager
def little_room(most: int) -> Iterator[None]:
    """Let this process write no file beyond so many bytes: the kernel refuses the rest, as a full disk does.

    Held only around what is tested: pytest's own output may be a file longer than that.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)


def test_no_room_is_one_sentence_and_leaves_nothing(report: Report, cards: Mapping[str, Card], tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught, little_room(8192):
        write_report(report, tmp_path, cards)
    assert list(tmp_path.iterdir()) == []
    assert "could not be written: File too large. Make room there" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_no_room_keeps_the_page_that_was_there(tmp_path: Path) -> None:
    path = written(tmp_path, "page.html", "old")
    with pytest.raises(OutputError), little_room(8192):
        written(tmp_path, "page.html", "new" * 8192)
    assert path.read_text(encoding="utf-8") == "old"


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("taken", encoding="utf-8")
    with pytest.raises(OutputError, match="could not be written"):
        written(tmp_path / "reports", "page.html", "page")
