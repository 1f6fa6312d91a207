"""What a corpus is made of: kinds of forgery and their shares, clips, sizes, coders and splits."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from unmask.errors import UsageError
from unmask.media.source import shown

PairKind = Literal["self-blend", "own-paste", "paste", "model", "re-encoded"]
"""A face blended with itself, with another moment of itself, with another's; drawn by a trained model; or nothing but
coded once more, which is no forgery."""
Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
Preset = Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
LARGEST_RECIPE_BYTES = 100_000
LARGEST_CLIP_BYTES = 2 * 1024**3
"""A clip is held in memory by each process; counted for the shape 16:9 at 30 pictures a second."""


@dataclass(frozen=True, slots=True)
class LastCodec:
    """How both films of a pair are coded: ``crf`` 0 (without loss) to 51, and the coder's speed as x264 names it."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    crf: Annotated[int, Field(ge=0, le=51)]
    preset: Preset = "veryfast"


CODECS = (LastCodec(18), LastCodec(23), LastCodec(28), LastCodec(23, "fast"))


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a corpus is made.

    Attributes:
        name: One word for it.
        shares: Share of each kind among the pairs; they need not sum to one.
        models: Names of the lab's models that kind ``model`` may use.
        clips_per_film: Clips taken of a film, as far as it is long enough.
        seconds: Length of a clip; of a shorter film all is taken.
        least_seconds: A shorter film is left out.
        short_side: The picture's shorter side at most, pixels; larger ones are shrunk.
        codecs: Of these one is drawn for each pair.
        splits: Share of the films in each split.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=60)]
    shares: Mapping[PairKind, Share]
    models: Annotated[tuple[str, ...], Field(max_length=1000)] = ()
    clips_per_film: Annotated[int, Field(ge=1, le=1000)] = 1
    seconds: Annotated[float, Field(ge=0.5, le=60)] = 10.0
    least_seconds: Annotated[float, Field(ge=0.4, le=60)] = 3.0
    short_side: Annotated[int, Field(ge=96, le=1080)] = 360
    codecs: Annotated[tuple[LastCodec, ...], Field(min_length=1, max_length=100)] = CODECS
    splits: Mapping[Split, Share] = field(
        default_factory=lambda: {"train": 0.7, "validation": 0.15, "test": 0.15}  # Mapping proxies are not pickled
    )

    def __post_init__(self) -> None:
        """Refuse what no corpus can be made of."""
        for what, shares in (("kinds", self.shares), ("splits", self.splits)):
            if sum(shares.values()) <= 0:
                raise UsageError(f"The recipe '{self.name}' names no {what} with a share above 0; give one.")
        if self.least_seconds > self.seconds:
            raise UsageError(
                f"Clips of {self.seconds:g} s never last the {self.least_seconds:g} s that are the least; lower least_seconds."
            )
        size = round(self.seconds * 30 * self.short_side**2 * 16 / 9 * 3)
        if size > LARGEST_CLIP_BYTES:
            raise UsageError(
                f"A clip of {self.seconds:g} s, {self.short_side} pixels high, takes {size / 1024**3:.1f} GiB of memory in each process; lower seconds or short_side."
            )


BLEND = Recipe("blend", {"self-blend": 1.0})
PASTE = Recipe("paste", {"self-blend": 0.3, "own-paste": 0.2, "paste": 0.4, "re-encoded": 0.1})
QUICK = Recipe(
    "quick", {"self-blend": 1.0}, seconds=1.0, least_seconds=0.5, short_side=240, codecs=(LastCodec(23, "ultrafast"),)
)
RECIPES: Mapping[str, Recipe] = MappingProxyType({recipe.name: recipe for recipe in (PASTE, BLEND, QUICK)})
"""Recipes by name."""


def recipe_named(text: str) -> Recipe:
    """A recipe by its name, or from a JSON file of the same fields.

    Raises:
        UsageError: There is none such, or the file makes no sense.

    >>> recipe_named("blend").shares
    {'self-blend': 1.0}
    """
    if text in RECIPES:
        return RECIPES[text]
    path = Path(text)
    if path.suffix.lower() != ".json":
        raise UsageError(f"No recipe is called '{text}'; choose from {', '.join(RECIPES)}, or name a .json file.")
    try:
        with path.open("rb") as file:
            told = file.read(LARGEST_RECIPE_BYTES)
        recipe = TypeAdapter(Recipe).validate_json(told)
    except OSError as error:
        raise UsageError(f"The recipe {shown(path)} cannot be read: {error.strerror}.") from error
    except ValidationError as error:
        raise UsageError(f"The recipe {shown(path)} makes no sense: {_first(error)}.") from error
    return replace(recipe, shares=dict(recipe.shares), splits=dict(recipe.splits))


def _first(error: ValidationError) -> str:
    """The first fault, without the values, which may be long."""
    fault = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in fault["loc"])
    said = fault["msg"].rstrip(".")
    return f"{place}: {said}" if place else said
