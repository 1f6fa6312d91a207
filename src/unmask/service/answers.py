"""How answers that are no success are described, so that the OpenAPI description names them."""

from collections.abc import Mapping
from typing import Any

from unmask.service.schemas import ProblemOut

_WORDS: Mapping[int, str] = {
    400: "The request makes no sense.",
    401: "It takes a key that is shown, known, and neither revoked nor expired.",
    403: "It comes from elsewhere, or its key may not do so much.",
    404: "There is none.",
    408: "It came too slowly.",
    409: "Not in this state.",
    413: "It is larger than is taken.",
    416: "The file does not reach so far.",
    422: "A value is not one of those that are taken.",
    429: "Too much is asked at once; `Retry-After` says when to come back.",
    500: "Something went wrong that nobody foresaw.",
    501: "What is needed for it is not installed.",
    503: "The database does not answer, or too much is being printed.",
    507: "There is no room.",
}

_CHALLENGE = {
    "WWW-Authenticate": {"schema": {"type": "string"}, "description": "How a key is shown, and what it lacks."}
}
_HEADERS: Mapping[int, Mapping[str, Any]] = {
    401: _CHALLENGE,
    403: _CHALLENGE,
    416: {"Content-Range": {"schema": {"type": "string"}, "description": "`bytes */` and the size of the file."}},
    429: {"Retry-After": {"schema": {"type": "string"}, "description": "Seconds."}},
}
ANY = (401, 403, 408, 413, 422, 429, 500, 503)
BODY = (400,)
"""Of requests that hold JSON."""


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Descriptions of these statuses, and of those that every request may meet."""
    return {
        status: {"model": ProblemOut, "description": _WORDS[status]}
        | ({"headers": _HEADERS[status]} if status in _HEADERS else {})
        for status in (*statuses, *ANY)
    }


def ranged(content: Mapping[str, Any]) -> dict[int | str, dict[str, Any]]:
    """Descriptions of a file that may be asked for in ranges."""
    return {
        **answers(400, 404, 416),
        200: {"description": "The whole.", "content": content},
        206: {"description": "The ranges that were asked for.", "content": {**content, "multipart/byteranges": {}}},
    }


_ONE_RANGE = "([0-9]{1,15}-([0-9]{1,15})?|-[0-9]{1,15})"
RANGE = {
    "parameters": [
        {
            "name": "Range",
            "in": "header",
            "required": False,
            "description": "`bytes=FIRST-LAST`, to be given only a part.",
            "schema": {"type": "string", "pattern": f"^bytes={_ONE_RANGE}(, ?{_ONE_RANGE})*$"},
            "example": "bytes=0-65535",
        }
    ]
}
"""Of what may be asked for in ranges."""
