"""What a manifest store says, in the nouns and sentences of unmask."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from unmask.provenance.child.tree import CIRCLE, MOST_DEPTH, MOST_NODES, TOO_DEEP, TOO_MANY
from unmask.provenance.store import Fault, Node, Problem, Store
from unmask.types import Manifest

Holding = Literal["whole", "bytes", "statements"]
"""What of a manifest holds: all of it; all but that the file's bytes are others; or not even what it states."""

UNKNOWN = "signingCredential.untrusted"
UNFIT = {
    "signingCredential.revoked": "whose certificate was revoked",
    "signingCredential.invalid": "whose certificate is not one for signing media",
    "signingCredential.expired": "whose certificate is out of date",
    "claimSignature.outsideValidity": "whose certificate is out of date",
}
"""Why nobody can be held to a signature although it fits, the worst first."""
SIGNER_CODES = frozenset({UNKNOWN, *UNFIT})
"""What is said of the signer and not of the file."""
SIGNER_PREFIXES = ("signingCredential.ocsp", "timeStamp.", "timeOfSigning.")
BYTES_CODES = frozenset({f"assertion.{kind}Hash.mismatch" for kind in ("data", "bmff", "boxes", "collection")})

SENTENCES = {
    "assertion.bmffHash.mismatch": "Picture, sound or what binds them together are not as they were signed.",
    "assertion.dataHash.mismatch": "The file's bytes are not as they were signed.",
    "assertion.boxesHash.mismatch": "The file's bytes are not as they were signed.",
    "assertion.hashedURI.mismatch": "A statement of the manifest was changed after it was signed.",
    "assertion.missing": "A statement of the manifest was removed after it was signed.",
    "assertion.required.missing": "A statement that every manifest must have is missing.",
    "assertion.action.malformed": "The steps that the manifest tells are not in the form that the standard asks for.",
    "assertion.action.ingredientMismatch": "A step that the manifest tells names an ingredient that is not there.",
    "assertion.cbor.invalid": "A statement of the manifest is damaged.",
    "assertion.json.invalid": "A statement of the manifest is damaged.",
    "claim.cbor.invalid": "The claim of the manifest is damaged.",
    "claim.hardBindings.missing": "Nothing binds the manifest to this file.",
    "claim.missing": "The manifest has no claim.",
    "claim.multiple": "The manifest has several claims.",
    "claimSignature.mismatch": "The signature does not fit the manifest.",
    "claimSignature.missing": "The manifest is not signed.",
    "claimSignature.outsideValidity": "The manifest was signed when the signer's certificate was not valid.",
    "ingredient.claimSignature.mismatch": "The manifest of an ingredient was exchanged after this one was signed.",
    "ingredient.manifest.mismatch": "The manifest of an ingredient was changed after this one was signed.",
    "ingredient.manifest.missing": "The manifest of an ingredient is missing.",
    "signingCredential.expired": "The signer's certificate is out of date, and no time stamp tells that it signed before.",
    "signingCredential.invalid": "The signer's certificate is not one for signing media.",
    "signingCredential.revoked": "The signer's certificate was revoked.",
    CIRCLE: "Ingredients refer to each other in a circle, which was not followed.",
    TOO_DEEP: f"What lies more than {MOST_DEPTH} ingredients deep is left out.",
    TOO_MANY: f"Ingredients beyond the first {MOST_NODES} are left out.",
}
"""Codes of failures (C2PA Technical Specification 2.2, validation) in words."""

OURS = "Unmask"
"""Kind of a fault whose message is our own."""
FAULTS = {
    "MemoryError": "reading them takes more memory than the decoder may have",
    "Nonsense": "reading them gave nonsense, which may be an attack",
    "Stopped": "they made their reader stop, which may be an attack",
    "TooLong": "they say more than can be shown",
    "TooSlow": "reading them took too long",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A manifest store that was read, and what of it holds.

    Attributes:
        manifest: The tree.
        problems: What is wrong, a sentence each.
        holding: What of it holds.
        trusted: Whether the signer is on the reader's trust list, and fit.
        unfit: Why nobody can be held to the signature although it fits, None when somebody can.
    """

    manifest: Manifest
    problems: tuple[str, ...]
    holding: Holding
    trusted: bool
    unfit: str | None


def reading_of(store: Store) -> Reading | None:
    """What a store says and what of it holds; None when it has no manifest that can be shown."""
    if store.tree is None:
        return None
    codes = {problem.code for problem in (*store.failures, *store.changed_ingredients)}
    amiss = {code for code in codes if not on_signer(code)}
    holding: Holding = "whole" if not amiss else "bytes" if amiss <= BYTES_CODES else "statements"
    unfit = next((why for code, why in UNFIT.items() if code in codes), None)
    return Reading(
        manifest=manifest_of(store.tree),
        problems=sentences((*store.failures, *store.changed_ingredients)),
        holding=holding,
        trusted=unfit is None and (store.state == "Trusted" or (holding == "bytes" and UNKNOWN not in codes)),
        unfit=unfit,
    )


def manifest_of(node: Node) -> Manifest:
    """A node with all that it was made from."""
    return Manifest(
        label=node.label,
        title=node.title,
        form=node.form,
        relationship=node.relationship,
        generator=node.generator,
        signer=node.signer,
        actions=node.actions,
        ingredients=tuple(manifest_of(one) for one in node.ingredients),
        problems=sentences(node.problems),
    )


def sentences(problems: Iterable[Problem]) -> tuple[str, ...]:
    """What is wrong, each once; an unknown signer is nothing wrong."""
    return tuple(dict.fromkeys(sentence(problem) for problem in problems if problem.code != UNKNOWN))


def sentence(problem: Problem) -> str:
    """What is wrong in words; in those of the library for codes that are not known here.

    >>> sentence(Problem(code="x.y", explanation="odd"))
    'odd (x.y).'
    """
    return SENTENCES.get(problem.code) or f"{problem.explanation.rstrip('.') or 'failed'} ({problem.code})."


def on_signer(code: str) -> bool:
    """Whether a code says something of the signer only."""
    return code in SIGNER_CODES or code.startswith(SIGNER_PREFIXES)


def reason_of(fault: Fault) -> str:
    """Why a store cannot be read, as the end of a sentence."""
    if fault.fault == OURS:
        return fault.message
    if "cyclic ingredient" in fault.message:
        return "their ingredients refer to each other in a circle"
    said = fault.message.removeprefix(f"{fault.fault}: ").rstrip(".")
    return FAULTS.get(fault.fault) or f"the library says '{said or fault.fault}'"
