import re

import pytest

from tests.service.asking import Service, problem
from unmask.service.store import queue
from unmask.types import Verdict

KEYS = {
    *("id", "media", "name", "state", "priority", "options", "progress", "attempts", "created", "started", "finished"),
    *("verdict", "error", "label", "media_kept"),
}
UNKNOWN = "c_0123456789abcdef"
MANIPULATED = Verdict("manipulated", 0.97, (0.9, 0.99), "Signs of manipulation.")


def names(service: Service, query: str = "") -> list[str]:
    """Names of the checks of a list."""
    answer = service.get(f"/v1/checks{query}")
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json()["checks"]]


def test_a_check_waits_and_says_where_it_is(service: Service) -> None:
    asked = {"media": service.keep(), "name": "clip.mp4", "only": ["seam"], "fast": True, "threshold": 0.9}
    answer = service.post("/v1/checks", json=asked)
    assert answer.status_code == 202
    told = answer.json()
    assert set(told) == KEYS
    assert (told["state"], told["priority"], told["attempts"], told["verdict"]) == ("queued", "person", 0, None)
    assert told["options"] == {"only": ["seam"], "fast": True, "threshold": 0.9}
    assert answer.headers["location"] == f"/v1/checks/{told['id']}"
    assert service.get(answer.headers["location"]).json() == told


def test_a_check_without_a_name_has_the_beginning_of_the_hash(service: Service) -> None:
    sha256 = service.keep()
    assert service.post("/v1/checks", json={"media": sha256}).json()["name"] == sha256[:12]


def test_a_check_of_a_file_that_is_not_there_is_refused(service: Service) -> None:
    problem(service.post("/v1/checks", json={"media": "0" * 64}), 404, "no-media")


@pytest.mark.parametrize(
    "wrong",
    [
        {"media": "x"},
        {"threshold": 0.3},
        {"threshold": 2},
        {"only": []},
        {"only": ["a\0"]},
        {"priority": "at once"},
        {"name": ""},
        {"surplus": 1},
        {"fast": "perhaps"},
        {"threshold": True},
        {"threshold": "0.7"},
        {"fast": 1},
        {"fast": "true"},
        {"only": "file"},
        {"name": 7},
    ],
)
def test_a_value_that_is_not_taken_is_named(service: Service, wrong: dict[str, object]) -> None:
    answer = service.post("/v1/checks", json={"media": service.keep(), **wrong})
    assert problem(answer, 422, "invalid").startswith(f"body.{next(iter(wrong))}")


def test_a_threshold_is_any_number_within_its_range(service: Service) -> None:
    asked = service.post("/v1/checks", json={"media": service.keep(), "threshold": 1})
    assert asked.json()["options"]["threshold"] == 1.0


def test_a_detector_that_does_not_exist_is_named(service: Service) -> None:
    answer = service.post("/v1/checks", json={"media": service.keep(), "only": ["astrology"]})
    assert "astrology" in problem(answer, 422, "usage")


def test_a_check_that_runs_says_how_far_it_is_and_what_was_found(service: Service) -> None:
    check = service.wait()
    lease = service.claimed()
    queue.progress(service.database, lease, 2.5, 10.0, 60.0)
    queue.found(service.database, lease, 1, {"detector": "seam", "fake": 0.5})
    told = service.get(f"/v1/checks/{check}").json()
    assert (told["state"], told["progress"]) == ("running", {"seconds": 2.5, "of": 10.0})
    found = service.get(f"/v1/checks/{check}/evidence").json()
    assert found == {"evidence": [{"check": check, "person": 1, "evidence": {"detector": "seam", "fake": 0.5}}]}


def test_a_check_that_is_over_has_a_verdict(service: Service) -> None:
    told = service.get(f"/v1/checks/{service.done()}").json()
    assert told["state"] == "done"
    assert told["verdict"] == {
        "word": "cannot-tell",
        "probability": 0.61,
        "interval": [0.4, 0.8],
        "sentence": "Cannot tell: one check leans.",
    }


