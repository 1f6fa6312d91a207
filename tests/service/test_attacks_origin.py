"""Who asks from where, for which place, by which method: nothing is served to another site, nor what is outside."""

from pathlib import Path

import httpx
import pytest

from tests.service.asking import (
    PNG,
    Service,
    all_of,
    line,
    new_service,
    on_the_line,
    problem,
)


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8420",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "evil@localhost",
        "",
        "0",
        "127.1",
        "[::1",
        "localhost:",
        "localhost:80:80",
        "localhost/evil",
        "127.0.0.1:8420, evil.example",
        "0.0.0.0",  # noqa: S104 # as a name in a request
        "2130706433",
    ],
)
def test_another_name_than_the_services_is_refused(service: Service, host: str) -> None:
    problem(service.get("/v1/checks", headers={"host": host}), 403, "wrong-host")
    problem(service.get("/", headers={"host": host}), 403, "wrong-host")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8420", "LOCALHOST", "[::1]:8420", "[::1]"])
def test_the_services_names_are_taken(service: Service, host: str) -> None:
    assert service.get("/v1/health", headers={"host": host}).status_code == 200


def test_a_name_that_was_added_is_taken(tmp_path: Path) -> None:
    named = new_service(tmp_path / "named", hosts=("unmask.example",))
    assert named.get("/v1/health", headers={"host": "unmask.example"}).status_code == 200
    named.database.close()


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "null",
        "http://127.0.0.1:9999",
        "http://127.0.0.1:8420.evil.example",
        "file://",
        "",
        "http://[",
        "x",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_the_page_of_another_site_gets_nothing(service: Service, origin: str, method: str) -> None:
    problem(service.ask(method, f"/v1/checks/{service.done()}", headers={"origin": origin}), 403, "wrong-origin")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/v1/media"), ("PUT", "/label"), ("DELETE", ""), ("DELETE", "/label")]
)
def test_a_browser_that_says_it_comes_from_elsewhere_changes_nothing(
    service: Service, site: str, method: str, path: str
) -> None:
    check = service.done()
    place = path if path.startswith("/v1") else f"/v1/checks/{check}{path}"
    answer = service.ask(method, place, headers={"sec-fetch-site": site}, json={"word": "made"})
    problem(answer, 403, "wrong-origin")
    assert service.get(f"/v1/checks/{check}").json()["label"] is None


def test_the_own_page_may_ask(service: Service) -> None:
    own = {"origin": "http://127.0.0.1:8420", "sec-fetch-site": "same-origin"}
    assert service.post("/v1/media", content=PNG, headers=own).status_code == 201


def test_no_answer_lets_another_site_read_it(service: Service) -> None:
    for answer in (service.get("/v1/checks"), service.ask("OPTIONS", "/v1/checks"), service.get("/")):
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


# Places and methods


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../index.html",
        "/assets/%2e%2e/index.html",
        "/assets/..%2f..%2fapp.py",
        "/assets//etc/passwd",
        "/assets/%00",
        "/assets/" + "a" * 5000,
        "/assets/%ff",
        "/assets/..\\..\\app.py",
        "/guide/../index.html",
        "/guide/..%2f..%2fapp.py",
        "//etc/passwd",
        "/v1/../../etc/passwd",
    ],
)
def test_nothing_outside_of_the_page_is_served(service: Service, path: str) -> None:
    with on_the_line(service) as place, line(place, f"GET {path} HTTP/1.1\nHost: HOST\nConnection: close\n\n") as sent:
        assert all_of(sent).startswith(b"HTTP/1.1 404")


@pytest.mark.parametrize(
    "check", ["c_..%2f..%2fservice", "c_0123456789abcde%0a", "c_0123456789abcdef%0a", "%00", "c_' OR 1=1 --__"]
)
@pytest.mark.parametrize("part", ["", "/report", "/view", "/evidence"])
def test_an_identity_that_is_none_reaches_no_file(service: Service, check: str, part: str) -> None:
    service.done()
    assert service.get(f"/v1/checks/{check}{part}").status_code in {404, 422}


def test_an_identity_cannot_be_guessed(service: Service) -> None:
    found = {service.wait() for _ in range(50)}
    assert len(found) == 50
    assert all(len(check) == len("c_") + 16 for check in found)  # 96 bits


@pytest.mark.parametrize("method", ["BREW", "TRACE", "OPTIONS", "PATCH", "CONNECT", "HEAD"])
def test_a_method_that_is_not_there_is_refused(service: Service, method: str) -> None:
    answer = service.ask(method, "/v1/checks")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"


@pytest.mark.parametrize(
    "request_line",
    [
        "GET / HTTP/9.9",
        "GET /",
        "\x16\x03\x01",
        "GET http://evil.example/ HTTP/1.1",
        "POST /v1/media HTTP/1.1\nContent-Length: -1",
        "POST /v1/media HTTP/1.1\nContent-Length: 3\nContent-Length: 4",
        "GET / HTTP/1.1\nHost: evil.example",
    ],
)
def test_what_is_no_request_is_refused_and_others_are_answered(service: Service, request_line: str) -> None:
    with on_the_line(service) as place:
        with line(place, f"{request_line}\nHost: HOST\nConnection: close\n\nabc") as sent:
            sent.shutdown(1)
            assert not all_of(sent).startswith(b"HTTP/1.1 2") or "evil" in request_line
        assert httpx.get(f"http://{place[0]}:{place[1]}/v1/health").status_code == 200
