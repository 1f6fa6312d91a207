"""``unmask watermark``: the institution's mark, written into picture and sound, read, and drawn where it is gone."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from unmask.cli.check import FILES_HELP, NOT_ANALYSED
from unmask.cli.output import print_json, print_rich
from unmask.errors import InputError, UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from unmask.provenance.marking import Noted

HELP = "Mark picture and sound with your own keys, and see where a marked file was altered."
CRF = 18

Keys = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Folder of keys; UNMASK_KEYS names it if this does not.", show_default=False),
]
ClipKeyFile = Annotated[
    Path | None,
    typer.Option("--clip-key", metavar="FILE", help="Key of one clip, instead of a folder.", show_default=False),
]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there already.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress on stderr.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Preset = Literal[
    "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow", "placebo"
]


def embed(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Film, still or sound.", show_default=False)],
    *,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="File to write.", show_default=False)],
    keys: Keys = None,
    clip: Annotated[
        str | None,
        typer.Option(
            metavar="CLIP", help="Number of the clip, 8 hexadecimal digits; a new one if not given.", show_default=False
        ),
    ] = None,
    crf: Annotated[
        int, typer.Option(metavar="N", min=0, max=51, help="Quality of the film's coder, 0 without loss.")
    ] = CRF,
    preset: Annotated[Preset, typer.Option(help="Speed of the film's coder; slower makes smaller files.")] = "medium",
    sound: Annotated[
        bool, typer.Option("--sound", help="Mark a film's sound too; else it is carried through untouched.")
    ] = False,
    force: Force = False,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Write a file with your mark: whose it is, and which clip.

    The mark is not seen or heard, and outlives copies that are coded anew, made smaller, cropped or cut; where a face is
    replaced, it is gone. Frame times are kept. What was marked is noted in the ledger of the key folder.

    \b
    Examples:
      unmask watermark embed interview.mp4 -o marked.mp4 --keys KEYS
      unmask watermark embed --sound --crf 16 interview.mov -o marked.mp4 --keys KEYS
      unmask watermark embed portrait.jpg -o marked.png --keys KEYS --clip 0000002a
    """
    from unmask.cli.mark_reading import named_folder
    from unmask.cli.progress import watching
    from unmask.media.probe import probe
    from unmask.provenance.keys import clip_number, open_mark_keys
    from unmask.provenance.ledger import ledger_folder, new_clip
    from unmask.provenance.marking import Order, mark_file
    from unmask.settings import settings

    limits = settings()
    folder = named_folder(keys, limits, "give --keys DIR")
    opened, ledger = open_mark_keys(folder), ledger_folder(folder)
    number = new_clip(ledger) if clip is None else clip_number(clip)
    order = Order(file, output, number, crf=crf, preset=preset, sound=sound, force=force)
    with watching(1, quiet=quiet) as watch:
        watch.begin(str(file))
        noted = mark_file(order, probe(file, limits), limits, opened, ledger, on_progress=watch.advance)
        watch.end()
    if json:
        print_json(_marked_as_json(file, output, noted))
    else:
        print_rich(_marked_as_text(output, folder, opened.organization, noted))
    return 0


def read(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help=FILES_HELP, show_default=False)],
    *,
    keys: Keys = None,
    clip_key: ClipKeyFile = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a file, a line each.")] = False,
    quiet: Quiet = False,
) -> int:
    """Read the mark in files: whose it is, which clip, and whether it is whole.

    The answer reads `no mark`, `intact`, `altered here` with places and times, or `undecidable`. With a key folder the
    ledger tells what is known of the clip. A file without a mark is not thereby suspicious.

    Leaves with 0 when done, 3 when some input could not be read.

    \b
    Examples:
      unmask watermark read found.mp4 --keys KEYS
      unmask watermark read found.mp4 --clip-key interview.clipkey
      unmask watermark read --json clips/ --keys KEYS > marks.jsonl
    """
    from unmask.cli.inputs import expand, opened
    from unmask.cli.mark_reading import chosen_key, reading_as_json, reading_as_text, reading_of
    from unmask.cli.progress import watching
    from unmask.media.probe import probe
    from unmask.settings import settings

    limits, inputs, incomplete = settings(), expand(files), False
    key, ledger = chosen_key(keys, clip_key, limits)
    with watching(len(inputs), quiet=quiet) as watch:
        for one in inputs:
            watch.begin(one.name)
            try:
                with opened(one, limits) as path:
                    reading = reading_of(path, probe(path, limits, name=one.name), limits, key, ledger)
                print_json(reading_as_json(reading)) if json else print_rich(reading_as_text(reading))
            except InputError as error:
                incomplete = True
                _refuse(one.name, error, json=json)
            watch.end()
    return NOT_ANALYSED if incomplete else 0


