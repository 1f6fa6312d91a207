"""What is fetched is gone afterwards, also where the process was killed, and not before."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from unmask.errors import OutputError
from unmask.service.store.fetched import FETCHED, passing_folder, sweep

HOLDS = """
import sys, time
from pathlib import Path
from unmask.service.store.fetched import passing_folder
with passing_folder(Path(sys.argv[1])) as made:
    (made / "film").write_bytes(b"a film")
    print(made, flush=True)
    time.sleep(60)
"""


def older(path: Path) -> None:
    os.utime(path, (time.time() - 7200,) * 2)


def test_it_is_gone_with_all_that_lies_in_it(tmp_path: Path) -> None:
    with passing_folder(tmp_path) as made:
        (made / "film").write_bytes(b"a film")
    assert list((tmp_path / FETCHED).iterdir()) == []
    with pytest.raises(ZeroDivisionError), passing_folder(tmp_path):
        raise ZeroDivisionError
    assert list((tmp_path / FETCHED).iterdir()) == []


def test_what_a_process_holds_stays_and_goes_when_it_was_killed(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLDS, tmp_path], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        made = Path(process.stdout.readline().strip())
        older(made)
        sweep(tmp_path, time.time() - 3600)
        assert (made / "film").exists()  # though it is old
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert made.exists()
    sweep(tmp_path, time.time() - 10_000)
    assert made.exists()  # it is not old enough
    sweep(tmp_path, time.time() - 3600)
    assert not made.exists()


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / FETCHED).touch()
    with pytest.raises(OutputError, match="cannot be written: File exists"), passing_folder(tmp_path):
        pass


def test_where_nothing_was_fetched_nothing_is_swept(tmp_path: Path) -> None:
    sweep(tmp_path, time.time())
    assert list(tmp_path.iterdir()) == []
