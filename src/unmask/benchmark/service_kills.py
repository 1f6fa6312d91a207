"""A queue whose workers are killed: does every check come to exactly one result?"""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unmask.benchmark.service_events import Heard, replayed
from unmask.benchmark.service_program import LOOK_SECONDS, Line, Served, Told
from unmask.errors import UnmaskError

WORKERS = 2
LONGEST_DELAY_SECONDS = 0.6
"""As long as a check of a still may take, so that a kill strikes any moment of one."""
STUCK_SECONDS = 180.0
TELL_SECONDS = 10.0

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Kill:
    """When a worker is killed, and which.

    Attributes:
        finished: Checks that are over by then.
        delay_seconds: After that.
        place: Of the worker among those that are there, 0–1.
    """

    finished: int
    delay_seconds: float
    place: float


@dataclass(frozen=True, slots=True)
class KillRun:
    """What came of it.

    Attributes:
        checks: How many were asked for.
        once: Those that are done, can be read, and were finished exactly once.
        astray: What became of each of the others, in words.
        kills: Workers killed.
        tried_again: Attempts beyond the first, of all checks together.
        seconds: From the first request to the last result.
    """

    checks: int
    once: int
    astray: tuple[str, ...]
    kills: int
    tried_again: int
    seconds: float


def kills_of(kills: int, checks: int, seed: int) -> tuple[Kill, ...]:
    """Moments at random, one in each of as many equal stretches of the run.

    >>> [kill.finished // 10 for kill in kills_of(3, 30, 1)]
    [0, 1, 2]
    """
    chance = np.random.default_rng(seed)
    shares = (np.arange(kills) + chance.random(kills)) / max(kills, 1)
    return tuple(
        Kill(int(share * checks), float(delay), float(place))
        for share, delay, place in zip(
            shares, chance.uniform(0, LONGEST_DELAY_SECONDS, kills), chance.random(kills), strict=True
        )
    )


def run_with_kills(service: Served, stills: Sequence[Path], kills: Iterable[Kill], tell: Tell) -> KillRun:
    """Send stills for checks, and kill workers while they are examined.

    Raises:
        UnmaskError: The service fails, or nothing comes of the queue any more.
    """
    line, struck, begun = service.line(), 0, time.monotonic()
    checks = [line.check(still, priority="batch") for still in stills]
    tell(f"{len(checks)} stills queued in {time.monotonic() - begun:.1f} s")
    waiting = list(kills)
    for finished in _finished(line, len(checks), tell):
        while waiting and finished >= waiting[0].finished:
            struck += _strike(service, waiting.pop(0))
    seconds = time.monotonic() - begun
    rows = list(_rows(line))
    ends = ends_of(replayed(service.port))
    fates = [fate_of(row, ends[row["id"]], readable=_is_readable(line, row["id"])) for row in rows]
    line.close()
    astray = tuple(fate for fate in fates if fate is not None)
    tried_again = sum(max(int(row["attempts"]) - 1, 0) for row in rows)
    return KillRun(len(checks), len(rows) - len(astray), astray, struck, tried_again, seconds)


def ends_of(events: Iterable[Heard]) -> Counter[str]:
    """How often each check was told to be done."""
    return Counter(str(event.told["id"]) for event in events if event.kind == "check" and event.told["state"] == "done")


def fate_of(row: Told, ends: int, *, readable: bool) -> str | None:
    """What became of a check that has not exactly one result; None where it has.

    >>> fate_of({"state": "done", "error": None}, 2, readable=True)
    'finished 2 times'
    """
    if row["state"] != "done":
        code = (row["error"] or {}).get("code")
        return f"{row['state']} ({code})" if code else str(row["state"])
    if ends != 1:
        return f"finished {ends} times"
    return None if readable else "without a report"


def _finished(line: Line, checks: int, tell: Tell) -> Iterator[int]:
    """How many are over, until all are."""
    finished, changed, told = -1, time.monotonic(), time.monotonic()
    while finished < checks:
        health = line.get("/v1/health")
        now, count = time.monotonic(), checks - int(health["queued"]) - int(health["running"])
        changed = now if count != finished else changed
        if now - changed > STUCK_SECONDS:
            raise UnmaskError(
                f"{count} of {checks} checks are over, and nothing came of the rest for {STUCK_SECONDS:.0f} s."
            )
        if now - told > TELL_SECONDS:
            told = now
            tell(f"{count} of {checks} stills checked")
        finished = count
        yield finished
        time.sleep(LOOK_SECONDS)


def _strike(service: Served, kill: Kill) -> int:
    time.sleep(kill.delay_seconds)
    there = service.workers()
    if not there:
        return 0
    with suppress(ProcessLookupError):
        os.kill(there[int(kill.place * len(there))], signal.SIGKILL)
        return 1
    return 0


def _rows(line: Line) -> Iterator[Told]:
    after: str | None = ""
    while after is not None:
        page = line.get(f"/v1/checks?limit=100{f'&after={after}' if after else ''}")
        yield from page["checks"]
        after = page["next"]


def _is_readable(line: Line, check: str) -> bool:
    try:
        return "verdict" in line.get(f"/v1/checks/{check}/report")
    except UnmaskError:
        return False
