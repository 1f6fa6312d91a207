"""What a manifest itself says of how its asset came about: filmed, put together, or made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from unmask.types import Manifest

Part = Literal["whole", "part"]
"""Whether it is said of the file or what it was made from, or of a component that was put into it."""

SOURCE_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "trainedAlgorithmicMedia": "made by a trained model",
        "compositeWithTrainedAlgorithmicMedia": "composite with parts made by a trained model",
        "algorithmicMedia": "made by an algorithm",
        "compositeSynthetic": "composite with synthetic parts",
        "compositeCapture": "put together from captures",
        "composite": "composite",
        "digitalCapture": "captured by a camera",
        "computationalCapture": "captured and computed by a camera",
        "digitalCreation": "drawn by a person with a program",
        "humanEdits": "edited by a person",
        "algorithmicallyEnhanced": "enhanced by an algorithm",
        "dataDrivenMedia": "drawn from data",
        "virtualRecording": "recorded in a virtual scene",
        "screenCapture": "recorded from a screen",
        "negativeFilm": "scanned from a negative",
        "positiveFilm": "scanned from a positive",
        "print": "scanned from a print",
    }
)
"""digitalSourceType of the IPTC in words."""

SYNTHETIC = frozenset(
    {"trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia", "algorithmicMedia", "compositeSynthetic"}
)
"""Source types that say: made, at least in part, and not filmed."""
COMPOSED = frozenset({"compositeCapture", "composite"})
"""Source types that say: put together; of filmed parts, as far as they tell."""
MOST_NODES = 10_000
"""A file may claim as many ingredients as it likes; of more than these it is taken to say nothing."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """One step of which a manifest names the kind of source.

    Attributes:
        source_type: As the IPTC names it, such as ``trainedAlgorithmicMedia``.
        title: Name of the asset it is said of.
        part: ``whole`` when it is said of the file or of what it was made from, ``part`` of a component of it.
    """

    source_type: str
    title: str
    part: Part

    @property
    def words(self) -> str:
        """The kind of source in words, with its name in the standard."""
        known = SOURCE_TYPES.get(self.source_type)
        return f"{known} ({self.source_type})" if known else self.source_type


def declarations(manifest: Manifest) -> tuple[Declaration, ...]:
    """The kinds of source that a manifest and what it was made from name, the file's own first.

    Ingredients with a problem are left out, since what they say may have been changed, and so are those that only
    helped in the making (``inputTo``), such as a picture that a model was shown.
    """
    return tuple(
        Declaration(action.source_type, node.title, part)
        for node, part in _nodes(manifest)
        for action in node.actions
        if action.source_type
    )


def _nodes(manifest: Manifest) -> Iterator[tuple[Manifest, Part]]:
    waiting: list[tuple[Manifest, Part]] = [(manifest, "whole")]
    for _ in range(MOST_NODES):
        if not waiting:
            return
        node, part = waiting.pop(0)
        yield node, part
        for ingredient in node.ingredients:
            if ingredient.relationship != "inputTo" and not ingredient.problems:
                below: Part = "part" if ingredient.relationship != "parentOf" else part
                waiting.append((ingredient, below))
