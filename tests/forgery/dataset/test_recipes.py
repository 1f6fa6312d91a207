import json
from pathlib import Path

import pytest

from unmask.errors import UsageError
from unmask.forgery.dataset.recipes import RECIPES, LastCodec, Recipe, recipe_named


def written(folder: Path, told: object) -> str:
    path = folder / "own.json"
    path.write_text(json.dumps(told))
    return str(path)


def test_a_file_gives_what_it_says(tmp_path: Path) -> None:
    told = {"name": "own", "shares": {"self-blend": 1, "model": 0.5}, "models": ["one"], "codecs": [{"crf": 30}]}
    recipe = recipe_named(written(tmp_path, told))
    assert recipe == Recipe(
        "own", {"self-blend": 1.0, "model": 0.5}, models=("one",), codecs=(LastCodec(30, "veryfast"),)
    )


def test_names_are_known() -> None:
    assert {name: recipe_named(name).name for name in RECIPES} == {"paste": "paste", "blend": "blend", "quick": "quick"}


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"name": "own", "shares": {"morph": 1}}, "shares.morph"),
        ({"name": "own", "shares": {"self-blend": -1}}, "shares.self-blend: Input should be greater"),
        ({"name": "own", "shares": {"self-blend": 1}, "colour": "red"}, "colour: "),
        ({"name": "own", "shares": {"self-blend": 1}, "codecs": [{"crf": 90}]}, "codecs.0.crf: "),
        ({"shares": {"self-blend": 1}}, "name: Field required"),
        ({"name": "own", "shares": {}}, "names no kinds"),
        ({"name": "own", "shares": {"self-blend": 1}, "seconds": 1}, "lower least_seconds"),
        ({"name": "own", "shares": {"self-blend": 1}, "seconds": 60, "short_side": 1080}, "10.4 GiB of memory"),
        ([], "makes no sense"),
    ],
)
def test_a_file_that_makes_no_sense_is_one_sentence(tmp_path: Path, told: object, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        recipe_named(written(tmp_path, told))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_no_recipe_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="choose from paste, blend, quick"):
        recipe_named("morph")
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        recipe_named(str(tmp_path / "none.json"))
    (tmp_path / "half.json").write_text('{"name": ')
    with pytest.raises(UsageError, match="makes no sense"):
        recipe_named(str(tmp_path / "half.json"))
