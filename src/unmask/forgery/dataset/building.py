"""A corpus built: planned, made by all cores, and gone on with where it stopped."""

import resource
import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from unmask.errors import OutputError
from unmask.forgery.dataset.beginning import Progress, Wanted, alone, begun
from unmask.forgery.dataset.changes import Surroundings
from unmask.forgery.dataset.crew import Died, done_by
from unmask.forgery.dataset.labels import Label, LeftOut, rows_of, write_labels
from unmask.forgery.dataset.pairing import PairMade, PairTask, make_pair
from unmask.forgery.dataset.plan import Faces, Pair, Plan
from unmask.forgery.dataset.recipes import SPLITS
from unmask.forgery.lab import Lab
from unmask.media.source import shown
from unmask.provenance.ledger import read_ledger
from unmask.settings import Settings


@dataclass(frozen=True, slots=True)
class Built:
    """A corpus as it stands.

    Attributes:
        plan: What was to be made.
        rows: All films of it.
        left_out: Films, pairs and kinds that are not in it.
        fresh: Pairs made in this run; the others were there.
        seconds: Time that making these took.
        cpu_seconds: Processor time that it took, all processes together.
    """

    plan: Plan
    rows: tuple[Label, ...]
    left_out: tuple[LeftOut, ...]
    fresh: int
    seconds: float
    cpu_seconds: float


def build(wanted: Wanted, lab: Lab, settings: Settings, on_progress: Progress | None = None) -> Built:
    """Build a corpus, or go on with one.

    Args:
        wanted: What.
        lab: Whose keys, consents, models and ledger.
        settings: Limits, and the least sandbox.
        on_progress: Told how far it is.

    Raises:
        UsageError: It cannot be built there, from this, or with whom.
        OutputError: Something cannot be written.
        MissingComponent: Part of the extra is not installed.
    """
    settings = settings.model_copy(update={"threads": 1})
    try:
        wanted.corpus.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{shown(wanted.corpus)} cannot be made: {error.strerror}.") from error
    with alone(wanted.corpus):
        plan, faces = begun(wanted, lab, settings, on_progress)
        return _Building(wanted, plan, faces, lab, settings, on_progress).run()


@dataclass(slots=True)
class _Building:
    """A corpus in the making."""

    wanted: Wanted
    plan: Plan
    faces: Mapping[str, Faces]
    lab: Lab
    settings: Settings
    on_progress: Progress | None
    rows: dict[str, tuple[Label, ...]] = field(default_factory=dict)
    failed: dict[str, LeftOut] = field(default_factory=dict)

    def run(self) -> Built:
        """Make what is missing; the tables are written however this ends."""
        self._clear()
        self._gather()
        before, began, used = len(self.rows), time.monotonic(), _cpu_seconds()
        try:
            self._make([pair for pair in self.plan.pairs if pair.id not in self.rows])
        finally:
            self._clear()
            self._gather()  # one may have been finished whose maker could not say so any more
            rows = tuple(row for pair in self.plan.pairs for row in self.rows.get(pair.id, ()))
            write_labels(self.wanted.corpus, rows, self.left_out())
        spent = time.monotonic() - began, _cpu_seconds() - used
        return Built(self.plan, rows, self.left_out(), len(self.rows) - before, *spent)

    def left_out(self) -> tuple[LeftOut, ...]:
        """Films, kinds and pairs that are not there, and why."""
        films = [LeftOut(one.film, "", one.left_out) for one in self.plan.originals if one.left_out is not None]
        kinds = [LeftOut("", "", said) for said in self.plan.left_out]
        pairs = [self.failed[pair.id] for pair in self.plan.pairs if pair.id in self.failed]
        return (*films, *kinds, *pairs)

    def _make(self, pairs: Sequence[Pair]) -> None:
        tasks = [PairTask(pair, self.wanted.corpus, self._around(pair)) for pair in pairs]
        self._tell()
        with closing(done_by(self.wanted.workers, make_pair, tasks)) as results:
            for number, result in results:
                self._take(pairs[number], result)
                self._tell()

    def _take(self, pair: Pair, result: PairMade | Died) -> None:
        if isinstance(result, Died):
            self.failed[pair.id] = LeftOut(pair.clip.film, pair.id, str(result))
        elif result.left_out is not None:
            self.failed[pair.id] = result.left_out
        else:
            self.rows[pair.id] = result.rows

    def _tell(self) -> None:
        if self.on_progress is not None:
            self.on_progress("pair", len(self.rows) + len(self.failed), len(self.plan.pairs))

    def _around(self, pair: Pair) -> Surroundings:
        plan = self.plan
        faces = {place.film: self.faces[place.film] for place in (pair.clip, pair.face) if place is not None}
        side, consents = plan.recipe.short_side, plan.consents
        return Surroundings(self.lab, self.wanted.originals, side, consents, self.settings, faces)

    def _gather(self) -> None:
        """Find the pairs that are whole."""
        noted = frozenset(entry.sha256 for entry in read_ledger(self.lab.ledger).entries)
        self.rows = {pair.id: rows for pair in self.plan.pairs if (rows := rows_of(self.wanted.corpus, pair, noted))}

    def _clear(self) -> None:
        """Take away what an earlier run left half made."""
        for split in SPLITS:
            for folder in (self.wanted.corpus / split).glob(".*"):
                shutil.rmtree(folder, ignore_errors=True)


def _cpu_seconds() -> float:
    """Processor time of this process and of all its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)
