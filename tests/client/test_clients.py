"""Both clients against a real service on a real line."""

import asyncio
import json
import threading
from collections.abc import Iterator
from inspect import signature
from pathlib import Path

import httpx
import pytest

from tests.service.asking import PNG, Service, new_service, on_the_line
from unmask import AsyncClient, Client, ServiceError, Unreadable
from unmask.client import Share, told
from unmask.client.told import Reading
from unmask.errors import OutputError, UsageError
from unmask.report.as_pdf import prints
from unmask.service import printing
from unmask.service.store import keys, queue


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service without workers, in a folder of its own."""
    made = new_service(tmp_path / "service", limits={"max_bytes": 4096})
    yield made
    made.database.close()


@pytest.fixture
def address(service: Service) -> Iterator[str]:
    """Where it is reached."""
    with on_the_line(service) as (host, port):
        yield f"http://{host}:{port}"


@pytest.fixture
def client(address: str) -> Iterator[Client]:
    """One that asks it."""
    with Client(address) as made:
        yield made


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A file to send."""
    path = tmp_path / "face.png"
    path.write_bytes(PNG)
    return path


def test_a_file_is_sent_and_waits(client: Client, picture: Path) -> None:
    check = client.check(picture, only=["seam"], fast=True, threshold=0.9, priority="batch")
    assert (check.name, check.state, check.verdict, check.label) == ("face.png", "queued", None, None)
    assert check.told["options"] == {"only": ["seam"], "fast": True, "threshold": 0.9}
    assert client.find(check.id) == check
    assert client.upload(picture, name="other.png") == check.media


def test_a_check_that_is_done_has_a_verdict_and_a_report(client: Client, service: Service) -> None:
    check = client.wait(service.done("interview.mp4"))
    assert check.verdict is not None
    assert (check.verdict.word, check.verdict.interval) == ("cannot-tell", (0.4, 0.8))
    assert client.report(check.id)["file"] == "interview.mp4"
    assert client.page(check.id).startswith("<!doctype html>")


