"""The detector that CONTRIBUTING adds as an example is one: one file, one test, nothing else touched."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

FILE = re.compile(r"^`(\S+\.py)`:\n\n```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COPIED = ("src", "tests/conftest.py", "tests/puppet.py", "tests/actor.py", "tests/detectors", "pyproject.toml")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with the example's two files in their places."""
    folder = tmp_path_factory.mktemp("project")
    for name in COPIED:
        there = folder / name
        there.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, there, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, there)
    for name, text in FILE.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")):
        assert not (folder / name).exists()
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def run(project: Path, *words: str) -> str:
    """What a Python program prints in the copy; it must succeed."""
    environment = os.environ | {"PYTHONPATH": str(project / "src")}
    command = [sys.executable, *words]
    done = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_example_is_one_file_and_one_test() -> None:
    names = [name for name, _ in FILE.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))]
    assert names == ["src/unmask/detectors/blink.py", "tests/detectors/test_blink.py"]


def test_the_program_finds_it(project: Path) -> None:
    assert "Do these eyes close now and then?" in run(project, "-m", "unmask", "detectors", "blink")


def test_a_film_is_examined_with_it(project: Path) -> None:
    film = str(ROOT / "examples" / "real.mp4")
    assert '"detector": "blink"' in run(project, "-m", "unmask", "check", "-q", "--json", "--only", "blink", film)


def test_its_own_test_and_the_contract_of_all_detectors_pass(project: Path) -> None:
    contract = sorted(path.relative_to(project) for path in project.glob("tests/detectors/test_contract*.py"))
    printed = run(project, "-m", "pytest", "tests/detectors/test_blink.py", *map(str, contract))
    assert re.search(r"\d+ passed", printed)


def test_it_keeps_to_style_and_layers(project: Path) -> None:
    checked = run(project, "-m", "ruff", "check", "src/unmask/detectors", "tests/detectors/test_blink.py")
    assert "All checks passed" in checked
    run(project, "-m", "ruff", "format", "--check", "src/unmask/detectors", "tests/detectors/test_blink.py")
    run(project, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()")
