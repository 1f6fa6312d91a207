"""The walls around the decoder, as high as this machine allows.

Three levels, tried once each and really: ``bubblewrap`` (own namespaces, nothing but the interpreter and its libraries
to see, no network), ``landlock`` (no file opens any more, no TCP), ``limits`` (memory, time and files alone). The file
to read is handed over open, so the decoder never learns its name and can open no other.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from unmask.errors import MissingComponent
from unmask.media.child import walls
from unmask.media.child.wire import DONE, HEAD
from unmask.settings import Settings

LEVELS = ("bubblewrap", "landlock", "limits")
CHILD = Path(__file__).parent / "child"
BOOT = "import sys; sys.path += sys.argv[2:]; from child.answer import main; main()"
TRIAL_SECONDS = 30.0
TRIAL_MEMORY_BYTES = 1 << 30
TRIAL_STILL = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
TRIAL = {
    "task": "greet",
    "format": "gif",
    "format_names": "gif",
    "max_pixels": 1,
    "max_seconds": 10,
    "threads": 1,
}
"""The trial reads a GIF of one pixel, handed over open, and then tries to open it by its name."""
SYSTEM_FOLDERS = tuple(map(Path, ("/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin")))
SYSTEM_FILES = ("/etc/ld.so.cache", "/etc/alternatives")


@dataclass(frozen=True, slots=True)
class SandboxLevel:
    """How the decoder is shut in.

    Attributes:
        name: ``bubblewrap``, ``landlock`` or ``limits``.
        sentence: What it holds back, and why it is not a better one.
    """

    name: str
    sentence: str


def level(settings: Settings) -> SandboxLevel:
    """The best level to be had on this machine.

    Raises:
        MissingComponent: It is less than ``settings.sandbox`` asks for.
    """
    faults: list[str] = []
    for name in LEVELS:
        fault = fault_of(name)
        if fault is None:
            return SandboxLevel(name, " ".join([meaning_of(name), *faults]))
        faults.append(f"{name.capitalize()} cannot be had: {fault}.")
        if name == settings.sandbox:
            break
    raise MissingComponent(
        f"The sandbox '{settings.sandbox}' is not to be had here. {' '.join(faults)} Install bubblewrap and allow user namespaces, or lower UNMASK_SANDBOX."
    )


def meaning_of(name: str) -> str:
    """What a level holds back."""
    if name == "bubblewrap":
        return "Bubblewrap: the decoder sees one file, its own libraries and no network."
    if name == "limits":
        return "Limits alone: memory, time and files of the decoder are bounded, but it may read what you may read."
    version = walls.landlock_version()
    tcp = "and no TCP connection; other network traffic is not cut off" if version >= 4 else "but may use the network"
    return f"Landlock (version {version}): the decoder opens no file {tcp}."


@cache
def fault_of(name: str) -> str | None:
    """Why a level cannot be had, None when a trial of it succeeded."""
    if name == "bubblewrap" and shutil.which("bwrap") is None:
        return "the program bwrap is not installed"
    try:
        with tempfile.NamedTemporaryFile() as still:
            still.write(TRIAL_STILL)
            still.flush()
            request = TRIAL | bounds(TRIAL_MEMORY_BYTES, TRIAL_SECONDS) | {"elsewhere": still.name}
            done = subprocess.run(  # noqa: S603 # our own interpreter and script
                command(name, request),
                stdin=still,
                capture_output=True,
                timeout=TRIAL_SECONDS,
                env=environment(),
                check=False,
            )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"its trial failed ({type(error).__name__})"
    return fault_of_trial(name, done)


def fault_of_trial(name: str, done: subprocess.CompletedProcess[bytes]) -> str | None:
    """What the trial showed."""
    if done.returncode or done.stdout[:4] != DONE:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        return lines[-1][:200] if lines else f"its trial ended with {done.returncode}"
    if name != "limits" and json.loads(done.stdout[HEAD.size :]).get("opens"):
        return "another file could still be opened in its trial"
    return None


def bounds(memory_bytes: int, wall_seconds: float) -> dict[str, Any]:
    """The part of a request that bounds the child."""
    return {"memory_bytes": memory_bytes, "cpu_seconds": int(2 * wall_seconds) + 1}


def start(name: str, request: dict[str, Any], source: int) -> subprocess.Popen[bytes]:
    """Start the decoding child at a level; ``source`` is the open file, which becomes its standard input.

    The child ends with the thread that started it.
    """
    return subprocess.Popen(  # noqa: S603 # our own interpreter and script
        command(name, request),
        stdin=source,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment(),
        bufsize=0,
        start_new_session=True,
    )


def command(name: str, request: dict[str, Any]) -> list[str]:
    """The command line of the child."""
    shut_in = name == "bubblewrap"
    request = {**request, "landlock": name == "landlock", "parent": 0 if shut_in else os.getpid()}
    folders = [str(CHILD.parent.resolve()), str(library_folder())]
    python = [interpreter(), "-I", "-S", "-B", "-c", BOOT, json.dumps(request), *folders]
    return [*bubblewrap(), "--", *python] if shut_in else python


def environment() -> dict[str, str]:
    """All that the child is told of ours."""
    kept = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
    return {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2", **kept}


@cache
def interpreter() -> str:
    """The real interpreter behind a virtual environment; it needs no site-packages."""
    return os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)


@cache
def library_folder() -> Path:
    """Folder in which PyAV is installed.

    Raises:
        MissingComponent: It is not installed.
    """
    spec = importlib.util.find_spec("av")
    if spec is None or spec.origin is None:
        raise MissingComponent("PyAV is not installed, so no file can be decoded; install it with 'pip install av'.")
    return Path(spec.origin).resolve().parent.parent


@cache
def bubblewrap() -> tuple[str, ...]:
    """The walls of bubblewrap: all namespaces of its own, and read-only what the interpreter needs."""
    spaces = (
        "--unshare-all",
        "--die-with-parent",
        "--new-session",
        "--cap-drop",
        "ALL",
        "--clearenv",
        "--tmpfs",
        "/tmp",  # noqa: S108 # the child's own
    )
    told = [part for name, value in environment().items() for part in ("--setenv", name, value)]
    return (shutil.which("bwrap") or "bwrap", *spaces, *told, *system_binds(), *own_binds(), "--chdir", "/")


def system_binds() -> Iterator[str]:
    """The system's libraries."""
    yield from ("--ro-bind", "/usr", "/usr")
    for folder in SYSTEM_FOLDERS:
        if folder.is_symlink():
            yield from ("--symlink", str(folder.readlink()), str(folder))
        elif folder.is_dir():
            yield from ("--ro-bind", str(folder), str(folder))
    for file in SYSTEM_FILES:
        yield from ("--ro-bind-try", file, file)


def own_binds() -> Iterator[str]:
    """The interpreter, PyAV and the child's own few files."""
    libraries = library_folder()
    needed = [Path(sys.base_prefix), Path(sys.base_exec_prefix), Path(interpreter()).parent]
    needed += [Path(folder) for folder in os.environ.get("LD_LIBRARY_PATH", "").split(":") if folder.startswith("/")]
    needed += [libraries / "av", libraries / "av.libs", CHILD]
    for path in dict.fromkeys(path.resolve() for path in needed):
        if path.exists() and not path.is_relative_to("/usr"):
            yield from ("--ro-bind", str(path), str(path))
