"""A running `unmask serve`, asked from Python: `Client`, and `AsyncClient` for programs that wait for many things.

>>> from unmask import Client
>>> with Client("http://127.0.0.1:8420") as client:  # doctest: +SKIP
...     check = client.wait(client.check("clip.mp4").id)
...     print(check.verdict.sentence)
"""

from unmask.client.awaiting import AsyncClient
from unmask.client.blocking import Client
from unmask.client.told import Check, Event, Said, Share
from unmask.client.webhooks import verify_webhook

__all__ = ["AsyncClient", "Check", "Client", "Event", "Said", "Share", "verify_webhook"]
