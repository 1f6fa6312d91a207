"""The few SVG elements the figures are made of."""

from collections.abc import Callable, Iterable
from html import escape
from typing import Literal, NamedTuple

from unmask.report.wording import visible

Anchor = Literal["start", "middle", "end"]
Number = int | float
"""A length on the paper; named because the shape checks of the tests tell the two apart."""
FONT_SIZE = 12
CHARACTER_WIDTH = 6.6  # of the font at FONT_SIZE, a little more than the mean so that labels keep apart


class Rect(NamedTuple):
    """A place on the paper."""

    x: Number
    y: Number
    width: Number
    height: Number


def element(tag: str, content: str = "", /, **attributes: str | Number) -> str:
    """One element; ``content`` is markup, attribute values are escaped.

    >>> element("rect", x=1.0, class_="panel")
    '<rect x="1" class="panel"/>'
    """
    named = "".join(f' {name.rstrip("_").replace("_", "-")}="{_value(value)}"' for name, value in attributes.items())
    return f"<{tag}{named}>{content}</{tag}>" if content else f"<{tag}{named}/>"


def words(
    x: Number,
    y: Number,
    text: str,
    *,
    anchor: Anchor = "start",
    class_: str = "ink",
    fill: str = "#22282e",
    size: Number = FONT_SIZE,
    bold: bool = False,
) -> str:
    """A line of text with its baseline at ``y``; hidden characters are made visible.

    The class gives the colour of the page's scheme; with an empty class the fill stands, as on coloured cells.
    """
    weight: dict[str, str | Number] = {"font_weight": 600} if bold else {}
    coloured: dict[str, str | Number] = {"class_": class_} if class_ else {}
    return element(
        "text",
        escape(visible(text)),
        x=x,
        y=y,
        **coloured,
        fill=fill,
        text_anchor=anchor,
        font_size=size,
        **weight,
    )


def line(x1: Number, y1: Number, x2: Number, y2: Number, *, class_: str = "rule", width: Number = 1) -> str:
    """A straight stroke."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_, stroke="#b9b4a9", stroke_width=width)


def hatching(place: Rect, *, class_: str = "rule", stroke: str = "#b9b4a9", step: Number = 7.0) -> str:
    """Thin diagonals that fill a rectangle: nothing was seen or measured here."""
    x, y, width, height = place
    strokes = []
    offset = step - height
    while offset < width:
        left, right = max(offset, 0.0), min(offset + height, width)
        if right > left:
            strokes.append(
                f"M{_value(x + left)} {_value(y + height - (left - offset))}"
                f"L{_value(x + right)} {_value(y + height - (right - offset))}"
            )
        offset += step
    return element("path", d="".join(strokes), class_=class_, stroke=stroke, stroke_width=1, fill="none")


def ramp(place: Rect, color_of: Callable[[float], str], *, upwards: bool = False) -> str:
    """A rectangle filled with a scale of colours, 0 at the left or at the bottom.

    Thin cells that overlap a little: a gradient would need an identifier, which two figures on a page could share.
    """
    steps = 80
    x, y, width, height = place
    cells = []
    for step in range(steps):
        color, share = color_of((step + 0.5) / steps), step / steps
        if upwards:
            top = y + height * (1 - share - 1 / steps)
            cells.append(element("rect", x=x, y=top, width=width, height=height / steps + 0.6, fill=color))
        else:
            right = min(width / steps + 0.6, width * (1 - share))
            cells.append(element("rect", x=x + width * share, y=y, width=right, height=height, fill=color))
    return "".join(cells)


def picture(width: Number, height: Number, title: str, description: str, parts: Iterable[str]) -> str:
    """A whole figure; title and description are what a screen reader says."""
    content = [element("title", escape(visible(title))), element("desc", escape(visible(description))), *parts]
    return element(
        "svg",
        "".join(content),
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_value(width)} {_value(height)}",
        role="img",
        aria_label=f"{title}. {description}",
        font_family="system-ui, sans-serif",
    )


def text_width(text: str, size: Number = FONT_SIZE) -> float:
    """About how wide a line of text is, in the units of the figure."""
    return len(text) * CHARACTER_WIDTH * size / FONT_SIZE


def shortened(text: str, width: Number) -> str:
    """The text cut with an ellipsis where it would be wider than ``width``."""
    shown = visible(text)
    most = max(int(width / CHARACTER_WIDTH), 1)
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def _value(value: str | Number) -> str:
    if isinstance(value, str):
        return escape(visible(value), quote=True)
    return f"{value:.1f}".removesuffix(".0") if abs(value) >= 0.05 else "0"
