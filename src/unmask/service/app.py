"""The application: routes, what stands before them, and what becomes of errors."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from unmask.errors import OutputError
from unmask.report.plain import text
from unmask.service.bodies import SmallBodies
from unmask.service.callers import Door, needs_keys_always
from unmask.service.context import Context
from unmask.service.describing import ABOUT, LICENSE, SERVERS, TAGS, described, name_detectors
from unmask.service.entrance import Entrance
from unmask.service.guard import HEADERS, Guard
from unmask.service.problems import Problem, told
from unmask.service.rates import Rates
from unmask.service.routes import about, checks, events, media, page, reviews, shares
from unmask.service.store.database import Database
from unmask.service.store.storage import Storage
from unmask.service.stream import Stream
from unmask.settings import Settings
from unmask.version import __version__

WORDS = {
    400: ("not-json", "The request cannot be read as JSON.", "Send JSON in UTF-8, of a few levels."),
    404: ("no-such-address", "There is nothing at this address.", "GET /v1/openapi.json names all addresses."),
    405: ("wrong-method", "This address does not take that method.", "GET /v1/openapi.json names them."),
}


def create_app(
    settings: Settings,
    database: Database,
    storage: Storage,
    workers: Callable[[], int] = lambda: 0,
    *,
    with_page: bool = True,
) -> FastAPI:
    """The service as an ASGI application.

    Args:
        settings: Limits and those of the service.
        database: Opened.
        storage: Where media and results lie.
        workers: Counts the workers that are there now.
        with_page: Whether to serve the page, too.

    Raises:
        MissingComponent: The page is asked for and not in this installation.
    """
    stream = Stream(database)
    door = Door(database, needs_keys_always(settings.serve))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await stream.start()
        yield
        await stream.stop()

    app = _Described(
        title="unmask",
        version=__version__,
        description=ABOUT,
        openapi_tags=TAGS,
        license_info=LICENSE,
        servers=SERVERS,
        generate_unique_id_function=_named,
        openapi_url="/v1/openapi.json",
        docs_url=None,  # its page asks another site for scripts
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.context = Context(database, storage, settings, stream, workers, door)
    for router in (media.router, checks.router, events.router, about.router):
        app.include_router(router, prefix="/v1")
    app.include_router(about.metrics_router)
    app.include_router(shares.router, prefix="/v1")
    app.include_router(reviews.router, prefix="/v1")
    app.include_router(shares.open_router)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(OutputError, _away)
    app.add_exception_handler(Exception, _unforeseen)
    app.add_middleware(SmallBodies, most_seconds=settings.serve.request_seconds)
    app.add_middleware(Entrance, door=door, rates=Rates(settings.serve.requests_per_second))
    app.add_middleware(Guard, names=settings.serve.names)
    if with_page:
        page.mount(app)
    return app


class _Described(FastAPI):
    """Describes what stands before its routes, too."""

    def openapi(self) -> dict[str, Any]:
        """The description, with the names of the detectors that there are now."""
        if self.openapi_schema is None:
            self.openapi_schema = described(super().openapi())
        name_detectors(self.openapi_schema, self.state.context.settings)
        return self.openapi_schema


def _named(route: Any) -> str:  # now an APIRoute, now what FastAPI makes of one
    return "_".join((*map(str, route.tags), route.name))


def _problem(_: Request, error: Any) -> JSONResponse:
    return JSONResponse(dict(error.told()), error.status, dict(error.headers))


def _invalid(_: Request, error: Any) -> JSONResponse:
    first = error.errors()[0]
    where = text(".".join(str(part) for part in first["loc"])[:200])
    problem = Problem(422, "invalid", f"{where}: {text(first['msg'])}.", "GET /v1/openapi.json says what is taken.")
    return JSONResponse(dict(problem.told()), problem.status)


def _plain(request: Request, error: Any) -> JSONResponse:
    code, message, way_out = WORDS.get(error.status_code, ("refused", str(error.detail), "Mend the request."))
    problem = Problem(error.status_code, code, message, way_out)
    named = _methods(request) if error.status_code == 405 else ""
    headers = {"allow": named} if named else error.headers
    return JSONResponse(dict(problem.told()), problem.status, headers=headers)


def _methods(request: Request) -> str:
    """All methods of this address, as a header names them; Starlette knows those of the first route only."""
    paths = request.app.openapi()["paths"].items()
    found = [methods for template, methods in paths if compile_path(template)[0].match(request.scope["path"])]
    return ", ".join(sorted({method.upper() for methods in found for method in methods}))


def _unforeseen(_: Request, __: Any) -> JSONResponse:
    problem = Problem(
        500, "internal", "Something went wrong that nobody foresaw.", "Whoever runs the service sees why."
    )
    return JSONResponse(dict(problem.told()), problem.status, headers=HEADERS)  # made outside of the guard


def _away(_: Request, error: Any) -> JSONResponse:
    return JSONResponse(dict(told(error)), 503)
