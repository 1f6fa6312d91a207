"""Reports as PDF: printed once, and refused in a sentence where nothing prints."""

import threading

import pytest

from tests.service.asking import Service, problem
from unmask.errors import MissingComponent
from unmask.service import printing


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is printed, by a printer that is always there."""
    found: list[str] = []

    def print_page(page: str) -> bytes:
        found.append(page)
        return b"%PDF-1.7 printed"

    monkeypatch.setattr(printing, "as_pdf", print_page)
    return found


def test_the_page_is_printed_once_and_sent_to_be_saved(service: Service, pages: list[str]) -> None:
    check = service.done("Ärger.mp4")
    answers = [service.get(f"/v1/checks/{check}/report?format=pdf") for _ in range(2)]
    assert {(one.status_code, one.content) for one in answers} == {(200, b"%PDF-1.7 printed")}
    assert pages == ["<!doctype html><p>Seen."]
    assert answers[0].headers["content-type"] == "application/pdf"
    assert answers[0].headers["content-disposition"].startswith("attachment; filename*=utf-8''%C3%84rger-")
    assert answers[0].headers["content-disposition"].endswith(".pdf")
    assert answers[0].headers["content-security-policy"].startswith("sandbox")
    service.ask("DELETE", f"/v1/checks/{check}")
    assert not [path for path in service.files() if path.startswith("results")]


def test_before_the_end_and_without_a_check_there_is_none(service: Service, pages: list[str]) -> None:
    problem(service.get(f"/v1/checks/{service.wait()}/report?format=pdf"), 409, "not-done")
    problem(service.get("/v1/checks/c_0123456789abcdef/report?format=pdf"), 404, "no-check")
    assert pages == []


def test_where_nothing_prints_a_sentence_says_so(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> bytes:
        raise MissingComponent("To print PDF it lacks WeasyPrint: pip install 'unmask[pdf]'.")

    monkeypatch.setattr(printing, "as_pdf", missing)
    said = problem(service.get(f"/v1/checks/{service.done()}/report?format=pdf"), 501, "missing")
    assert "unmask[pdf]" in said


def test_one_is_printed_at_a_time(service: Service, pages: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(printing, "_ONE", threading.Lock())
    check = service.done()
    with printing._ONE:
        problem(service.get(f"/v1/checks/{check}/report?format=pdf"), 503, "busy")
    assert pages == []
    assert service.get(f"/v1/checks/{check}/report?format=pdf").status_code == 200
