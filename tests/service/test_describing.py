"""The OpenAPI description: of every answer, of keys as the entrance takes them, and of detectors that there are."""

from typing import Any

import pytest

from tests.service.asking import Service
from tests.service.holders import Holder, holder
from unmask.service.describing import operations

Told = dict[str, Any]
FILLED = {"{check}": "c_0123456789abcdef", "{sha256}": "0" * 64, "{share}": "s_0123456789abcdef", "{token}": "x"}


@pytest.fixture
def told(service: Service) -> Told:
    """The description."""
    found: Told = service.get("/v1/openapi.json").json()
    return found


def filled(path: str) -> str:
    for name, value in FILLED.items():
        path = path.replace(name, value)
    return path


def test_every_answer_of_every_address_is_described(told: Told) -> None:
    for path, method, operation in operations(told):
        answers = operation["responses"]
        assert {"403", "408", "413", "422", "429", "500", "503"} <= set(answers), (path, method)
        assert any(status.startswith("2") for status in answers), (path, method)
        for status in (status for status in answers if status >= "4"):
            schema = answers[status]["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/ProblemOut"}, (path, method, status)
        assert "Retry-After" in answers["429"]["headers"]
    assert {"400", "507"} <= set(told["paths"]["/v1/media"]["post"]["responses"])
    assert "Content-Range" in told["paths"]["/v1/media/{sha256}"]["get"]["responses"]["416"]["headers"]
    assert {"404", "409"} <= set(told["paths"]["/v1/checks/{check}/report"]["get"]["responses"])


def test_every_address_says_what_it_is_for(told: Told) -> None:
    tags = {one["name"] for one in told["tags"]}
    found = [operation for _, _, operation in operations(told)]
    assert len({one["operationId"] for one in found}) == len(found)
    assert len({one["summary"] for one in found}) == len(found)
    assert all(one["description"] for one in found)
    assert {tag for one in found for tag in one["tags"]} == tags


def test_every_body_has_an_example_that_is_taken(service: Service, told: Told) -> None:
    bodies = [one["requestBody"]["content"] for _, _, one in operations(told) if "requestBody" in one]
    schemas = [body["application/json"]["schema"]["$ref"] for body in bodies if "application/json" in body]
    assert len(schemas) == 3
    for schema in schemas:
        assert told["components"]["schemas"][schema.rpartition("/")[2]]["examples"]
    check = service.done()
    for place, name in ((f"/v1/checks/{check}/shares", "ShareIn"), ("/v1/checks", "CheckIn")):
        (example,) = told["components"]["schemas"][name]["examples"]
        if name == "CheckIn":
            example["media"] = service.keep()
        assert service.post(place, json=example).status_code in {201, 202}


def test_keys_are_needed_where_the_description_says_so(service: Service, told: Told) -> None:
    reader, stranger = holder(service, "read"), Holder(service, "", "k_000000000000." + "A" * 43)
    for path, verb, operation in operations(told):
        place, method = filled(path), verb.upper()
        if path == "/v1/events":
            continue  # it has no end; test_entrance.py listens
        needed = {scheme: scopes for one in operation["security"] for scheme, scopes in one.items()}
        refused = service.ask(method, place)
        assert (refused.status_code == 401) is bool(needed), (path, method)
        assert ("401" in operation["responses"]) is bool(needed), (path, method)
        if not needed:
            continue
        assert {} in operation["security"]  # without any key, none is needed
        assert refused.headers["www-authenticate"].startswith("Bearer")
        assert stranger.ask(method, place).status_code == 401
        assert ("key-too-weak" in reader.ask(method, place).text) is (needed["key"] == ["check"]), (path, method)
        in_address = service.ask(method, f"{place}?key={reader.key}").status_code != 401
        assert in_address is ("keyInAddress" in needed), (path, method)


def test_the_schemes_are_those_that_are_taken(told: Told) -> None:
    schemes = told["components"]["securitySchemes"]
    assert (schemes["key"]["type"], schemes["key"]["scheme"]) == ("http", "bearer")
    assert (schemes["keyInAddress"]["in"], schemes["keyInAddress"]["name"]) == ("query", "key")


def names(service: Service) -> list[str]:
    told = service.get("/v1/openapi.json").json()
    (several,) = (
        one for one in told["components"]["schemas"]["CheckIn"]["properties"]["only"]["anyOf"] if "items" in one
    )
    found: list[str] = several["items"]["enum"]
    return found


def test_detectors_and_the_users_own_models_are_named_as_they_come(service: Service) -> None:
    before = names(service)
    assert {"seam", "file", "pulse"} <= set(before)
    assert "external" not in before
    sha256 = service.keep()
    for name in before:
        assert service.post("/v1/checks", json={"media": sha256, "only": [name]}).status_code == 202
    models = service.folder / "models"
    models.mkdir()
    (models / "mine.json").write_text("{}", encoding="utf-8")
    assert set(names(service)) - set(before) == {"mine", "external"}


def test_what_may_be_left_out_of_an_address_is_no_null(told: Told) -> None:
    schemas = [one["schema"] for _, _, operation in operations(told) for one in operation.get("parameters", ())]
    assert len(schemas) > 20
    assert not [schema for schema in schemas if {"type": "null"} in schema.get("anyOf", ())]
