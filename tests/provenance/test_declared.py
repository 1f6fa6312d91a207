"""What a manifest says of how its asset came about."""

from dataclasses import replace

from unmask.provenance.declared import COMPOSED, MOST_NODES, SOURCE_TYPES, SYNTHETIC, declarations
from unmask.provenance.stretches import joined, total_seconds
from unmask.types import Action, Manifest


def manifest(
    title: str, *source_types: str | None, relationship: str = "active", ingredients: tuple[Manifest, ...] = ()
) -> Manifest:
    actions = tuple(Action("c2pa.edited", source) for source in source_types)
    return Manifest("urn:1", title, None, relationship, None, None, actions, ingredients)


def test_steps_are_told_in_their_order_those_without_a_source_left_out() -> None:
    told = declarations(manifest("a", "digitalCapture", None, "humanEdits"))
    assert [(one.source_type, one.title, one.part) for one in told] == [
        ("digitalCapture", "a", "whole"),
        ("humanEdits", "a", "whole"),
    ]


def test_what_it_was_made_from_is_the_whole_a_component_and_all_below_it_a_part() -> None:
    root = manifest("root", "digitalCapture", relationship="parentOf")
    part = manifest("part", "composite", relationship="componentOf", ingredients=(root,))
    parent = manifest("parent", "algorithmicMedia", relationship="parentOf", ingredients=(part,))
    told = declarations(manifest("file", ingredients=(parent,)))
    assert [(one.title, one.part) for one in told] == [("parent", "whole"), ("part", "part"), ("root", "part")]


def test_what_only_helped_or_has_a_problem_is_left_out_with_all_below_it() -> None:
    below = manifest("below", "algorithmicMedia", relationship="parentOf")
    helped = manifest("helped", "algorithmicMedia", relationship="inputTo", ingredients=(below,))
    broken = replace(
        manifest("broken", "algorithmicMedia", relationship="parentOf", ingredients=(below,)), problems=("x",)
    )
    assert declarations(manifest("file", ingredients=(helped, broken))) == ()


def test_what_the_file_itself_says_counts_whatever_its_problems() -> None:
    told = declarations(replace(manifest("file", "algorithmicMedia"), problems=("The hash differs.",)))
    assert len(told) == 1


def test_the_end_of_a_tree_without_end_is_not_looked_for() -> None:
    leaves = tuple(manifest(f"{k}", "algorithmicMedia", relationship="componentOf") for k in range(MOST_NODES + 10))
    assert len(declarations(manifest("file", ingredients=leaves))) == MOST_NODES - 1


def test_every_kind_that_matters_has_words() -> None:
    assert set(SOURCE_TYPES) >= SYNTHETIC | COMPOSED
    assert not SYNTHETIC & COMPOSED
    (one,) = declarations(manifest("file", "trainedAlgorithmicMedia"))
    assert one.words == "made by a trained model (trainedAlgorithmicMedia)"
    (other,) = declarations(manifest("file", "somethingNew"))
    assert other.words == "somethingNew"


def test_touching_stretches_are_one() -> None:
    assert joined([(0.0, 1.0), (1.0, 2.0)]) == [(0.0, 2.0)]
    assert joined([(0.0, 5.0), (1.0, 2.0)]) == [(0.0, 5.0)]
    assert joined([]) == []
    assert total_seconds([]) == 0.0
