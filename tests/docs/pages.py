"""The Markdown pages of the project, and the commands shown in them with what they print."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.cli.program import environment, ran

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path.relative_to(ROOT)
    for pattern in ("*.md", "docs/**/*.md", "examples/*.md")
    for path in ROOT.glob(pattern)
    if not path.name.startswith(".")
)
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CHAIN = "## Prove where a film comes from\n"
"""Heading of the README whose commands build on each other; test_chain runs them in a folder of their own."""
SHOWING = {"COLUMNS": "80", "NO_COLOR": "1"}
"""What a page shows: a terminal of eighty columns without colours."""
NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Shown:
    """A command of a page and the output shown below it."""

    command: str
    output: str


def text_of(page: Path) -> str:
    """The page without the part whose commands build on each other."""
    text = (ROOT / page).read_text(encoding="utf-8")
    before, heading, rest = text.partition(CHAIN)
    return before + rest[rest.index("\n## ") :] if heading else text


def chain() -> str:
    """The part of the README whose commands build on each other."""
    rest = (ROOT / "README.md").read_text(encoding="utf-8").partition(CHAIN)[2]
    return rest[: rest.index("\n## ")]


def blocks(page: Path, language: str) -> list[str]:
    """Fenced blocks of a language."""
    return [block for kind, block in FENCE.findall((ROOT / page).read_text(encoding="utf-8")) if kind == language]


def shown(page: Path) -> list[Shown]:
    """Commands that stand for themselves."""
    return [one for kind, block in FENCE.findall(text_of(page)) if kind == "console" for one in shown_in(block)]


def chained() -> list[Shown]:
    """Commands that build on each other, in their order; those of a shell block show no output."""
    found = []
    for kind, block in FENCE.findall(chain()):
        if kind == "sh":
            found += [Shown(command, "") for command in block.splitlines()]
        elif kind == "console":
            found += shown_in(block)
    return found


def shown_in(block: str) -> list[Shown]:
    """Commands after a dollar sign, with the lines up to the next one."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [Shown(command, output) for command, _, output in (part.partition("\n") for part in parts)]


@cache
def printed(command: str) -> str:
    """What an unmask command prints at the root of the project, on a terminal of eighty columns without colours."""
    done = ran(command.split()[1:], ROOT, environment(**SHOWING))
    return done.stdout or done.stderr


def misfit(shown_text: str, real: str) -> str | None:
    """The first shown piece that is not in the real text, None when all are, in their order.

    An ellipsis stands for anything left out; the first piece must stand at the beginning. White space counts as one
    space, and numbers may differ a little, as they do between processors.

    >>> misfit("62 % of … a face", "63 % of all that is a face")
    >>> misfit("62 % of … a face", "92 % of all that is a face")
    '62 % of'
    """
    rest = " ".join(real.split())
    for count, piece in enumerate(" ".join(shown_text.split()).split("…")):
        parts = [re.escape(part) for part in NUMBER.split(piece.strip())]
        pattern = re.compile(r"(\d+(?:\.\d+)?)".join(parts))
        fitting = (found for found in pattern.finditer(rest) if near(piece, found) and (count or not found.start()))
        found = next(fitting, None)
        if found is None:
            return piece.strip()
        rest = rest[found.end() :]
    return None


def near(piece: str, found: re.Match[str]) -> bool:
    """Whether the numbers of a match are those of the piece, within a fifth."""
    pairs = zip(NUMBER.findall(piece), found.groups(), strict=True)
    return all(abs(float(one) - float(other)) <= 0.2 * abs(float(one)) + 0.05 for one, other in pairs)
