"""Reports as PDF: printed when they are asked for, one at a time, and kept beside the page."""

import secrets
import threading
from contextlib import suppress
from pathlib import Path

from unmask.errors import MissingComponent
from unmask.report.as_pdf import as_pdf
from unmask.service.problems import Problem, told

FILE = "report.pdf"
PATIENCE_SECONDS = 20.0
"""Longest wait for the one that is being printed; printing takes seconds in which little else is done."""
_ONE = threading.Lock()


def printed(page: Path) -> bytes:
    """The PDF of a report's page.

    Args:
        page: In the folder of its result.

    Raises:
        Problem: Nothing here prints (501), too many ask at once (503), or the page has gone (404).
    """
    if not _ONE.acquire(timeout=PATIENCE_SECONDS):
        raise Problem(503, "busy", "Other reports are being printed.", "Ask again in a minute.")
    try:
        return _kept(page) or _new(page)
    except MissingComponent as error:
        way_out = "Ask for format=html, which any browser prints."
        raise Problem(501, error.code, told(error)["message"], way_out) from error
    except FileNotFoundError as error:
        way_out = "Ask for the file to be checked again."
        raise Problem(404, "no-result", "The result is no longer there.", way_out) from error
    finally:
        _ONE.release()


def _kept(page: Path) -> bytes | None:
    with suppress(OSError):
        return page.with_name(FILE).read_bytes()
    return None


def _new(page: Path) -> bytes:
    content = as_pdf(page.read_text(encoding="utf-8"))
    aside = page.with_name(f".{secrets.token_hex(8)}.part")
    with suppress(OSError):  # without room it is printed again next time; what is left goes with the result
        aside.write_bytes(content)
        aside.replace(page.with_name(FILE))
    return content
