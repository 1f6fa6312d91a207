"""A probability with its interval on a bar from 0 to 100 %."""

import math

from unmask.report.figures.colors import DARK_INK, diverging
from unmask.report.figures.svg import Rect, element, hatching, line, picture, ramp, text_width, words
from unmask.report.wording import percent, percent_range

_WIDTH, _LEFT, _TRACK = 420.0, 2.0, 416.0  # a dot at either end reaches over the edge; the page lets it


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
    parts = [ramp(Rect(_LEFT, 26.0, _TRACK, 14.0), diverging), *_zone(unsure)]
    parts += [
        words(_LEFT, 58, "0\xa0%", class_="soft"),
        words(_LEFT + _TRACK, 58, "100\xa0%", anchor="end", class_="soft"),
    ]
    if unsure is None:
        parts.append(words(_at(0.5), 58, "50\xa0%", anchor="middle", class_="soft"))
    parts += _marker(probability, interval, 33.0, 8.0)
    if probability is not None and math.isfinite(probability):
        shown = percent(probability)
        half = text_width(shown, 14) / 2
        middle = min(max(_at(probability), _LEFT + half), _LEFT + _TRACK - half)
        parts.append(words(middle, 15, shown, anchor="middle", size=14, bold=True))
    return picture(_WIDTH, 64, "Probability of manipulation", _description(probability, interval, unsure), parts)


def small_bar(probability: float, interval: tuple[float, float] | None = None) -> str:
    """The same bar without words, to stand beside a sentence that has them."""
    parts = [ramp(Rect(_LEFT, 6.0, _TRACK, 8.0), diverging), *_marker(probability, interval, 10.0, 6.0)]
    return picture(_WIDTH, 20, "Probability of manipulation", _description(probability, interval, None), parts)


def _zone(unsure: tuple[float, float] | None) -> list[str]:
    if unsure is None:
        return []
    low, high = (_at(bound) for bound in unsure)
    label = words((low + high) / 2, 58, "cannot tell", anchor="middle", class_="soft")
    edges = [line(x, 22, x, 45, class_="mark", width=1) for x in (low, high)]
    return [hatching(Rect(low, 26, high - low, 14), class_="zone", stroke="#ffffff", step=6.0), *edges, label]


def _marker(probability: float | None, interval: tuple[float, float] | None, y: float, radius: float) -> list[str]:
    """Whisker and dot, dark with a white rim: they lie on the scale's colours, not on the page's."""
    parts = []
    if interval is not None and all(math.isfinite(bound) for bound in interval):
        low, high = (_at(bound) for bound in interval)
        cap = radius - 2
        path = f"M{low:.1f} {y:.1f}H{high:.1f}M{low:.1f} {y - cap:.1f}V{y + cap:.1f}M{high:.1f} {y - cap:.1f}V{y + cap:.1f}"
        parts.append(element("path", d=path, stroke="#ffffff", stroke_width=4.5, stroke_linecap="square", fill="none"))
        parts.append(element("path", d=path, stroke=DARK_INK, stroke_width=2.2, fill="none"))
    if probability is not None and math.isfinite(probability):
        x = _at(probability)
        parts.append(element("circle", cx=x, cy=y, r=radius, fill="#ffffff"))
        parts.append(element("circle", cx=x, cy=y, r=radius - 1.5, fill=DARK_INK))
        parts.append(element("circle", cx=x, cy=y, r=radius - 3.5, fill=diverging(probability)))
    return parts


def _at(share: float) -> float:
    return _LEFT + _TRACK * min(max(share, 0.0), 1.0)


def _description(
    probability: float | None, interval: tuple[float, float] | None, unsure: tuple[float, float] | None
) -> str:
    if probability is None or not math.isfinite(probability):
        return "Not measured."
    where = percent_range(interval)
    sentence = percent(probability) + (f", 95 % interval {where}" if where else "") + "."
    return sentence + (f" Between {percent_range(unsure)} the answer is: cannot tell." if unsure else "")
