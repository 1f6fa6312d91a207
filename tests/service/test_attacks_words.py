"""What strangers write: it is kept to the letter, and neither a database nor a browser runs it."""

import json
from urllib.parse import quote

import pytest

from tests.service.asking import (
    Service,
    problem,
)

JSON = {"content-type": "application/json"}

NAMES = (
    "../../etc/passwd",
    "C:\\fakepath\\clip.mp4",
    "two\nlines\r\nSet-Cookie: a=b.mp4",
    "\u202egnp.4pm.mp4",
    '"><script>alert(1)</script>.mp4',
    "a'; DROP TABLE checks; --.mp4",
    "\x1b[31mred.mp4",
    "Ünï – 片.mp4",
    ".",
    "...",
    "%00%2e%2e%2f",
    "x" * 255,
)

HTML = b"<!doctype html><script>alert(document.domain)</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 60_000,
        b'{"media":' * 6000,
        b'{"media": "a", "\\ud800": 1}',
        b'{"media": "\\ud800"}',
        b'{"threshold": NaN}',
        b'{"threshold": 1e999}',
        b'{"threshold": -Infinity}',
        b'{"threshold": 1' + b"0" * 5000 + b"}",
        b"\xff\xfe",
        b"\x00",
        b"null",
        b"[]",
        b'"text"',
        b"",
        b'{"media": {"$ne": null}}',
    ],
    ids=lambda body: repr(body[:24]),
)
def test_what_cannot_be_read_is_refused_with_a_sentence(service: Service, body: bytes) -> None:
    answer = service.post("/v1/checks", content=body, headers=JSON)
    assert answer.status_code in {400, 422}
    problem(answer, answer.status_code, answer.json()["code"])


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"1e999", b"true"])
def test_a_threshold_that_is_no_number_is_refused(service: Service, number: bytes) -> None:
    body = f'{{"media": "{service.keep()}", "threshold": {number.decode()}}}'.encode()
    answer = service.post("/v1/checks", content=body, headers=JSON)
    assert answer.status_code == 422 or json.loads(body)["threshold"] is True


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None])
def test_a_form_makes_no_check(service: Service, kind: str | None) -> None:
    body = json.dumps({"media": service.keep()}).encode()
    answer = service.post("/v1/checks", content=body, headers={} if kind is None else {"content-type": kind})
    problem(answer, 422, "invalid")
    assert service.get("/v1/checks").json()["checks"] == []


# Names


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_kept_to_the_letter_and_does_nothing(service: Service, name: str) -> None:
    answer = service.post("/v1/checks", json={"media": service.keep(), "name": name})
    assert answer.json()["name"] == name
    assert all(letter.isprintable() for letter in "".join(f"{key}{value}" for key, value in answer.headers.items()))
    found = service.get("/v1/checks", params={"q": name[:200]}).json()["checks"]
    assert [one["name"] for one in found] == [name]
    assert service.files() == {path for path in service.files() if path.startswith("media/")}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["json", "html"])
def test_a_download_has_a_plain_name_whatever_the_file_was_called(service: Service, name: str, form: str) -> None:
    answer = service.get(f"/v1/checks/{service.done(name)}/report?format={form}&download=true")
    told = answer.headers["content-disposition"]
    assert told.startswith("attachment; filename")
    assert told.isascii()
    assert told.isprintable()
    assert not set("/\\<>;'") & set(told.partition("=")[2].removeprefix("utf-8''"))
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("name", ["x" * 256, "x" * 300, "", "a\0b.mp4", "\0"])
def test_a_name_that_is_too_long_or_holds_nul_is_refused(service: Service, name: str) -> None:
    problem(service.post("/v1/checks", json={"media": service.keep(), "name": name}), 422, "invalid")
    problem(service.post(f"/v1/media?name={quote(name)}", content=b"x"), 422, "invalid")


# Queries


INJECTIONS = ("' OR 1=1 --", "'; DROP TABLE checks; --", '" OR ""="', "%", "_", "\\", "%_%", "[a-z]", "*", "\\%")


@pytest.mark.parametrize("text", INJECTIONS)
def test_a_text_that_is_searched_is_searched_to_the_letter(service: Service, text: str) -> None:
    service.wait("plain.mp4")
    service.wait(f"with {text} in it.mp4")
    found = service.get("/v1/checks", params={"q": text}).json()["checks"]
    assert [one["name"] for one in found] == [f"with {text} in it.mp4"]


@pytest.mark.parametrize("field", ["state", "verdict", "label", "limit", "after"])
@pytest.mark.parametrize("text", INJECTIONS)
def test_no_filter_is_a_statement(service: Service, field: str, text: str) -> None:
    service.wait()
    answer = service.get("/v1/checks", params={field: text})
    assert answer.status_code == 422
    assert len(service.get("/v1/checks").json()["checks"]) == 1


# In the browser of who looks


@pytest.mark.parametrize("content", [HTML, SVG, b"%PDF-1.7", b"GIF8<script>alert(1)</script>"])
def test_a_file_never_runs_in_a_browser(service: Service, content: bytes) -> None:
    answer = service.get(f"/v1/media/{service.keep(content)}")
    assert answer.headers["content-type"] in {"application/octet-stream", "image/gif"}
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["x-content-type-options"] == "nosniff"
