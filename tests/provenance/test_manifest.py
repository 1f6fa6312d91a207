"""Manifests of strangers become a tree that is finite, and sentences."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import c2pa
import numpy as np
import pytest

from tests.provenance.institutions import FILMED, archive, signed, signed_by_library, still
from unmask.provenance.child.reading import read
from unmask.provenance.child.tree import CIRCLE, MOST_DEPTH, MOST_NODES, TOO_DEEP, TOO_MANY, tree
from unmask.provenance.essence import LABEL
from unmask.provenance.manifest import Reading, manifest_of, reading_of, reason_of
from unmask.provenance.store import Fault, Node, Problem, Store, reading_settings
from unmask.types import Manifest


def manifest(*below: str | None, **told: Any) -> dict[str, Any]:
    """A manifest in the library's JSON that was made from others, by their labels."""
    ingredients = [{"title": f"from {label}", "relationship": "parentOf", "active_manifest": label} for label in below]
    return {"title": "t", "ingredients": ingredients, **told}


def grown(manifests: dict[str, Any], active: Any = "a", **told: Any) -> Node | None:
    found = tree({"active_manifest": active, "manifests": manifests, **told}, {})
    return None if found is None else Node.model_validate(found)


def nodes(node: Node) -> Iterator[Node]:
    yield node
    for one in node.ingredients:
        yield from nodes(one)


def depth(node: Node) -> int:
    return 1 + max((depth(one) for one in node.ingredients), default=0)


def codes(node: Node) -> set[str]:
    return {problem.code for one in nodes(node) for problem in one.problems}


def test_a_tree_tells_what_a_file_was_made_from() -> None:
    told = {
        "claim_generator_info": [{"name": "editor", "version": "2"}],
        "signature_info": {"alg": "Es256", "issuer": "Org", "common_name": "Desk", "cert_serial_number": "7"},
        "assertions": [
            {"label": "other", "data": 1},
            {
                "label": "c2pa.actions.v2",
                "data": {
                    "actions": [
                        {
                            "action": "c2pa.edited",
                            "digitalSourceType": "http://c2pa.org/digitalsourcetype/empty",
                            "when": "2026",
                            "softwareAgent": {"name": "editor", "version": "2"},
                            "parameters": {"description": "made brighter"},
                        }
                    ]
                },
            },
        ],
    }
    node = grown({"a": manifest("b", None, **told), "b": manifest(title="original")})
    assert node is not None
    found = manifest_of(node)
    assert (found.label, found.title, found.relationship, found.generator) == ("a", "t", "active", "editor 2")
    assert found.signer is not None
    assert (found.signer.organization, found.signer.common_name, found.signer.serial) == ("Org", "Desk", "7")
    (action,) = found.actions
    assert (action.name, action.source_type, action.software) == ("c2pa.edited", "empty", "editor 2")
    assert action.description == "made brighter"
    assert [(one.title, one.label) for one in found.ingredients] == [("from b", "b"), ("from None", None)]


@pytest.mark.parametrize(
    "manifests",
    [
        {"a": manifest("a")},
        {"a": manifest("b"), "b": manifest("a")},
        {"a": manifest("b", "c"), "b": manifest("c"), "c": manifest("b", "a")},
    ],
)
def test_a_circle_of_ingredients_is_not_followed(manifests: dict[str, Any]) -> None:
    node = grown(manifests)
    assert node is not None
    assert depth(node) <= len(manifests)
    assert CIRCLE in codes(node)


def test_a_chain_without_end_is_cut() -> None:
    chain = {str(k): manifest(str(k + 1)) for k in range(500)}
    node = grown(chain | {"500": manifest()}, "0")
    assert node is not None
    assert depth(node) == MOST_DEPTH
    assert TOO_DEEP in codes(node)


def test_a_tree_that_doubles_at_each_step_is_cut() -> None:
    node = grown({str(k): manifest(str(k + 1), str(k + 1)) for k in range(40)}, "0")
    assert node is not None
    assert sum(1 for _ in nodes(node)) <= MOST_NODES
    assert TOO_MANY in codes(node)


def test_a_manifest_of_many_ingredients_is_cut() -> None:
    node = grown({"a": manifest(*[None] * 5000)})
    assert node is not None
    assert len(node.ingredients) == MOST_NODES - 1


@pytest.mark.parametrize("active", [None, 7, "missing", ["a"]])
def test_a_store_without_an_active_manifest_has_no_tree(active: Any) -> None:
    assert grown({"a": manifest()}, active) is None


@pytest.mark.parametrize("odd", [None, 7, "text", [], {}, [None, 7, "text"], {"a": 7}])
def test_odd_values_stand_for_nothing(odd: Any) -> None:
    keys = ("ingredients", "assertions", "signature_info", "claim_generator_info", "claim_generator", "title")
    for key in keys:
        node = grown({"a": manifest(**{key: odd})}, validation_results=odd)
        assert node is not None
    node = grown({"a": {"assertions": [{"label": "c2pa.actions", "data": {"actions": odd}}]}})
    assert node is not None
    assert tree({"active_manifest": "a", "manifests": odd}, {}) is None or odd == {"a": 7}


def test_endless_texts_are_shortened() -> None:
    node = grown({"a": manifest(title="x" * 10**6, claim_generator="y" * 10**6)})
    assert node is not None
    assert len(node.title) == len(node.generator or "") == 500


