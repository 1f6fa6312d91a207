"""The card of a model: a TOML file that says what the model is, what it takes and what it answers."""

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from unmask.errors import UsageError
from unmask.media.source import shown
from unmask.types import Forgery

QUESTION = "Does this model, which you brought, take the face for a forged one?"
NAME = "[a-z][a-z0-9]{0,31}"
MOST_CARD_BYTES = 1 << 20
LEAST_MARGIN, MOST_MARGIN = 1.0, 1.8
"""The aligned crops of a track hold no more than this around a face."""

_EXTRA = ConfigDict(extra="forbid")
_HOW = {
    "name": 'one lower-case word of at most 32 letters and digits, such as "xception"',
    "licence": 'the licence under which you may use the model, such as "MIT"',
    "source": "where the model comes from, an address or a few words",
    "question": "the question that the model answers, in a line that ends with a question mark",
    "sees": f"a list of the kinds of forgery that the model learned to see, of {', '.join(get_args(Forgery))}",
    "sha256": "the 64 hexadecimal digits of the ONNX file's SHA-256",
    "input": "a table [input]",
    "input.margin": f"side of the square around the face as a multiple of the face's height, {LEAST_MARGIN} to {MOST_MARGIN}",
    "input.colour": '"rgb", "bgr" or "gray"',
    "input.layout": '"nchw" or "nhwc"',
    "input.range": "[0, 1] or [0, 255]",
    "input.side": "a whole number of pixels from 16 to 1024",
    "input.mean": "a list of one number a channel, to be taken off",
    "input.std": "a list of one number a channel, greater than nil, to be divided by",
    "output": "a table [output]",
    "output.kind": '"probability", "logit", "logits" or "softmax"',
    "output.index": "the place of the forged class among the numbers of the output, counted from 0",
}
"""How each key must look."""


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("it holds what does not print")
    return text


_Words = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400), AfterValidator(_printable)
]
_Name = Annotated[str, StringConstraints(pattern=f"^{NAME}$")]
_Question = Annotated[str, StringConstraints(pattern=r"^.{3,300}\?$"), AfterValidator(_printable)]
_Digest = Annotated[str, StringConstraints(pattern="^[0-9a-fA-F]{64}$")]
_Number = Annotated[float, Field(allow_inf_nan=False)]
_Divisor = Annotated[float, Field(gt=0, allow_inf_nan=False)]


@dataclass(frozen=True, slots=True)
class ModelInput:
    """What a model wants to see.

    Attributes:
        margin: Side of the square around the face as a multiple of the face's height from forehead to chin.
        colour: Order of the channels.
        layout: Order of the axes.
        range: Values of black and white before mean and spread are applied.
        side: Pixels; None where the network says it.
        mean: Taken off each channel, nil when empty.
        std: Each channel is divided by it, one when empty.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _EXTRA
    margin: Annotated[float, Field(ge=LEAST_MARGIN, le=MOST_MARGIN)]
    colour: Literal["rgb", "bgr", "gray"]
    layout: Literal["nchw", "nhwc"]
    range: tuple[Literal[0], Literal[1, 255]]
    side: Annotated[int, Field(ge=16, le=1024)] | None = None
    mean: tuple[_Number, ...] = ()
    std: tuple[_Divisor, ...] = ()

    @property
    def channels(self) -> int:
        """How many there are."""
        return 1 if self.colour == "gray" else 3

    def shape(self, side: int) -> tuple[int, int, int, int]:
        """Shape of one picture of this side."""
        return (1, self.channels, side, side) if self.layout == "nchw" else (1, side, side, self.channels)


@dataclass(frozen=True, slots=True)
class ModelOutput:
    """What the numbers mean that a model answers with.

    Attributes:
        kind: ``probability`` and ``logit`` of a forgery; ``logits`` and ``softmax`` over classes.
        index: Place of the forged class, None where there is one number.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _EXTRA
    kind: Literal["probability", "logit", "logits", "softmax"]
    index: Annotated[int, Field(ge=0)] | None = None


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What a user says of a model.

    Attributes:
        name: One lower-case word.
        licence: Under which the user may use it.
        source: Where it comes from.
        question: The question it answers.
        sees: Kinds of forgery that it learned to see, empty where the user does not say.
        sha256: Of the file, where the user knows what it ought to be.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _EXTRA
    name: _Name
    licence: _Words
    source: _Words
    input: ModelInput
    output: ModelOutput
    question: _Question = QUESTION
    sees: tuple[Forgery, ...] = ()
    sha256: _Digest | None = None


def read_card(path: Path) -> ModelCard:
    """The card in a TOML file.

    Raises:
        UsageError: It cannot be read, lacks a key, has one too many, or a value is not what it must be.
    """
    return card_of(card_bytes(path), path)


def card_bytes(path: Path) -> bytes:
    """What a file holds that is to be a card.

    Raises:
        UsageError: It cannot be read, or is far too large.
    """
    try:
        with path.open("rb") as file:
            written = file.read(MOST_CARD_BYTES + 1)
    except OSError as error:
        raise UsageError(f"The card {shown(path)} cannot be read: {error.strerror}; name a TOML file.") from error
    if len(written) > MOST_CARD_BYTES:
        raise UsageError(
            f"The card {shown(path)} is larger than {MOST_CARD_BYTES} bytes; name a TOML file of a few lines."
        )
    return written


def card_of(written: bytes, path: Path) -> ModelCard:
    """The card that these bytes hold, as they were read from ``path``.

    Raises:
        UsageError: See ``read_card``.
    """
    try:
        table = tomllib.loads(written.decode("utf-8"))
    except ValueError as error:
        raise UsageError(f"The card {shown(path)} is no TOML: {error}; mend it there.") from error
    try:
        card = TypeAdapter(ModelCard).validate_json(json.dumps(table, default=str), strict=True)
    except ValidationError as error:
        raise UsageError(_sentence(error.errors()[0], path)) from error
    _require_channels(card, path)
    return card


def _require_channels(card: ModelCard, path: Path) -> None:
    for key in ("mean", "std"):
        given = getattr(card.input, key)
        if given and len(given) != card.input.channels:
            raise UsageError(
                f"The card {shown(path)} gives 'input.{key}' as {list(given)}; {card.input.colour} has "
                f"{card.input.channels} channel{'s' if card.input.channels > 1 else ''}, so write as many numbers."
            )
    if card.output.kind in {"logits", "softmax"} and card.output.index is None:
        raise UsageError(
            f"The card {shown(path)} lacks 'output.index', which {card.output.kind} need; it must be {_HOW['output.index']}."
        )


def _sentence(error: Any, path: Path) -> str:
    key = ".".join(str(part) for part in error["loc"][: 2 if error["loc"][0] in {"input", "output"} else 1])
    how = _HOW.get(key)
    if how is None:
        return f"The card {shown(path)} has an unknown key {shown(key)}; the keys are {', '.join(_HOW)}."
    if error["type"] == "missing":
        return f"The card {shown(path)} lacks '{key}'; it must be {how}."
    return f"The card {shown(path)} gives '{key}' as {_short(error['input'])}; it must be {how}."


def _short(value: object) -> str:
    said = repr(value)
    return said if len(said) <= 60 else f"{said[:60]}…"
