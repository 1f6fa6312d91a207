"""The Markdown pages of the project, and the commands shown in them with what they print."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    path.relative_to(ROOT)
    for pattern in ("*.md", "docs/**/*.md", "examples/*.md")
    for path in ROOT.glob(pattern)
    if not path.name.startswith(".")
)
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Shown:
    """A command of a page and the output shown below it."""

    command: str
    output: str


def blocks(page: Path, language: str) -> list[str]:
    """Fenced blocks of a language."""
    return [block for kind, block in FENCE.findall((ROOT / page).read_text(encoding="utf-8")) if kind == language]


def shown(page: Path) -> list[Shown]:
    """Commands after a dollar sign, with the lines up to the next one."""
    found = []
    for block in blocks(page, "console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append(Shown(command, output))
    return found


@cache
def printed(command: str) -> str:
    """What an unmask command prints at the root of the project, on a terminal of eighty columns without colours."""
    words = [sys.executable, "-m", *command.split()]
    environment = os.environ | {"COLUMNS": "80", "NO_COLOR": "1"}
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=300, env=environment, check=False)
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
