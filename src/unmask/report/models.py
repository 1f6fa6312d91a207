"""The models that a user brought, as JSON; other programs rely on the keys."""

from typing import Any

from unmask.errors import UnmaskError
from unmask.models.calibration import Calibration, worth
from unmask.models.folder import AddedModel
from unmask.report.plain import interval, rounded, text


def model_as_json(model: AddedModel) -> dict[str, Any]:
    """A model, its calibration null where it has none."""
    card, calibration = model.card, model.record.calibration
    return {
        "name": card.name,
        "question": text(card.question),
        "licence": text(card.licence),
        "source": text(card.source),
        "sha256": model.record.sha256,
        "counts": calibration is not None and calibration.counts,
        "worth": worth(calibration),
        "calibration": None if calibration is None else _calibration(calibration),
        "error": None,
    }


def broken_as_json(name: str, error: UnmaskError) -> dict[str, Any]:
    """A model that cannot be read, with the keys of one that can."""
    unknown = dict.fromkeys(("question", "licence", "source", "sha256"))
    return {"name": name, **unknown, "counts": False, "worth": None, "calibration": None, "error": text(str(error))}


def _calibration(calibration: Calibration) -> dict[str, Any]:
    return {
        "people": calibration.people,
        "films": calibration.films,
        "pairs": calibration.pairs,
        "area": rounded(calibration.area, 4),
        "area_interval": interval(calibration.area_interval),
        "data_sha256": calibration.data_sha256,
    }
