"""``unmask forge``: forgeries made in small, labelled and sealed, to teach and to test detectors."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from unmask.cli.output import print_json, print_rich
from unmask.errors import UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from unmask.forgery.lab import Lab
    from unmask.forgery.seal import SealedMedia
    from unmask.forgery.writing import Coding, Written
    from unmask.settings import Settings

HELP = """Make forgeries in small, labelled and sealed, to teach and to test detectors.

Each output carries a visible label, a watermark, Content Credentials and a line in the lab's ledger. Whose face is
forged must have agreed; people who are drawn need not."""
Preset = Literal["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"]

LabFolder = Annotated[
    Path, typer.Option("--lab", metavar="DIR", envvar="UNMASK_LAB", help="Working folder; made if not there.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress on stderr.")]
Output = Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="File to write.", show_default=False)]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there already.")]
Crf = Annotated[int, typer.Option(metavar="N", min=0, max=51, help="Quality of the film's coder, 0 without loss.")]
CoderPreset = Annotated[Preset, typer.Option("--preset", help="Speed of the film's coder.")]
Masks = Annotated[
    bool, typer.Option("--masks", help="Write beside it which pixels were made, as NAME.mask.mp4 or .png.")
]
Consents = Annotated[
    list[str] | None,
    typer.Option(
        "--consent", metavar="ID", help="Consent of a person who is seen; again for each.", show_default=False
    ),
]
Person = Annotated[
    int | None, typer.Option(metavar="N", help="Which person of the target, from 1.", show_default=False)
]


def puppet(
    *,
    output: Output,
    person: Annotated[int, typer.Option(metavar="SEED", min=0, help="Who it is.")] = 1,
    motion: Annotated[int, typer.Option(metavar="SEED", min=0, help="What it does.")] = 1,
    room: Annotated[int, typer.Option(metavar="SEED", min=0, help="Where it is.")] = 0,
    seconds: Annotated[float, typer.Option(help="Length of the film; a still has none.")] = 10.0,
    size: Annotated[str, typer.Option(metavar="WxH", help="Of the picture, pixels.")] = "480x480",
    rate: Annotated[float, typer.Option(help="Frames a second.")] = 25.0,
    yaw: Annotated[float, typer.Option(metavar="DEGREES", help="How far the head turns to either side.")] = 12.0,
    heart: Annotated[float, typer.Option(metavar="BPM", help="Heart rate; 0 for no pulse.")] = 72.0,
    breath: Annotated[float, typer.Option(metavar="BPM", help="Breath rate; 0 for none.")] = 14.0,
    noise: Annotated[float, typer.Option(help="Of the camera, levels of 255.")] = 2.0,
    masks: Masks = False,
    crf: Crf = 18,
    preset: CoderPreset = "medium",
    force: Force = False,
    lab: LabFolder = Path("lab"),
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Draw a person who does not exist, as a film or still: pose, expression and pulse are known.

    Two films with another --person and the same --motion and --room are a true swap: all but the head is equal.

    \b
    Examples:
      unmask forge puppet -o one.mp4 --person 3 --heart 66
      unmask forge puppet -o other.mp4 --person 8 --motion 1 --yaw 60 --masks
      unmask forge puppet -o still.png --person 3 --size 640x360
    """
    from unmask.forgery.drawing import PuppetOrder, draw_puppet
    from unmask.forgery.lab import open_sealer
    from unmask.forgery.writing import STILLS, Coding
    from unmask.settings import settings

    width, height = _size(size)
    order = PuppetOrder(
        person,
        motion,
        0.0 if output.suffix.lower() in STILLS else seconds,
        width,
        height,
        rate,
        yaw_degrees=yaw,
        heart_rate_bpm=heart or None,
        breath_rate_bpm=breath or None,
        noise=noise,
        room=room,
    )
    media = draw_puppet(order, open_sealer(opened_lab(lab)))
    coding = Coding(crf, preset, masks=masks, force=force)
    return write_and_tell(media, output, coding, settings(), json=json, quiet=quiet)


