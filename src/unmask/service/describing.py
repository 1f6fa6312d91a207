"""The OpenAPI description: what FastAPI finds in the routes, and what stands before them."""

from collections.abc import Iterator, Mapping
from typing import Any

from unmask.detectors import detectors
from unmask.engine import EVERY_MODEL, known_names
from unmask.service.callers import Shown, may_show_in_address, shown
from unmask.settings import Settings

ABOUT = """Tells a filmed face from a made one, and says why.

A file is sent to `POST /v1/media` and examined by `POST /v1/checks`; what becomes of it is told by `GET /v1/checks/{check}` and
`GET /v1/events`. An answer that is none holds `code` for programs, `message` and `way_out` for people.
Without keys the service answers its own machine alone; with keys whoever asks needs one."""
TAGS = [
    {"name": "media", "description": "Files, kept by their content."},
    {"name": "checks", "description": "What is asked to be examined, where it stands, and what was found."},
    {"name": "shares", "description": "Links that open one report, for people who cannot ask the service."},
    {"name": "events", "description": "What happens to all checks, as it happens."},
    {"name": "about", "description": "What there is, and how it is."},
]
LICENSE = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
SERVERS = [{"url": "/", "description": "This service."}]
SCHEMES: Mapping[str, Mapping[str, str]] = {
    "key": {
        "type": "http",
        "scheme": "bearer",
        "description": "One that `unmask serve keys new` made. Not needed as long as there is none.",
    },
    "keyInAddress": {
        "type": "apiKey",
        "in": "query",
        "name": "key",
        "description": "The same, where browsers can send no header. It may end in histories and in logs of proxies.",
    },
}


def described(told: dict[str, Any]) -> dict[str, Any]:
    """The description with who may ask what, as the entrance decides it."""
    told["components"]["securitySchemes"] = SCHEMES
    for path, method, operation in operations(told):
        asked = shown({"method": method.upper(), "path": path, "headers": [], "query_string": b""})
        operation["security"] = _security(asked, in_address=may_show_in_address(method.upper(), path))
        for parameter in operation.get("parameters", ()):
            parameter["schema"] = _without_null(parameter["schema"])
        if asked.is_open:
            del operation["responses"]["401"]
    return told


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """What may be left out is no ``null``, which an address and a header cannot hold."""
    several = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    return {**several[0], **rest} if len(several) == 1 else {**rest, "anyOf": several} if several else schema


def operations(told: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and description of each operation."""
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _security(asked: Shown, *, in_address: bool) -> list[dict[str, list[str]]]:
    """One of these is enough; the empty one is none."""
    if asked.is_open:
        return []
    scopes: list[str] = [asked.scope]
    return [{}, {"key": scopes}, *([{"keyInAddress": scopes}] if in_address else [])]


def name_detectors(told: dict[str, Any], settings: Settings) -> None:
    """Name all that may be asked for, which the user's own models are, too: they come and go while a service runs."""
    own = known_names(None, settings)
    names = [name for name in (*detectors(), *own) if name != EVERY_MODEL or own]
    (several,) = (
        one for one in told["components"]["schemas"]["CheckIn"]["properties"]["only"]["anyOf"] if "items" in one
    )
    several["items"] = {"type": "string", "enum": names}
