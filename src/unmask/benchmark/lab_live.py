"""How many frames a second a live swap sustains on this machine, by the clock."""

import os
import threading
from contextlib import suppress
from http.client import HTTPException
from urllib.request import urlopen

from unmask.benchmark.lab_effort import Effort
from unmask.benchmark.lab_figures import Figure
from unmask.benchmark.lab_puppets import MODEL
from unmask.forgery.lab import Sealer
from unmask.forgery.swap.live import LiveOrder, swap_live
from unmask.forgery.swap.live_preview import Preview
from unmask.forgery.swap.live_source import film_source
from unmask.settings import Settings

LEAST_RATE = 15.0
FILM = "wide.mp4"
"""Which ``merge_figures`` draws."""
READ_BYTES = 1 << 16
LONGEST_WAIT_SECONDS = 10.0


def live_figure(sealer: Sealer, effort: Effort, settings: Settings) -> Figure:
    """The film whose merging is timed, over and over through the live swap, each picture waited for and served to one viewer.

    Args:
        sealer: A lab that holds the film and the model.
        effort: How long it runs.
        settings: Limits, and the least sandbox.

    Raises:
        UnmaskError: A step failed.
    """
    source = film_source(sealer.lab.outputs / FILM, settings, loop=True, paced=False)
    order = LiveOrder(MODEL, source, seconds=effort.merge_seconds, lossless=True)
    with Preview(0) as screen:
        viewer = threading.Thread(target=_view, args=(screen.address,))
        viewer.start()
        run = swap_live(sealer, order, settings, screen=screen)
    viewer.join()
    stages = ", ".join(f"{stage} {spent:.1f} ms" for stage, spent in run.milliseconds.items())
    detail = (
        f"{run.counts['labelled']} frames of 640×360 on {len(os.sched_getaffinity(0))} cores, {effort.preset}, "
        f"one viewer; a frame is {stages}"
    )
    return Figure("live", run.frames_per_second, "frames / s", at_least=LEAST_RATE, detail=detail, digits=1)


def _view(address: str) -> None:
    """Look at the pictures until they end."""
    with suppress(OSError, HTTPException), urlopen(f"{address}stream", timeout=LONGEST_WAIT_SECONDS) as stream:  # noqa: S310 # our own server
        while stream.read(READ_BYTES):
            pass
