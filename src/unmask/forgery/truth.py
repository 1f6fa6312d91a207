"""What is known of a forgery because the lab made it: its ground truth, as it stands in the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from unmask.errors import UsageError
from unmask.provenance.claims import CREATED, EDITED, OPENED, Ingredient, Relationship
from unmask.types import Action

Role = Literal["target", "face", "training"]
"""The picture that was changed, the one whose face was put in, and what a model learned from."""
RELATIONSHIPS: Mapping[Role, Relationship] = {"target": "parentOf", "face": "componentOf", "training": "inputTo"}
PLACED, TRANSCODED = "c2pa.placed", "c2pa.transcoded"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of output.

    Attributes:
        label: What is burnt into the picture; parts after ``|`` are dropped where there is no room.
        source_type: How it came about, as the IPTC names it; None for a film that was only coded anew.
        fake: Whether a detector should call it made.
    """

    label: str
    source_type: str | None
    fake: bool = True


KINDS: Mapping[str, Kind] = {
    "puppet": Kind("DRAWN|PERSON|- UNMASK LAB", "algorithmicMedia"),
    "paste": Kind("FORGED|- PASTED FACE|- UNMASK LAB", "compositeCapture"),
    "self-blend": Kind("FORGED|- BLENDED FACE|- UNMASK LAB", "compositeCapture"),
    "resynthesis": Kind("FORGED|- FACE DRAWN ANEW|- UNMASK LAB", "compositeWithTrainedAlgorithmicMedia"),
    "swap": Kind("FORGED|- SWAPPED FACE|- UNMASK LAB", "compositeWithTrainedAlgorithmicMedia"),
    "synthesis": Kind("MADE UP|FACES|- UNMASK LAB", "trainedAlgorithmicMedia"),
    "preview": Kind("FORGED|- PREVIEW OF A SWAP|- UNMASK LAB", "compositeWithTrainedAlgorithmicMedia"),
    "sheet": Kind("NOT FORGED|- FACES OF A STORE|- UNMASK LAB", "compositeCapture", fake=False),
    "re-encoded": Kind("NOT FORGED|- CODED ANEW|- UNMASK LAB", None, fake=False),
}
"""All that the lab makes, by the name that the ledger uses."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file from which an output was made.

    Attributes:
        path: Where it lies; None when only its hash is known.
        sha256: Of all its bytes.
        role: What it was used for.
        identity: Whom it shows, as far as known: a name of a consent record, or a person of a data set.
    """

    path: Path | None
    sha256: str
    role: Role = "target"
    identity: str | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """Ground truth of one output.

    Attributes:
        kind: One of ``KINDS``.
        method: How it was made, such as ``df-tiny96`` or ``mesh+rct+poisson``.
        parameters: All that it depends on; plain values that JSON can hold.
        sources: What it was made from.
        seed: Of all chance in it, None when there was none.
        consents: Consent records under which it was made.
        keep_inside: Whether it must stay in the lab's folder, as a licence may ask.
    """

    kind: str
    method: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    seed: int | None = None
    consents: tuple[str, ...] = ()
    keep_inside: bool = False

    def __post_init__(self) -> None:
        """Refuse an unknown kind."""
        if self.kind not in KINDS:
            raise UsageError(f"The lab makes no '{self.kind}'; it makes {', '.join(KINDS)}.")

    @property
    def known(self) -> Kind:
        """The kind, with its label."""
        return KINDS[self.kind]

    def ingredients(self) -> tuple[Ingredient, ...]:
        """The sources as Content Credentials name them."""
        return tuple(
            Ingredient(source.path, RELATIONSHIPS[source.role]) for source in self.sources if source.path is not None
        )

    def actions(self, when: str, software: str) -> tuple[Action, ...]:
        """The steps as Content Credentials name them.

        Args:
            when: Time of the steps in ISO 8601.
            software: The program and its version.
        """
        kept = [source for source in self.sources if source.path is not None]
        opened = any(source.role == "target" for source in kept)
        placed = any(source.role == "face" for source in kept)
        made, description = self.known.source_type, f"{self.kind}: {self.method}"
        if not opened:
            return (Action(CREATED, made, when, software, description),)
        steps = [Action(OPENED, None, when, software)]
        if placed:
            steps.append(Action(PLACED, made, when, software))
        last = EDITED if self.known.fake else TRANSCODED
        return (*steps, Action(last, made, when, software, description))

    def as_json(self) -> dict[str, Any]:
        """Plain values for the ledger."""
        return {
            "fake": self.known.fake,
            "method": self.method,
            "parameters": dict(self.parameters),
            "seed": self.seed,
            "consents": list(self.consents),
            "sources": [
                {"sha256": source.sha256, "role": source.role, "identity": source.identity} for source in self.sources
            ],
        }
