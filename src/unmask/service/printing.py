"""Reports as PDF: printed when they are asked for, one at a time, and kept beside the page."""

import threading
from contextlib import suppress

from unmask.errors import MissingComponent, OutputError
from unmask.report.as_pdf import as_pdf
from unmask.service.problems import Problem, told
from unmask.service.store.storage import Part, Storage

PATIENCE_SECONDS = 20.0
"""Longest wait for the one that is being printed; printing takes seconds in which little else is done."""
_ONE = threading.Lock()


def printed(storage: Storage, result: str) -> bytes:
    """The PDF of a report's page.

    Args:
        storage: Of the service.
        result: Name of the result.

    Raises:
        Problem: Nothing here prints (501), too many ask at once (503), or the page has gone (404).
        OutputError: The page cannot be read.
    """
    if not _ONE.acquire(timeout=PATIENCE_SECONDS):
        raise Problem(503, "busy", "Other reports are being printed.", "Ask again in a minute.")
    try:
        page = _content(storage, result, "report.html")
        if page is None:
            raise Problem(404, "no-result", "The result is no longer there.", "Ask for the file to be checked again.")
        return _content(storage, result, "report.pdf") or _new(storage, result, page)
    except MissingComponent as error:
        way_out = "Ask for format=html, which any browser prints."
        raise Problem(501, error.code, told(error)["message"], way_out) from error
    finally:
        _ONE.release()


def _content(storage: Storage, result: str, part: Part) -> bytes | None:
    stored = storage.part(result, part)
    return None if stored is None else stored.content()


def _new(storage: Storage, result: str, page: bytes) -> bytes:
    content = as_pdf(page.decode())
    with suppress(OutputError):  # without room it is printed again next time
        storage.add_part(result, "report.pdf", content)
    return content
