"""The page: files that were built before the package was, and nothing that is made when asked."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from unmask.errors import MissingComponent

PAGE = Path(__file__).parents[1] / "page"


def mount(app: FastAPI) -> None:
    """Serve the page.

    Raises:
        MissingComponent: It is not in this installation.
    """
    index = PAGE / "index.html"
    if not index.is_file():
        raise MissingComponent("The page is not in this installation of unmask; in a checkout, `make page` builds it.")

    @app.head("/", include_in_schema=False)
    @app.get("/", include_in_schema=False)
    def page() -> HTMLResponse:
        return HTMLResponse(index.read_bytes(), headers={"cache-control": "no-cache"})

    app.mount("/assets", StaticFiles(directory=PAGE / "assets"), name="assets")
    app.mount("/guide", StaticFiles(directory=PAGE / "guide"), name="guide")