def paste(
    source: Annotated[Path, typer.Argument(metavar="FACE", help="Film or picture with the face.", show_default=False)],
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="Film or picture that gets it.", show_default=False)],
    *,
    output: Output,
    shape: Annotated[
        str, typer.Option(help="Part of the face: face-hull, raised-hull, inner-face, mouth, eyes, nose.")
    ] = "face-hull",
    transfer: Annotated[
        str, typer.Option(help="Colours brought near the target's: rct, lct, mkl, hist or none.")
    ] = "rct",
    warp: Annotated[
        Literal["mesh", "similarity"], typer.Option(help="Take on the target's expression, or keep the face's own.")
    ] = "mesh",
    blend: Annotated[Literal["hard", "feather", "poisson"], typer.Option(help="How the rim is joined.")] = "feather",
    feather: Annotated[float, typer.Option(help="Width of a soft rim, in widths of the face.")] = 0.1,
    grow: Annotated[float, typer.Option(help="Way of the rim outwards, in widths of the face.")] = 0.0,
    consent: Consents = None,
    person: Person = None,
    masks: Masks = False,
    crf: Crf = 18,
    preset: CoderPreset = "medium",
    force: Force = False,
    lab: LabFolder = Path("lab"),
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Paste the face of one film or picture over that of another.

    Both people must have agreed (--consent for each), unless the lab drew them.

    \b
    Examples:
      unmask forge paste one.mp4 other.mp4 -o pasted.mp4 --masks
      unmask forge paste one.jpg other.mp4 -o pasted.mp4 --consent 1a2b3c4d --consent 5e6f7a8b --blend poisson
    """
    from unmask.forgery.lab import open_sealer
    from unmask.forgery.paste.face_paste import PasteRecipe
    from unmask.forgery.pasting import paste_files
    from unmask.forgery.writing import Coding
    from unmask.settings import settings

    limits = settings()
    recipe = PasteRecipe(shape, transfer, warp, blend, feather, grow)
    sealer = open_sealer(opened_lab(lab))
    media = paste_files(source, target, recipe, sealer, limits, consents=consent or (), person=person)
    coding = Coding(crf, preset, masks=masks, force=force)
    return write_and_tell(media, output, coding, limits, json=json, quiet=quiet)


def blend(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="Film or picture.", show_default=False)],
    *,
    output: Output,
    seed: Annotated[int, typer.Option(min=0, help="Of all that is drawn at random.")] = 1,
    person: Person = None,
    masks: Masks = False,
    crf: Crf = 18,
    preset: CoderPreset = "medium",
    force: Force = False,
    lab: LabFolder = Path("lab"),
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Blend a face with a slightly changed copy of itself.

    Nobody becomes anyone else, so nobody is asked: only the traces of blending are left. Detectors of blended faces learn from
    such pictures (Shiohara and Yamasaki, CVPR 2022).

    \b
    Examples:
      unmask forge blend clip.mp4 -o blended.mp4 --masks
      unmask forge blend portrait.jpg -o blended.png --seed 7
    """
    from unmask.forgery.lab import open_sealer
    from unmask.forgery.pasting import blend_file
    from unmask.forgery.writing import Coding
    from unmask.settings import settings

    limits = settings()
    media = blend_file(target, seed, open_sealer(opened_lab(lab)), limits, person=person)
    coding = Coding(crf, preset, masks=masks, force=force)
    return write_and_tell(media, output, coding, limits, json=json, quiet=quiet)


COMMANDS: dict[str, Callable[..., int]] = {"puppet": puppet, "paste": paste, "blend": blend}


def opened_lab(folder: Path) -> "Lab":
    """The lab in a folder, made with keys of its own when it is not there."""
    from unmask.forgery.lab import open_lab

    return open_lab(folder)


def _size(text: str) -> tuple[int, int]:
    """Width and height as users write them.

    Raises:
        UsageError: It is no size.

    >>> _size("640x360"), _size("640×360")
    ((640, 360), (640, 360))
    """
    found = re.fullmatch(r"(\d{1,5})[x×](\d{1,5})", text)
    if found is None:
        raise UsageError(f"'{text}' is no size; write it like 640x360.")
    return int(found.group(1)), int(found.group(2))


def write_and_tell(
    media: "SealedMedia", output: Path, coding: "Coding", settings: "Settings", *, json: bool, quiet: bool
) -> int:
    """Write what was sealed, and print what it is."""
    from unmask.cli.progress import watching
    from unmask.forgery.writing import write_sealed

    with watching(1, quiet=quiet) as watch:
        watch.begin(str(output))
        written = write_sealed(media, output, settings, coding, on_progress=watch.advance)
        watch.end()
    print_json(written_as_json(written)) if json else print_rich(written_as_text(written, media))
    return 0


def written_as_json(written: "Written") -> dict[str, Any]:
    """A sealed file as plain values."""
    from unmask.provenance.ledger import entry_as_json
    from unmask.report.plain import text

    return {
        "output": text(str(written.path)),
        "mask": None if written.mask is None else text(str(written.mask)),
        "frames": written.frames,
        "remarks": [text(remark) for remark in written.remarks],
        "ledger": entry_as_json(written.entry),
    }


def written_as_text(written: "Written", media: "SealedMedia") -> "RenderableType":
    """A sealed file in words."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    from unmask.report.wording import visible

    pictures = "1 picture" if written.frames == 1 else f"{written.frames} pictures"
    lines = [
        f"{media.truth.kind}, {media.truth.method}, {pictures}",
        f"Sealed: label, mark of clip {media.clip:08x}, Content Credentials; noted in the ledger of {visible(str(media.sealer.lab.keys))}",
    ]
    if written.mask is not None:
        lines.append(f"What was made is white in {visible(str(written.mask))}")
    lines += [visible(remark) for remark in written.remarks]
    heading = Text(f"Forged: {visible(str(written.path))}", style="bold", overflow="fold")
    return Group(heading, *(Padding(Text(line, overflow="fold"), (0, 0, 0, 2)) for line in lines))
