"""The thread that tells receivers of checks that are over: each at least once, and for a day if need be."""

import hashlib
import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from unmask.errors import OutputError
from unmask.service.store import deliveries, events
from unmask.service.store.database import Database
from unmask.service.store.deliveries import Delivery
from unmask.service.webhooks.addresses import NotTaken
from unmask.service.webhooks.sending import MOST_SECONDS, Door, send
from unmask.settings import ServiceSettings

LOOK_SECONDS = 0.5
QUIET_SECONDS = 30.0
"""A receiver that did not take something is left alone for so long, else one that is down would hold up the others."""
DAY_SECONDS = 86_400.0
"""What was not taken within a day after its check was over is told no more."""
Told = Callable[[str], None]


@dataclass(slots=True)
class Deliverer:
    """Tells receivers, from where the one before it stopped.

    Attributes:
        database: Of the service.
        serve: Names receivers and the secret.
        on_note: Told in a sentence what a receiver does not take.
        door: How receivers are reached; as the settings say, if not given.
    """

    database: Database
    serve: ServiceSettings
    on_note: Told
    door: Door | None = None
    _seen: int = 0
    _begun: float = 0.0
    _quiet_until: dict[str, float] = field(default_factory=dict)
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin, where there are receivers; what ends from now on is not missed.

        Raises:
            OutputError: The database does not answer.
        """
        if not self.serve.webhooks:
            return
        self._open()
        self._take_in()  # before anybody puts old events away
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after what is being sent."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(MOST_SECONDS)

    def _run(self) -> None:
        while not self._over.is_set():
            with suppress(OutputError):  # the database is away for a moment; nothing is missed, since numbers rise
                self._take_in()
                self._give_up_late()
                while not self._over.is_set() and self._deliver_next():
                    self._take_in()
            self._over.wait(LOOK_SECONDS)

    def _open(self) -> None:
        self._seen, self._begun = deliveries.position(self.database)

    def _take_in(self) -> None:
        """Note what there is to be told, and how far events were read."""
        earliest = max(self._begun, time.time() - DAY_SECONDS)
        while found := events.since(self.database, self._seen):
            ends = tuple(end for event in found if (end := deliveries.as_end(event)) and end.at >= earliest)
            if ends:
                deliveries.note(self.database, ends, tuple(self._places()), found[-1].number)
            self._seen = found[-1].number

    def _deliver_next(self) -> bool:
        """Tell one receiver one thing, if any is to be told now."""
        now, places = time.time(), self._places()
        listening = [place for place in places if self._quiet_until.get(place, 0.0) <= now]
        delivery = deliveries.claim(self.database, listening, now)
        if delivery is None:
            return False
        url = places[delivery.place]
        try:
            self._send(url, delivery)
        except NotTaken as error:
            if delivery.place not in self._quiet_until:
                self.on_note(f"The webhook at {_shown(url)} takes nothing: {error} It is tried again for a day.")
            self._quiet_until[delivery.place] = time.time() + QUIET_SECONDS
        else:
            self._quiet_until.pop(delivery.place, None)
            deliveries.end(self.database, delivery)
        return True

    def _send(self, url: str, delivery: Delivery) -> None:
        told = {"event": "check", "number": delivery.number, "check": dict(delivery.told)}
        body = json.dumps(told, allow_nan=False).encode()
        secret = self.serve.webhook_secret
        door = self.door or Door(private=self.serve.webhooks_private)
        send(url, "" if secret is None else secret.get_secret_value(), body, door)

    def _give_up_late(self) -> None:
        places = self._places()
        for check, place in deliveries.end_late(self.database, time.time() - DAY_SECONDS):
            where = _shown(places[place]) if place in places else "an address that is no longer named"
            self.on_note(f"The webhook at {where} was not told of the check {check}: it took nothing for a day.")

    def _places(self) -> dict[str, str]:
        """Receivers by what the database calls them: their addresses may hold a key."""
        return {hashlib.sha256(url.encode()).hexdigest()[:16]: url for url in self.serve.webhooks}


def _shown(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
