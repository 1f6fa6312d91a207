"""The page templates, with everything they print made visible and escaped."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup

from unmask.report import wording
from unmask.report.figures.bar import probability_bar, small_bar
from unmask.report.figures.curve import curve
from unmask.report.figures.heatmap import heat_map
from unmask.report.figures.overlay import tinted
from unmask.report.thumbnail import best_crop, data_uri, whole_uri


def rendered(template: str, **context: Any) -> str:
    """The template of that file name in this package, filled in.

    Hidden characters in any value become visible escapes, then HTML's own characters are escaped. Only the figures,
    which escape for themselves, pass as markup.
    """
    return _environment().get_template(template).render(**context)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_source),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    words = ("abstention", "answer", "clock", "first_upper", "percent", "percent_range", "sentence", "strength")
    environment.filters |= {name: getattr(wording, name) for name in words}
    environment.filters |= {"data_uri": data_uri, "whole_uri": whole_uri, "tinted": tinted}
    environment.globals |= {
        "verdicts": wording.VERDICTS,
        "meanings": wording.MEANINGS,
        "measurement": wording.measurement,
        "in_view": wording.in_view,
        "best_crop": best_crop,
        "probability_bar": _figure(probability_bar),
        "small_bar": _figure(small_bar),
        "curve": _figure(curve),
        "heat_map": _figure(heat_map),
    }
    return environment


def _source(name: str) -> str:
    return files("unmask.report").joinpath(name).read_text(encoding="utf-8")


def _shown(value: Any) -> Any:
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return wording.visible(value)


def _figure(draw: Callable[..., str]) -> Callable[..., Markup]:
    """The drawing as markup; its functions escape every text they are given."""

    def drawn(*arguments: Any) -> Markup:
        return Markup(draw(*arguments))  # noqa: S704 — svg.words and svg.element escape

    return drawn