def test_a_file_that_could_not_be_examined_says_why(service: Service) -> None:
    check = service.wait()
    error = {"code": "not-media", "message": "'clip.mp4' is no video.", "way_out": "Send a video."}
    queue.fail(service.database, service.claimed(), error)
    told = service.get(f"/v1/checks/{check}").json()
    assert (told["state"], told["error"], told["verdict"]) == ("failed", error, None)
    assert "failed" in problem(service.get(f"/v1/checks/{check}/report"), 409, "not-done")


@pytest.mark.parametrize("part", ["report", "report?format=html", "view"])
def test_before_the_end_there_is_no_report(service: Service, part: str) -> None:
    assert "queued" in problem(service.get(f"/v1/checks/{service.wait()}/{part}"), 409, "not-done")


def test_the_report_is_the_one_that_was_written(service: Service) -> None:
    check = service.done("interview.mp4")
    answer = service.get(f"/v1/checks/{check}/report")
    assert answer.json() == {"file": "interview.mp4", "verdict": "cannot-tell"}
    assert answer.headers["content-type"] == "application/json"
    assert service.get(f"/v1/checks/{check}/view").json()["people"] == []


def test_the_page_of_a_report_may_run_nothing(service: Service) -> None:
    answer = service.get(f"/v1/checks/{service.done()}/report?format=html")
    assert answer.text == "<!doctype html><p>Seen."
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "script" not in policy


@pytest.mark.parametrize(("query", "kind"), [("", "inline"), ("&download=true", "attachment")])
@pytest.mark.parametrize("form", ["json", "html"])
def test_a_report_has_the_name_of_its_file(service: Service, form: str, query: str, kind: str) -> None:
    answer = service.get(f"/v1/checks/{service.done('interview 2.mp4')}/report?format={form}{query}")
    assert re.fullmatch(
        rf'{kind}; filename="interview-2-[0-9a-f]{{10}}\.{form}"', answer.headers["content-disposition"]
    )


def test_a_result_that_was_lost_is_said_to_be(service: Service) -> None:
    check = service.done()
    for path in (service.folder / "results").rglob("*.*"):
        path.unlink()
    problem(service.get(f"/v1/checks/{check}/report"), 404, "no-result")


def test_the_list_begins_with_the_newest_and_goes_on_where_it_ended(service: Service) -> None:
    for number in range(5):
        service.wait(f"{number}.mp4")
    first = service.get("/v1/checks?limit=2").json()
    second = service.get("/v1/checks", params={"limit": 2, "after": first["next"]}).json()
    third = service.get("/v1/checks", params={"limit": 2, "after": second["next"]}).json()
    seen = [[one["name"] for one in page["checks"]] for page in (first, second, third)]
    assert seen == [["4.mp4", "3.mp4"], ["2.mp4", "1.mp4"], ["0.mp4"]]
    assert third["next"] is None


def test_a_check_that_comes_between_two_pages_moves_nothing(service: Service) -> None:
    for number in range(3):
        service.wait(f"{number}.mp4")
    after = service.get("/v1/checks?limit=2").json()["next"]
    service.wait("late.mp4")
    assert names(service, f"?after={after}") == ["0.mp4"]


@pytest.mark.parametrize(
    "after",
    [
        "",
        "x",
        "~",
        "nan~c_0123456789abcdef",
        "1e999~c_0123456789abcdef",
        "e~c_0123456789abcdef",
        "'; DROP TABLE checks; --",
    ],
)
def test_a_place_that_was_not_given_out_is_refused(service: Service, after: str) -> None:
    answer = service.get("/v1/checks", params={"after": after})
    problem(answer, 422, answer.json()["code"])


