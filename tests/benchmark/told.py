"""Rows of films that are named like pairs, with what a data set of such names tells of them."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.datasets.drawn import put
from unmask.benchmark.clips import ClipRow
from unmask.benchmark.truth import Films, films_in


def told(rows: Sequence[ClipRow]) -> list[ClipRow]:
    """The rows with side, pair and person of each film, as the data set of all their names has them."""
    known = {film.name: film for film in named([row.file for row in rows]).films}
    return [
        replace(row, side=known[row.file].side, pair=known[row.file].pair, group=known[row.file].person) for row in rows
    ]


def named(files: Sequence[str]) -> Films:
    """What is known of films with these names, in a folder that is named otherwise."""
    with TemporaryDirectory() as folder:
        place = put(Path(folder), *files)
        return films_in(place, [place / file for file in files])
