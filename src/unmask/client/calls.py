"""What a service is asked, the same for both clients."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from unmask.client.told import Label, State
from unmask.errors import UsageError
from unmask.types import Word

ADDRESS = "http://127.0.0.1:8420"
"""Where `unmask serve` listens if nothing else was said."""
ANSWER_SECONDS = 60.0
SHARE_DAYS = 7
"""As long as a link opens its report if nothing else was said."""

Priority = Literal["person", "batch"]
Part = Literal["", "/evidence", "/report", "/review", "/shares", "/view"]
"""What is asked for of a check; itself without any."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None


def of(check: str, part: Part = "", **query: str) -> Call:
    """Asks for a check, or for a part of it."""
    return Call("GET", f"/v1/checks/{check}{part}", query)


def new_check(
    media: str,
    name: str | None,
    only: Sequence[str] | None,
    threshold: float | None,
    priority: Priority,
    *,
    fast: bool,
) -> Call:
    """Asks for a file to be examined."""
    chosen = None if only is None else list(only)
    body = {"media": media, "name": name, "only": chosen, "fast": fast, "threshold": threshold, "priority": priority}
    return Call("POST", "/v1/checks", body=body)


def query(
    state: State | None, verdict: Word | None, label: Label | Literal["none"] | None, text: str | None
) -> Mapping[str, str]:
    """The filters of a list."""
    given = {"state": state, "verdict": verdict, "label": label, "q": text}
    return {name: value for name, value in given.items() if value is not None}


def new_label(check: str, word: Label | None, note: str) -> Call:
    """Sets a label, or takes it back."""
    place = f"/v1/checks/{check}/label"
    return Call("DELETE", place) if word is None else Call("PUT", place, body={"word": word, "note": note})


def new_share(check: str, days: int) -> Call:
    """Makes a link to a report."""
    return Call("POST", f"/v1/checks/{check}/shares", body={"days": days})


def deletion(check: str, share: str | None = None) -> Call:
    """Deletes a check, or revokes one of its links."""
    return Call("DELETE", f"/v1/checks/{check}" + ("" if share is None else f"/shares/{share}"))


def resumed(seen: int | None) -> Mapping[str, str]:
    """Headers by which a stream begins after an event."""
    return {} if seen is None else {"last-event-id": str(seen)}


def shown(key: str | None) -> Mapping[str, str]:
    """Headers that show a key.

    Raises:
        UsageError: It cannot be one. It is not repeated: errors end in logs.
    """
    if key is None:
        return {}
    if not re.fullmatch(r"[\x21-\x7e]{1,200}", key):
        raise UsageError("The key is none: it has spaces, line ends or other signs; give it as it was shown.")
    return {"authorization": f"Bearer {key}"}
