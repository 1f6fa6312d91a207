"""A model that is loaded: a function from an aligned crop to log-odds of a forgery."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unmask.errors import UsageError
from unmask.faces.align import CROP_SIDE
from unmask.media.source import shown
from unmask.models.calibration import Calibration
from unmask.models.card import ModelCard, ModelInput
from unmask.models.views import Answer, log_odds_of, misfit, picture_of
from unmask.networks.inference import OnnxNetwork
from unmask.types import RgbImage, Track

BLANK_LEVEL = 128
Sizes = list[int | str | None]


@dataclass(frozen=True, slots=True, eq=False)
class OpenModel:
    """A model that can be asked.

    Attributes:
        card: What its user says of it.
        sha256: Of the ONNX file.
        log_odds: From an aligned crop to log-odds of a forgery; NaN where the network answers with something else.
        calibration: How its answers are to be read; None for a model without one.
    """

    card: ModelCard
    sha256: str
    log_odds: Callable[[RgbImage], float]
    calibration: Calibration | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Sitting:
    """A person, and the model that is asked about them."""

    track: Track
    model: OpenModel


def open_network(path: Path, card: ModelCard, name: str) -> Callable[[RgbImage], float]:
    """Load a network, on one thread of the processor, and try it on a blank crop.

    Args:
        path: The ONNX file.
        card: What is said of it.
        name: The file's name for messages.

    Returns:
        From an aligned crop to log-odds of a forgery.

    Raises:
        UsageError: It is no network that runs here, or takes or answers something else than the card says.
    """
    network = OnnxNetwork(path, name)
    label, side = _picture_input(network, card, name)
    if len(network.outputs) != 1:
        raise UsageError(
            f"{shown(name)} has {len(network.outputs)} outputs ({', '.join(network.outputs)}); export it with one."
        )

    def ask(crop: RgbImage) -> Answer:
        (found,) = network({label: picture_of(crop, card.input, side)})
        if not isinstance(found, np.ndarray) or found.dtype.kind not in "fiu":
            raise UsageError(f"{shown(name)} answers with something that is no array of numbers; export it with one.")
        return np.asarray(found, np.float32).ravel()

    wrong = misfit(ask(np.full((CROP_SIDE, CROP_SIDE, 3), BLANK_LEVEL, np.uint8)), card.output)
    if wrong is not None:
        raise UsageError(f"{shown(name)} answers a blank picture with {wrong}; correct 'output' in its card.")
    return lambda crop: log_odds_of(ask(crop), card.output)


def _picture_input(network: OnnxNetwork, card: ModelCard, name: str) -> tuple[str, int]:
    """Name of the input, and the side of the pictures it takes."""
    if len(network.inputs) != 1:
        raise UsageError(
            f"{shown(name)} has {len(network.inputs)} inputs ({', '.join(network.inputs)}); it must take one picture."
        )
    ((label, sizes),) = network.inputs.items()
    if len(sizes) != 4:
        raise UsageError(
            f"{shown(name)} takes an input of shape {_listed(sizes)}, its card describes "
            f"{_listed(_described(card.input))} ({card.input.colour}, {card.input.layout}); it must take one picture."
        )
    side = _side(sizes, card.input, name)
    wanted = card.input.shape(side)
    if any(isinstance(size, int) and size != want for size, want in zip(sizes, wanted, strict=True)):
        raise UsageError(
            f"{shown(name)} takes an input of shape {_listed(sizes)}, its card describes {_listed(list(wanted))} "
            f"({card.input.colour}, {card.input.layout}); make the two agree."
        )
    return label, side


def _side(sizes: Sizes, given: ModelInput, name: str) -> int:
    """Of the network if it is fixed there, of the card otherwise."""
    axes = (2, 3) if given.layout == "nchw" else (1, 2)
    fixed = [size for size in (sizes[axis] for axis in axes) if isinstance(size, int)]
    if given.side is None and not fixed:
        raise UsageError(f"{shown(name)} takes pictures of any size; write 'input.side' into its card, in pixels.")
    if given.side is not None and len(set(fixed)) == 1 and fixed[0] != given.side:
        raise UsageError(
            f"{shown(name)} takes pictures of {fixed[0]} pixels, its card gives 'input.side' as {given.side}: "
            f"shape {_listed(sizes)} against {_listed(list(given.shape(given.side)))}; correct the card."
        )
    return given.side if given.side is not None else fixed[0]


def _described(given: ModelInput) -> Sizes:
    """The shape in the card; a size that it leaves open is None."""
    shape = given.shape(given.side or 0)
    return [size or None for size in shape]


def _listed(sizes: Sizes | list[int]) -> str:
    return f"[{', '.join('any' if not isinstance(size, int) else str(size) for size in sizes)}]"
