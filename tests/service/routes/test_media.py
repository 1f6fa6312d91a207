import hashlib
from collections.abc import Iterator
from email.parser import BytesParser
from email.policy import HTTP
from pathlib import Path

import pytest

from tests.service.asking import PNG, Service, new_service, problem
from tests.service.places import Place
from unmask.service import ranges
from unmask.service.routes.media import KINDS

SHA256 = hashlib.sha256(PNG).hexdigest()
PLACE = f"media/{SHA256[:2]}/{SHA256}"


@pytest.fixture
def service(tmp_path: Path, place: Place) -> Iterator[Service]:
    """A service whose files lie in a folder, or in an object store."""
    made = new_service(tmp_path / "service", storage=place.storage)
    yield made
    made.database.close()


def test_a_file_is_kept_by_its_content(service: Service, place: Place) -> None:
    answer = service.post("/v1/media?name=face.png", content=PNG)
    assert answer.status_code == 201
    assert answer.json() == {"sha256": SHA256, "bytes": len(PNG), "name": "face.png", "known": False}
    assert place.content(PLACE) == PNG
    assert place.files() == {PLACE}


def test_the_same_content_is_kept_once_and_known(service: Service, place: Place) -> None:
    service.post("/v1/media", content=PNG)
    answer = service.post("/v1/media?name=again.png", content=PNG)
    assert answer.json()["known"] is True
    assert place.files() == {PLACE}


def test_an_empty_body_is_no_file(service: Service, place: Place) -> None:
    problem(service.post("/v1/media?name=a.mp4"), 422, "empty")
    assert place.files() == set()


def test_a_file_is_given_back_as_it_came(service: Service) -> None:
    answer = service.get(f"/v1/media/{service.keep()}")
    assert (answer.status_code, answer.content) == (200, PNG)
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        ("bytes=0-3", 206, PNG[:4]),
        ("bytes=1000-", 206, PNG[1000:]),
        ("bytes=-2", 206, PNG[-2:]),
        ("bytes=10-99999", 206, PNG[10:]),
        ("bytes=0-", 206, PNG),
        ("bytes=2-3,4-5", 206, PNG[2:6]),
    ],
)
def test_a_player_asks_for_ranges(service: Service, asked: str, status: int, content: bytes) -> None:
    answer = service.get(f"/v1/media/{service.keep()}", headers={"range": asked})
    assert (answer.status_code, answer.content) == (status, content)


def test_several_ranges_come_in_parts(service: Service) -> None:
    answer = service.get(f"/v1/media/{service.keep()}", headers={"range": "bytes=-2, 4-5"})
    assert answer.status_code == 206
    assert int(answer.headers["content-length"]) == len(answer.content)
    told = b"content-type: %s\r\n\r\n%s" % (answer.headers["content-type"].encode(), answer.content)
    parts = BytesParser(policy=HTTP).parsebytes(told).iter_parts()
    found = [(part["content-type"], part["content-range"], part.get_payload(decode=True)) for part in parts]
    size = len(PNG)
    assert found == [
        ("image/png", f"bytes 4-5/{size}", PNG[4:6]),
        ("image/png", f"bytes {size - 2}-{size - 1}/{size}", PNG[-2:]),
    ]


def test_a_range_says_what_it_is_of(service: Service) -> None:
    answer = service.get(f"/v1/media/{service.keep()}", headers={"range": "bytes=0-3"})
    assert answer.headers["content-range"] == f"bytes 0-3/{len(PNG)}"
    assert answer.headers["content-length"] == "4"
    assert answer.headers["etag"] == f'"{SHA256}"'


@pytest.mark.parametrize(
    "asked", ["pages=1", "bytes=", "bytes=-", "bytes=a-b", "bytes 0-1", "bytes=0-1,", "bytes", "bytes=5-2", ""]
)
def test_a_range_that_makes_no_sense_is_refused(service: Service, asked: str) -> None:
    problem(service.get(f"/v1/media/{service.keep()}", headers={"range": asked}), 400, "bad-range")


@pytest.mark.parametrize("part", ["report", "report?format=html", "view"])
def test_parts_of_a_result_come_in_ranges_that_make_sense(service: Service, part: str) -> None:
    address = f"/v1/checks/{service.done()}/{part}"
    whole = service.get(address).content
    answer = service.get(address, headers={"range": "bytes=1-3"})
    assert (answer.status_code, answer.content) == (206, whole[1:4])
    problem(service.get(address, headers={"range": "bytes=99999-"}), 416, "out-of-range")
    problem(service.get(address, headers={"range": "bytes=5-2"}), 400, "bad-range")


@pytest.mark.parametrize("asked", ["bytes=99999-", "bytes=-0", f"bytes={len(PNG)}-", "bytes=0-1,99999-"])
def test_a_range_that_lies_behind_the_file_is_told_its_size(service: Service, asked: str) -> None:
    answer = service.get(f"/v1/media/{service.keep()}", headers={"range": asked})
    assert str(len(PNG)) in problem(answer, 416, "out-of-range")
    assert answer.headers["content-range"] == f"bytes */{len(PNG)}"


def test_a_range_of_what_was_another_file_is_the_whole_one(service: Service) -> None:
    place = f"/v1/media/{service.keep()}"
    for since, status in ((f'"{SHA256}"', 206), ('"another"', 200), ("Thu, 01 Jan 1970 00:00:00 GMT", 200)):
        assert service.get(place, headers={"range": "bytes=0-3", "if-range": since}).status_code == status


def test_more_ranges_than_a_player_asks_for_are_the_whole_file(service: Service) -> None:
    asked = ",".join(f"{number * 4}-{number * 4 + 1}" for number in range(101))
    answer = service.get(f"/v1/media/{service.keep()}", headers={"range": f"bytes={asked}"})
    assert (answer.status_code, answer.content) == (200, PNG)


def test_a_large_file_is_sent_in_blocks(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranges, "BLOCK_BYTES", 100)
    place = f"/v1/media/{service.keep()}"
    assert service.get(place).content == PNG
    assert service.get(place, headers={"range": "bytes=50-949"}).content == PNG[50:950]


def test_a_head_tells_the_size_alone(service: Service) -> None:
    answer = service.ask("HEAD", f"/v1/media/{service.keep()}")
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", str(len(PNG)))


def test_a_file_that_is_not_there_is_not_found(service: Service) -> None:
    problem(service.get(f"/v1/media/{'0' * 64}"), 404, "no-media")


@pytest.mark.parametrize(
    "content", [b"<script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"PK\3\4"]
)
def test_what_a_browser_would_run_is_bytes_to_it(service: Service, content: bytes) -> None:
    answer = service.get(f"/v1/media/{service.keep(content)}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_no_kind_is_one_that_a_browser_would_run() -> None:
    assert {kind.split("/")[0] for kind in KINDS.values()} == {"video", "audio", "image"}
    assert not [kind for kind in KINDS.values() if "svg" in kind or "xml" in kind]
