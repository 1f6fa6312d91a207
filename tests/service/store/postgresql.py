"""A PostgreSQL of the tests' own: in a passing folder, reached by a socket in it, gone when the tests are over."""

import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

USER, UNPRIVILEGED = "unmask", "nobody"
LONGEST_SECONDS = 60
FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c shared_buffers=16MB -c max_connections=60"


def programs() -> Path | None:
    """Folder of initdb and pg_ctl, None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    places = ([Path(found)] if found else []) + installed[::-1]
    return next((place.resolve().parent for place in places if (place.resolve().parent / "pg_ctl").exists()), None)


@contextmanager
def running(folder: Path) -> Generator[str]:
    """Its address, while it runs.

    Args:
        folder: Of its programs.
    """
    # Sockets have short names, so it lies beside the folders of the tests and not within them.
    home = Path(tempfile.mkdtemp(prefix="unmask-pg-"))
    try:
        if os.geteuid() == 0:  # it refuses to run as root
            owner = pwd.getpwnam(UNPRIVILEGED)
            os.chown(home, owner.pw_uid, owner.pw_gid)
        rows, log = home / "rows", home / "log"
        _run(
            [folder / "initdb", "-D", rows, "-U", USER, "-A", "trust", "--no-sync", "--locale=C.UTF-8", "-E", "UTF8"],
            home,
        )
        listening = f"-k {home} -c listen_addresses='' {FAST}"
        _run([folder / "pg_ctl", "-D", rows, "-l", log, "-w", "-o", listening, "start"], home)
        try:
            yield f"postgresql://{USER}@/postgres?host={home}"
        finally:
            _run([folder / "pg_ctl", "-D", rows, "-m", "immediate", "-w", "stop"], home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _run(command: Sequence[str | Path], folder: Path) -> None:
    owner = UNPRIVILEGED if os.geteuid() == 0 else getpass.getuser()
    # What it starts keeps its streams, so that these are not waited for.
    subprocess.run(
        list(map(str, command)),
        check=True,
        cwd=folder,
        user=owner if os.geteuid() == 0 else None,
        group=pwd.getpwnam(owner).pw_gid if os.geteuid() == 0 else None,
        extra_groups=[] if os.geteuid() == 0 else None,
        timeout=LONGEST_SECONDS,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
