"""``/v1/detectors``, ``/v1/health`` and ``/metrics``: what there is, and how it is."""

from typing import Any

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from unmask.engine import all_cards, choose_with_models
from unmask.report.as_pdf import prints
from unmask.report.cards import card_as_json
from unmask.service.answers import answers
from unmask.service.context import Context, Given
from unmask.service.schemas import DetectorsOut, HealthOut
from unmask.service.store import checks
from unmask.version import __version__

router = APIRouter(tags=["about"])
metrics_router = APIRouter(tags=["about"])


@router.get("/detectors", summary="List detectors", response_model=DetectorsOut, responses=answers())
def detectors(given: Given) -> dict[str, Any]:
    """What each detector asks, needs and answers, and how it is known to fail."""
    cards = all_cards(choose_with_models(None, given.settings))
    return {"detectors": [card_as_json(card) for card in cards.values()]}


@router.get("/health", summary="See how the service is", responses=answers())
def health(given: Given) -> HealthOut:
    """Whether the service and its database answer, and how much waits."""
    counts = checks.counts(given.database)
    queued, running = counts.get("queued", 0), counts.get("running", 0)
    return HealthOut(
        status="ok",
        version=__version__,
        queued=queued,
        running=running,
        workers=given.workers(),
        prints=prints(),
    )


@metrics_router.get(
    "/metrics",
    summary="Get figures",
    response_class=Response,
    responses=answers() | {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
def metrics(given: Given) -> Response:
    """Checks, workers and listeners, counted for Prometheus."""
    return Response(generate_latest(_registry(given)), media_type=CONTENT_TYPE_LATEST)


def _registry(given: Context) -> CollectorRegistry:
    registry = CollectorRegistry()
    by_state = Gauge("unmask_checks", "Checks by where they stand.", ["state"], registry=registry)
    for state, number in checks.counts(given.database).items():
        by_state.labels(state).set(number)
    Gauge("unmask_workers", "Workers that are there.", registry=registry).set(given.workers())
    Gauge("unmask_listeners", "Listeners of events.", registry=registry).set(given.stream.listeners)
    return registry
