import csv
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.program import COMMAND, environment, rows, unmask
from tests.puppet import Puppet, Stage, film
from unmask.forgery.lab import open_lab
from unmask.media.encode import write_video
from unmask.provenance.ledger import read_ledger

PATIENCE_SECONDS = 60.0


@pytest.fixture(scope="module")
def filmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two films of a puppet that no lab knows."""
    folder = tmp_path_factory.mktemp("filmed")
    for tone in range(2):
        stage = Stage((Puppet(tone=tone),), width=240, height=240, frame_rate=15.0, seconds=0.8, seed=tone)
        pictures = (frame.image for frame in film(stage))
        write_video(folder / f"{tone}.mp4", pictures, 15.0, crf=14, preset="ultrafast")
    return folder


def recipe_in(folder: Path, **told: object) -> str:
    path = folder / "recipe.json"
    path.write_text(json.dumps({"name": "own", "shares": {"self-blend": 1.0}, "least_seconds": 0.5} | told))
    return str(path)


def arguments(recipe: str, filmed: Path, home: Path, *more: str) -> list[str]:
    places = ["--real", str(filmed), "--out", str(home / "lab" / "out" / "set"), "--lab", str(home / "lab")]
    return ["forge", "dataset", recipe, *places, "--workers", "1", *more]


def started(recipe: str, filmed: Path, home: Path) -> subprocess.Popen[bytes]:
    """The program at work on a corpus."""
    command = [*COMMAND, *arguments(recipe, filmed, home, "--quiet")]
    return subprocess.Popen(command, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def until(there: Callable[[], object]) -> None:
    """Wait for something, but not for ever."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not there():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def pairs_of(home: Path) -> list[Path]:
    return sorted((home / "lab" / "out" / "set").glob("*/0*/pair.json"))


def below(process: int) -> set[int]:
    """A process and all that it started, and these in turn."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if fields[0] != "Z":
            parents[int(stat.parent.name)] = int(fields[1])
    found = {process} & parents.keys()
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def running(processes: set[int]) -> set[int]:
    return {process for process in processes if below(process)}


def labels(home: Path) -> list[dict[str, str]]:
    with (home / "lab" / "out" / "set" / "labels.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def without_chance(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Labels without what is drawn anew for each file, and without the hash that depends on it."""
    return [{name: value for name, value in row.items() if name not in {"clip", "sha256"}} for row in rows]


def test_killed_and_started_again_it_ends_as_if_it_had_run_through(filmed: Path, tmp_path: Path) -> None:
    broken, unbroken = tmp_path / "broken", tmp_path / "unbroken"
    for home in (broken, unbroken):
        home.mkdir()
    recipe = recipe_in(tmp_path, seconds=0.7, short_side=200)
    program = started(recipe, filmed, broken)
    until(lambda: pairs_of(broken))
    workers = below(program.pid) - {program.pid}
    program.kill()
    program.communicate()
    until(lambda: not running(workers))
    before = {path: path.read_bytes() for path in pairs_of(broken)}
    assert 1 <= len(before) < 2
    done = unmask(*arguments(recipe, filmed, broken, "--json"))
    assert done.returncode == 0, done.stderr
    assert rows(done)[0]["fresh"] == 2 - len(before)
    assert "2 of 2 pairs" in done.stderr
    assert {path: path.read_bytes() for path in before} == before
    through = unmask(*arguments(recipe, filmed, unbroken))
    assert through.returncode == 0, through.stderr
    assert "2 pairs" in through.stdout
    assert "processor time each" in through.stdout
    assert without_chance(labels(broken)) == without_chance(labels(unbroken))
    noted = {entry.sha256 for entry in read_ledger(open_lab(broken / "lab").ledger).entries}
    assert {row["sha256"] for row in labels(broken)} <= noted


def test_asked_to_end_it_leaves_no_process_and_a_table_of_what_is_there(filmed: Path, tmp_path: Path) -> None:
    program = started(recipe_in(tmp_path, seconds=0.7, short_side=200), filmed, tmp_path)
    until(lambda: pairs_of(tmp_path))
    everyone = below(program.pid)
    assert len(everyone) >= 2
    os.kill(program.pid, signal.SIGTERM)
    _, said = program.communicate(timeout=PATIENCE_SECONDS)
    assert program.returncode == 130
    assert said.decode().strip() == "Interrupted."
    until(lambda: not running(everyone))
    assert len(labels(tmp_path)) == 2 * len(pairs_of(tmp_path))
    assert not list((tmp_path / "lab" / "out" / "set").glob("*/.*"))


def test_a_recipe_that_makes_no_sense_is_one_sentence(filmed: Path, tmp_path: Path) -> None:
    done = unmask(*arguments(recipe_in(tmp_path, shares={"morph": 1}), filmed, tmp_path))
    assert done.returncode == 2
    assert "makes no sense: shares.morph" in done.stderr
    assert done.stderr.count("\n") == 1