def draw(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Film or still.", show_default=False)],
    *,
    keys: Keys = None,
    clip_key: ClipKeyFile = None,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="PNG", help="Picture to write.")] = Path("map.png"),
    force: Force = False,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Draw where the mark is gone, over the frame in the middle of it: there the picture was made anew.

    Prints what `unmask watermark read` prints as well. Where there is no mark, there is nothing to draw.

    Leaves with 0 when done, 3 when the file could not be read.

    \b
    Examples:
      unmask watermark map found.mp4 --keys KEYS
      unmask watermark map found.mp4 --clip-key interview.clipkey -o found.png
    """
    from unmask.cli.mark_reading import chosen_key, reading_as_json, reading_as_text, reading_of, write_map
    from unmask.cli.progress import watching
    from unmask.media.probe import probe
    from unmask.report.wording import visible
    from unmask.settings import settings

    limits = settings()
    key, ledger = chosen_key(keys, clip_key, limits)
    _require_new(output, force=force)
    with watching(1, quiet=quiet) as watch:
        watch.begin(str(file))
        try:
            media = probe(file, limits)
            if media.video is None:
                raise UsageError(f"'{visible(str(file))}' has no picture to draw on; take: unmask watermark read.")
            reading = reading_of(file, media, limits, key, ledger)
            drawn = write_map(reading, file, output, limits)
        except InputError as error:
            _refuse(str(file), error, json=json)
            return NOT_ANALYSED
        watch.end()
    if json:
        print_json(reading_as_json(reading) | {"map": str(output) if drawn else None})
    else:
        print_rich(reading_as_text(reading))
        typer.echo(f"The map is in {visible(str(output))}." if drawn else "There is no mark to draw a map of.")
    return 0


COMMANDS: dict[str, Callable[..., int]] = {"embed": embed, "read": read, "map": draw}


def _require_new(place: Path, *, force: bool) -> None:
    """Refuse to replace a file unasked, or to write a picture under another kind of name.

    Raises:
        UsageError: It is there, or is not named as a PNG.
    """
    from unmask.media.source import shown

    if place.suffix.lower() != ".png":
        raise UsageError(f"{shown(place)} must end with .png to hold the map.")
    if os.path.lexists(place) and not force:
        raise UsageError(f"{shown(place)} is there already; name another, or replace it with --force.")


def _refuse(name: str, error: InputError, *, json: bool) -> None:
    from unmask.cli.mark_reading import failure_as_json
    from unmask.report.as_text import failure_as_text

    print_json(failure_as_json(name, error)) if json else print_rich(failure_as_text(name, error))


def _marked_as_json(source: Path, output: Path, noted: "Noted") -> dict[str, Any]:
    from unmask.provenance.ledger import entry_as_json
    from unmask.report.plain import rounded, text

    payload, psnr_db = noted.payload, noted.psnr_db
    return {
        "file": text(str(source)),
        "output": text(str(output)),
        "payload": {"institution": f"{payload.institution:08x}", "clip": f"{payload.clip:08x}"},
        "frames": noted.frames,
        "psnr_db": None if psnr_db is None else rounded(psnr_db, 2),
        "remarks": [text(remark) for remark in noted.remarks],
        "ledger": entry_as_json(noted.entry),
    }


def _marked_as_text(output: Path, folder: Path, organization: str, noted: "Noted") -> "RenderableType":
    import shlex

    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    from unmask.report.mark_words import payload_words
    from unmask.report.wording import first_upper, visible

    signed = output.with_name(f"{output.stem}-signed{output.suffix}")
    names = [shlex.quote(visible(str(path))) for path in (output, signed, folder)]
    lines = [first_upper(payload_words(noted.payload, organization))]
    if noted.psnr_db is not None:
        pictures = "1 picture" if noted.frames == 1 else f"{noted.frames} pictures"
        lines.append(f"{pictures}, luma PSNR {noted.psnr_db:.1f} dB before coding")
    lines += [*noted.remarks, "Noted in the ledger. Sign it next:"]
    command = "unmask sign {} -o {} --keys {}".format(*names)
    heading = Text(f"Marked: {visible(str(output))}", style="bold", overflow="fold")
    return Group(
        heading,
        *(Padding(Text(visible(line)), (0, 0, 0, 2)) for line in lines),
        Padding(Text(command, overflow="fold"), (0, 0, 0, 4)),
    )