def store(state: str, *failures: str, changed: tuple[str, ...] = ()) -> Store:
    node = grown({"a": manifest()})
    problems = tuple(Problem(code=code, explanation="it is odd") for code in failures)
    deltas = tuple(Problem(code=code, explanation="it is odd") for code in changed)
    return Store(state=state, failures=problems, changed_ingredients=deltas, tree=node, essence=None)


@pytest.mark.parametrize(
    ("failures", "holding", "trusted"),
    [
        ((), "whole", True),
        (("signingCredential.untrusted",), "whole", False),
        (("signingCredential.untrusted", "signingCredential.expired"), "whole", False),
        (("assertion.bmffHash.mismatch",), "bytes", True),
        (("assertion.dataHash.mismatch", "signingCredential.untrusted"), "bytes", False),
        (("assertion.dataHash.mismatch", "claimSignature.mismatch"), "statements", False),
        (("assertion.hashedURI.mismatch",), "statements", False),
        (("something.new",), "statements", False),
    ],
)
def test_what_of_a_manifest_holds_is_told_by_its_failures(
    failures: tuple[str, ...],
    holding: str,
    trusted: bool,  # noqa: FBT001
) -> None:
    found = reading_of(store("Invalid" if failures else "Trusted", *failures))
    assert found is not None
    assert (found.holding, found.trusted) == (holding, trusted)


def test_an_unknown_signer_is_no_problem_and_each_problem_is_told_once() -> None:
    found = reading_of(
        store("Invalid", "signingCredential.untrusted", *["assertion.dataHash.mismatch"] * 2, "something.new")
    )
    assert found is not None
    assert found.problems == ("The file's bytes are not as they were signed.", "it is odd (something.new).")


def test_an_ingredient_changed_afterwards_spoils_the_manifest() -> None:
    found = reading_of(store("Invalid", changed=("ingredient.manifest.mismatch",)))
    assert isinstance(found, Reading)
    assert found.holding == "statements"
    assert "changed after this one was signed" in found.problems[0]


def test_faults_are_told_as_the_end_of_a_sentence() -> None:
    assert "circle" in reason_of(Fault(fault="Other", message="Other: cyclic ingredient found in path: []"))
    assert reason_of(Fault(fault="Stopped", message="")).startswith("they made their reader stop")
    assert reason_of(Fault(fault="Other", message="Other: no box.")) == "the library says 'no box'"


REQUEST = {"format": "image/png", "assertion": LABEL, "settings": reading_settings("")}


def in_process(content: bytes) -> Store | Fault:
    """What the child would say of a file."""
    try:
        return Store.model_validate(read(REQUEST, io.BytesIO(content), b""))
    except c2pa.C2paError as error:
        return Fault(fault=type(error).__name__, message=str(error)[:200])


@pytest.fixture(scope="module")
def three_deep(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A picture made from a picture made from a picture."""
    folder = tmp_path_factory.mktemp("three")
    picture = still(folder / "a.png").read_bytes()
    opened = {**FILMED, "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [opening()]}}]}
    first, _ = signed_by_library(picture, "image/png", FILMED)
    second, _ = signed_by_library(picture, "image/png", opened, parents=(first,))
    third, _ = signed_by_library(picture, "image/png", opened, parents=(second,))
    return third


def opening() -> dict[str, Any]:
    return {"action": "c2pa.opened", "parameters": {"ingredientIds": ["xmp:iid:0"]}}


def label_of(found: Store | Fault) -> Manifest:
    assert isinstance(found, Store)
    reading = reading_of(found)
    assert reading is not None
    return reading.manifest


def test_a_real_store_is_read_with_its_ingredients_and_certificates(three_deep: bytes) -> None:
    top = label_of(in_process(three_deep))
    assert top.signer is not None
    assert top.signer.organization == archive().name
    assert top.signer.issuer == f"{archive().name} intermediate"
    (middle,) = top.ingredients
    (bottom,) = middle.ingredients
    assert [one.actions[0].name for one in (top, middle, bottom)] == ["c2pa.opened", "c2pa.opened", "c2pa.created"]
    assert bottom.actions[0].source_type == "digitalCapture"
    assert bottom.problems == ()


def test_manifests_that_name_each_other_in_a_circle_are_refused(three_deep: bytes) -> None:
    top = label_of(in_process(three_deep))
    (middle,) = top.ingredients
    (bottom,) = middle.ingredients
    labels = [str(one.label).encode() for one in (top, middle, bottom)]
    body = three_deep.index(labels[1]), three_deep.rindex(labels[0])
    inside = three_deep[body[0] : body[1]].replace(labels[2], labels[0])
    found = in_process(three_deep[: body[0]] + inside + three_deep[body[1] :])
    assert isinstance(found, Fault)
    assert "circle" in reason_of(found)


def test_damage_anywhere_in_a_store_is_answered(three_deep: bytes) -> None:
    chance = np.random.default_rng(3)
    begins, ends = three_deep.index(b"caBX"), three_deep.index(b"IDAT")
    told = set()
    for _ in range(150):
        content = bytearray(three_deep)
        for place in chance.integers(begins, ends, 3):
            content[place] = int(chance.integers(0, 256))
        found = in_process(bytes(content))
        told.add(type(found).__name__)
        if isinstance(found, Store):
            reading_of(found)
    assert told == {"Store", "Fault"}


def test_our_own_statement_comes_with_the_store(tmp_path: Path) -> None:
    done = signed(still(tmp_path / "a.png"), tmp_path / "b.png")
    found = in_process(done.path.read_bytes())
    assert isinstance(found, Store)
    assert found.essence["version"] == 1
    assert found.essence["fingerprint"]["groups"] == 1
