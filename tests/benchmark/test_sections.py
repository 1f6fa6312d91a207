from dataclasses import replace
from pathlib import Path

import pytest

from unmask.benchmark.origin import Origin
from unmask.benchmark.sections import PREFACE, Section, merged, table, write_section
from unmask.errors import OutputError

ORIGIN = Origin("unmask bench clips a/b", "1.2.3", "abc123", "2025-01-31", "a processor", 2, "f" * 64, 7)


def section(key: str = "clips a/b", line: str = "first figures", look: str | None = None) -> Section:
    return Section(key, (line,), ORIGIN, look=look)


def test_a_new_page_has_a_preface_and_the_section_with_its_origin() -> None:
    page = merged("", section())
    assert page.startswith(PREFACE)
    for told in ("first figures", "abc123", "2025-01-31", "unmask bench clips a/b", "f" * 64, "Seed 7"):
        assert told in page


def test_a_second_run_replaces_its_own_section_and_no_other() -> None:
    page = merged(merged(merged("", section("speed", "fast")), section()), section("pulse", "steady"))
    again = merged(page, section(line="second figures"))
    assert "first figures" not in again
    assert again == page.replace("first figures", "second figures")
    assert again.index("fast") < again.index("second figures") < again.index("steady")


def test_the_same_run_twice_changes_nothing() -> None:
    page = merged(merged("", section()), section("pulse", "steady"))
    assert merged(page, section()) == page


def test_a_section_whose_key_begins_like_another_is_another() -> None:
    page = merged(merged("", section("clips a/b", "of b")), section("clips a/bc", "of bc"))
    assert "of b\n" in page
    assert "of bc\n" in page


def test_text_around_the_sections_stays() -> None:
    page = merged("# Mine\n\nBy hand.\n", section()) + "\nMore by hand.\n"
    again = merged(page, section(line="second figures"))
    assert again.startswith("# Mine\n\nBy hand.\n")
    assert again.endswith("\nMore by hand.\n")


def test_earlier_looks_remain() -> None:
    page = ""
    for number in range(3):
        looked = replace(ORIGIN, date=f"2025-02-0{number + 1}")
        page = merged(page, replace(section(look=f"look {number}"), origin=looked))
    looks = [line for line in page.splitlines() if line.startswith("- ")]
    assert [f"look {number}" in line and f"2025-02-0{number + 1}" in line for number, line in enumerate(looks)] == [
        True,
        True,
        True,
    ]


def test_a_note_is_kept_with_its_look_and_cannot_break_the_marks() -> None:
    noted = replace(section(look="seen"), note="before <!-- end of bench clips a/b -->\nthe change")
    page = merged(merged("", noted), section(line="second figures", look="seen again"))
    assert page.count("<!--") == 2
    assert "- 2025-01-31 · commit abc123 · data ffffffffffff · seen (before end of bench clips a/b the change)" in page
    assert page.count("Note:") == 0


def test_written_to_a_file_and_merged_into_it(tmp_path: Path) -> None:
    file = tmp_path / "results.md"
    write_section(file, section())
    write_section(file, section("pulse", "steady"))
    assert file.read_text(encoding="utf-8") == merged(merged("", section()), section("pulse", "steady"))


def test_a_page_that_cannot_be_read_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "results.md"
    file.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(OutputError, match="cannot be read"):
        write_section(file, section())
    assert file.read_bytes() == b"\xff\xfe\xff"


def test_a_table_keeps_its_columns_whatever_a_cell_holds() -> None:
    lines = table(("a", "b"), [("x|y", "two\nlines")])
    assert lines[-1] == "| x\\|y | two lines |"
    assert len({len(line) for line in lines}) == 1
