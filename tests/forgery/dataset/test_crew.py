import os
from contextlib import closing
from pathlib import Path

import pytest

from tests.forgery.dataset.toil import doubled, dying_at_three, refusing_two, sleeping, thread_counts
from unmask.errors import OutputError
from unmask.forgery.dataset.crew import Died, done_by


def alive(process: int) -> bool:
    """Whether a process is there and is more than a note of its end."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_each_task_is_done_once() -> None:
    assert dict(done_by(2, doubled, [5, 6, 7, 8, 9])) == {0: 10, 1: 12, 2: 14, 3: 16, 4: 18}


def test_nothing_to_do_needs_nobody() -> None:
    assert not list(done_by(2, doubled, []))


def test_one_that_dies_costs_its_own_task_only() -> None:
    results = dict(done_by(1, dying_at_three, [1, 2, 3, 4]))
    died = results.pop(2)
    assert isinstance(died, Died)
    assert "ended (9)" in str(died)
    assert results == {0: 1, 1: 2, 3: 4}


def test_what_cannot_be_done_is_raised() -> None:
    with pytest.raises(OutputError, match="no room for 2"):
        list(done_by(1, refusing_two, [1, 2, 3]))


def test_each_works_with_one_thread_in_a_process_of_its_own() -> None:
    [(_, answer)] = done_by(1, thread_counts, [1])
    assert not isinstance(answer, Died)
    assert answer[:2] == ("1", 1)
    assert answer[2] != os.getpid()


def test_whoever_leaves_early_leaves_nobody_behind() -> None:
    with closing(done_by(1, sleeping, [0, 1])) as results:
        _, process = next(results)
        assert isinstance(process, int)
        assert alive(process)
    assert not alive(process)
