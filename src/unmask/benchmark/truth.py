"""Which films of a folder are fakes, of whom, and of which originals: as its data set tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from unmask.datasets import LAYOUTS, Clip, DataSet, Label, groups_of, read_data_set
from unmask.datasets.clip import below
from unmask.types import PixelBox


@dataclass(frozen=True, slots=True)
class Film:
    """A film to be checked, and what is known of it.

    Attributes:
        path: Where it lies.
        name: Its path below the folder.
        side: Whether it was filmed or made, None where nobody tells.
        pair: What a fake and its own original have in common, None for a film without the other.
        person: Whose film it is: films that hang together by people, sources or pairs are of one.
        label_box: Where a visible label lies that is not to be seen, None without one.
        mask: Film of the pixels that were made, None where there is none.
        glasses: Whether who is seen wears glasses; None where nobody noted it.
    """

    path: Path
    name: str
    side: Label | None = None
    pair: str | None = None
    person: str | None = None
    label_box: PixelBox | None = None
    mask: Path | None = None
    glasses: bool | None = None


@dataclass(frozen=True, slots=True)
class Films:
    """The films of a folder.

    Attributes:
        films: In the order of their names.
        layout: Name of the data set's layout, None where the folder is none.
        remarks: A sentence for each file that the data set leaves out.
    """

    films: tuple[Film, ...]
    layout: str | None = None
    remarks: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[Path, ...]:
        """Films that are files; some data sets hold folders of pictures instead."""
        return tuple(film.path for film in self.films if film.path.is_file())


def films_in(folder: Path, otherwise: Sequence[Path]) -> Films:
    """The clips of the folder's data set; films of unknown truth where it is none.

    Args:
        folder: Where it lies.
        otherwise: What to take where no layout is recognised.

    Raises:
        UsageError: A table of the data set makes no sense, or the data set holds no clip.
    """
    if not any(layout.found_in(folder) for layout in LAYOUTS.values()):
        return Films(tuple(Film(file, below(file, folder)) for file in otherwise))
    return films_of_set(read_data_set(folder))


def films_of_set(data_set: DataSet) -> Films:
    """The clips of a data set as films, each with its person."""
    person = {clip.path: _person(group, data_set.folder) for group in groups_of(data_set) for clip in group}
    films = tuple(
        Film(
            clip.path,
            below(clip.path, data_set.folder),
            clip.label,
            clip.pair,
            person[clip.path],
            clip.label_box,
            clip.mask,
            clip.glasses,
        )
        for clip in data_set.clips
    )
    return Films(films, data_set.name, data_set.remarks)


def _person(group: Sequence[Clip], folder: Path) -> str:
    """The first identity of a group; a group without one is called by its first film, which no person is."""
    named = sorted({name for clip in group for name in clip.identities})
    return named[0] if named else min(below(clip.path, folder) for clip in group)
