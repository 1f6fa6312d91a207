"""What is another's: not read, not changed, and not told from what there never was."""

import pytest

from tests.service.asking import PNG, Service, eventually, line, on_the_line, problem
from tests.service.holders import Holder, holder, revoke
from unmask.service.routes import events as listening

PLACES = ("", "/evidence", "/report", "/report?format=html", "/view", "/shares", "/review")


@pytest.mark.parametrize("path", PLACES)
def test_anothers_check_is_not_told_from_none(newsroom: Holder, other: Holder, mine: str, path: str) -> None:
    theirs, none = other.get(f"/v1/checks/{mine}{path}"), other.get(f"/v1/checks/c_0123456789abcdef{path}")
    problem(theirs, 404, "no-check")
    assert (theirs.content, theirs.headers) == (none.content, none.headers)
    assert newsroom.get(f"/v1/checks/{mine}{path}").status_code in {
        200,
        409,
    }  # 409: it has no label to draft a review of


@pytest.mark.parametrize(("method", "path"), [("PUT", "/label"), ("DELETE", "/label"), ("DELETE", "")])
def test_anothers_check_is_not_changed(newsroom: Holder, other: Holder, mine: str, method: str, path: str) -> None:
    newsroom.ask("PUT", f"/v1/checks/{mine}/label", json={"word": "filmed"})
    given = {"json": {"word": "made"}} if method == "PUT" else {}
    problem(other.ask(method, f"/v1/checks/{mine}{path}", **given), 404, "no-check")
    assert newsroom.get(f"/v1/checks/{mine}").json()["label"]["word"] == "filmed"


def test_anothers_report_is_not_shared(newsroom: Holder, other: Holder, mine: str) -> None:
    problem(other.ask("POST", f"/v1/checks/{mine}/shares", json={}), 404, "no-check")
    made = newsroom.ask("POST", f"/v1/checks/{mine}/shares", json={})
    assert made.status_code == 201
    problem(other.ask("DELETE", f"/v1/checks/{mine}/shares/{made.json()['id']}"), 404, "no-check")
    assert [one["id"] for one in newsroom.get(f"/v1/checks/{mine}/shares").json()["shares"]] == [made.json()["id"]]


def test_whoever_has_a_link_needs_no_key(service: Service, newsroom: Holder, mine: str) -> None:
    url = newsroom.ask("POST", f"/v1/checks/{mine}/shares", json={}).json()["url"]
    assert service.get(url).status_code == 200
    problem(service.get("/s/" + "A" * 43), 404, "no-share")


def test_anothers_checks_are_not_listed(newsroom: Holder, other: Holder, mine: str) -> None:
    sha256 = newsroom.get(f"/v1/checks/{mine}").json()["media"]
    for query in ("", "?q=clip", f"?q={sha256[:10]}", "?label=none", "?state=done"):
        assert other.get(f"/v1/checks{query}").json() == {"checks": [], "next": None}
        assert len(newsroom.get(f"/v1/checks{query}").json()["checks"]) == 1


def test_anothers_file_is_neither_read_nor_checked_nor_known_of(newsroom: Holder, other: Holder, mine: str) -> None:
    sha256 = newsroom.get(f"/v1/checks/{mine}").json()["media"]
    theirs, none = other.get(f"/v1/media/{sha256}"), other.get(f"/v1/media/{'0' * 64}")
    problem(theirs, 404, "no-media")
    assert (theirs.content, theirs.headers) == (none.content, none.headers)
    problem(other.ask("POST", "/v1/checks", json={"media": sha256}), 404, "no-media")
    assert other.ask("POST", "/v1/media", content=PNG).json()["known"] is False
    assert other.ask("POST", "/v1/media", content=PNG).json()["known"] is True
    assert other.get(f"/v1/media/{sha256}").content == PNG  # who has the file may send it, too


def test_what_was_asked_before_there_were_keys_is_the_operators(service: Service) -> None:
    check = service.done()
    newsroom, operator = holder(service), holder(service, "admin")
    problem(newsroom.get(f"/v1/checks/{check}"), 404, "no-check")
    assert operator.get(f"/v1/checks/{check}").status_code == 200


def heard(place: tuple[str, int], key: str) -> bytes:
    """What a listener is told within half a second."""
    with line(place, f"GET /v1/events?key={key} HTTP/1.1\nHost: HOST\nLast-Event-ID: 0\n\n", 0.5) as connection:
        told = bytearray()
        try:
            while part := connection.recv(65536):
                told += part
        except TimeoutError:
            pass
    return bytes(told)


def test_events_are_told_to_those_whose_checks_they_are_of(service: Service, newsroom: Holder, other: Holder) -> None:
    mine, theirs = newsroom.check(), other.check(b"theirs")
    operator = holder(service, "admin")
    with on_the_line(service) as place:
        told = {one.id: heard(place, one.key) for one in (newsroom, other, operator)}
    assert (mine.encode() in told[newsroom.id], theirs.encode() in told[newsroom.id]) == (True, False)
    assert (mine.encode() in told[other.id], theirs.encode() in told[other.id]) == (False, True)
    assert mine.encode() in told[operator.id]
    assert theirs.encode() in told[operator.id]


def test_whoever_listens_is_told_nothing_more_when_the_key_is_revoked(
    service: Service, newsroom: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "ASKED_AGAIN_SECONDS", 0.0)
    keeper = holder(service, "admin")
    head = f"GET /v1/events HTTP/1.1\nHost: HOST\nAuthorization: Bearer {newsroom.key}\n\n"
    with on_the_line(service) as place, line(place, head) as connection:
        assert b"200 OK" in connection.recv(65536)
        eventually(lambda: service.app.state.context.stream.listeners)
        check = newsroom.check()
        told = b""
        while check.encode() not in told:
            told += connection.recv(65536)
        revoke(service, newsroom)
        keeper.ask("PUT", f"/v1/checks/{check}/label", json={"word": "made"})
        rest = bytearray()
        while b"0\r\n\r\n" not in rest and (part := connection.recv(65536)):
            rest += part
    assert b'"made"' not in rest


def test_whoever_listened_before_there_were_keys_is_told_nothing_more(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "ASKED_AGAIN_SECONDS", 0.0)
    with on_the_line(service) as place, line(place, "GET /v1/events HTTP/1.1\nHost: HOST\n\n") as connection:
        assert b"200 OK" in connection.recv(65536)
        eventually(lambda: service.app.state.context.stream.listeners)
        newsroom = holder(service)
        check = newsroom.check()
        rest = bytearray()
        while b"0\r\n\r\n" not in rest and (part := connection.recv(65536)):
            rest += part
    assert check.encode() not in rest
