import os
import sys

import pytest

from unmask.benchmark.cost import cost_of, tree
from unmask.errors import UnmaskError

BURN = "import time\nwhile time.process_time() < 0.4: pass\n"
HOLD = "import time; held = bytearray(200_000_000); time.sleep(0.5)"
BURN_BELOW = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BURN!r}], check=True)"


def test_the_time_of_a_process_is_counted() -> None:
    assert 0.4 <= cost_of([sys.executable, "-c", BURN]).cpu_seconds < 2.0


def test_the_time_of_a_process_below_is_counted_once() -> None:
    cost = cost_of([sys.executable, "-c", BURN_BELOW])
    assert 0.4 <= cost.cpu_seconds < 0.75
    assert cost.below_seconds > 0.2


def test_memory_is_that_of_the_measured_process_not_of_this_one() -> None:
    held = bytearray(300_000_000)
    small, large = (cost_of([sys.executable, "-c", code]).peak_bytes for code in (BURN, HOLD))
    assert small < 100e6
    assert 200e6 < large < len(held)


def test_what_it_printed_comes_back() -> None:
    assert cost_of([sys.executable, "-c", "print('done')"]).output == "done\n"


def test_a_failed_command_has_no_cost() -> None:
    with pytest.raises(UnmaskError, match=r"ended with 3.*on purpose"):
        cost_of([sys.executable, "-c", "import sys; sys.stderr.write('on purpose'); sys.exit(3)"])


def test_this_process_is_in_its_own_tree() -> None:
    assert os.getpid() in set(tree(os.getpid()))
