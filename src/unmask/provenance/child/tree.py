"""The manifests of a store as a tree that is finite, whatever they say of each other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_NODES, MOST_DEPTH = 1000, 32
MOST_ACTIONS, MOST_PROBLEMS = 200, 50
LONGEST_TEXT = 500
CIRCLE, TOO_DEEP, TOO_MANY = "unmask.circle", "unmask.deep", "unmask.many"
"""Codes of our own for what was left out of a tree."""

Store = Mapping[str, Any]
Node = dict[str, Any]


@dataclass(slots=True)
class Growth:
    """What a tree grows from, and how much of it there is.

    Attributes:
        manifests: By their labels.
        certificates: What the signers' certificates say, by label of the manifest.
        nodes: How many there are so far.
        path: Labels from the root to where the tree grows.
    """

    manifests: Mapping[str, Any]
    certificates: Mapping[str, Any]
    nodes: int = 0
    path: list[str] = field(default_factory=list)


def tree(store: Store, certificates: Mapping[str, Any]) -> Node | None:
    """The active manifest with all that it was made from; None when the store has none.

    Args:
        store: As ``Reader.json`` gives it.
        certificates: As ``certificates_of`` gives them.
    """
    growth = Growth(an_object(store.get("manifests")), certificates)
    label = store.get("active_manifest")
    if not isinstance(label, str) or label not in growth.manifests:
        return None
    failures = in_results(store.get("validation_results"), "failure")
    node = grown(growth, label, {"relationship": "active"}, failures)
    return node | {"title": text(an_object(growth.manifests[label]).get("title")) or ""}


def grown(growth: Growth, label: str | None, ingredient: Mapping[str, Any], failures: Iterable[Any]) -> Node:
    """A node and what it was made from."""
    growth.nodes += 1
    manifest = an_object(growth.manifests.get(label)) if label is not None else {}
    problems = [problem(one) for one in failures]
    below: list[Node] = []
    if label is not None:
        growth.path.append(label)
        below = [*branches(growth, manifest, problems)]
        growth.path.pop()
    return {
        "label": text(label),
        "title": text(ingredient.get("title")) or text(manifest.get("title")) or "",
        "form": text(ingredient.get("format")) or text(manifest.get("format")),
        "relationship": text(ingredient.get("relationship")) or "componentOf",
        "generator": generator(manifest),
        "signer": signer(manifest, an_object(growth.certificates.get(label)) if label else {}),
        "actions": actions(manifest),
        "ingredients": below,
        "problems": problems[:MOST_PROBLEMS],
    }


def branches(growth: Growth, manifest: Mapping[str, Any], problems: list[dict[str, str]]) -> Iterable[Node]:
    """What a manifest was made from; what cannot be followed is noted among its problems."""
    for one in a_list(manifest.get("ingredients")):
        ingredient = an_object(one)
        label = ingredient.get("active_manifest")
        label = label if isinstance(label, str) and label in growth.manifests else None
        if label in growth.path:
            problems.append({"code": CIRCLE, "explanation": ""})
        elif len(growth.path) >= MOST_DEPTH:
            problems.append({"code": TOO_DEEP, "explanation": ""})
            return
        elif growth.nodes >= MOST_NODES:
            problems.append({"code": TOO_MANY, "explanation": ""})
            return
        else:
            yield grown(growth, label, ingredient, recorded(ingredient))


def recorded(ingredient: Mapping[str, Any]) -> list[Any]:
    """Failures that whoever used an ingredient noted of it, in the newer form or the older."""
    return in_results(ingredient.get("validation_results"), "failure") or a_list(ingredient.get("validation_status"))


def in_results(results: Any, kind: str) -> list[Any]:
    """Entries of one kind on the active manifest."""
    return a_list(an_object(an_object(results).get("activeManifest")).get(kind))


def changed_ingredients(store: Store) -> list[dict[str, str]]:
    """What fails today in ingredients that was not noted when they were used."""
    deltas = a_list(an_object(store.get("validation_results")).get("ingredientDeltas"))
    found = [a_list(an_object(an_object(one).get("validationDeltas")).get("failure")) for one in deltas]
    return [problem(one) for failures in found for one in failures][:MOST_PROBLEMS]


def problem(told: Any) -> dict[str, str]:
    """Code and explanation of a failure."""
    told = an_object(told)
    return {"code": text(told.get("code")) or "", "explanation": text(told.get("explanation")) or ""}


def generator(manifest: Mapping[str, Any]) -> str | None:
    """The program that made the claim, with its version."""
    told = a_list(manifest.get("claim_generator_info"))
    return software(told[0]) if told else text(manifest.get("claim_generator"))


def software(told: Any) -> str | None:
    """A program's name, with its version where it is told."""
    if not isinstance(told, dict):
        return text(told)
    name, version = text(told.get("name")), text(told.get("version"))
    return f"{name} {version}" if name and version else name


def signer(manifest: Mapping[str, Any], certificate: Mapping[str, Any]) -> dict[str, str | None] | None:
    """Who signed, by the claim's summary and, where it is known, the certificate."""
    told = manifest.get("signature_info")
    if not isinstance(told, dict):
        return None
    subject, issuer = an_object(certificate.get("subject")), an_object(certificate.get("issuer"))
    return {
        "organization": text(subject.get("O")) or text(told.get("issuer")),
        "common_name": text(told.get("common_name")),
        "issuer": text(issuer.get("CN")) or text(issuer.get("O")),
        "serial": text(told.get("cert_serial_number")),
        "algorithm": text(told.get("alg")),
        "signed_at": text(told.get("time")),
    }


def certificates_of(claims: Any) -> dict[str, Any]:
    """What the signers' certificates say, by label of the manifest, from ``Reader.crjson``."""
    manifests = [an_object(one) for one in a_list(an_object(claims).get("manifests"))]
    return {
        str(one.get("label")): an_object(an_object(one.get("signature")).get("certificateInfo")) for one in manifests
    }


def actions(manifest: Mapping[str, Any]) -> list[dict[str, str | None]]:
    """The steps that a manifest tells."""
    steps = [
        step
        for assertion in map(an_object, a_list(manifest.get("assertions")))
        if str(assertion.get("label")).startswith("c2pa.actions")
        for step in a_list(an_object(assertion.get("data")).get("actions"))
    ]
    return [action(an_object(step)) for step in steps[:MOST_ACTIONS]]


def action(step: Mapping[str, Any]) -> dict[str, str | None]:
    """One step."""
    parameters = an_object(step.get("parameters"))
    source = text(step.get("digitalSourceType"))
    return {
        "name": text(step.get("action")) or "",
        "source_type": source.rstrip("/").rsplit("/", 1)[-1] if source else None,
        "when": text(step.get("when")),
        "software": software(step.get("softwareAgent")),
        "description": text(step.get("description")) or text(parameters.get("description")),
    }


def assertion(manifest: Any, label: str) -> Any:
    """The content of a manifest's assertion, None when it has none of that label."""
    found = (an_object(one) for one in a_list(an_object(manifest).get("assertions")))
    return next((one.get("data") for one in found if one.get("label") == label), None)


def an_object(told: Any) -> Mapping[str, Any]:
    """What should be an object; an empty one in place of anything else."""
    return told if isinstance(told, dict) else {}


def a_list(told: Any) -> list[Any]:
    """What should be a list; an empty one in place of anything else."""
    return told if isinstance(told, list) else []


def text(told: Any) -> str | None:
    """What should be a text, shortened; None in place of anything else."""
    return told[:LONGEST_TEXT] if isinstance(told, str) and told else None
