"""A report's page as PDF, printed by WeasyPrint: an extra, which needs Pango of the system."""

import ctypes
from functools import cache
from importlib.util import find_spec
from types import ModuleType

from unmask.errors import MissingComponent

_LIBRARIES = ("libpango-1.0.so.0", "libpangoft2-1.0.so.0")
_FLOWING = """
@media print {
  .tables, .words, .cards, .questions, .reasons, .reasons ul, .plain, .told, .figures, .verdict,
  .measured { display: block !important; }
  .tables > *, .words > *, .cards > *, .questions > *, .reasons > *, .reasons li { margin-bottom: 1.1rem !important; }
  .figures > *, .verdict > * { display: inline-block !important; margin: 0 2% 1rem 0 !important;
    vertical-align: top !important; box-sizing: border-box !important; }
  .figures > * { width: 47% !important; }
  .measured > * { display: inline-block !important; margin-right: 2rem !important; }
  .verdict > * { width: 60% !important; }
  .verdict > .origin { width: 36% !important; margin-right: 0 !important; }
  .card > header, .person > header, .told > div { display: table !important; width: 100% !important; }
  .card > header > *, .person > header > *, .told > div > * { display: table-cell !important; padding-right: 1rem !important;
    vertical-align: top !important; }
  .card > header > :last-child { width: 17rem !important; }
  .person > header > :first-child:not(:only-child) { width: 5rem !important; }
  .told > div > dt { width: 9rem !important; }
}
"""
"""WeasyPrint loses rows of a grid that goes over the end of a page, or breaks down at it, so nothing is one."""


def as_pdf(page: str) -> bytes:
    """The page of ``as_html`` on sheets of A4. Nothing is fetched for it: its pictures are within.

    Raises:
        MissingComponent: WeasyPrint is not installed, or does not find Pango.
    """
    printer = _printer()
    nothing_else = printer.urls.URLFetcher(allowed_protocols={"data"}, allow_redirects=False)
    document = printer.HTML(string=page, url_fetcher=nothing_else)
    printed: bytes = document.write_pdf(stylesheets=[printer.CSS(string=_FLOWING, url_fetcher=nothing_else)])
    return printed


def require_printer() -> None:
    """Whether ``as_pdf`` can print here.

    Raises:
        MissingComponent: It cannot; the sentence says what to install.
    """
    _printer()


@cache
def prints() -> bool:
    """The same without loading WeasyPrint, for those who only want to know: it takes half a second, and 30 MB."""
    if find_spec("weasyprint") is None:
        return False
    try:
        for name in _LIBRARIES:
            ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _printer() -> ModuleType:
    try:
        import weasyprint  # noqa: PLC0415 # an extra, and slow to load
    except ImportError as error:
        raise MissingComponent("To print PDF it lacks WeasyPrint: pip install 'unmask[pdf]'.") from error
    except OSError as error:  # what the system does not have
        raise MissingComponent(
            "To print PDF it lacks Pango; install it, in Debian with apt install libpango-1.0-0 libpangoft2-1.0-0."
        ) from error
    found: ModuleType = weasyprint
    return found
