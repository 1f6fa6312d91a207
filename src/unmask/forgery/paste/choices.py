"""Checks of what a recipe names and how large its shares are."""

from collections.abc import Iterable

from unmask.errors import UsageError


def require_known(what: str, name: str, known: Iterable[str]) -> None:
    """Refuse a name that is not among the known ones.

    >>> require_known("colour transfer", "rct", ("rct", "none"))
    >>> require_known("colour transfer", "rgb", ("rct", "none"))
    Traceback (most recent call last):
    unmask.errors.UsageError: No colour transfer is called 'rgb'; choose one of rct, none.
    """
    choices = tuple(known)
    if name not in choices:
        raise UsageError(f"No {what} is called {name!r}; choose one of {', '.join(choices)}.")


def require_between(what: str, value: float, low: float, high: float) -> None:
    """Refuse a number outside its range, and what is no number.

    >>> require_between("feather", 0.7, 0.0, 0.5)
    Traceback (most recent call last):
    unmask.errors.UsageError: The feather is 0.7; choose a number from 0 to 0.5.
    """
    if not low <= value <= high:
        raise UsageError(f"The {what} is {value:g}; choose a number from {low:g} to {high:g}.")
