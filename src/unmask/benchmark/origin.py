"""Where figures come from: the program's commit, the machine, the day and the files measured."""

import hashlib
import os
import platform
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from unmask.errors import Unreadable
from unmask.version import __version__

BLOCK_BYTES = 1 << 20
SHORT_HASH = 12


@dataclass(frozen=True, slots=True)
class Origin:
    """Enough to make a figure again.

    Attributes:
        command: The command line that makes it.
        version: Version of unmask.
        commit: Commit of the source tree, with ``+`` when files were changed since; None outside a repository.
        date: Day of the run, UTC, ``2025-01-31``.
        machine: Processor and interpreter.
        files: Number of files measured.
        sha256: SHA-256 over the SHA-256 of each file, in the order of the sorted hashes; names play no part.
        seed: Seed of the draws, None where nothing is drawn.
    """

    command: str
    version: str
    commit: str | None
    date: str
    machine: str
    files: int
    sha256: str
    seed: int | None = None

    @property
    def code(self) -> str:
        """What to call the program that was measured."""
        return f"commit {self.commit}" if self.commit else f"version {self.version}"


def origin_of(command: str, files: Iterable[Path], seed: int | None = None) -> Origin:
    """The origin of figures measured now on these files.

    Raises:
        Unreadable: A file cannot be opened.
    """
    hashes = [sha256_of(file) for file in files]
    return Origin(
        command,
        __version__,
        commit(Path(__file__).parents[1]),
        datetime.now(UTC).date().isoformat(),
        machine(),
        len(hashes),
        joined_sha256(hashes),
        seed,
    )


def sha256_of(file: Path) -> str:
    """Hex digest of a file.

    Raises:
        Unreadable: It cannot be opened.
    """
    digest = hashlib.sha256()
    try:
        with file.open("rb") as opened:
            while block := opened.read(BLOCK_BYTES):
                digest.update(block)
    except OSError as error:
        raise Unreadable(f"{file} cannot be opened: {error.strerror}.") from error
    return digest.hexdigest()


def joined_sha256(hashes: Iterable[str]) -> str:
    """One digest for a set of files, whatever their names and order.

    >>> joined_sha256(["b", "a"]) == joined_sha256(["a", "b"])
    True
    """
    return hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest()


def commit(folder: Path) -> str | None:
    """Commit of the repository around a folder, ``+`` when its files were changed since; None without one."""
    git = shutil.which("git")
    if git is None:
        return None
    named = _asked(git, folder, "rev-parse", f"--short={SHORT_HASH}", "HEAD")
    if not named:
        return None
    return named + ("+" if _asked(git, folder, "status", "--porcelain", "--", ".") else "")


def machine() -> str:
    """Processor and interpreter, without the machine's name."""
    model = platform.processor() or platform.machine()
    facts = Path("/proc/cpuinfo")
    if facts.is_file():
        lines = facts.read_text(errors="replace").splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}"


def _asked(git: str, folder: Path, *words: str) -> str | None:
    done = subprocess.run([git, "-C", str(folder), *words], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None
