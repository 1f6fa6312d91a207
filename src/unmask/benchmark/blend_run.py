"""What is kept of a training of ``blend``: how it was trained, how it rose, and its answers about others.

A record holds no picture, no name of a film and no name of a person.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from unmask.benchmark.blend_trials import Tried
from unmask.errors import InputError, Unreadable

ENDING = "_training.json"
DIGITS = 5
"""Of an answer, after the point."""


@dataclass(frozen=True, slots=True)
class Rise:
    """How a network did after some iterations, on people whom it does not learn from.

    Attributes:
        iteration: How many were done.
        images: Pictures seen until then, forged and original ones, each drawn anew.
        loss: Mean since the last look.
        area: Under the ROC curve, all forged against all original films of the validation.
        overlap: Median intersection over union of the places, before slope and offset of the squares are fitted.
    """

    iteration: int
    images: int
    loss: float
    area: float
    overlap: float


@dataclass(frozen=True, slots=True)
class Int8:
    """The same network in numbers of 8 bits.

    Attributes:
        fakes: Its totals of the forged pictures, in the order of the trials.
        reals: Of the same pictures before.
        milliseconds: Processor time of a picture, one thread.
        float_milliseconds: Of the network as it was trained, measured in turn with it.
        size_bytes: Of its file.
        float_size_bytes: Of the other's.
        calibrated_on: Pictures from which the ranges of its numbers were read.
    """

    fakes: tuple[float, ...]
    reals: tuple[float, ...]
    milliseconds: float
    float_milliseconds: float
    size_bytes: int
    float_size_bytes: int
    calibrated_on: int


@dataclass(frozen=True, slots=True)
class BlendRun:
    """A training and what came of it.

    Attributes:
        network: SHA-256 of the ONNX file.
        net: What reads the pictures.
        parameters: Weights, trained or not.
        begin: What the network knew when it began.
        seed: Of all that was drawn, the people left out among it.
        iterations: At most.
        pairs: Of each iteration.
        rate: Learning rate of the trunk at its height.
        people: Whom it learned from.
        faces: Of them.
        learned: Kinds of forgery that it was trained on.
        best: Iteration of the state that was kept, at which the area was largest.
        rises: In order.
        tried: Answers of the kept state about people whom it did not learn from; persons have numbers.
        paired: Whether forged pictures were seen beside their own originals.
        int8: None where it was not measured.
    """

    network: str
    net: str
    parameters: int
    begin: str
    seed: int
    iterations: int
    pairs: int
    rate: float
    people: int
    faces: int
    learned: tuple[str, ...]
    best: int
    rises: tuple[Rise, ...]
    tried: tuple[Tried, ...]
    paired: bool = True
    int8: Int8 | None = None

    def as_json(self) -> str:
        """The record as its file holds it: an attribute a line, and of lists of objects one of these."""
        return "{\n" + ",\n".join(f' "{name}": {_told(one)}' for name, one in asdict(self).items()) + "\n}\n"


def read_run(path: Path) -> BlendRun:
    """A record as ``unmask train blend`` writes it.

    Raises:
        Unreadable: The file cannot be read.
        InputError: It is no such record.
    """
    try:
        return TypeAdapter(BlendRun).validate_json(path.read_bytes())
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be opened: {error.strerror}.") from error
    except ValidationError as error:
        raise InputError(f"'{path.name}' is no record of a training of blend; name what unmask train wrote.") from error


def numbered(people: Sequence[str]) -> dict[str, str]:
    """A number for each name; numbers sort as the names do, so that intervals come out alike.

    >>> numbered(["ben", "anna", "ben"])
    {'anna': '001', 'ben': '002'}
    """
    return {name: f"{number:03d}" for number, name in enumerate(sorted(set(people)), 1)}


def _told(value: object) -> str:
    if isinstance(value, tuple) and value and isinstance(value[0], dict):
        return "[\n" + ",\n".join(f"  {json.dumps(_rounded(one))}" for one in value) + "\n ]"
    return json.dumps(_rounded(value))


def _rounded(value: object) -> object:
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return round(value, DIGITS) if isinstance(value, float) else value
