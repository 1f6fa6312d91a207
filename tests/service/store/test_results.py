"""Results: all their parts, or nothing."""

import json
import resource
import time
from pathlib import Path

import pytest

from tests.service.places import Place
from unmask.errors import NoRoom, OutputError
from unmask.service.store.folder import RESULTS, FolderStorage
from unmask.service.store.results import write_result
from unmask.service.store.storage import Part, Storage

PARTS: tuple[Part, ...] = ("report.json", "view.json", "report.html")


def content(storage: Storage, name: str, part: Part) -> bytes:
    found = storage.part(name, part)
    assert found is not None
    return found.content()


def test_a_result_has_three_parts(place: Place) -> None:
    name = write_result(place.storage, "c_1", {"file": "Ä"}, {"people": []}, "<p>Ä</p>")
    assert json.loads(content(place.storage, name, "report.json")) == {"file": "Ä"}
    assert json.loads(content(place.storage, name, "view.json")) == {"people": []}
    assert content(place.storage, name, "report.html").decode() == "<p>Ä</p>"
    assert place.files() == {f"results/{name}/{part}" for part in PARTS}
    assert place.storage.part(name, "report.pdf") is None


def test_a_part_is_read_in_part(place: Place) -> None:
    before = time.time()
    name = write_result(place.storage, "c_1", {}, {}, "0123456789")
    found = place.storage.part(name, "report.html")
    assert found is not None
    assert (found.size, found.read(2, 5), found.read(9, 10), found.read(3, 3)) == (10, b"234", b"9", b"")
    assert before - 2 < found.modified < time.time() + 2
    with pytest.raises(OutputError, match=r"shorter|fewer"):
        found.read(8, 12)


def test_each_attempt_has_a_result_of_its_own(place: Place) -> None:
    names = {write_result(place.storage, "c_1", {}, {}, str(number)) for number in range(5)}
    assert len(names) == 5
    assert {name.split("/")[1] for name in place.files()} == names


def test_a_part_can_be_added_and_goes_with_its_result(place: Place) -> None:
    name = write_result(place.storage, "c_1", {}, {}, "")
    for said in (b"%PDF 1", b"%PDF 2"):
        place.storage.add_part(name, "report.pdf", said)
        assert content(place.storage, name, "report.pdf") == said
    place.storage.remove_result(name)
    assert place.files() == set()


def test_a_result_can_be_removed_twice(place: Place) -> None:
    name, other = (write_result(place.storage, "c_1", {}, {}, "") for _ in range(2))
    for _ in range(2):
        place.storage.remove_result(name)
        assert place.files() == {f"results/{other}/{part}" for part in PARTS}
    assert place.storage.part(name, "report.json") is None


def test_only_old_results_that_nobody_names_are_swept(place: Place) -> None:
    named, unnamed, new = (write_result(place.storage, "c_1", {}, {}, "") for _ in range(3))
    for name in (named, unnamed):
        place.age(f"results/{name}", 3600)
    place.storage.sweep_results({named}, time.time() - 60)
    assert {name.split("/")[1] for name in place.files()} == {named, new}


def test_an_empty_storage_is_swept(place: Place) -> None:
    place.storage.sweep_results(set(), time.time())
    assert list(place.storage.media_before(time.time())) == []


def test_a_number_that_json_does_not_know_is_never_written(place: Place) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_result(place.storage, "c_1", {"probability": float("nan")}, {}, "")
    assert place.files() == set()


def test_a_full_disk_is_told_as_such_and_leaves_nothing(tmp_path: Path) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(NoRoom, match="no room left for the result"):
            write_result(FolderStorage(tmp_path), "c_1", {}, {}, "x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list((tmp_path / RESULTS).iterdir()) == []


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / RESULTS).touch()
    with pytest.raises(OutputError, match="cannot be written: File exists"):
        write_result(FolderStorage(tmp_path), "c_1", {}, {}, "")
    with pytest.raises(OutputError, match="cannot be read: Not a directory"):
        FolderStorage(tmp_path).part("c_1", "report.json")
