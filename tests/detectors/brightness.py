"""A model of a user's own that needs no file, and what films may have told of it."""

from unmask.models.calibration import Calibration
from unmask.models.card import ModelCard, ModelInput, ModelOutput
from unmask.models.running import OpenModel
from unmask.signals.linear import LinearModel
from unmask.types import RgbImage


def bright(calibration: Calibration | None = None, gain: float = 10.0) -> OpenModel:
    """A model that needs no file: mean brightness of a crop as log-odds."""
    card = ModelCard(
        name="brightness",
        licence="CC0-1.0",
        source="drawn for a test",
        input=ModelInput(margin=1.3, colour="rgb", layout="nchw", range=(0, 1), side=32),
        output=ModelOutput("logit"),
        question="Is this face too bright?",
    )

    def log_odds(crop: RgbImage) -> float:
        return float((crop.mean() / 255 - 0.5) * gain)

    return OpenModel(card, "0" * 64, log_odds, calibration)


def calibration_of(low: float | None, *, slope: float = 1.0, people: int = 8) -> Calibration:
    """A calibration on people whose AUC has this lower bound; None for one without pairs."""
    area = None if low is None else (low + 1) / 2
    bounds = None if low is None else (low, 1.0)
    line = LinearModel((0.0,), (1.0,), (1.0,), 0.0, slope, 0.0, 0.8)
    return Calibration(people, 16, 0 if low is None else 8, area, bounds, line, "1" * 64)
