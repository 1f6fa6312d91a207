"""A service, asked one thing after another."""

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import httpx

from unmask.client.calls import (
    ADDRESS,
    ANSWER_SECONDS,
    SHARE_DAYS,
    Call,
    Priority,
    deletion,
    new_check,
    new_label,
    new_share,
    of,
    query,
    resumed,
    shown,
)
from unmask.client.told import (
    LOOK_SECONDS,
    Check,
    Event,
    Label,
    Progress,
    Reading,
    Share,
    State,
    answered,
    as_check,
    as_share,
    blocks,
    is_over,
    opened,
    require,
)
from unmask.media.writing import written_aside
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

    @property
    def address(self) -> str:
        """Of the service."""
        return str(self._http.base_url)

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
        media, name = self.upload(path), name or Path(path).name
        return self.check_again(media, name=name, only=only, fast=fast, threshold=threshold, priority=priority)

    def check_again(
        self,
        media: str,
        *,
        name: str | None = None,
        only: Sequence[str] | None = None,
        fast: bool = False,
        threshold: float | None = None,
        priority: Priority = "person",
    ) -> Check:
        """Ask for a file to be examined that was sent before; ``media`` is its SHA-256."""
        return as_check(self._do(new_check(media, name, only, threshold, priority, fast=fast)).json())

    def download(self, media: str, path: Path | str) -> None:
        """Get a file back, whole or not at all; ``media`` is its SHA-256.

        Raises:
            OutputError: It cannot be written.
        """
        with (
            answered(self.address),
            self._http.stream("GET", f"/v1/media/{media}") as answer,
            written_aside(Path(path)) as aside,
        ):
            require(answer, answer.read() if answer.is_error else b"")
            with aside.open("wb") as file:
                for block in answer.iter_bytes():
                    file.write(block)

    def find(self, check: str) -> Check:
        """Where a check stands."""
        return as_check(self._do(of(check)).json())

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
        found: Mapping[str, Any] = self._do(of(check, "/report")).json()
        return found

    def page(self, check: str) -> str:
        """The report as a page of HTML that needs nothing else."""
        return self._do(of(check, "/report", format="html")).text

    def pdf(self, check: str) -> bytes:
        """The report on sheets of A4, where the service prints: see ``health``."""
        return self._do(of(check, "/report", format="pdf")).content

    def evidence(self, check: str) -> Sequence[Mapping[str, Any]]:
        """What detectors have said so far, in the order in which they said it."""
        found: Sequence[Mapping[str, Any]] = self._do(of(check, "/evidence")).json()["evidence"]
        return found

    def view(self, check: str) -> Mapping[str, Any]:
        """What a page draws: the report, boxes through time, curves, maps, pictures."""
        found: Mapping[str, Any] = self._do(of(check, "/view")).json()
        return found

    def review(self, check: str) -> Mapping[str, Any]:
        """The draft of a review for fact-checkers, in JSON-LD; it needs a label."""
        found: Mapping[str, Any] = self._do(of(check, "/review")).json()
        return found

    def label(self, check: str, word: Label | None, note: str = "") -> Check:
        """Set what a person says of the file; None takes it back."""
        self._do(new_label(check, word, note))
        return self.find(check)

    def delete(self, check: str) -> None:
        """Delete a check and its result; the file goes with the last check that needs it."""
        self._do(deletion(check))

    def share(self, check: str, days: int = SHARE_DAYS) -> Share:
        """Make a link to the report; whoever has it reads the report and nothing else."""
        return as_share(self._do(new_share(check, days)).json(), self.address)

    def shares(self, check: str) -> Sequence[Share]:
        """Links to the report that still open it, without their addresses."""
        told = self._do(of(check, "/shares")).json()["shares"]
        return tuple(as_share(one, self.address) for one in told)

    def revoke(self, check: str, share: str) -> None:
        """Let a link open nothing from now on; ``share`` is its identity."""
        self._do(deletion(check, share))

    def detectors(self) -> Sequence[Mapping[str, Any]]:
        """What each detector asks, needs and answers, and how it is known to fail."""
        found: Sequence[Mapping[str, Any]] = self._do(Call("GET", "/v1/detectors")).json()["detectors"]
        return found

    def health(self) -> Mapping[str, Any]:
        """The version of the service, how much waits, and whether it prints."""
        found: Mapping[str, Any] = self._do(Call("GET", "/v1/health")).json()
        return found

    def events(self, after: int | None = None) -> Iterator[Event]:
        """What happens to all checks, for ever; after the event with this number, or from now on."""
        seen = after
        while True:
            with (
                answered(self.address),
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
        with answered(self.address):
            answer = self._http.request(method, path, **given)
        return require(answer, answer.content)
