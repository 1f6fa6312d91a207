"""The words about a file's Content Credentials: states, signers, steps; the same in the terminal and on the page.

What a file says of itself may be written by anyone: the callers make hidden characters visible and escape the rest.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from unmask.provenance.declared import SOURCE_TYPES
from unmask.report.mark_words import payload_words, region_rows
from unmask.types import Action, Credentials, CredentialState, Manifest, Signer

CREDENTIAL_STATES: Mapping[CredentialState, str] = MappingProxyType(
    {
        "trusted": "Trusted signer",
        "valid": "Valid, signer unknown",
        "altered": "Altered since signing",
        "unreadable": "Unreadable",
        "absent": "Absent",
    }
)
"""What became of the Content Credentials, as a heading."""

CREDENTIAL_MEANINGS: Mapping[CredentialState, str] = MappingProxyType(
    {
        "trusted": "The file is as it was signed, and its signer is on your trust list. That says where it comes from, "
        "not that what it shows is true.",
        "valid": "The file is as it was signed, but nobody on your trust list vouches for the signer: anyone can sign "
        "under any name.",
        "altered": "The file is not as it was signed. Saving it anew does that too, so look at what was changed.",
        "unreadable": "There is a manifest that cannot be read. That speaks neither for nor against the file.",
        "absent": "Most files carry none, and most sites strip them: absence is no evidence.",
    }
)
"""What each state does and does not say."""

RELATIONSHIPS: Mapping[str, str] = MappingProxyType(
    {"active": "this file", "parentOf": "made from", "componentOf": "holds", "inputTo": "made with the help of"}
)
"""How an ingredient was used, in words."""

MOST_NODES, MOST_DEPTH, MOST_STEPS = 60, 8, 12
"""More of a tree or of a node's steps is counted, not shown: a file may claim as many as it likes."""


@dataclass(frozen=True, slots=True)
class Node:
    """One node of the tree of a file's making, ready to be shown.

    Attributes:
        title: Name of the asset.
        relation: How it was used, in words.
        facts: Label and value: signer, program, steps.
        problems: What validation found wrong in this node.
        below: What it was made from.
        left_out: Number of ingredients that are not shown.
    """

    title: str
    relation: str
    facts: tuple[tuple[str, str], ...]
    problems: tuple[str, ...]
    below: "tuple[Node, ...]"
    left_out: int


def tree(manifest: Manifest) -> Node:
    """The tree of a file's making in words, cut where it is too deep or too wide to be read."""
    return _node(manifest, [MOST_NODES - 1], MOST_DEPTH)


def own_problems(credentials: Credentials) -> tuple[str, ...]:
    """Problems that stand with no node of the tree."""
    told = set(_all_problems(credentials.manifest, MOST_DEPTH)) if credentials.manifest else set()
    return tuple(problem for problem in credentials.problems if problem not in told)


def _all_problems(manifest: Manifest, depth: int) -> Iterator[str]:
    yield from manifest.problems
    for ingredient in manifest.ingredients if depth > 1 else ():
        yield from _all_problems(ingredient, depth - 1)


def _node(manifest: Manifest, room: list[int], depth: int) -> Node:
    """One node; ``room`` holds the number of nodes that may still be shown."""
    shown = manifest.ingredients[: min(room[0], MOST_NODES)] if depth > 1 else ()
    room[0] -= len(shown)
    below = tuple(_node(ingredient, room, depth - 1) for ingredient in shown)
    return Node(
        manifest.title or "without a name",
        RELATIONSHIPS.get(manifest.relationship, manifest.relationship),
        tuple(_facts(manifest)),
        manifest.problems,
        below,
        len(manifest.ingredients) - len(shown),
    )


def _facts(manifest: Manifest) -> Iterator[tuple[str, str]]:
    if manifest.signer is not None:
        yield "signed by", signer_line(manifest.signer)
    elif manifest.label is None:
        yield "signed by", "nobody: it carried no Content Credentials"
    if manifest.generator:
        yield "written with", manifest.generator
    if manifest.form:
        yield "form", manifest.form
    for action in manifest.actions[:MOST_STEPS]:
        yield "step", action_line(action)
    more = len(manifest.actions) - MOST_STEPS
    if more > 0:
        yield "step", f"and {more} more"


def signer_line(signer: Signer) -> str:
    """Who signed, who vouches for the name, how and when.

    >>> signer_line(Signer("Example", "Camera 1", "Example CA", "7", "Es256", None))
    'Example (Camera 1), certified by Example CA, Es256'
    """
    name = signer.organization or signer.common_name or "a nameless certificate"
    common = f" ({signer.common_name})" if signer.organization and signer.common_name else ""
    parts = [f"{name}{common}"]
    parts += [f"certified by {signer.issuer}"] if signer.issuer else []
    parts += [signer.algorithm] if signer.algorithm else []
    parts += [f"on {signer.signed_at}"] if signer.signed_at else []
    return ", ".join(parts)


def action_line(action: Action) -> str:
    """One step in words.

    >>> action_line(Action("c2pa.created", "trainedAlgorithmicMedia", software="Lab 1"))
    'created, made by a trained model, with Lab 1'
    """
    parts = [action.name.removeprefix("c2pa.").replace("_", " ")]
    parts += [SOURCE_TYPES.get(action.source_type, action.source_type)] if action.source_type else []
    parts += [f"with {action.software}"] if action.software else []
    parts += [f"on {action.when}"] if action.when else []
    return ", ".join(parts) + (f": “{action.description}”" if action.description else "")


def credential_facts(credentials: Credentials) -> list[tuple[str, str]]:
    """What was compared and found beside the state."""
    facts = [("found in", f"the {credentials.found_in}")] if credentials.found_in else []
    if credentials.essence is not None:
        compared = "those that were signed" if credentials.essence == "same" else "not those that were signed"
        facts.append(("picture and sound", compared))
    if credentials.payload is not None:
        facts.append(("mark it names", payload_words(credentials.payload, None)))
    if credentials.regions is not None:
        facts += region_rows(credentials.regions, "differs from the signed fingerprint", "fits the signed fingerprint")
    return facts
