"""The cards of the detectors, as text, JSON and Markdown."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from unmask.report.threat_words import sees
from unmask.types import Card


def cards_as_text(cards: Sequence[Card]) -> RenderableType:
    """The cards for the terminal."""
    parts: list[RenderableType] = []
    for card in cards:
        own = ", a model of your own" if card.own else ""
        parts.append(Text(f"{card.name}  ({', '.join(card.kinds)}{own})", style="bold"))
        parts += [Padding(Text(f"{label}: {text}"), (0, 0, 0, 2)) for label, text in _rows(card)]
        parts.append(Text(""))
    return Group(*parts[:-1])


def card_as_json(card: Card) -> dict[str, Any]:
    """A card as one JSON object."""
    return asdict(card)


def cards_as_markdown(cards: Sequence[Card]) -> str:
    """The page docs/detectors.md."""
    parts = ["# Detectors", "", "Made from the cards of the detectors by `unmask detectors --markdown`; do not edit."]
    for card in cards:
        parts += ["", f"## {card.name}", "", f"*{card.question}*", ""]
        parts += [f"- **{label}:** {text}" for label, text in _rows(card)[1:]]
    return "\n".join(parts) + "\n"


def _rows(card: Card) -> list[tuple[str, str]]:
    judges = card.needs not in {"media", "provenance"}
    silent = "none: its answers are shown, and do not count" if judges else "none: it is context for the reader"
    both = f"at most ±{card.cap:g}" if card.floor is None else f"at most +{card.cap:g} and −{card.floor:g}"
    cap = f"{both} log-odds" if card.cap else silent
    return [
        ("Asks", card.question),
        ("Needs", card.requires),
        ("Answers", card.answers),
        ("Sees", sees(card)),
        ("Weight in the verdict", cap),
        ("Trained weights", ", ".join(card.weights) or "none"),
        ("After", card.paper),
        *(("Known failure", failure) for failure in card.failures),
    ]
