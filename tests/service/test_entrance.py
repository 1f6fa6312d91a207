"""Who may ask: what a key opens, and what nothing else does."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.service.asking import PNG, Service, new_service, problem
from tests.service.holders import Holder, expire, holder, revoke

# Whether a key is needed


def test_without_keys_all_is_as_it_was(service: Service) -> None:
    assert service.get("/v1/checks").status_code == 200
    assert service.get("/v1/checks", headers={"authorization": "Bearer whatever"}).status_code == 200
    assert "cache-control" not in service.get("/v1/checks").headers


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/checks"),
        ("GET", "/v1/checks/c_0123456789abcdef"),
        ("GET", "/v1/events"),
        ("GET", "/v1/detectors"),
        ("GET", "/v1/openapi.json"),
        ("GET", "/metrics"),
        ("GET", "/nothing"),
        ("GET", "//v1/checks"),
        ("GET", "/v1/health/"),
        ("GET", "/v1/health/../checks"),
        ("GET", "/v1/HEALTH"),
        ("HEAD", "/v1/checks"),
        ("OPTIONS", "/v1/checks"),
        ("POST", "/v1/health"),
        ("POST", "/"),
        ("POST", "/v1/media"),
        ("POST", "/v1/checks"),
        ("DELETE", "/v1/checks/c_0123456789abcdef"),
        ("PUT", "/v1/checks/c_0123456789abcdef/label"),
    ],
)
@pytest.mark.usefixtures("newsroom")
def test_with_a_key_nobody_is_answered_without_one(service: Service, method: str, path: str) -> None:
    answer = service.ask(method, path)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="unmask"'
    if method != "HEAD":
        assert "unmask serve keys new" in answer.json()["way_out"]
        problem(answer, 401, "key-needed")


@pytest.mark.usefixtures("newsroom")
def test_the_page_and_the_health_need_none(service: Service) -> None:
    assert [service.get(path).status_code for path in ("/", "/assets/page.css", "/guide/pulse.html", "/v1/health")] == [
        200
    ] * 4
    assert service.ask("HEAD", "/").status_code == 200


@pytest.mark.usefixtures("newsroom")
def test_a_body_is_not_read_before_the_key(service: Service) -> None:
    problem(service.post("/v1/checks", content=b"x" * 100_000), 401, "key-needed")
    problem(service.post("/v1/media", content=PNG), 401, "key-needed")
    assert service.files() == set()


def test_another_site_is_refused_before_the_key_is_looked_at(service: Service, newsroom: Holder) -> None:
    headers = {"authorization": f"Bearer {newsroom.key}", "origin": "http://evil.example"}
    problem(service.get("/v1/checks", headers=headers), 403, "wrong-origin")


def test_the_word_bearer_may_be_written_as_one_likes(service: Service, newsroom: Holder) -> None:
    for word in ("Bearer", "bearer", "BEARER"):
        assert service.get("/v1/checks", headers={"authorization": f"{word} {newsroom.key}"}).status_code == 200


def test_what_a_key_opened_is_kept_by_no_browser(newsroom: Holder) -> None:
    assert newsroom.get("/v1/checks").headers["cache-control"] == "no-store"
    assert newsroom.get(f"/v1/media/{newsroom.send()}").headers.get_list("cache-control") == ["no-store"]


# Keys that are not taken


def test_an_unknown_a_revoked_and_an_expired_key_are_told_apart_by_nobody(service: Service, newsroom: Holder) -> None:
    gone, late = holder(service), holder(service)
    revoke(service, gone)
    expire(service, late)
    unknown = Holder(service, "", "k_000000000000." + "A" * 43)
    wrong = Holder(service, "", newsroom.key[:-1] + ("A" if newsroom.key[-1] != "A" else "B"))
    answers = [one.get("/v1/checks") for one in (gone, late, unknown, wrong)]
    for answer in answers:
        problem(answer, 401, "key-refused")
    assert len({answer.content for answer in answers}) == 1
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1
    assert 'error="invalid_token"' in answers[0].headers["www-authenticate"]


@pytest.mark.parametrize("shown", ["Bearer ", "Bearer  x", "Bearer x y", "Bearer null", "Bearer \xff", "Bearer k_*.%"])
@pytest.mark.usefixtures("newsroom")
def test_what_is_no_key_is_refused(service: Service, shown: str) -> None:
    headers = httpx.Headers([(b"authorization", shown.encode("latin-1"))])
    problem(service.get("/v1/checks", headers=headers), 401, "key-refused")


@pytest.mark.parametrize("shown", ["Basic dTpw", "k_000000000000", "", "Bearer"])
@pytest.mark.usefixtures("newsroom")
def test_what_shows_no_key_is_told_that_one_is_needed(service: Service, shown: str) -> None:
    problem(service.get("/v1/checks", headers={"authorization": shown}), 401, "key-needed")


def test_of_two_keys_none_is_taken(service: Service, newsroom: Holder, other: Holder) -> None:
    both = [("authorization", f"Bearer {one.key}") for one in (newsroom, other)]
    problem(service.get("/v1/checks", headers=both), 401, "key-refused")


def test_nobody_is_let_in_where_the_keys_cannot_be_read(service: Service, newsroom: Holder) -> None:
    with service.database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE keys RENAME TO lost")
    problem(service.get("/v1/checks"), 503, "not-written")
    problem(newsroom.get("/v1/checks"), 503, "not-written")


# Keys in addresses


def test_a_key_in_the_address_opens_what_browsers_ask_without_headers(service: Service, newsroom: Holder) -> None:
    sha256 = newsroom.send()
    assert service.get(f"/v1/media/{sha256}?key={newsroom.key}").content == PNG
    assert service.ask("HEAD", f"/v1/media/{sha256}?key={newsroom.key}").status_code == 200
    answer = service.get(f"/v1/checks/{newsroom.check()}/report?format=html&key={newsroom.key}")
    problem(answer, 409, "not-done")
    problem(service.get(f"/v1/media/{sha256}?key=wrong"), 401, "key-refused")
    problem(service.get(f"/v1/media/{sha256}?key="), 401, "key-refused")
    problem(service.get(f"/v1/media/{sha256}?key={newsroom.key}&key={newsroom.key}"), 401, "key-refused")


def test_a_key_in_another_address_is_not_seen(service: Service, newsroom: Holder) -> None:
    check, sha256 = newsroom.check(), newsroom.send()
    shown = f"key={newsroom.key}"
    places = ("checks", f"checks/{check}", f"checks/{check}/view", f"checks/{check}/evidence", "detectors", "media")
    for path in places:
        problem(service.get(f"/v1/{path}?{shown}"), 401, "key-needed")
    problem(service.get(f"/v1/media/{sha256}/report?{shown}"), 401, "key-needed")
    problem(service.get(f"/v1/checks/{check}/view/report?{shown}"), 401, "key-needed")
    problem(service.post(f"/v1/media?{shown}", content=PNG), 401, "key-needed")
    problem(service.post(f"/v1/events?{shown}"), 401, "key-needed")
    problem(service.ask("DELETE", f"/v1/checks/{check}?{shown}"), 401, "key-needed")
    problem(service.ask("DELETE", f"/v1/checks/{check}/report?{shown}"), 401, "key-needed")


# Scopes


def test_a_reader_changes_nothing(service: Service, newsroom: Holder, mine: str) -> None:
    reader = holder(service, "read", newsroom.id)
    assert reader.get(f"/v1/checks/{mine}").json()["id"] == mine
    asked = {"media": newsroom.send()}
    for answer in (
        reader.ask("POST", "/v1/media", content=b"more"),
        reader.ask("POST", "/v1/checks", json=asked),
        reader.ask("PUT", f"/v1/checks/{mine}/label", json={"word": "made"}),
        reader.ask("DELETE", f"/v1/checks/{mine}/label"),
        reader.ask("DELETE", f"/v1/checks/{mine}"),
        reader.ask("PATCH", f"/v1/checks/{mine}"),
    ):
        assert "'check'" in problem(answer, 403, "key-too-weak")
        assert 'error="insufficient_scope"' in answer.headers["www-authenticate"]
    assert newsroom.get(f"/v1/checks/{mine}").json()["label"] is None


@pytest.mark.parametrize("header", ["x-http-method-override", "x-method-override", "x-scope", "x-forwarded-user"])
def test_a_header_makes_no_key_stronger(service: Service, newsroom: Holder, mine: str, header: str) -> None:
    reader = holder(service, "read")
    headers = {"authorization": f"Bearer {reader.key}", header: "DELETE" if "method" in header else "admin"}
    problem(service.ask("GET", f"/v1/checks/{mine}", headers=headers), 404, "no-check")
    problem(service.ask("POST", f"/v1/checks/{mine}", headers=headers), 403, "key-too-weak")
    assert newsroom.get(f"/v1/checks/{mine}").status_code == 200


def test_a_check_is_not_made_in_anothers_name(newsroom: Holder, other: Holder) -> None:
    asked = {"media": newsroom.send(), "owner": other.id}
    problem(newsroom.ask("POST", "/v1/checks", json=asked), 422, "invalid")


def test_an_operator_sees_and_does_all(service: Service, newsroom: Holder, mine: str) -> None:
    operator = holder(service, "admin")
    assert [one["id"] for one in operator.get("/v1/checks").json()["checks"]] == [mine]
    assert operator.get(f"/v1/media/{newsroom.send()}").content == PNG
    assert operator.ask("PUT", f"/v1/checks/{mine}/label", json={"word": "made"}).status_code == 200
    assert operator.ask("DELETE", f"/v1/checks/{mine}").status_code == 204


# Where others reach the service


@pytest.mark.parametrize("reached", [{"host": "192.0.2.7"}, {"behind_tls_proxy": True}])
def test_a_service_that_others_reach_does_not_open_itself_when_its_last_key_is_revoked(
    tmp_path: Path, reached: dict[str, Any]
) -> None:
    service = new_service(tmp_path / "reached", **reached)
    problem(service.get("/v1/checks"), 401, "key-needed")
    only = holder(service)
    assert only.get("/v1/checks").status_code == 200
    revoke(service, only)
    problem(service.get("/v1/checks"), 401, "key-needed")
    problem(only.get("/v1/checks"), 401, "key-refused")
    service.database.close()


def test_a_service_of_this_machine_alone_opens_again_with_its_last_key(service: Service, newsroom: Holder) -> None:
    revoke(service, newsroom)
    assert service.get("/v1/checks").status_code == 200
