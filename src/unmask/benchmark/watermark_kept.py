"""What the suite ``watermark`` measured so far, kept in a folder so that an interrupted run goes on.

Each piece is kept under a name that tells what it was made of: the film and the code that measures it. Whoever changes
the mark measures anew; whoever changes only how it is judged does not.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32

from unmask.media.writing import written_aside
from unmask.provenance.watermark.geometry import Lie
from unmask.provenance.watermark.record import Cells, Record
from unmask.types import Boxes, Mesh, Seconds, Track

NAME_DIGITS = 16
WHOLE_NUMBERS = frozenset({"side", "row", "column", "rows", "columns"})


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """One coded version of a marked film, and what was measured in it.

    Attributes:
        kind: ``honest``, or how its face was altered.
        crf: Quality at which x264 coded it.
        plain: Measured where the marker put the mark, to fit what is to be expected; for honest versions.
        record: Measured where the reader found the mark; None when it found none, or another payload.
        lie: Where that was.
        timed: Whether the reader found when the film begins.
        people: Those the reader followed.
        truth: Share of each block that was altered; None for honest versions.
    """

    kind: str
    crf: int
    plain: Record | None = None
    record: Record | None = None
    lie: Lie | None = None
    timed: bool = False
    people: tuple[Track, ...] = ()
    truth: Cells | None = None

    @property
    def name(self) -> str:
        """Such as ``honest-23``."""
        return f"{self.kind}-{self.crf}"


def stamp_of(sources: Iterable[Path], *words: object) -> str:
    """A name for the code that measures, by the content of its files and by whatever else it depends on."""
    digest = hashlib.sha256(repr(words).encode())
    for source in sorted(sources):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:NAME_DIGITS]


def keep_row(folder: Path, name: str, row: Any) -> None:
    """Keep a dataclass of plain values.

    Raises:
        OutputError: It cannot be written.
    """
    with written_aside(folder / f"{name}.json") as aside:
        aside.write_text(json.dumps(asdict(row)), encoding="utf-8")


def kept_row(folder: Path, name: str) -> dict[str, Any] | None:
    """The values of a row that was kept, None when it was not."""
    path = folder / f"{name}.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


def keep_version(folder: Path, name: str, version: Version) -> None:
    """Keep a version of a film.

    Raises:
        OutputError: It cannot be written.
    """
    arrays: dict[str, np.ndarray] = {"timed": np.array(version.timed)}
    for part, record in (("plain", version.plain), ("record", version.record)):
        if record is not None:
            arrays |= {f"{part}.{it.name}": getattr(record, it.name) for it in fields(record)}
    if version.lie is not None:
        arrays["lie"] = np.array(astuple(version.lie), np.float64)
    if version.truth is not None:
        arrays["truth"] = version.truth
    for index, track in enumerate(version.people):
        arrays |= {f"track{index}.{it}": getattr(track, it) for it in ("times", "boxes", "mesh")}
    with written_aside(folder / f"{name}-{version.name}.npz") as aside, aside.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)


def kept_version(folder: Path, name: str, kind: str, crf: int) -> Version | None:
    """A version that was kept, None when it was not."""
    path = folder / f"{name}-{Version(kind, crf).name}.npz"
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as file:
        arrays = {key: file[key] for key in file.files}
    return Version(
        kind,
        crf,
        _record(arrays, "plain"),
        _record(arrays, "record"),
        _lie(arrays.get("lie")),
        bool(arrays["timed"]),
        _people(arrays),
        arrays.get("truth"),
    )


def _record(arrays: dict[str, np.ndarray], part: str) -> Record | None:
    found = {it.name: arrays.get(f"{part}.{it.name}") for it in fields(Record)}
    return None if any(one is None for one in found.values()) else Record(**found)  # type: ignore[arg-type]


def _lie(numbers: np.ndarray | None) -> Lie | None:
    if numbers is None:
        return None
    named = {it.name: float(value) for it, value in zip(fields(Lie), numbers, strict=True)}
    return Lie(**{name: int(value) if name in WHOLE_NUMBERS else value for name, value in named.items()})  # type: ignore[arg-type]


def _people(arrays: dict[str, np.ndarray]) -> tuple[Track, ...]:
    found: list[Track] = []
    while (times := arrays.get(f"track{len(found)}.times")) is not None:
        index = len(found)
        found.append(bare_track(index + 1, times, arrays[f"track{index}.boxes"], arrays[f"track{index}.mesh"]))
    return tuple(found)


def bare_track(number: int, times: Seconds, boxes: Boxes, mesh: Mesh) -> Track:
    """A person's outline through time, without colours and crops, which no mark needs."""
    nothing: Float32[np.ndarray, " frames"] = np.zeros(len(times), np.float32)
    by_three, by_two = np.zeros((len(times), 3), np.float32), np.zeros((len(times), 2), np.float32)
    return Track(
        id=number,
        times=times,
        boxes=boxes,
        mesh=mesh,
        pose=by_three,
        colors=np.zeros((len(times), 0, 3), np.float32),
        cells=(),
        sharpness=nothing,
        clipped=nothing,
        scores=nothing,
        eyes=by_two,
        lips=nothing,
        crops=(),
    )
