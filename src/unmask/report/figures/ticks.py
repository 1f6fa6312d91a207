"""Round positions on an axis."""

import math

from unmask.report.wording import clock

_STEPS = (1, 2, 5, 10)
_TIME_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
MOST_TICKS = 1000  # a guard against a broken range, far above what is drawn


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """About ``wanted`` round numbers within the range.

    >>> ticks(40.0, 180.0)
    [50.0, 100.0, 150.0]
    >>> ticks(-1.2, 1.3, 6)
    [-1.0, -0.5, 0.0, 0.5, 1.0]
    """
    span = high - low
    if not math.isfinite(span) or span <= 0:
        return []
    rough = span / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in _STEPS if factor * power >= rough * 0.999)
    return _multiples(low, high, step)


def time_ticks(high: float, wanted: int = 8) -> list[float]:
    """About ``wanted`` round times from 0 to ``high`` seconds.

    >>> time_ticks(62.0)
    [0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0]
    """
    if high < wanted:
        return ticks(0.0, high, wanted)
    step = next((step for step in _TIME_STEPS if step >= high / wanted), math.ceil(high / wanted / 3600) * 3600)
    return _multiples(0.0, high, float(step))


def tick_label(value: float, step: float) -> str:
    """The number with as many digits as the step needs; very large and small ones by their power of ten.

    >>> tick_label(0.5, 0.25), tick_label(1200.0, 200.0), tick_label(-5e-7, 1e-7)
    ('0.50', '1200', '−5e−7')
    """
    if value and not 1e-4 <= abs(step) < 1e5:
        return f"{value:g}".replace("e-0", "e-").replace("e+0", "e").replace("e+", "e").replace("-", "−")
    digits = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0
    if digits and abs(step * 10**digits - round(step * 10**digits)) > 1e-6:
        digits += 1
    return f"{value:.{min(digits, 6)}f}".replace("-", "−")


def time_label(seconds: float, longest: float) -> str:
    """Seconds for short films, minutes and seconds beyond two minutes.

    >>> time_label(20.0, 60.0), time_label(90.0, 300.0)
    ('20', '1:30')
    """
    if longest <= 120:
        return f"{seconds:g}"
    return clock(seconds).removesuffix(".0")


def _multiples(low: float, high: float, step: float) -> list[float]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [index * step + 0.0 for index in range(first, min(last, first + MOST_TICKS) + 1)]
