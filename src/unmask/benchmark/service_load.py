"""A service under load: many reads while it examines, a large file, and small work for minutes."""

import itertools
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unmask.benchmark.service_program import Line, Sample, Served, await_that
from unmask.errors import UnmaskError

BLOCK_BYTES = 1 << 20
BUSY = 2
"""Checks that are kept waiting or running during the soak, and those that run while reads are counted."""
READS_A_ROUND = 20
ROUND_SECONDS = 0.25
START_SECONDS = 60.0
MINUTE_SECONDS = 60.0
FIRST_SHARE = 1 / 3
"""Of a soak of less than three minutes, in place of its first minute."""


@dataclass(frozen=True, slots=True)
class ReadRun:
    """Reads of where a check stands, one after another over one line."""

    reads: int
    seconds: float
    server_cpu_seconds: float


@dataclass(frozen=True, slots=True)
class UploadRun:
    """A large file that came in: its bytes, how long it took, and by how many bytes the server's memory grew."""

    bytes: int
    seconds: float
    growth_bytes: int


@dataclass(frozen=True, slots=True)
class SoakRun:
    """Small work for a while.

    Attributes:
        minutes: How long.
        checks: Stills examined.
        reads: Questions asked beside.
        growth_bytes_per_minute: Of the server's memory after the first minute.
        last_bytes: Resident memory at the end.
    """

    minutes: float
    checks: int
    reads: int
    growth_bytes_per_minute: float
    last_bytes: int


def read_run(service: Served, film: Path, seconds: float) -> ReadRun:
    """Read where checks of a film stand for as long as both run, but no longer than so many seconds.

    Raises:
        UnmaskError: The service fails, or the checks are over before a read is counted.
    """
    line = service.line()
    checks = [line.check(film) for _ in range(BUSY)]
    await_that(lambda: all(line.state(check) == "running" for check in checks), "two checks at once", START_SECONDS)
    before, begun, reads = service.cpu_seconds(), time.monotonic(), 0
    for check in itertools.cycle(checks):
        spent = time.monotonic() - begun
        if spent > seconds or line.state(check) != "running":
            break
        reads += 1
    used = service.cpu_seconds() - before
    for check in checks:
        line.delete(check)
    line.close()
    if not reads:
        raise UnmaskError("The checks were over before anything was read; measure with a longer film.")
    return ReadRun(reads, spent, used)


def upload_run(service: Served, length: int, seed: int) -> UploadRun:
    """Send a file that lies on no disk.

    Raises:
        UnmaskError: The service refuses it.
    """
    line, block = service.line(), np.random.default_rng(seed).bytes(BLOCK_BYTES)
    line.send(block, len(block))  # what the server loads with its first upload is not the file's
    with service.memory() as samples:
        begun = time.monotonic()
        line.send(_blocks(block, length), length)
        seconds = time.monotonic() - begun
    line.close()
    return UploadRun(length, seconds, max(held for _, held in samples) - samples[0][1])


def soak_run(service: Served, stills: Sequence[Path], minutes: float) -> SoakRun:
    """Keep the service busy with stills and questions.

    Raises:
        UnmaskError: The service fails.
    """
    line, until = service.line(), time.monotonic() + MINUTE_SECONDS * minutes
    asked: list[str] = []
    reads, coming = 0, itertools.cycle(stills)
    with service.memory() as samples:
        while time.monotonic() < until:
            health = line.get("/v1/health")
            wanted = max(BUSY - int(health["queued"]) - int(health["running"]), 0)
            asked += [line.check(next(coming), priority="batch") for _ in range(wanted)]
            reads += 1 + _reads(line, asked[-READS_A_ROUND:])
            time.sleep(ROUND_SECONDS)
    waiting = line.get("/v1/health")
    line.close()
    done = len(asked) - int(waiting["queued"]) - int(waiting["running"])
    return SoakRun(minutes, done, reads, growth_per_minute(samples), samples[-1][1])


def growth_per_minute(samples: Sequence[Sample]) -> float:
    """Bytes a minute by which memory grows after the first minute, a straight line through what was held.

    >>> growth_per_minute([(float(s), 5000 + 10 * max(s, 60)) for s in range(0, 200, 10)])
    600.0
    """
    seconds, held = np.array(samples, np.float64).T
    seconds -= seconds[0]
    later = seconds >= min(MINUTE_SECONDS, FIRST_SHARE * seconds[-1])
    if later.sum() < 2:
        return float("nan")
    slope = np.polynomial.Polynomial.fit(seconds[later], held[later], 1).convert().coef
    return round(float(slope[1]) * MINUTE_SECONDS, 3) if len(slope) > 1 else 0.0


def _reads(line: Line, checks: Sequence[str]) -> int:
    line.get("/v1/checks?limit=50")
    for check in checks:
        line.state(check)
    return len(checks) + 1


def _blocks(block: bytes, length: int) -> Iterator[bytes]:
    for begun in range(0, length, len(block)):
        yield block[: length - begun]
