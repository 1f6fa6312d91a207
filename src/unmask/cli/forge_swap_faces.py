"""``unmask forge swap faces``: the faces of a store, listed, sorted, filtered, shown and kept."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from unmask.cli.forge import Force, Json, LabFolder, Quiet, opened_lab, written_as_json, written_as_text
from unmask.cli.output import print_json, print_rich

if TYPE_CHECKING:
    from unmask.forgery.lab import Lab
    from unmask.forgery.seal import SealedMedia
    from unmask.forgery.swap.face_listing import ListedFace, Wanted
    from unmask.forgery.swap.store import FaceStore
    from unmask.forgery.writing import Written

OrderName = Literal["blur", "yaw", "pitch", "size", "similarity", "time"]
"""As in ``unmask.forgery.swap.face_listing.ORDERS``."""
COLUMNS: Mapping[str, tuple[str, str]] = {
    "number": ("number", "d"),
    "picture": ("picture", "s"),
    "seconds": ("seconds", ".2f"),
    "yaw": ("yaw", "+.1f"),
    "pitch": ("pitch", "+.1f"),
    "sharpness": ("sharpness", ".1f"),
    "width": ("width", ".0f"),
    "distance": ("distance", ".3f"),
}
"""Key of a row, what stands above its column, and how its values are written."""


def faces(
    store: Annotated[str, typer.Argument(metavar="STORE", help="Name of the faces in the lab.", show_default=False)],
    *,
    sort: Annotated[
        OrderName, typer.Option(help="blur: sharpest first; size: largest; similarity: nearest to the middle of all.")
    ] = "time",
    reverse: Annotated[bool, typer.Option("--reverse", help="The other way round.")] = False,
    most: Annotated[int | None, typer.Option(min=1, help="The first ones only.", show_default=False)] = None,
    least_width: Annotated[float, typer.Option(min=0, help="Least width of a face in its film, pixels.")] = 0.0,
    least_sharpness: Annotated[float, typer.Option(min=0, help="Least sharpness.")] = 0.0,
    most_yaw: Annotated[float, typer.Option(min=0, help="Greatest turn to a side, degrees.")] = 180.0,
    most_pitch: Annotated[float, typer.Option(min=0, help="Greatest turn up or down, degrees.")] = 180.0,
    most_distance: Annotated[
        float | None,
        typer.Option(min=0, help="From the middle of all; one person lies below 0.6.", show_default=False),
    ] = None,
    sheet: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Show them on a sealed sheet.", show_default=False)
    ] = None,
    keep: Annotated[
        str | None, typer.Option(metavar="NAME", help="Keep exactly these in a new store.", show_default=False)
    ] = None,
    force: Force = False,
    lab: LabFolder = Path("lab"),
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """List the faces of a store, sorted and filtered; show them on a sheet, or keep them in a store of their own.

    A new store rests on the same consents. What was drawn on a face and the mask it was given go with it.

    \b
    Examples:
      unmask forge swap faces one --sort blur --reverse --most 20
      unmask forge swap faces one --sort similarity --reverse --sheet strangers.png --most 60
      unmask forge swap faces one --most-distance 0.5 --least-width 90 --keep one-clean
    """
    from unmask.forgery.swap.face_listing import Wanted
    from unmask.forgery.swap.store import open_store, write_kept
    from unmask.forgery.swap.swapping import place_in

    home = opened_lab(lab)
    new = None if keep is None else place_in(home.faces, keep)
    opened = open_store(place_in(home.faces, store))
    wanted = Wanted(
        sort,
        backwards=reverse,
        most=most,
        least_width=least_width,
        least_sharpness=least_sharpness,
        most_yaw=most_yaw,
        most_pitch=most_pitch,
        most_distance=most_distance,
    )
    found = _listed(opened, wanted, quiet=quiet)
    shown = None if sheet is None else _sheet(home, opened, found, sort, sheet, force=force)
    written = None if new is None else write_kept(opened, [one.number - 1 for one in found], new, force=force)
    if json:
        print_json(faces_as_json(opened, found, None if shown is None else shown[0], written))
        return 0
    if shown is not None:
        print_rich(written_as_text(*shown))
    if written is not None:
        _tell_kept(opened, written)
    if shown is None and written is None:
        _tell_faces(opened, found)
    return 0


COMMANDS: dict[str, Callable[..., int]] = {"faces": faces}


def faces_as_json(
    store: "FaceStore", found: "tuple[ListedFace, ...]", sheet: "Written | None", kept: "FaceStore | None"
) -> dict[str, Any]:
    """Listed faces as plain values."""
    from unmask.report.plain import text

    return {
        "store": text(str(store.folder)),
        "subject": text(store.subject),
        "faces": len(store.faces),
        "listed": [_row(one) for one in found],
        "sheet": None if sheet is None else written_as_json(sheet),
        "kept": None if kept is None else text(str(kept.folder)),
    }


def _listed(store: "FaceStore", wanted: "Wanted", *, quiet: bool) -> "tuple[ListedFace, ...]":
    from unmask.cli.progress import watching
    from unmask.forgery.swap.face_listing import listed

    if not wanted.asks_who:
        return listed(store, wanted)
    with watching(1, quiet=quiet) as watch:
        watch.begin(f"{store.folder}: telling faces apart")
        found = listed(store, wanted, on_progress=watch.advance)
        watch.end()
    return found


def _sheet(
    lab: "Lab", store: "FaceStore", found: "tuple[ListedFace, ...]", order: str, place: Path, *, force: bool
) -> "tuple[Written, SealedMedia]":
    from unmask.forgery.lab import open_sealer
    from unmask.forgery.swap.face_listing import faces_sheet
    from unmask.forgery.writing import Coding, write_sealed
    from unmask.settings import settings

    sealed = faces_sheet(open_sealer(lab), store, found, order)
    return write_sealed(sealed, place, settings(), Coding(force=force)), sealed


def _row(one: "ListedFace") -> dict[str, Any]:
    from unmask.report.plain import rounded, text

    face = one.face
    yaw, pitch, roll = face.pose
    return {
        "number": one.number,
        "picture": text(face.picture),
        "mask": text(face.mask) or None,
        "source": face.source,
        "seconds": rounded(face.seconds, 4),
        "yaw": rounded(yaw, 2),
        "pitch": rounded(pitch, 2),
        "roll": rounded(roll, 2),
        "sharpness": rounded(face.sharpness, 2),
        "width": rounded(face.width, 1),
        "distance": rounded(one.distance, 4),
    }


def _tell_faces(store: "FaceStore", found: "tuple[ListedFace, ...]") -> None:
    from unmask.report.wording import visible

    typer.echo(f"{visible(store.subject)}: {len(found)} of {len(store.faces)} faces")
    for line in _table([_row(one) for one in found]):
        typer.echo(line)


def _table(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Lines of a table; what no row knows has no column."""
    from unmask.report.wording import visible

    known = [key for key in COLUMNS if rows[0][key] is not None]
    cells = [[COLUMNS[key][0] for key in known]]
    cells += [[visible(format(row[key], COLUMNS[key][1])) for key in known] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        yield "  " + "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))


def _tell_kept(store: "FaceStore", kept: "FaceStore") -> None:
    from unmask.report.wording import visible

    typer.echo(f"Kept: {visible(str(kept.folder))}, {len(kept.faces)} of {len(store.faces)} faces")
