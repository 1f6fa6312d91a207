from pathlib import Path

import pytest

from tests.models.drawn import write_card
from unmask.errors import UsageError
from unmask.models.card import QUESTION, read_card


def test_a_card_says_what_a_model_takes_and_answers(tmp_path: Path) -> None:
    card = read_card(write_card(tmp_path / "card.toml"))
    assert (card.name, card.licence, card.source) == ("brightness", "CC0-1.0", "drawn for a test")
    assert (card.input.margin, card.input.side, card.input.range) == (1.3, None, (0, 1))
    assert card.input.shape(224) == (1, 3, 224, 224)
    assert (card.output.kind, card.output.index) == ("logit", None)


def test_the_question_may_be_left_out(tmp_path: Path) -> None:
    card = read_card(write_card(tmp_path / "card.toml", ('question = "Is this face too bright?"', "")))
    assert card.question == QUESTION


def test_the_kinds_of_forgery_that_a_model_sees_are_unknown_until_its_user_says_them(tmp_path: Path) -> None:
    said = ('licence = "CC0-1.0"', 'licence = "CC0-1.0"\nsees = ["redrawn-face", "synthetic-face"]')
    assert read_card(write_card(tmp_path / "card.toml")).sees == ()
    assert read_card(write_card(tmp_path / "said.toml", said)).sees == ("redrawn-face", "synthetic-face")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            'licence = "CC0-1.0"',
            'licence = "a"\nsees = ["faces"]',
            "gives 'sees' as 'faces'; it must be a list of the kinds",
        ),
        (
            'licence = "CC0-1.0"',
            'licence = "a"\nsees = "redrawn-face"',
            "gives 'sees' as 'redrawn-face'; it must be a list",
        ),
        ('licence = "CC0-1.0"', "", "lacks 'licence'; it must be the licence under which you may use"),
        ('licence = "CC0-1.0"', 'licence = " "', "gives 'licence' as ' '"),
        ('name = "brightness"', "", "lacks 'name'; it must be one lower-case word"),
        ('"brightness"', '"../etc"', "gives 'name' as '../etc'; it must be one lower-case word"),
        ('"brightness"', '"Brightness"', "gives 'name' as 'Brightness'"),
        ('"brightness"', "7", "gives 'name' as 7"),
        ("too bright?", "too bright", "gives 'question' as 'Is this face too bright'; it must be the question"),
        ('"Is this face too bright?"', '"A\\u001b[2J?"', "gives 'question' as"),
        ("margin = 1.3", "margin = 2.5", "gives 'input.margin' as 2.5; it must be side of the square"),
        ("margin = 1.3", "margin = nan", "gives 'input.margin' as nan"),
        ("margin = 1.3", "", "lacks 'input.margin'"),
        ('"rgb"', '"RGB"', 'gives \'input.colour\' as \'RGB\'; it must be "rgb", "bgr" or "gray".'),
        ('"nchw"', '"chw"', "gives 'input.layout' as 'chw'"),
        ("[0, 1]", "[-1, 1]", "gives 'input.range' as -1; it must be [0, 1] or [0, 255]"),
        ("[0, 1]", "[0, 1]\nside = 7", "gives 'input.side' as 7; it must be a whole number"),
        ("[0, 1]", "[0, 1]\nside = true", "gives 'input.side' as True"),
        ("[0, 1]", "[0, 1]\nmean = [0.5]", "gives 'input.mean' as [0.5]; rgb has 3 channels"),
        ("[0, 1]", "[0, 1]\nstd = [1, 1, 0]", "gives 'input.std' as 0"),
        ("[0, 1]", "[0, 1]\nsides = 7", "has an unknown key 'input.sides'; the keys are name, licence"),
        ("[input]", "colour = 1\n[input]", "has an unknown key 'colour'"),
        ('kind = "logit"', 'kind = "chance"', "gives 'output.kind' as 'chance'"),
        ('kind = "logit"', 'kind = "softmax"', "lacks 'output.index', which softmax need"),
        ('kind = "logit"', 'kind = "logits"\nindex = -1', "gives 'output.index' as -1"),
        ('[output]\nkind = "logit"', "", "lacks 'output'; it must be a table [output]"),
        ("[input]", "[inputs]", "lacks 'input'"),
        ("[input]", "[input", "is no TOML"),
        ('source = "drawn for a test"', 'source = "a"\nsha256 = "12"', "gives 'sha256' as '12'; it must be the 64"),
    ],
)
def test_what_is_wrong_with_a_card_is_one_sentence_that_names_the_key(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    with pytest.raises(UsageError) as caught:
        read_card(write_card(tmp_path / "card.toml", (old, new)))
    assert told in str(caught.value)
    assert str(caught.value).startswith("The card 'card.toml' ")
    assert "\n" not in str(caught.value)


def test_a_card_that_is_not_there_or_is_no_text_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"'nowhere\.toml' cannot be read: No such file"):
        read_card(tmp_path / "nowhere.toml")
    (tmp_path / "photo.toml").write_bytes(b"\xff\xd8\xff" * 50)
    with pytest.raises(UsageError, match="is no TOML"):
        read_card(tmp_path / "photo.toml")
