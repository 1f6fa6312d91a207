"""Values as JSON takes them: rounded to what they are worth, never NaN, never half a character."""

import math
from collections.abc import Mapping


def rounded(value: float | None, digits: int) -> float | None:
    """A number with so many digits behind the point, None when it is not finite.

    >>> rounded(0.93128, 2), rounded(float("nan"), 2)
    (0.93, None)
    """
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), digits)


def significant(value: float) -> float | int | None:
    """Six digits, wherever the point is; whole numbers stay whole.

    >>> significant(0.000123456789), significant(60.0)
    (0.000123457, 60)
    """
    if not math.isfinite(value):
        return None
    if float(value).is_integer():
        return int(value)
    return float(f"{float(value):.6g}")


def interval(bounds: tuple[float, float] | None) -> list[float | None] | None:
    """Both ends of a range of probabilities."""
    return None if bounds is None else [rounded(bound, 4) for bound in bounds]


def stretch(bounds: tuple[float, float]) -> list[float | None]:
    """Start and end in seconds, to the millisecond."""
    return [rounded(bound, 3) for bound in bounds]


def text(told: str) -> str:
    r"""Lone surrogates (bytes that were no UTF-8) as visible escapes: not every JSON reader takes them.

    >>> text("a\udcff")
    'a\\udcff'
    """
    return told.encode("utf-8", "backslashreplace").decode("utf-8")


def texts(told: Mapping[str, str]) -> dict[str, str]:
    """Names and texts, see `text`."""
    return {text(name): text(value) for name, value in told.items()}


def optional_text(told: str | None) -> str | None:
    """The text, None when there is none."""
    return None if told is None else text(told)
