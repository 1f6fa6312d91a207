"""A process that has imported the whole program and splits itself for each run.

A run is a process of its own, with its own environment, folder and streams, as if it had been started anew; only the
imports, which take longer than most commands, were done before. Asked over a socket whose number is the only argument.
"""

import atexit
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import sys
import threading
import time
from typing import Any, NoReturn

import unmask

LONGEST_REQUEST = 1 << 18
STREAMS = 3


def import_everything() -> None:
    """Import each module of the program, and with them all that it uses."""
    for module in pkgutil.walk_packages(unmask.__path__, "unmask."):
        if not module.name.endswith(".__main__"):
            importlib.import_module(module.name)
    gc.collect()
    gc.freeze()


def serve(asked: socket.socket) -> list[str]:
    """Start a process for each request and tell how it ended; comes back in these processes, with their arguments."""
    while True:
        request, streams, _, _ = socket.recv_fds(asked, LONGEST_REQUEST, STREAMS)
        if not request:
            os._exit(0)  # whoever asked is gone
        child = os.fork()
        if child == 0:
            asked.close()
            return become(json.loads(request), streams)
        for stream in streams:
            os.close(stream)
        _, status = os.waitpid(child, 0)
        asked.send(str(os.waitstatus_to_exitcode(status)).encode())


def become(request: dict[str, Any], streams: list[int]) -> list[str]:
    """Take on the streams, the folder and the environment of a request; its arguments."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(request["folder"])
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.argv[1:] = request["arguments"]
    return sys.argv[1:]


def end(code: int) -> NoReturn:
    """End as an interpreter does, but leave to the system what was imported: taking it down takes longer than a run."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    import_everything()
    arguments = serve(socket.socket(fileno=int(sys.argv[1])))
    end(unmask.cli.run(arguments))
