"""What the child forbids itself before it reads the file."""

import ctypes
import os
import resource
import signal
import struct
import sys

CREATE_RULESET, RESTRICT_SELF, ASK_VERSION = 444, 446, 1
SET_DEATH_SIGNAL, SET_NO_NEW_PRIVILEGES = 1, 38
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
"""How many rights on files each Landlock ABI knows; 16 from the fifth on."""


def limit_resources(memory_bytes: int, cpu_seconds: int) -> None:
    """Lower what this process may take of memory, time and files; it cannot raise it again."""
    for limit, value in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        wanted = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (wanted, wanted))


def die_with_parent(parent: int) -> None:
    """End when the parent ends, and never gain rights; ``parent`` is 0 where bubblewrap sees to both."""
    if not parent or sys.platform != "linux":
        return
    libc = ctypes.CDLL(None)
    libc.prctl(SET_DEATH_SIGNAL, int(signal.SIGKILL), 0, 0, 0)
    libc.prctl(SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(1)


def landlock_version() -> int:
    """Version of the kernel's Landlock interface; below 1 there is none."""
    if sys.platform != "linux":
        return 0
    asked = ctypes.CDLL(None).syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(ASK_VERSION))
    return int(asked)


def close_all_doors() -> None:
    """Landlock without an exception: from here on no file opens and, from version 4 on, no TCP connection.

    The file to read is open already, and all libraries are loaded.

    Raises:
        OSError: The kernel has no Landlock.
    """
    version = landlock_version()
    if version < 1:
        raise OSError("the kernel has no Landlock")
    libc = ctypes.CDLL(None, use_errno=True)
    files = (1 << FILE_RIGHTS.get(version, 16)) - 1
    connections, scopes = (3 if version >= 4 else 0), (3 if version >= 6 else 0)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = struct.pack("<QQQ", files, connections, scopes)
    libc.prctl(SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    ruleset = libc.syscall(CREATE_RULESET, rules, ctypes.c_size_t(size), ctypes.c_uint32(0))
    if ruleset < 0 or libc.syscall(RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0)):
        raise OSError(ctypes.get_errno(), "Landlock refused its rules")
    os.close(ruleset)