def test_the_list_is_chosen_by_state_verdict_and_label(service: Service) -> None:
    made, open_one = service.done("made.mp4", verdict=MANIPULATED), service.done("open.mp4")
    service.wait("waits.mp4")
    service.ask("PUT", f"/v1/checks/{made}/label", json={"word": "made", "note": ""})
    assert names(service, "?state=queued") == ["waits.mp4"]
    assert names(service, "?state=done") == ["open.mp4", "made.mp4"]
    assert names(service, "?verdict=manipulated") == ["made.mp4"]
    assert names(service, "?label=made") == ["made.mp4"]
    assert names(service, "?label=none&state=done") == ["open.mp4"]
    assert names(service, "?label=filmed") == []
    assert open_one != made


def test_the_list_is_searched_by_name_note_and_hash(service: Service) -> None:
    check = service.done("Interview.mp4")
    service.done("other.mp4", b"another file")
    service.ask("PUT", f"/v1/checks/{check}/label", json={"word": "unsure", "note": "from the Mayor"})
    sha256 = service.get(f"/v1/checks/{check}").json()["media"]
    for text in ("interview", "VIEW.mp", "mayor", sha256[:10], sha256.upper()):
        assert names(service, f"?q={text}") == ["Interview.mp4"], text


@pytest.mark.parametrize("query", ["state=lost", "verdict=real", "label=maybe", "limit=0", "limit=201", "limit=+5"])
def test_a_filter_that_is_not_there_is_named(service: Service, query: str) -> None:
    assert problem(service.get(f"/v1/checks?{query}"), 422, "invalid").startswith(
        f"query.{query.split('=', maxsplit=1)[0]}"
    )


def test_a_label_is_set_changed_and_taken_back(service: Service) -> None:
    place = f"/v1/checks/{service.done()}"
    first = service.ask("PUT", f"{place}/label", json={"word": "filmed", "note": "seen by us"}).json()["label"]
    assert (first["word"], first["note"]) == ("filmed", "seen by us")
    assert service.ask("PUT", f"{place}/label", json={"word": "made"}).json()["label"]["note"] == ""
    assert service.get(place).json()["verdict"]["word"] == "cannot-tell"
    assert service.ask("DELETE", f"{place}/label").status_code == 204
    assert service.get(place).json()["label"] is None


@pytest.mark.parametrize(
    "label", [{"word": "fake"}, {"word": "made", "note": "x" * 4001}, {"word": "made", "note": 1}, {}]
)
def test_a_label_that_is_none_is_refused(service: Service, label: dict[str, object]) -> None:
    problem(service.ask("PUT", f"/v1/checks/{service.done()}/label", json=label), 422, "invalid")


def test_a_deleted_check_takes_its_result_and_its_file_along(service: Service) -> None:
    check = service.done()
    assert service.ask("DELETE", f"/v1/checks/{check}").status_code == 204
    assert service.files() == set()
    problem(service.get(f"/v1/checks/{check}"), 404, "no-check")


def test_a_file_stays_as_long_as_a_check_needs_it(service: Service) -> None:
    first, second = service.done(), service.done()
    media = service.get(f"/v1/checks/{first}").json()["media"]
    service.ask("DELETE", f"/v1/checks/{first}")
    assert service.get(f"/v1/media/{media}").status_code == 200
    service.ask("DELETE", f"/v1/checks/{second}")
    assert service.get(f"/v1/media/{media}").status_code == 404


@pytest.mark.parametrize(
    ("method", "part", "body"),
    [
        ("GET", "", None),
        ("GET", "/evidence", None),
        ("GET", "/report", None),
        ("GET", "/view", None),
        ("PUT", "/label", {"word": "made"}),
        ("DELETE", "/label", None),
        ("DELETE", "", None),
    ],
)
def test_a_check_that_is_not_there_is_not_found_whatever_is_asked_of_it(
    service: Service, method: str, part: str, body: dict[str, str] | None
) -> None:
    gone = service.done()
    service.ask("DELETE", f"/v1/checks/{gone}")
    told = {
        problem(service.ask(method, f"/v1/checks/{one}{part}", json=body), 404, "no-check") for one in (UNKNOWN, gone)
    }
    assert len(told) == 1
