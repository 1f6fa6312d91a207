"""What a manifest is to claim: which steps were taken, from what, and by which means."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from unmask.errors import UsageError
from unmask.provenance.essence import LABEL, EssenceClaim
from unmask.types import Action
from unmask.version import __version__

GENERATOR = "unmask"
SOURCE_TYPE_PLACES = {
    "http://cv.iptc.org/newscodes/digitalsourcetype/": (
        "digitalCapture",
        "computationalCapture",
        "negativeFilm",
        "positiveFilm",
        "print",
        "humanEdits",
        "compositeCapture",
        "algorithmicallyEnhanced",
        "dataDrivenMedia",
        "digitalCreation",
        "virtualRecording",
        "composite",
        "compositeSynthetic",
        "compositeWithTrainedAlgorithmicMedia",
        "trainedAlgorithmicMedia",
        "algorithmicMedia",
        "screenCapture",
    ),
    "http://c2pa.org/digitalsourcetype/": ("empty", "trainedAlgorithmicData"),
}
"""Kinds of sources by the vocabularies that name them (IPTC Digital Source Type, and C2PA's additions)."""
SOURCE_TYPES = {name: place + name for place, names in SOURCE_TYPE_PLACES.items() for name in names}
CREATED, OPENED, EDITED = "c2pa.created", "c2pa.opened", "c2pa.edited"
ACTIONS = (
    CREATED,
    OPENED,
    EDITED,
    "c2pa.addedText",
    "c2pa.adjustedColor",
    "c2pa.changedSpeed",
    "c2pa.color_adjustments",
    "c2pa.converted",
    "c2pa.cropped",
    "c2pa.deleted",
    "c2pa.drawing",
    "c2pa.dubbed",
    "c2pa.edited.metadata",
    "c2pa.enhanced",
    "c2pa.filtered",
    "c2pa.orientation",
    "c2pa.placed",
    "c2pa.published",
    "c2pa.redacted",
    "c2pa.removed",
    "c2pa.repackaged",
    "c2pa.resized",
    "c2pa.transcoded",
    "c2pa.translated",
    "c2pa.trimmed",
    "c2pa.unknown",
    "c2pa.watermarked",
    "c2pa.watermarked.bound",
    "c2pa.watermarked.unbound",
)
"""Steps that the standard names (C2PA Technical Specification 2.2, actions)."""
Relationship = Literal["parentOf", "componentOf", "inputTo"]
CAPTURE = "digitalCapture"
OWN_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+")


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A file from which the signed one was made.

    Attributes:
        path: Where it lies.
        relationship: ``parentOf`` for what was edited, ``componentOf`` for what was put in, ``inputTo`` for what helped.
        title: Its name in the manifest; the file's name when None.
    """

    path: Path
    relationship: Relationship = "parentOf"
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """What a manifest is to claim.

    Attributes:
        title: Name of the asset.
        actions: Steps in their order; the first creates or opens it.
        ingredients: What it was made from; at most one is ``parentOf``.
        essence: What picture and sound are, None when that is not to be stated.
    """

    title: str
    actions: tuple[Action, ...]
    ingredients: tuple[Ingredient, ...] = ()
    essence: EssenceClaim | None = None


def claims_for(
    title: str,
    *,
    parent: Path | None = None,
    actions: Sequence[str] = (),
    source_type: str | None = None,
    when: str | None = None,
) -> Claims:
    """The usual claims: filmed, unless it was made from a parent; then opened and edited.

    Args:
        title: Name of the asset.
        parent: File from which it was made.
        actions: Steps, by their names in the standard or these without ``c2pa.``; when there are none, what is usual.
        source_type: How it came about, as the IPTC names it: said of its creation or, with a parent, of what was done
            after opening it.
        when: Time of the steps in ISO 8601.

    Raises:
        UsageError: A name is unknown, or the steps make no sense.

    >>> [(step.name, step.source_type) for step in claims_for("clip.mp4").actions]
    [('c2pa.created', 'digitalCapture')]
    """
    usual = [OPENED, EDITED] if parent else [CREATED]
    names = _beginning_well([action_name(name) for name in actions] or usual, parent)
    source = source_type_name(source_type) if source_type else None if parent else CAPTURE
    made = names[1:] if parent and len(names) > 1 else names if parent else names[:1]
    software = f"{GENERATOR} {__version__}"
    steps = (Action(name, source if name in made else None, when, software) for name in names)
    return Claims(title, tuple(steps), (Ingredient(parent),) if parent else ())


def action_name(name: str) -> str:
    """A step as the standard names it; names of one's own must have a dot.

    Raises:
        UsageError: It is unknown.

    >>> action_name("edited"), action_name("org.example.blessed")
    ('c2pa.edited', 'org.example.blessed')
    """
    full = name if name.startswith("c2pa.") else f"c2pa.{name}"
    if full in ACTIONS:
        return full
    if OWN_NAME.fullmatch(name) and not name.startswith("c2pa."):
        return name
    short = [known.removeprefix("c2pa.") for known in ACTIONS]
    raise UsageError(f"No action is called '{name}'. {_hint(name.removeprefix('c2pa.'), short)}")


def source_type_name(name: str) -> str:
    """A kind of source as the IPTC names it.

    Raises:
        UsageError: It is unknown.
    """
    if name in SOURCE_TYPES:
        return name
    raise UsageError(f"No source type is called '{name}'. {_hint(name, list(SOURCE_TYPES))}")


def definition(claims: Claims, identifiers: Sequence[str]) -> dict[str, Any]:
    """The claims in the form in which the library takes them.

    Args:
        claims: What is to be claimed.
        identifiers: One for each ingredient, by which the steps name it.
    """
    steps = [_step(action, claims, identifiers) for action in claims.actions]
    assertions: list[dict[str, Any]] = [
        {"label": "c2pa.actions.v2", "created": True, "data": {"actions": steps}},
    ]
    if claims.essence is not None:
        stated = claims.essence.model_dump(exclude_none=True)
        assertions.append({"label": LABEL, "kind": "Json", "created": True, "data": stated})
    return {
        "claim_generator_info": [{"name": GENERATOR, "version": __version__}],
        "title": claims.title,
        "assertions": assertions,
    }


def _step(action: Action, claims: Claims, identifiers: Sequence[str]) -> dict[str, Any]:
    step: dict[str, Any] = {"action": action.name}
    if action.source_type:
        step["digitalSourceType"] = SOURCE_TYPES[source_type_name(action.source_type)]
    told = {"when": action.when, "softwareAgent": _agent(action.software), "description": action.description}
    step |= {name: value for name, value in told.items() if value}
    wanted = {OPENED: "parentOf", "c2pa.placed": "componentOf"}.get(action.name)
    pairs = zip(claims.ingredients, identifiers, strict=True)
    named = [identifier for ingredient, identifier in pairs if ingredient.relationship == wanted]
    return step | ({"parameters": {"ingredientIds": named}} if named else {})


def _agent(software: str | None) -> dict[str, str] | None:
    """A program and its version, which stands behind the last space where it begins with a digit."""
    if not software:
        return None
    name, _, version = software.rpartition(" ")
    return {"name": name, "version": version} if name and version[:1].isdigit() else {"name": software}


def _beginning_well(names: list[str], parent: Path | None) -> list[str]:
    """The steps with the one that creates or opens at their beginning.

    Raises:
        UsageError: They contradict themselves.
    """
    first, other = (OPENED, CREATED) if parent else (CREATED, OPENED)
    if other in names and parent:
        raise UsageError("A file with a parent is opened, not created; leave out --action created, or --parent.")
    if other in names:
        raise UsageError("Only a file with a parent can be opened; name the parent with --parent FILE.")
    if first not in names:
        return [first, *names]
    if names.index(first) or names.count(first) > 1:
        raise UsageError(f"The action '{first}' comes first and once; put it before the others.")
    return names


def _hint(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"Did you mean '{close[0]}'?" if close else f"Known are: {', '.join(known)}."
