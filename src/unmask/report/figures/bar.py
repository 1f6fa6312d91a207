"""A probability with its interval on a bar from 0 to 100 %."""

import math

from unmask.report.figures.colors import DARK_INK, diverging
from unmask.report.figures.svg import Rect, element, hatching, line, picture, ramp, text_width, words
from unmask.report.wording import percent, percent_range

_LARGE = Rect(2, 26, 416, 14)  # a dot at either end reaches over the edge; the page lets it
_SMALL = Rect(2, 6, 236, 8)
_BASELINE = 58.0


def probability_bar(
    probability: float | None,
    interval: tuple[float, float] | None = None,
    unsure: tuple[float, float] | None = None,
) -> str:
    """The bar of the verdict: value, whisker of the 95 % interval, and the zone that reads "cannot tell".

    Args:
        probability: Probability of manipulation, None when nothing could be measured.
        interval: Where it may lie.
        unsure: Ends of the zone in which the verdict is "cannot tell"; None draws no zone.
    """
    left, right = _at(_LARGE, 0.0), _at(_LARGE, 1.0)
    parts = [
        ramp(_LARGE, diverging),
        words(left, _BASELINE, "0\xa0%", class_="soft"),
        words(right, _BASELINE, "100\xa0%", anchor="end", class_="soft"),
        *_zone(unsure),
        *_marker(_LARGE, probability, interval, 8.0),
    ]
    if probability is not None and math.isfinite(probability):
        shown = percent(probability)
        half = text_width(shown, 14) / 2
        middle = min(max(_at(_LARGE, probability), left + half), right - half)
        parts.append(words(middle, 15, shown, anchor="middle", size=14, bold=True))
    return picture(420, 64, "Probability of manipulation", _description(probability, interval, unsure), parts)


def small_bar(probability: float, interval: tuple[float, float] | None = None) -> str:
    """The same bar without words, to stand beside a sentence that has them."""
    parts = [ramp(_SMALL, diverging), *_marker(_SMALL, probability, interval, 6.0)]
    return picture(240, 20, "Probability of manipulation", _description(probability, interval, None), parts)


def _zone(unsure: tuple[float, float] | None) -> list[str]:
    if unsure is None:
        return []
    low, high = (_at(_LARGE, bound) for bound in unsure)
    if high - low <= 0:
        return []
    zone = hatching(Rect(low, _LARGE.y, high - low, _LARGE.height), class_="zone", stroke="#ffffff", step=6.0)
    edges = [line(x, _LARGE.y - 4, x, _LARGE.y + _LARGE.height + 4, class_="mark") for x in (low, high)]
    half = text_width("cannot tell") / 2
    middle = min(max((low + high) / 2, _LARGE.x + half + 36), _LARGE.x + _LARGE.width - half - 48)
    return [zone, *edges, words(middle, _BASELINE, "cannot tell", anchor="middle", class_="soft")]


def _marker(place: Rect, probability: float | None, interval: tuple[float, float] | None, radius: float) -> list[str]:
    """Whisker and dot, dark with a white rim: they lie on the scale's colours, not on the page's."""
    parts, y = [], place.y + place.height / 2
    if interval is not None and all(math.isfinite(bound) for bound in interval):
        low, high = (_at(place, bound) for bound in interval)
        top, bottom = y - radius + 2, y + radius - 2
        path = f"M{low:.1f} {y:.1f}H{high:.1f}M{low:.1f} {top:.1f}V{bottom:.1f}M{high:.1f} {top:.1f}V{bottom:.1f}"
        parts.append(element("path", d=path, stroke="#ffffff", stroke_width=4.5, stroke_linecap="square", fill="none"))
        parts.append(element("path", d=path, stroke=DARK_INK, stroke_width=2.2, fill="none"))
    if probability is not None and math.isfinite(probability):
        rings = ((radius, "#ffffff"), (radius - 1.5, DARK_INK), (radius - 3.5, diverging(probability)))
        parts += [element("circle", cx=_at(place, probability), cy=y, r=r, fill=fill) for r, fill in rings]
    return parts


def _at(place: Rect, share: float) -> float:
    return place.x + place.width * min(max(share, 0.0), 1.0)


def _description(
    probability: float | None, interval: tuple[float, float] | None, unsure: tuple[float, float] | None
) -> str:
    if probability is None or not math.isfinite(probability):
        return "Not measured."
    where = percent_range(interval)
    sentence = percent(probability) + (f", 95 % interval {where}" if where else "") + "."
    return sentence + (f" From {percent_range(unsure)} the answer is: cannot tell." if unsure else "")
