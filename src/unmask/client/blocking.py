"""A service, asked one thing after another."""

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import httpx

from unmask.client.told import (
    ADDRESS,
    ANSWER_SECONDS,
    LOOK_SECONDS,
    Call,
    Check,
    Event,
    Label,
    Priority,
    Progress,
    Reading,
    State,
    answered,
    as_check,
    asked,
    blocks,
    is_over,
    label_call,
    opened,
    query,
    require,
    resumed,
    shown,
)
from unmask.types import Word


class Client:
    """Asks a service; use it in ``with``, or close it.

    ``key`` is one that `unmask serve keys new` made, for services that need one; UsageError where it can be none.
    Every method raises ServiceError where the service refuses or does not answer.
    """

    def __init__(
        self, address: str = ADDRESS, *, key: str | None = None, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._http = httpx.Client(base_url=address, timeout=ANSWER_SECONDS, transport=transport, headers=shown(key))

    def __enter__(self) -> "Client":  # noqa: PYI034 # the run-time shape checks do not know Self
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the line."""
        self._http.close()

    def upload(self, path: Path | str, *, name: str | None = None) -> str:
        """Send a file, and say its SHA-256.

        Raises:
            Unreadable: It cannot be opened.
        """
        file = Path(path)
        with opened(file) as content:
            query = {"name": name or file.name}
            return str(self._send("POST", "/v1/media", params=query, content=blocks(content)).json()["sha256"])

    def check(
        self,
        path: Path | str,
        *,
        name: str | None = None,
        only: Sequence[str] | None = None,
        fast: bool = False,
        threshold: float | None = None,
        priority: Priority = "person",
    ) -> Check:
        """Send a file and ask for it to be examined; the answer comes at once, ``wait`` waits for the verdict."""
        body = asked(name or Path(path).name, only, threshold, priority, fast=fast)
        return as_check((self._do(Call("POST", "/v1/checks", {}, {"media": self.upload(path), **body}))).json())

    def find(self, check: str) -> Check:
        """Where a check stands."""
        return as_check((self._do(Call("GET", f"/v1/checks/{check}", {}))).json())

    def wait(self, check: str, *, on_progress: Progress | None = None, most_seconds: float = float("inf")) -> Check:
        """Wait until a check is done.

        Raises:
            ServiceError: The file could not be examined, with the code of its error; or ``not-done`` in time.
        """
        until = time.monotonic() + most_seconds
        while not is_over(found := self.find(check), on_progress, until):
            time.sleep(LOOK_SECONDS)
        return found

    def checks(
        self,
        *,
        state: State | None = None,
        verdict: Word | None = None,
        label: Label | Literal["none"] | None = None,
        text: str | None = None,
    ) -> Iterator[Check]:
        """All checks that fit, the newest first; ``text`` is looked for in names and notes."""
        filters, after = query(state, verdict, label, text), ""
        while after is not None:
            page = self._do(Call("GET", "/v1/checks", {**filters, **({"after": after} if after else {})})).json()
            yield from map(as_check, page["checks"])
            after = page["next"]

    def report(self, check: str) -> Mapping[str, Any]:
        """The report, as `unmask check --json` prints it."""
        found: Mapping[str, Any] = self._do(Call("GET", f"/v1/checks/{check}/report", {})).json()
        return found

    def page(self, check: str) -> str:
        """The report as a page of HTML that needs nothing else."""
        return self._do(Call("GET", f"/v1/checks/{check}/report", {"format": "html"})).text

    def label(self, check: str, word: Label | None, note: str = "") -> Check:
        """Set what a person says of the file; None takes it back."""
        self._do(label_call(check, word, note))
        return self.find(check)

    def delete(self, check: str) -> None:
        """Delete a check and its result; the file goes with the last check that needs it."""
        self._do(Call("DELETE", f"/v1/checks/{check}", {}))

    def events(self, after: int | None = None) -> Iterator[Event]:
        """What happens to all checks, for ever; after the event with this number, or from now on."""
        seen = after
        while True:
            with (
                answered(str(self._http.base_url)),
                self._http.stream("GET", "/v1/events", headers=resumed(seen), timeout=None) as answer,
            ):
                require(answer, answer.read() if answer.is_error else b"")
                reading = Reading()
                for line in answer.iter_lines():
                    event = reading.take(line)
                    if event is not None:
                        seen = event.number
                        yield event

    def _do(self, call: Call) -> httpx.Response:
        return self._send(call.method, call.path, params=call.query, json=call.body)

    def _send(self, method: str, path: str, **given: Any) -> httpx.Response:
        with answered(str(self._http.base_url)):
            answer = self._http.request(method, path, **given)
        return require(answer, answer.content)
