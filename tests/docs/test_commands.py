"""Every command that a page shows exists, and prints what the page says."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, Shown, blocks, misfit, printed, shown
from unmask.cli.app import GROUPS

SHOWN = [pytest.param(one, id=f"{page}: {one.command}") for page in PAGES for one in shown(page)]
TOLD = sorted(
    {
        line.strip()
        for page in PAGES
        for block in blocks(page, "sh")
        for line in block.splitlines()
        if re.search(r"\bunmask (?!-)", line)
    }
)


@pytest.mark.parametrize("one", SHOWN)
def test_a_command_prints_what_its_page_shows(one: Shown) -> None:
    assert one.command.startswith("unmask ")
    assert one.output.strip()
    assert misfit(one.output, printed(one.command)) is None, printed(one.command)


@pytest.mark.parametrize("line", TOLD)
def test_a_command_and_its_options_exist(line: str) -> None:
    words = shlex.split(line.split(">", maxsplit=1)[0].rsplit("|", maxsplit=1)[-1])
    words = words[words.index("unmask") + 1 :]
    name = " ".join(named(words))
    usage = printed(f"unmask {name} --help")
    assert usage.startswith(f"Usage: unmask {name}")
    for option in (word for word in words if word.startswith("--")):
        assert re.search(rf"{option}\b", usage), f"{option} of '{line}' is not in\n{usage}"


def named(words: list[str]) -> list[str]:
    """The words that name a command, without its arguments."""
    groups, length = GROUPS, 1
    while length < len(words) and words[length - 1] in groups and not words[length].startswith("-"):
        groups, length = groups[words[length - 1]].groups, length + 1
    return words[:length]


def test_the_readme_shows_both_commands_of_the_first_screen() -> None:
    commands = [one.command for one in shown(Path("README.md"))]
    assert "unmask check examples/real.mp4 examples/forged.mp4" in commands


def test_the_python_of_the_readme_runs() -> None:
    (block,) = blocks(Path("README.md"), "python")
    done = subprocess.run([sys.executable, "-c", block], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("cannot-tell Cannot tell: one check answered and leans towards a forgery")


def test_every_command_of_the_program_is_in_the_readme() -> None:
    listed = re.findall(r"^  (\w+)  ", printed("unmask --help").partition("Commands:")[2], flags=re.MULTILINE)
    assert len(listed) >= 5
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in listed if f"`unmask {name}" not in text] == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_make_targets_that_a_page_names_exist(page: Path) -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    text = (ROOT / page).read_text(encoding="utf-8")
    assert set(re.findall(r"(?:`|^)make (\w+)", text, flags=re.MULTILINE)) <= targets


def test_a_wrong_output_would_be_noticed() -> None:
    real = printed("unmask detectors pulse")
    assert misfit("pulse (video)\n…\nKnown failure:", real) is None
    assert misfit("(video)", real) == "(video)"
    assert misfit("pulse (sound)", real) == "pulse (sound)"
    assert misfit("pulse (video) … Known success", real) == "Known success"
