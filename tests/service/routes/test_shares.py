"""Links to one report: what they open, and that they open nothing else."""

import secrets
import time

import pytest

from tests.service.asking import Service, problem
from unmask.service.guard import REPORT_POLICY
from unmask.service.housekeeping import DAY, keep_house

UNKNOWN = "c_0123456789abcdef"


def share(service: Service, check: str, **asked: object) -> dict[str, str]:
    answer = service.post(f"/v1/checks/{check}/shares", json=asked)
    assert answer.status_code == 201, answer.text
    told: dict[str, str] = answer.json()
    return told


def test_a_link_opens_the_page_of_the_report(service: Service) -> None:
    check = service.done()
    made = share(service, check)
    assert set(made) == {"id", "url", "expires"}
    assert made["url"].startswith("/s/")
    answer = service.get(made["url"])
    assert answer.text == service.get(f"/v1/checks/{check}/report?format=html").text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == REPORT_POLICY
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert check not in str(answer.headers)


def test_links_are_listed_without_what_opens_them(service: Service) -> None:
    check = service.done()
    made = [share(service, check, days=days) for days in (1, 90)]
    listed = service.get(f"/v1/checks/{check}/shares")
    assert [(one["id"], one["expires"]) for one in listed.json()["shares"]] == [
        (one["id"], one["expires"]) for one in made
    ]
    assert not [one for one in made if one["url"].removeprefix("/s/") in listed.text]


@pytest.mark.parametrize(("asked", "days"), [({}, 7), ({"days": 1}, 1), ({"days": 90}, 90)])
def test_a_link_opens_for_the_days_that_were_asked_for(
    service: Service, asked: dict[str, int], days: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = time.time()
    url = share(service, service.done(), **asked)["url"]
    monkeypatch.setattr(time, "time", lambda: begun + days * DAY - 60)
    assert service.get(url).status_code == 200
    monkeypatch.setattr(time, "time", lambda: begun + days * DAY + 60)
    problem(service.get(url), 404, "no-share")


@pytest.mark.parametrize(
    "asked", [{"days": 0}, {"days": 91}, {"days": 1.5}, {"days": "7"}, {"days": True}, {"surplus": 1}]
)
def test_days_that_are_not_taken_are_named(service: Service, asked: dict[str, object]) -> None:
    answer = service.post(f"/v1/checks/{service.done()}/shares", json=asked)
    assert problem(answer, 422, "invalid").startswith("body.")


def test_unknown_expired_and_revoked_links_answer_the_same(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    check, deleted = service.done(), service.done()
    gone = share(service, deleted)["url"]
    assert service.ask("DELETE", f"/v1/checks/{deleted}").status_code == 204
    revoked, expired = share(service, check, days=90), share(service, check, days=1)
    assert service.ask("DELETE", f"/v1/checks/{check}/shares/{revoked['id']}").status_code == 204
    problem(service.ask("DELETE", f"/v1/checks/{check}/shares/{revoked['id']}"), 404, "no-share")
    later = time.time() + 2 * DAY
    monkeypatch.setattr(time, "time", lambda: later)
    unknown = [f"/s/{secrets.token_urlsafe(32)}", "/s/x", "/s/%00", "/s/%ff", f"/s/{'a' * 5000}"]
    answers = [service.get(url) for url in (gone, revoked["url"], expired["url"], *unknown)]
    assert {(one.status_code, one.content, str(one.headers)) for one in answers} == {
        (404, answers[0].content, str(answers[0].headers))
    }
    problem(answers[0], 404, "no-share")


def test_guesses_near_a_token_open_nothing(service: Service) -> None:
    token = share(service, service.done())["url"].removeprefix("/s/")
    near = {token[:place] + other + token[place + 1 :] for place in range(0, 43, 6) for other in "Aa0-_"} - {token}
    near |= {token.swapcase(), token[:-1], f"{token}=", f"{token}%20", token[::-1]} - {token}
    assert {service.get(f"/s/{one}").status_code for one in near} == {404}


def test_a_link_to_a_check_that_is_not_over_is_refused(service: Service) -> None:
    problem(service.post(f"/v1/checks/{service.wait()}/shares", json={}), 409, "not-done")
    problem(service.post(f"/v1/checks/{UNKNOWN}/shares", json={}), 404, "no-check")
    problem(service.get(f"/v1/checks/{UNKNOWN}/shares"), 404, "no-check")


def test_a_link_is_revoked_at_its_own_check_only(service: Service) -> None:
    check, other = service.done(), service.done("other.mp4")
    made = share(service, check)
    problem(service.ask("DELETE", f"/v1/checks/{other}/shares/{made['id']}"), 404, "no-share")
    problem(service.ask("DELETE", f"/v1/checks/{UNKNOWN}/shares/{made['id']}"), 404, "no-check")
    problem(service.ask("DELETE", f"/v1/checks/{check}/shares/x"), 422, "invalid")
    assert service.get(made["url"]).status_code == 200


def test_a_link_only_reads(service: Service) -> None:
    url = share(service, service.done())["url"]
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert service.ask(method, url).status_code == 405
    assert service.get(f"{url}/report").status_code == 404
    assert service.get(url).status_code == 200


def test_the_housekeeper_puts_links_away_that_are_over(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    check = service.done()
    share(service, check, days=1)
    kept = share(service, check, days=90)["url"]
    later = time.time() + 2 * DAY
    monkeypatch.setattr(time, "time", lambda: later)
    keep_house(service.database, service.storage, None)
    assert service.get(kept).status_code == 200
    with service.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM shares").scalar() == 1
