"""How answers that are no success are described, so that the OpenAPI description names them."""

from typing import Any

from unmask.service.schemas import ProblemOut

_WORDS = {
    400: "The request makes no sense.",
    401: "It takes a key that is shown, known, and neither revoked nor expired.",
    403: "It comes from elsewhere, or its key may not do so much.",
    404: "There is none.",
    408: "It came too slowly.",
    409: "Not in this state.",
    413: "It is larger than is taken.",
    422: "A value is not one of those that are taken.",
    429: "Too much is asked at once; `Retry-After` says when to come back.",
    500: "Something went wrong that nobody foresaw.",
    501: "What is needed for it is not installed.",
    503: "The database or the storage does not answer.",
    507: "There is no room.",
}

ANY = (401, 403, 408, 413, 422, 429, 500, 503)
BODY = (400,)
"""Of requests that hold JSON."""


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Descriptions of these statuses, and of those that every request may meet."""
    return {status: {"model": ProblemOut, "description": _WORDS[status]} for status in (*statuses, *ANY)}