def test_who_waits_is_told_how_far_it_is(client: Client, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("unmask.client.blocking.LOOK_SECONDS", 0.01)
    check = service.wait()
    lease = service.claimed()
    queue.progress(service.database, lease, 2.0, 8.0, 60.0)
    seen: list[tuple[float, float | None]] = []

    def progressed(seconds: float, of: float | None) -> None:
        seen.append((seconds, of))
        if len(seen) == 2:
            queue.fail(service.database, lease, {"code": "broken", "message": "It broke.", "way_out": "Ask again."})

    with pytest.raises(ServiceError, match=r"It broke\.") as caught:
        client.wait(check, on_progress=progressed)
    assert (caught.value.code, caught.value.way_out) == ("broken", "Ask again.")
    assert seen[0] == (2.0, 8.0)


def test_whoever_does_not_wait_for_ever_is_told_where_it_stands(client: Client, service: Service) -> None:
    with pytest.raises(ServiceError, match="still queued") as caught:
        client.wait(service.wait(), most_seconds=0.0)
    assert caught.value.code == "not-done"


def test_the_list_is_read_to_its_end(client: Client, service: Service) -> None:
    for number in range(53):
        service.wait(f"{number}.mp4")
    names = [check.name for check in client.checks()]
    assert names == [f"{number}.mp4" for number in range(52, -1, -1)]
    assert [check.name for check in client.checks(text="51.")] == ["51.mp4"]
    assert list(client.checks(state="done")) == []


def test_a_label_is_set_and_taken_back_and_a_check_deleted(client: Client, service: Service) -> None:
    check = service.done()
    assert client.label(check, "filmed", "seen").label == "filmed"
    assert [one.id for one in client.checks(label="filmed")] == [check]
    assert client.label(check, None).label is None
    client.delete(check)
    with pytest.raises(ServiceError, match="no such check") as caught:
        client.find(check)
    assert (caught.value.code, caught.value.status) == ("no-check", 404)


def test_a_link_is_made_listed_and_revoked(client: Client, service: Service) -> None:
    check = service.done()
    made = client.share(check, days=3)
    assert made.url is not None
    assert made.url.startswith(f"{client.address}/s/")
    assert "Seen." in httpx.get(made.url).text
    assert client.shares(check) == (Share(made.id, made.expires),)
    client.revoke(check, made.id)
    assert client.shares(check) == ()
    assert httpx.get(made.url).status_code == 404
    with pytest.raises(ServiceError, match="no such link") as caught:
        client.revoke(check, made.id)
    assert caught.value.code == "no-share"


def test_a_file_is_got_back_and_checked_again(client: Client, picture: Path, tmp_path: Path) -> None:
    media, back = client.upload(picture), tmp_path / "back.png"
    client.download(media, back)
    assert back.read_bytes() == PNG
    check = client.check_again(media, name="again.png", only=["file"])
    assert (check.media, check.name, check.told["options"]["only"]) == (media, "again.png", ["file"])
    with pytest.raises(ServiceError, match="No file of this content") as caught:
        client.download("0" * 64, back)
    assert caught.value.code == "no-media"
    assert back.read_bytes() == PNG
    with pytest.raises(OutputError, match="cannot be written"):
        client.download(media, tmp_path / "absent" / "back.png")
    assert sorted(path.name for path in tmp_path.glob("*.png")) == ["back.png", "face.png"]
    assert not list(tmp_path.glob(".unmask-*"))


def test_all_that_a_check_has_is_read(client: Client, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "as_pdf", lambda _: b"%PDF-1.7")
    check = reviewed(service)
    assert client.pdf(check) == b"%PDF-1.7"
    assert client.view(check)["people"] == []
    assert client.evidence(check) == []
    with pytest.raises(ServiceError, match="Nobody has said"):
        client.review(check)
    client.label(check, "made", "Seen in the studio.")
    assert "Seen in the studio." in client.review(check)["reviewBody"]


def test_the_service_says_what_it_is(client: Client, service: Service) -> None:
    service.wait()
    assert {"queued": 1, "prints": prints()}.items() <= client.health().items()
    assert "seam" in [one["name"] for one in client.detectors()]


def reviewed(service: Service) -> str:
    """A check with what a draft needs of a report."""
    check = service.done()
    (path,) = service.folder.glob(f"results/{check}-*/report.json")
    media = {"kind": "video", "bytes": 7, "duration": 2.5}
    told = {"file": "clip.mp4", "sha256": "0" * 64, "sentence": "Cannot tell.", "engine": {"version": "1"}}
    path.write_text(json.dumps({**told, "media": media}), encoding="utf-8")
    return check


def test_both_clients_have_the_same_methods() -> None:
    def public(kind: type) -> dict[str, list[str]]:
        methods = {name: one for name, one in vars(kind).items() if callable(one) and not name.startswith("_")}
        return {name: list(signature(one).parameters) for name, one in methods.items()}

    assert public(Client) == public(AsyncClient)


def test_events_come_as_they_happen_and_go_on_after_the_last(client: Client, service: Service) -> None:
    check = service.wait()
    first = next(client.events(after=0))
    assert (first.number, first.kind, first.told["id"]) == (1, "check", check)
    later = threading.Timer(0.2, service.claimed)
    later.start()
    second = next(client.events(after=first.number))
    later.join()
    assert (second.number, second.told["state"]) == (2, "running")


def test_what_the_service_refuses_is_an_error_with_its_words(client: Client, tmp_path: Path, picture: Path) -> None:
    large = tmp_path / "large.mp4"
    large.write_bytes(b"x" * 5000)
    with pytest.raises(ServiceError, match="4096 bytes") as caught:
        client.check(large)
    assert (caught.value.code, caught.value.status) == ("over-limit", 413)
    with pytest.raises(ServiceError, match="astrology"):
        client.check(picture, only=["astrology"])
    with pytest.raises(ServiceError, match="queued"):
        client.report(client.check(picture).id)


def test_a_file_that_is_not_there_is_unreadable(client: Client, tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"'absent.mp4' cannot be opened"):
        client.check(tmp_path / "absent.mp4")


def test_a_service_that_is_not_there_is_said_to_be() -> None:
    with Client("http://127.0.0.1:9") as client, pytest.raises(ServiceError, match="does not answer") as caught:
        client.find("c_0123456789abcdef")
    assert "unmask serve" in caught.value.way_out
    assert caught.value.status is None


def test_the_other_client_does_the_same(address: str, service: Service, picture: Path, tmp_path: Path) -> None:
    done = service.done("done.mp4", b"another")

    async def asking() -> None:
        async with AsyncClient(address) as client:
            check = await client.check(picture)
            assert (await client.find(check.id)).state == "queued"
            assert (await client.wait(done)).verdict is not None
            assert (await client.report(done))["verdict"] == "cannot-tell"
            assert "Seen" in await client.page(done)
            assert (await client.label(done, "unsure")).label == "unsure"
            assert [one.id async for one in client.checks(label="none")] == [check.id]
            events = client.events(after=0)
            assert (await anext(events)).kind == "check"
            await client.delete(check.id)
            with pytest.raises(ServiceError, match="no such check"):
                await client.find(check.id)
            with pytest.raises(Unreadable):
                await client.upload(tmp_path / "absent.mp4")

    asyncio.run(asking())


def test_the_other_client_reads_lists_to_their_end(address: str, service: Service) -> None:
    for number in range(52):
        service.wait(f"{number}.mp4")

    async def asking() -> int:
        async with AsyncClient(address) as client:
            return len([one async for one in client.checks()])

    assert asyncio.run(asking()) == 52


def test_the_other_client_has_all_of_a_check_and_its_links(
    address: str, service: Service, picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "as_pdf", lambda _: b"%PDF-1.7")
    check, back = reviewed(service), tmp_path / "back.png"

    async def asking() -> None:
        async with AsyncClient(address) as client:
            assert await client.pdf(check) == b"%PDF-1.7"
            assert (await client.view(check))["people"] == []
            assert await client.evidence(check) == []
            await client.label(check, "made")
            assert (await client.review(check))["@type"] == "MediaReview"
            made = await client.share(check)
            assert made.url is not None
            assert [one.id for one in await client.shares(check)] == [made.id]
            await client.revoke(check, made.id)
            assert await client.shares(check) == ()
            media = await client.upload(picture)
            await client.download(media, back)
            with pytest.raises(ServiceError, match="No file of this content"):
                await client.download("0" * 64, back)
            assert (await client.check_again(media)).media == media
            assert "prints" in await client.health()
            assert await client.detectors()

    asyncio.run(asking())
    assert back.read_bytes() == PNG


def test_lines_that_are_no_event_are_none() -> None:
    reading = Reading()
    lines = [": welcome", "", ": still here", "", "id: 7", "event: gone", 'data: {"check": "c"}', "", ""]
    events = [event for event in map(reading.take, lines) if event is not None]
    assert events == [told.Event(7, "gone", {"check": "c"})]


def test_a_client_shows_its_key(address: str, service: Service, picture: Path) -> None:
    with service.database.writing() as connection:
        _, key = keys.new(connection, "test", "check")
    with Client(address) as stranger, pytest.raises(ServiceError, match="holders of a key only") as caught:
        stranger.check(picture)
    assert (caught.value.status, caught.value.code) == (401, "key-needed")
    with Client(address, key=key) as client:
        check = client.check(picture)
        assert next(client.events(after=0)).told["id"] == check.id

    async def asking() -> str:
        async with AsyncClient(address, key=key) as other:
            return (await other.find(check.id)).id

    assert asyncio.run(asking()) == check.id


@pytest.mark.parametrize("key", ["", "hushhush\n", "hush hush", "hushhush\r\nx: y", "hüshhush", "hushhush" * 99])
def test_what_can_be_no_key_is_refused_and_not_repeated(key: str) -> None:
    with pytest.raises(UsageError, match="The key is none") as caught:
        Client(key=key)
    assert "hush" not in str(caught.value)
