import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from unmask.benchmark.cost import Watch, cost_of, tree
from unmask.errors import UnmaskError

BURN = "import time\nwhile time.process_time() < 0.8: pass\n"
THEN_WAIT = "print('ready', flush=True); input()"
BURN_BELOW = """
import pathlib, subprocess, sys, time
below = subprocess.Popen([sys.executable, "-c", sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
below.stdout.readline()
until = time.monotonic() + 20
while not pathlib.Path(sys.argv[2]).exists() and time.monotonic() < until: time.sleep(0.01)
below.communicate(b"go\\n")
"""
"""A process below burns 0.8 s and stays until it was seen, so that no pause of the machine can hide it."""


@contextmanager
def waiting(code: str) -> Iterator[int]:
    """A process that has run some code and waits."""
    command = [sys.executable, "-c", f"{code}\n{THEN_WAIT}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process.pid
        process.communicate("go\n")


def test_the_time_of_a_process_is_counted() -> None:
    assert 0.8 <= cost_of([sys.executable, "-c", BURN]).cpu_seconds < 3.0


def test_the_time_of_a_process_below_is_counted_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen, look = tmp_path / "seen", Watch.look

    def look_and_tell(watch: Watch) -> None:
        look(watch)
        if watch.below_seconds() > 0.7:
            seen.touch()

    monkeypatch.setattr(Watch, "look", look_and_tell)
    cost = cost_of([sys.executable, "-c", BURN_BELOW, f"{BURN}\n{THEN_WAIT}", str(seen)])
    assert seen.exists()
    assert 0.7 < cost.below_seconds <= cost.cpu_seconds
    assert 0.8 <= cost.cpu_seconds < 1.4


def test_memory_is_that_of_the_measured_process_not_of_this_one() -> None:
    held = bytearray(300_000_000)
    peaks = []
    for code in ("", "held = b'x' * 200_000_000"):
        with waiting(code) as pid:
            watch = Watch(pid)
            watch.look()
        peaks.append(watch.peak_bytes)
    small, large = peaks
    assert 0 < small < 100e6
    assert 200e6 < large < len(held)


def test_what_it_printed_comes_back() -> None:
    assert cost_of([sys.executable, "-c", "print('done')"]).output == "done\n"


def test_a_failed_command_has_no_cost() -> None:
    with pytest.raises(UnmaskError, match=r"ended with 3.*on purpose"):
        cost_of([sys.executable, "-c", "import sys; sys.stderr.write('on purpose'); sys.exit(3)"])


def test_this_process_is_in_its_own_tree() -> None:
    assert os.getpid() in set(tree(os.getpid()))
