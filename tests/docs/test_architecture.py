"""docs/architecture.md lists what the program really has: keys, folders, layers."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import ROOT, printed
from unmask.provenance.keys import new_keys

TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
FILM = "examples/real.mp4"


def bullet(command: str) -> set[str]:
    """Names in the bullet on a command's JSON."""
    found = re.search(rf"^- `{command}`: (.*?)(?=^- |^\|)", TEXT, flags=re.MULTILINE | re.DOTALL)
    assert found is not None
    return set(re.findall(r"`(\w+)`", found.group(1)))


def keys(row: dict[str, Any], *below: str) -> set[str]:
    """Keys of a row, and of the objects under the named keys."""
    found = set(row)
    for name in below:
        inner = row[name][0] if isinstance(row[name], list) else row[name]
        found |= set(inner)
    return found


@pytest.mark.parametrize(
    ("command", "below"),
    [("check", ("faces", "evidence", "engine", "threats")), ("pulse", ("faces",))],
    ids=("check", "pulse"),
)
def test_the_keys_of_a_row_are_those_listed(command: str, below: tuple[str, ...]) -> None:
    row = json.loads(printed(f"unmask {command} --quiet --json {FILM}"))
    assert keys(row, *below) == bullet(command)


def test_the_keys_of_a_verified_file_are_those_listed() -> None:
    row = json.loads(printed(f"unmask verify --quiet --json --no-compare {FILM}"))
    assert set(row) == bullet("verify")


def test_the_keys_of_a_mark_that_was_read_are_those_listed(short_clip: Path, tmp_path: Path) -> None:
    new_keys("Example Archive", tmp_path / "KEYS")
    row = json.loads(printed(f"unmask watermark read --quiet --json --keys {tmp_path / 'KEYS'} {short_clip}"))
    assert row["error"] is None
    assert set(row) == bullet("watermark read")


def test_every_folder_and_module_of_the_package_is_in_the_tree() -> None:
    tree = TEXT.partition("## The tree")[2].partition("## Who may import whom")[0]
    package = ROOT / "src" / "unmask"
    names = {path.name + "/" for path in package.iterdir() if (path / "__init__.py").is_file()}
    names |= {path.name for path in package.glob("*.py") if not path.name.startswith("__") and path.stem != "version"}
    assert sorted(name for name in names if f"`{name}" not in tree) == []


def test_the_layers_are_those_of_the_linter() -> None:
    drawn = TEXT.partition("## Who may import whom")[2].split("```")[1].removeprefix("text")
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(one for one in settings["tool"]["importlinter"]["contracts"] if one["type"] == "layers")
    checked = [set(re.findall(r"\w+", layer)) for layer in contract["layers"]]
    assert contract["exhaustive"]
    assert [set(re.findall(r"\w+", layer)) for layer in drawn.split("→")] == checked
