"""What is claimed of a file: the usual, what the user names, and what makes no sense."""

from pathlib import Path

import pytest

from unmask.errors import UsageError
from unmask.provenance.claims import Claims, Ingredient, claims_for, definition
from unmask.types import Action

PARENT = Path("parent.mp4")


def steps(claims: Claims) -> list[tuple[str, str | None]]:
    return [(step.name.removeprefix("c2pa."), step.source_type) for step in claims.actions]


def test_without_a_parent_it_was_filmed() -> None:
    assert steps(claims_for("a")) == [("created", "digitalCapture")]


def test_a_made_file_says_so_at_its_creation() -> None:
    made = claims_for("a", source_type="trainedAlgorithmicMedia", actions=["published"])
    assert steps(made) == [("created", "trainedAlgorithmicMedia"), ("published", None)]


def test_with_a_parent_it_was_opened_and_edited() -> None:
    edited = claims_for("a", parent=PARENT)
    assert steps(edited) == [("opened", None), ("edited", None)]
    assert edited.ingredients == (Ingredient(PARENT),)


def test_the_source_of_an_edit_is_told_of_the_edit() -> None:
    swapped = claims_for("a", parent=PARENT, actions=["edited"], source_type="compositeWithTrainedAlgorithmicMedia")
    assert steps(swapped) == [("opened", None), ("edited", "compositeWithTrainedAlgorithmicMedia")]
    opened = claims_for("a", parent=PARENT, actions=["opened"], source_type="composite")
    assert steps(opened) == [("opened", "composite")]


def test_steps_keep_their_order_and_names_of_ones_own_their_form() -> None:
    named = claims_for("a", actions=["c2pa.created", "cropped", "org.example.blessed"], when="2026-01-02T03:04:05Z")
    assert [step.name for step in named.actions] == ["c2pa.created", "c2pa.cropped", "org.example.blessed"]
    assert {step.when for step in named.actions} == {"2026-01-02T03:04:05Z"}


@pytest.mark.parametrize(
    ("parent", "actions", "source_type", "said"),
    [
        (None, ["editted"], None, "Did you mean 'edited'?"),
        (None, ["c2pa.blessed"], None, "No action is called 'c2pa.blessed'"),
        (None, [""], None, "No action is called ''"),
        (None, [], "digitalcapture", "Did you mean 'digitalCapture'?"),
        (None, [], "xyz", "Known are: digitalCapture"),
        (None, ["opened"], None, "--parent FILE"),
        (PARENT, ["created"], None, "opened, not created"),
        (None, ["edited", "created"], None, "comes first and once"),
        (PARENT, ["opened", "opened"], None, "comes first and once"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(
    parent: Path | None, actions: list[str], source_type: str | None, said: str
) -> None:
    with pytest.raises(UsageError, match=r"\.$|\?$") as caught:
        claims_for("a", parent=parent, actions=actions, source_type=source_type)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_steps_name_the_ingredients_that_they_concern() -> None:
    told = Claims(
        "a",
        (Action("c2pa.opened"), Action("c2pa.placed", "compositeCapture", description="a face"), Action("c2pa.edited")),
        (Ingredient(PARENT), Ingredient(Path("face.png"), "componentOf")),
    )
    opened, placed, edited = definition(told, ["one", "two"])["assertions"][0]["data"]["actions"]
    assert opened["parameters"] == {"ingredientIds": ["one"]}
    assert placed["parameters"] == {"ingredientIds": ["two"]}
    assert placed["digitalSourceType"] == "http://cv.iptc.org/newscodes/digitalsourcetype/compositeCapture"
    assert placed["description"] == "a face"
    assert edited == {"action": "c2pa.edited"}


def test_an_action_of_an_unknown_source_is_refused() -> None:
    with pytest.raises(UsageError, match="No source type"):
        definition(Claims("a", (Action("c2pa.created", "dream"),)), [])
