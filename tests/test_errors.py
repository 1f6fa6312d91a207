import inspect

import pytest

from unmask import errors
from unmask.errors import InputError, MissingComponent, OutputError, UnmaskError, UsageError

ALL = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, UnmaskError)]


def named(kind: type[UnmaskError]) -> str:
    return kind.__name__


def test_the_tree_in_the_docstring_is_the_tree_there_is() -> None:
    assert errors.__doc__ is not None
    assert {word for word in errors.__doc__.split() if word in {named(kind) for kind in ALL}} == {
        named(kind) for kind in ALL
    }


@pytest.mark.parametrize("kind", ALL, ids=named)
def test_every_error_can_be_caught_as_one_of_ours_and_has_a_meaning(kind: type[UnmaskError]) -> None:
    with pytest.raises(UnmaskError):
        raise kind("A sentence.")
    assert kind.__doc__


def test_each_error_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in ALL]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    ("kind", "exit_code"), [(UsageError, 2), (InputError, 3), (OutputError, 3), (MissingComponent, 4)]
)
def test_the_exit_code_belongs_to_the_branch(kind: type[UnmaskError], exit_code: int) -> None:
    assert {one.exit_code for one in ALL if issubclass(one, kind)} == {exit_code}
