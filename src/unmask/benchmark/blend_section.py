"""The suite ``blend`` as rows and as a section: how its network rose, what it is worth on others, what 8 bits cost.

Nothing is measured here: the figures are computed from the records that trainings left.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from unmask.benchmark.blend_run import ENDING, BlendRun, Int8, read_run
from unmask.benchmark.blend_trials import KindRow, kind_rows, kind_table, whole_row
from unmask.benchmark.clips_section import named
from unmask.benchmark.origin import origin_of
from unmask.benchmark.sections import Section, table
from unmask.benchmark.statistics import Interval, cluster_interval, ranking
from unmask.benchmark.suite import SuiteResult, interval_text
from unmask.errors import MissingComponent, UsageError
from unmask.weights import weight_card, weight_path

KEY, WEIGHT, RECORD = "blend", "blend", "blend_training"
MOST_LOST, MEGABYTE = 0.005, 1e6
"""An area that may be lost to 8 bits; with more lost, or no time won, the network does not ship in them."""
RISE_HEAD = ("iteration", "training images", "loss", "AUC", "IoU", "")
RUN_HEAD = (
    "network",
    "weights",
    "seed",
    "iterations",
    "images until kept",
    "asked about",
    "AUC",
    "95 %",
    "untrained",
    "IoU",
)
INT8_HEAD = ("numbers", "AUC", "CPU ms a face", "MB")
READING = (
    "Films of people whom the network does not learn from, each forged once in six ways and coded in one of four, some of which it "
    "never learned; AUC is all forged against all original films. *Training images* are forged ones and their originals, each drawn "
    "and filmed anew."
)
CHOSEN = (
    "The state that was kept is the one whose AUC was largest here, and the calibration is fitted here as well; so the figures of the "
    "kept state flatter a little. Its IoU by kind is after slope and offset of the squares were fitted, that of the curve before."
)
SWAPS = "These are faces forged for the purpose. On true swaps the network is at chance, see the sections of *clips*; it is shown and does not count."
RUNS = (
    "Seeds draw who is left out, too, so runs of different seeds are asked about different people; those of one seed are asked about the "
    "same. The interval of a run draws whole people anew."
)
SHORT = "Runs of fewer iterations than the one that ships say how fast a network begins to learn, not what it comes to."
UNPAIRED = ", without pairs"
PAIRED = (
    "Without pairs, the originals that a network sees are of others than the forged pictures, and no difference is asked for; all else "
    "is alike."
)
ONE_SEED = "Of no network and budget is there more than one seed: how much another would differ was not measured."


@dataclass(frozen=True, slots=True)
class RunRow:
    """Figures of one training.

    Attributes:
        paired: Whether forged pictures were seen beside their own originals.
        images: Seen until the kept state.
        asked: People asked about.
        area: Of the kept state.
        area_interval: Where it may lie, whole persons drawn anew.
        untrained: Of the network before its first iteration.
        overlap: Median intersection over union of the places.
    """

    network: str
    net: str
    parameters: int
    begin: str
    seed: int
    iterations: int
    paired: bool
    images: int
    asked: int
    area: float
    area_interval: Interval | None
    untrained: float
    overlap: float


@dataclass(frozen=True, slots=True)
class Int8Row:
    """What numbers of 8 bits cost and save.

    Attributes:
        area: Of the network in 8 bits.
        lost: Area lost to them; less than nil where some was won.
        lost_interval: Where that may lie, whole persons drawn anew.
        ships: Whether less than MOST_LOST is lost and time is won.
    """

    area: float
    lost: float
    lost_interval: Interval | None
    milliseconds: float
    float_milliseconds: float
    size_bytes: int
    float_size_bytes: int
    ships: bool


def records_in(folder: Path) -> tuple[Path, ...]:
    """Records of further trainings.

    Raises:
        UsageError: There are none.
    """
    found = tuple(sorted(folder.glob(f"*{ENDING}")))
    if not found:
        raise UsageError(f"'{folder.name}' holds no record of a training; unmask train blend writes NAME{ENDING}.")
    return found


def blend_suite(folder: Path | None, note: str | None = None, seed: int = 0) -> SuiteResult:
    """The record of the shipped network, and those of further trainings.

    Args:
        folder: Of further records, None for none.
        note: A sentence for the section.
        seed: Of the bootstrap.

    Raises:
        MissingComponent: The shipped record is missing, altered, or of another network than the one that ships.
        InputError: A record cannot be read.
        UsageError: The folder holds none.
    """
    shipped, further = weight_path(RECORD), () if folder is None else records_in(folder)
    run, others = read_run(shipped), [read_run(path) for path in further]
    if run.network != weight_card(WEIGHT).sha256:
        raise MissingComponent("The record of blend's training is of another network than ships; install unmask again.")
    origin = origin_of(
        " ".join(["unmask bench blend", *([] if folder is None else [named(folder)])]), [shipped, *further], seed
    )
    kinds = kind_rows(run.tried, run.learned, seed)
    rows = [run_row(run, kinds[-1]), *(run_row(one, whole_row(one.tried, seed)) for one in others)]
    small = None if run.int8 is None else int8_row(run, run.int8, seed)
    plain = [
        *({"kind": "rise", **asdict(one)} for one in run.rises),
        *(
            {"kind": "forgeries", **{"forged": one.kind} | {k: v for k, v in asdict(one).items() if k != "kind"}}
            for one in kinds
        ),
        *({"kind": "training", **asdict(one)} for one in rows),
        *([] if small is None else [{"kind": "int8", **asdict(small)}]),
        {"kind": "origin", **asdict(origin)},
    ]
    lines = [
        *_rise_lines(run),
        "",
        *kind_table(kinds),
        "",
        CHOSEN,
        "",
        SWAPS,
        *_int8_lines(run, small),
        *_run_lines(rows),
    ]
    return SuiteResult(tuple(plain), Section(KEY, tuple(lines), origin, note))


def run_row(run: BlendRun, whole: KindRow) -> RunRow:
    """Figures of a training, from those of all its trials together."""
    return RunRow(
        run.network,
        run.net,
        run.parameters,
        run.begin,
        run.seed,
        run.iterations,
        run.paired,
        2 * run.pairs * run.best,
        whole.people,
        whole.area,
        whole.area_interval,
        whole.untrained,
        whole.overlap,
    )


def int8_row(run: BlendRun, small: Int8, seed: int = 0) -> Int8Row:
    """What 8 bits cost and save, on the trials of the run."""
    fakes, reals = np.array([one.fake for one in run.tried]), np.array([one.real for one in run.tried])
    own_fakes, own_reals = np.array(small.fakes), np.array(small.reals)

    def lost(rows: np.ndarray) -> float:
        return ranking(fakes[rows], reals[rows]) - ranking(own_fakes[rows], own_reals[rows])

    whole = lost(np.arange(len(fakes)))
    return Int8Row(
        ranking(own_fakes, own_reals),
        whole,
        cluster_interval([one.person for one in run.tried], lost, seed),
        small.milliseconds,
        small.float_milliseconds,
        small.size_bytes,
        small.float_size_bytes,
        whole < MOST_LOST and small.milliseconds < small.float_milliseconds,
    )


def _rise_lines(run: BlendRun) -> list[str]:
    cells = [
        (
            f"{one.iteration:,}",
            f"{one.images:,}",
            f"{one.loss:.2f}",
            f"{one.area:.3f}",
            f"{one.overlap:.2f}",
            "kept" if one.iteration == run.best else "",
        )
        for one in run.rises
    ]
    trained = (
        f"{run.net}, {run.parameters:,} weights, begun from {run.begin}, trained on {run.faces:,} faces of {run.people} people with "
        f"{run.pairs} pairs an iteration, seed {run.seed}."
    )
    return [*table(RISE_HEAD, cells), "", trained, "", READING]


def _int8_lines(run: BlendRun, small: Int8Row | None) -> list[str]:
    if small is None or run.int8 is None:
        return ["", "In numbers of 8 bits it was not measured."]
    whole = small.area + small.lost
    cells = [
        ("float", f"{whole:.3f}", f"{small.float_milliseconds:.2f}", f"{small.float_size_bytes / MEGABYTE:.2f}"),
        ("8 bits", f"{small.area:.3f}", f"{small.milliseconds:.2f}", f"{small.size_bytes / MEGABYTE:.2f}"),
    ]
    verdict = "holds, so they may ship" if small.ships else "does not hold, so they do not ship"
    rule = (
        f"Lost to 8 bits: {small.lost:.4f} of the AUC (95 % {interval_text(small.lost_interval, 4)}). That less than {MOST_LOST:g} is lost "
        f"and time is won {verdict}. Ranges were read from {run.int8.calibrated_on} pictures of people whom the network learned from."
    )
    return ["", *table(INT8_HEAD, cells), "", rule]


def _run_lines(rows: Sequence[RunRow]) -> list[str]:
    if len(rows) < 2:
        return ["", ONE_SEED]
    cells = [
        (
            f"{one.net}{'' if one.paired else UNPAIRED}{' (ships)' if number == 0 else ''}",
            f"{one.parameters / 1e6:.2f} million",
            str(one.seed),
            f"{one.iterations:,}",
            f"{one.images:,}",
            str(one.asked),
            f"{one.area:.3f}",
            interval_text(one.area_interval),
            f"{one.untrained:.2f}",
            f"{one.overlap:.2f}",
        )
        for number, one in enumerate(rows)
    ]
    apart = [] if all(one.paired for one in rows) else [PAIRED]
    short = [SHORT] if any(one.iterations < rows[0].iterations for one in rows) else []
    return ["", *table(RUN_HEAD, cells), "", " ".join([RUNS, *apart, *short, *_seed_lines(rows)])]


def _seed_lines(rows: Sequence[RunRow]) -> list[str]:
    """How far the seeds of one network and budget lie apart."""
    alike: dict[tuple[str, int, str], list[RunRow]] = {}
    for one in rows:
        if one.paired:
            alike.setdefault((one.net, one.iterations, one.begin), []).append(one)
    told = [
        f"Of {net}, {iterations:,} iterations, {len(runs)} seeds differ from {min(one.area for one in runs):.3f} to {max(one.area for one in runs):.3f}."
        for (net, iterations, _), runs in alike.items()
        if len(runs) > 1
    ]
    return told or [ONE_SEED]
