"""Altered stretches of the picture, the faces and the sound along the film."""

from collections.abc import Iterator, Sequence

from unmask.provenance.stretches import Stretch, joined
from unmask.report.figures.svg import element, line, picture, shortened, words
from unmask.report.figures.time_axis import BAR, LEFT, RIGHT, ROW, WIDTH, TimeAxis
from unmask.report.mark_words import span
from unmask.types import Provenance

Row = tuple[str, Sequence[Stretch]]
ALTERED = "#b04a0c"
"""The colour of what was made anew."""


def altered_stretches(provenance: Provenance, longest: float) -> str:
    """A row for each thing that was compared, with the stretches in which it was altered; empty when none was.

    Args:
        provenance: What was examined.
        longest: Length of the film in seconds.
    """
    rows = list(_rows(provenance))
    if longest <= 0 or not any(stretches for _, stretches in rows):
        return ""
    axis, bottom = TimeAxis(longest), 8 + ROW * len(rows)
    parts = [part for index, row in enumerate(rows) for part in _row(axis, row, 8 + ROW * index)]
    parts += axis.drawn(bottom)
    return picture(WIDTH, bottom + 30, "Altered stretches along the film", _description(rows), parts)


def _rows(provenance: Provenance) -> Iterator[Row]:
    credentials, mark, sound = provenance.credentials, provenance.picture, provenance.sound
    if credentials is not None and credentials.regions is not None:
        yield "signed fingerprint", joined([(it.start, it.end) for it in credentials.regions])
    if mark is not None and mark.state != "absent":
        yield "mark in the picture", joined([(it.start, it.end) for it in mark.regions])
        for face in mark.faces:
            yield f"face of person {face.id}", joined(face.altered)
    if sound is not None and sound.state != "absent":
        yield "mark in the sound", joined(sound.altered)


def _row(axis: TimeAxis, row: Row, y: float) -> Iterator[str]:
    name, stretches = row
    yield words(0, y + 15, shortened(name, LEFT - 10))
    yield line(LEFT, y + 11, RIGHT, y + 11)
    for start, end in stretches:
        x, tip = axis.x(start), element("title", f"altered {span(start, end)}")
        width = max(axis.x(end) - x, 3.0)
        yield element("rect", tip, x=x, y=y, width=width, height=BAR, rx=2, class_="altered", fill=ALTERED)


def _description(rows: Sequence[Row]) -> str:
    told = (f"{name}: {', '.join(span(*one) for one in found) or 'not altered'}." for name, found in rows)
    return " ".join(told)
