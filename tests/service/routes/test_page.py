from pathlib import Path

import pytest

from tests.service.asking import Service, problem
from unmask.errors import MissingComponent
from unmask.service.app import create_app
from unmask.service.routes import page


def test_the_page_and_what_belongs_to_it_are_served(service: Service) -> None:
    answer = service.get("/")
    assert answer.text.startswith("<!doctype html>")
    assert answer.headers["cache-control"] == "no-cache"
    assert "script-src 'self'" in answer.headers["content-security-policy"]
    allowed = [one.split("=") for one in answer.headers["permissions-policy"].split(", ")]
    assert {name for name, who in allowed if who != "()"} == {"camera", "microphone"}
    assert {who for _, who in allowed} == {"()", "(self)"}
    assert service.ask("HEAD", "/").status_code == 200
    assert service.get("/assets/page.css").headers["content-type"].startswith("text/css")
    assert service.get("/guide/pulse.html").text == "<p>A pulse.</p>"


def test_another_address_has_nothing(service: Service) -> None:
    problem(service.get("/v1/nothing"), 404, "no-such-address")
    problem(service.get("/assets/nothing.js"), 404, "no-such-address")


def test_an_installation_without_the_page_says_how_it_is_built(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "PAGE", tmp_path)
    with pytest.raises(MissingComponent, match="make page"):
        create_app(service.settings, service.database, service.storage)
