"""What a command costs: processor time and memory of its process and of all processes below it.

A process that was waited for is counted by the kernel to the one that waited. A decoder behind its walls is not: it dies
with its walls, and its time is nobody's. So the processes below are also watched while they run.
"""

import os
import resource
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from unmask.errors import UnmaskError

WATCH_SECONDS = 0.02
SHOWN_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one run.

    Attributes:
        cpu_seconds: Processor time in user and system mode of the process and all below it; at most some hundredths
            of a second of each process below may be missed.
        below_seconds: The part of it that was watched in processes below.
        peak_bytes: Largest resident memory of all of them together at one moment; pages they share count for each.
        output: What the command printed.
    """

    cpu_seconds: float
    below_seconds: float
    peak_bytes: int
    output: str


def cost_of(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """Run a command in a fresh process and measure it.

    Args:
        command: The program and its arguments; never a shell's line.
        environment: Variables added to those of this process.

    Raises:
        UnmaskError: The command failed.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = subprocess.Popen(
            list(command), stdin=subprocess.DEVNULL, stdout=out, stderr=err, env={**os.environ, **(environment or {})}
        )
        watch = Watch(child.pid)
        watch.start()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        watch.stop()
        out.seek(0)
        err.seek(0)
        if child.returncode:
            told = err.read().decode(errors="replace").strip()[-SHOWN_CHARACTERS:]
            raise UnmaskError(f"'{' '.join(command[:6])}' ended with {child.returncode}, so it has no cost: {told}")
        return _sum(used, watch, out.read().decode(errors="replace"))


def _sum(used: resource.struct_rusage, watch: "Watch", output: str) -> Cost:
    waited_for = used.ru_utime + used.ru_stime
    below = watch.below_seconds()
    watched = watch.seconds.get(watch.root, 0.0) + below
    # The kernel's own ru_maxrss is no use: it begins with what this process held when it started the other.
    return Cost(max(waited_for, watched), below, watch.peak_bytes, output)


@dataclass(slots=True)
class Watch:
    """Reads the kernel's counts of a process and all below it again and again (Linux).

    Attributes:
        root: The process.
        seconds: Processor time of each process seen so far, by its number.
        peak_bytes: Largest resident memory of all of them together at one look.
    """

    root: int
    seconds: dict[int, float] = field(default_factory=dict)
    peak_bytes: int = 0
    _over: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Look again and again, in a thread."""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(WATCH_SECONDS):
            self.look()

    def look(self) -> None:
        """Read the counts once."""
        held = 0
        for pid in tree(self.root):
            seconds, resident = counts(pid)
            self.seconds[pid] = max(seconds, self.seconds.get(pid, 0.0))
            held += resident
        self.peak_bytes = max(self.peak_bytes, held)

    def below_seconds(self) -> float:
        """Processor time of the processes below, as far as it was seen."""
        return sum(self.seconds.values()) - self.seconds.get(self.root, 0.0)


def tree(root: int) -> Iterator[int]:
    """A process and all below it, as far as the kernel tells (Linux)."""
    yield root
    for pid in children(root):
        yield from tree(pid)


def children(parent: int) -> list[int]:
    """The processes right below one, as far as the kernel tells (Linux)."""
    below: list[str] = []
    with suppress(OSError):  # it has just gone
        for task in Path(f"/proc/{parent}/task").iterdir():
            below += (task / "children").read_text().split()
    return [int(pid) for pid in below]


def counts(pid: int) -> tuple[float, int]:
    """Processor seconds and resident bytes of one process; zeros when it has just gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0, 0
    fields = stat.rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), pages * os.sysconf("SC_PAGE_SIZE")
