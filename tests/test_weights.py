import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from unmask import weights
from unmask.errors import MissingComponent


@pytest.fixture
def altered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one weight of its own."""
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    content = b"a model"
    (tmp_path / "tiny.bin").write_bytes(content)
    card = {"file": "tiny.bin", "what": "x", "source": "x", "licence": "x", "recipe": "x"}
    card["sha256"] = hashlib.sha256(content).hexdigest()
    (tmp_path / "tiny.toml").write_text("".join(f'{name} = "{value}"\n' for name, value in card.items()))
    return tmp_path


@pytest.fixture(autouse=True)
def fresh_caches() -> Iterator[None]:
    """Nothing is remembered from one test to the next."""
    caches = (weights.weight_card, weights.weight_path)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


@pytest.mark.parametrize("name", weights.names())
def test_every_weight_is_the_one_its_card_describes(name: str) -> None:
    path = weights.weight_path(name)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == weights.weight_card(name).sha256


@pytest.mark.parametrize("name", weights.names())
def test_every_card_says_what_whence_under_which_licence_and_how_to_make_it_again(name: str) -> None:
    card = weights.weight_card(name)
    assert all((card.what, card.source, card.licence, card.recipe))
    assert re.fullmatch("[0-9a-f]{64}", card.sha256)


def test_every_file_in_the_folder_has_a_card() -> None:
    files = {path.name for path in weights.FOLDER.iterdir() if path.suffix != ".toml"}
    assert files == {weights.weight_card(name).file for name in weights.names()}


def test_the_names_are_those_of_the_cards(altered: Path) -> None:
    assert weights.names() == ("tiny",)
    assert weights.weight_path("tiny") == altered / "tiny.bin"


def test_an_unknown_name_is_answered_with_those_there_are(altered: Path) -> None:
    assert altered.is_dir()
    with pytest.raises(MissingComponent, match="No weight is called 'huge'; the package holds tiny"):
        weights.weight_path("huge")


def test_an_altered_weight_is_refused(altered: Path) -> None:
    (altered / "tiny.bin").write_bytes(b"another model")
    with pytest.raises(MissingComponent, match=r"'tiny\.bin' has SHA-256 .* install unmask again"):
        weights.weight_path("tiny")


def test_an_absent_weight_is_missed(altered: Path) -> None:
    (altered / "tiny.bin").unlink()
    with pytest.raises(MissingComponent, match=r"'tiny\.bin' is missing; install unmask again"):
        weights.weight_path("tiny")
