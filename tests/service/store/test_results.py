"""Results: all their parts, or nothing."""

import json
import os
import resource
import time
from pathlib import Path

import pytest

from unmask.errors import NoRoom, OutputError
from unmask.service.store.results import FOLDER, remove_result, result_path, sweep_results, write_result


def test_a_result_has_three_parts(tmp_path: Path) -> None:
    name = write_result(tmp_path, "c_1", {"file": "Ä"}, {"people": []}, "<p>Ä</p>")
    assert json.loads(result_path(tmp_path, name, "report.json").read_text()) == {"file": "Ä"}
    assert json.loads(result_path(tmp_path, name, "view.json").read_text()) == {"people": []}
    assert result_path(tmp_path, name, "report.html").read_text(encoding="utf-8") == "<p>Ä</p>"


def test_each_attempt_has_a_result_of_its_own(tmp_path: Path) -> None:
    names = {write_result(tmp_path, "c_1", {}, {}, str(number)) for number in range(5)}
    assert len(names) == 5
    assert {path.name for path in (tmp_path / FOLDER).iterdir()} == names


def test_a_full_disk_is_told_as_such_and_leaves_nothing(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(NoRoom, match="no room left for the result"):
            write_result(tmp_path, "c_1", {}, {}, "x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list((tmp_path / FOLDER).iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / FOLDER).touch()
    with pytest.raises(OutputError, match="cannot be written: File exists"):
        write_result(tmp_path, "c_1", {}, {}, "")


def test_a_number_that_json_does_not_know_is_never_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_result(tmp_path, "c_1", {"probability": float("nan")}, {}, "")
    assert not (tmp_path / FOLDER).exists()


def test_a_result_can_be_removed_twice(tmp_path: Path) -> None:
    name = write_result(tmp_path, "c_1", {}, {}, "")
    for _ in range(2):
        remove_result(tmp_path, name)
        assert list((tmp_path / FOLDER).iterdir()) == []


def test_only_old_results_that_nobody_names_are_swept(tmp_path: Path) -> None:
    named, unnamed, new = (write_result(tmp_path, "c_1", {}, {}, "") for _ in range(3))
    for name in (named, unnamed):
        os.utime(tmp_path / FOLDER / name, (1000, 1000))
    sweep_results(tmp_path, {named}, time.time() - 60)
    assert sorted(path.name for path in (tmp_path / FOLDER).iterdir()) == sorted([named, new])
