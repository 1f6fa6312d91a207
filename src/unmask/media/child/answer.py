"""One request, one answer."""

import gc
import json
import os
import sys
from typing import Any

import av.subtitles.codeccontext
import av.subtitles.stream  # noqa: F401 # PyAV loads the two only when it opens a file, too late behind Landlock

from .coded import coded, packets
from .essence import essence
from .facts import facts
from .opening import Request
from .pictures import film
from .sound import sound
from .walls import close_all_doors, die_with_parent, limit_resources
from .wire import DONE, FACTS, Refusal, send_json


def main() -> None:
    """Raise the walls, then read the file."""
    request = json.loads(sys.argv[1])
    # Pictures whose side data was looked at are freed by the collector alone; at its usual pace they pile up to gigabytes.
    gc.freeze()
    gc.set_threshold(100, 5, 5)
    die_with_parent(request["parent"])
    limit_resources(request["memory_bytes"], request["cpu_seconds"])
    if request["landlock"]:
        close_all_doors()
    send_json(DONE, answer(request))


def answer(request: Request) -> dict[str, Any]:
    """Do what is asked; how it ended comes back."""
    try:
        return TASKS[request["task"]](request)
    except Refusal as refusal:
        return {"end": "refused", "reason": refusal.reason, "setting": refusal.setting}
    except MemoryError:
        reason = f"it takes more than {request['memory_bytes']} bytes of memory"
        return {"end": "refused", "reason": reason, "setting": "decode_memory_bytes"}


def tell_facts(request: Request) -> dict[str, Any]:
    """The facts as a record of their own."""
    send_json(FACTS, facts(request))
    return {"end": "complete"}


def greet(request: Request) -> dict[str, Any]:
    """The trial of a sandbox: read the file, and tell whether one still opens by its name."""
    facts(request)
    try:
        os.close(os.open(request["elsewhere"], os.O_RDONLY))
    except OSError:
        return {"end": "complete", "opens": False}
    return {"end": "complete", "opens": True}


TASKS = {
    "film": film,
    "sound": sound,
    "facts": tell_facts,
    "coded": coded,
    "packets": packets,
    "essence": essence,
    "greet": greet,
}
