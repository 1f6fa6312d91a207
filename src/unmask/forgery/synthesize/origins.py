"""What a synthesis was learned from, and what that allows: kept in each of its checkpoints.

A face of nobody copies no identity, so no one is asked for it. But where the stores rest on consents, these must hold,
and a licence that keeps what is made from a corpus inside the lab keeps this there as well.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from unmask.errors import UsageError
from unmask.forgery.consent import read_consent, require_consent
from unmask.forgery.lab import Lab
from unmask.forgery.swap.store import FaceStore
from unmask.forgery.truth import Source

FACT = "origins"


@dataclass(frozen=True, slots=True)
class Origins:
    """What a model rests on.

    Attributes:
        stores: Names of the stores of faces.
        sources: SHA-256 of the films and stills that these were taken from.
        consents: Identifiers of the consents that they rest on; often none.
        keep_inside: Whether a licence keeps what is made inside the lab's folder.
    """

    stores: tuple[str, ...]
    sources: tuple[str, ...]
    consents: tuple[str, ...]
    keep_inside: bool

    def as_facts(self) -> dict[str, str]:
        """As a checkpoint keeps it."""
        return {FACT: json.dumps(asdict(self))}

    def as_sources(self) -> tuple[Source, ...]:
        """As the ground truth of an output names them."""
        return tuple(Source(None, sha256, "training") for sha256 in self.sources)


def may_learn(lab: Lab, stores: Sequence[FaceStore]) -> Origins:
    """What a training on some stores rests on.

    Raises:
        UsageError: A consent that one of them rests on does not hold.
    """
    consents = tuple(dict.fromkeys(name for store in stores for name in store.consents))
    held = [require_consent(read_consent(lab, name), "train") for name in consents]
    return Origins(
        tuple(store.folder.name for store in stores),
        tuple(dict.fromkeys(source.sha256 for store in stores for source in store.sources)),
        consents,
        any(consent.basis == "licensed-corpus" for consent in held),
    )


def joined(before: Origins, now: Origins) -> Origins:
    """What a training rests on that is gone on with, maybe on other faces: nothing that was learned is forgotten."""
    pairs = ((getattr(before, name), getattr(now, name)) for name in ("stores", "sources", "consents"))
    stores, sources, consents = (tuple(dict.fromkeys(one + other)) for one, other in pairs)
    return Origins(stores, sources, consents, before.keep_inside or now.keep_inside)


def may_draw(lab: Lab, origins: Origins) -> None:
    """Refuse to draw, or to learn on, when a consent does not hold any more.

    Raises:
        UsageError: It does not.
    """
    for name in origins.consents:
        require_consent(read_consent(lab, name), "train")


def origins_of(facts: Mapping[str, str]) -> Origins:
    """What a checkpoint rests on.

    Raises:
        UsageError: It does not tell.
    """
    untold = "The model does not tell what it was learned from, so it is not used."
    try:
        told = json.loads(facts[FACT])
        names = {name: tuple(str(one) for one in told[name]) for name in ("stores", "sources", "consents")}
        origins = Origins(**names, keep_inside=told["keep_inside"])
    except (KeyError, ValueError, TypeError) as error:
        raise UsageError(untold) from error
    if not origins.sources or not isinstance(origins.keep_inside, bool):
        raise UsageError(untold)
    return origins
