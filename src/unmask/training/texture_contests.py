"""What ``texture`` ranks: answers by models that have not seen the people in question, nor, where it says so, kind or source."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
from jaxtyping import Bool, Float64

from unmask.training.regression import Films, totals_of
from unmask.training.texture_pairs import WAYS
from unmask.training.texture_rows import TextureRows
from unmask.training.texture_traces import DOUBLINGS

FOLDS = 10
BY_CHANCE = "drawn by chance"

Totals = Float64[np.ndarray, " films"]
Chosen = Bool[np.ndarray, " rows"]
Sourced = Sequence[tuple[TextureRows, str]]
"""Films, each with the name of where it is from."""


@dataclass(frozen=True, slots=True, eq=False)
class Contest:
    """Two sides that a model ranks, neither of whose people it has seen.

    Attributes:
        question: What is asked.
        name: Of the kind, the coder or the source.
        way: What both went through.
        one: Totals of the side that should rank higher, if any should.
        other: Of the other side.
        one_people: Whose they are.
        other_people: Likewise.
    """

    question: str
    name: str
    way: str
    one: Float64[np.ndarray, " one"]
    other: Float64[np.ndarray, " other"]
    one_people: tuple[str, ...]
    other_people: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """All rows to learn from, one below the other, and what is known of each."""

    measured: Float64[np.ndarray, "rows numbers"]
    fake: Totals
    kinds: tuple[str, ...]
    coders: tuple[str, ...]
    people: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def folds(self) -> tuple[str, ...]:
        """With whom each row is left out."""
        return tuple(fold_of(person) for person in self.people)

    def films(self, chosen: Chosen) -> Films:
        """Some rows to fit a model to; each source counts alike."""
        rows, folds, sources = np.flatnonzero(chosen), self.folds, np.array(self.sources)
        names, counts = np.unique(sources[rows], return_counts=True)
        weight = dict(zip(names.tolist(), (len(rows) / len(names) / counts).tolist(), strict=True))
        weights = np.array([weight[self.sources[row]] for row in rows])
        return Films(self.measured[rows], self.fake[rows], tuple(folds[row] for row in rows), weights)


def fold_of(person: str) -> str:
    """With whom a person is left out; the same in every run."""
    return f"fold {int(sha256(person.encode()).hexdigest()[:8], 16) % FOLDS}"


def table_of(learned: Sourced) -> Table:
    """Made rows first, film by film, then the filmed ones in the same order; pairs that were not measured are left out."""
    whole = [np.isfinite(rows.made + rows.filmed).all(axis=1) for rows, _ in learned]
    made = np.concatenate([rows.made[kept] for (rows, _), kept in zip(learned, whole, strict=True)])
    filmed = np.concatenate([rows.filmed[kept] for (rows, _), kept in zip(learned, whole, strict=True)])
    known = [
        (rows.kinds[row], rows.coders[row], rows.faces.person, source)
        for (rows, source), kept in zip(learned, whole, strict=True)
        for row in np.flatnonzero(kept)
    ]
    kinds, coders, people, sources = (2 * tuple(column) for column in zip(*known, strict=True))
    return Table(np.concatenate([made, filmed]), np.repeat([1.0, 0.0], len(made)), kinds, coders, people, sources)


def contests(table: Table, learned: Sourced, asked: Sourced, ridge: float) -> Iterator[Contest]:
    """Every question that is put to the models, one after another.

    Args:
        table: Of the films that are learned from.
        learned: The same films.
        asked: Forgeries and filmed people that are only asked about.
        ridge: Weight of the squared coefficients in the loss.
    """
    everything = np.ones(len(table.fake), bool)
    totals, kinds, coders = _left_out(table, everything, ridge), np.array(table.kinds), np.array(table.coders)
    for kind in DOUBLINGS:
        yield _of_rows(table, totals, ("kind it learned", kind), kinds == kind)
    for kind in DOUBLINGS:
        without = _left_out(table, (kinds != kind) | (table.fake == 0), ridge)
        yield _of_rows(table, without, ("kind it did not learn", kind), kinds == kind)
    for coder in dict.fromkeys(table.coders):
        yield _of_rows(table, totals, ("coder", coder), coders == coder)
    yield from _of_sources(table, learned, asked, ridge)
    yield from _of_forgeries(table, learned, asked, ridge)


def _of_sources(table: Table, learned: Sourced, asked: Sourced, ridge: float) -> Iterator[Contest]:
    """Filmed people of a source it did not learn from, against those of the others: nothing but the source parts them."""
    for source in dict.fromkeys(table.sources):
        mine, others = [[pair for pair in learned if (pair[1] == source) == own] for own in (True, False)]
        if others:
            own, rest = _answers(table, mine, source, ridge), _answers(table, others, source, ridge)
            yield from _on_ways("filmed against filmed", source, (mine, own), (others, rest))
            chosen = np.array([one == source for one in table.sources])
            without = _left_out(table, ~chosen, ridge)
            yield _of_rows(table, without, ("source it did not learn", source), chosen)
    strangers = [pair for pair in asked if pair[0].faces.clip.label == "real"]
    for source in dict.fromkeys(source for _, source in strangers):
        mine = [pair for pair in strangers if pair[1] == source]
        sides = [(films, _answers(table, films, None, ridge)) for films in (mine, learned)]
        yield from _on_ways("filmed against filmed", source, *sides)


def _of_forgeries(table: Table, learned: Sourced, asked: Sourced, ridge: float) -> Iterator[Contest]:
    """Forgeries that it never learns from, against filmed people as they are, and made smaller and larger like them."""
    real = _answers(table, learned, None, ridge), _answers(table, learned, None, ridge, alike=True)
    forged = [pair for pair in asked if pair[0].faces.clip.label == "fake"]
    for kind in dict.fromkeys(rows.faces.clip.kind for rows, _ in forged):
        mine = [pair for pair in forged if pair[0].faces.clip.kind == kind]
        own = _answers(table, mine, None, ridge)
        yield from _on_ways("forgery", kind, (mine, own), (learned, real[0]))
        yield from _on_ways("forgery, against filmed faces enlarged likewise", kind, (mine, own), (learned, real[1]))


Side = tuple[Sourced, Float64[np.ndarray, "_ ways"]]
"""Films, and totals of each on each way."""


def _on_ways(question: str, name: str, one: Side, other: Side) -> Iterator[Contest]:
    for number, way in enumerate(WAYS):
        seen = [np.flatnonzero(np.isfinite(totals[:, number])) for _, totals in (one, other)]
        if all(map(len, seen)):
            sides = [totals[rows, number] for rows, (_, totals) in zip(seen, (one, other), strict=True)]
            people = [
                tuple(_whose(films[row][0]) for row in rows.tolist())
                for rows, (films, _) in zip(seen, (one, other), strict=True)
            ]
            yield Contest(question, name, way, sides[0], sides[1], people[0], people[1])


def _whose(rows: TextureRows) -> str:
    """Whose face it is; a face of nobody is its own."""
    clip = rows.faces.clip
    return rows.faces.person if clip.label == "real" or clip.identities else str(clip.path)


def _left_out(table: Table, chosen: Chosen, ridge: float) -> Totals:
    """What models say of all rows, each fitted to the chosen rows of other people."""
    folds, totals = np.array(table.folds), np.empty(len(table.fake))
    for fold in sorted(set(table.folds)):
        mine = folds == fold
        totals[mine] = totals_of(table.films(chosen & ~mine), table.measured[mine], ridge)
    return totals


def _of_rows(table: Table, totals: Totals, named: tuple[str, str], chosen: Chosen) -> Contest:
    made, filmed = (np.flatnonzero(chosen & (table.fake == label)) for label in (1, 0))
    one, other = (tuple(table.people[row] for row in rows) for rows in (made, filmed))
    return Contest(*named, BY_CHANCE, totals[made], totals[filmed], one, other)


def _answers(
    table: Table, films: Sourced, without: str | None, ridge: float, *, alike: bool = False
) -> Float64[np.ndarray, "films ways"]:
    """What models say of films on each way, fitted without the film's people and without one source."""
    folds, kept = np.array(table.folds), np.array([source != without for source in table.sources])
    measured = np.array([rows.alike if alike else rows.ways for rows, _ in films])
    own, answers = np.array([fold_of(rows.faces.person) for rows, _ in films]), np.empty(measured.shape[:2])
    for fold in sorted(set(own.tolist())):
        mine = own == fold
        flat = measured[mine].reshape(-1, measured.shape[2])
        answers[mine] = totals_of(table.films(kept & (folds != fold)), flat, ridge).reshape(-1, len(WAYS))
    return answers
