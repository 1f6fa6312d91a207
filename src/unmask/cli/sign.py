"""``unmask sign``: Content Credentials for a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from unmask.cli.output import print_rich

if TYPE_CHECKING:
    from rich.console import RenderableType

    from unmask.provenance.signing_order import Noted
    from unmask.types import Payload


def sign(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Film, still or sound.", show_default=False)],
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="File to write.", show_default=False)
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Folder of keys; UNMASK_KEYS names it if this does not.", show_default=False),
    ] = None,
    parent: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What it was made from; its credentials are kept.")
    ] = None,
    action: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A step that was taken, such as edited or cropped; may be given again."),
    ] = None,
    source_type: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="How it came about; digitalCapture, filmed, if there is no parent."),
    ] = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Its name in the manifest; the file's.")] = None,
    payload: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT", help="What the mark in it says, as unmask watermark prints it; else the ledger's."
        ),
    ] = None,
    sidecar: Annotated[
        bool, typer.Option("--sidecar", help="Write the manifest beside the file, and leave its bytes as they are.")
    ] = False,
    in_place: Annotated[bool, typer.Option("--in-place", help="Sign the file itself.")] = False,
    remux: Annotated[
        bool,
        typer.Option("--remux", help="Move a film that cannot carry credentials (mkv, webm) to MP4, without loss."),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there already.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress on stderr.")] = False,
) -> int:
    """Sign a file, so that anyone sees later where it comes from and whether, and where, it was changed.

    The signature (Content Credentials, C2PA) holds the hash of the file, the steps you name, and the picture in
    miniature. Sign last: whatever is done to the file afterwards breaks it. What was signed is noted in the ledger of
    the key folder, and its manifest is kept there.

    \b
    Examples:
      unmask sign interview.mp4 -o signed.mp4 --keys KEYS
      unmask sign cut.mp4 -o signed.mp4 --keys KEYS --parent interview.mp4 --action edited --action cropped
      unmask sign film.mkv -o signed.mp4 --keys KEYS --remux
      unmask sign portrait.jpg --sidecar --keys KEYS
    """
    from unmask.cli.mark_reading import named_folder
    from unmask.cli.progress import watching
    from unmask.provenance.signing_order import SigningOrder, sign_as_asked
    from unmask.settings import settings

    limits = settings()
    order = SigningOrder(
        file,
        output,
        parent,
        tuple(action or ()),
        source_type,
        title,
        None if payload is None else payload_named(payload),
        sidecar=sidecar,
        in_place=in_place,
        force=force,
        remux=remux,
    )
    folder = named_folder(keys, limits, "give --keys DIR")
    with watching(1, quiet=quiet) as watch:
        watch.begin(str(file))
        noted = sign_as_asked(order, limits, folder, watch.advance)
        watch.end()
    if json:
        from unmask.report.as_json import json_line

        typer.echo(json_line(_as_json(file, noted)))
    else:
        print_rich(_as_text(folder, noted))
    return 0


def payload_named(text: str) -> "Payload":
    """The mark that a user names.

    Raises:
        UsageError: It is no mark.
    """
    from unmask.errors import UsageError
    from unmask.provenance.essence import payload_from

    try:
        return payload_from(text)
    except ValueError as error:
        raise UsageError(
            f"The payload '{text}' is no mark; give both numbers as they are printed, like 1a2b3c4d-00000007."
        ) from error


def _as_json(source: Path, noted: "Noted") -> dict[str, Any]:
    from unmask.provenance.ledger import entry_as_json
    from unmask.report.plain import text

    signed, entry = noted.signed, noted.entry
    return {
        "file": text(str(source)),
        "output": text(str(signed.path)),
        "sidecar": None if signed.sidecar is None else text(str(signed.sidecar)),
        "sha256": signed.sha256,
        "title": text(noted.claims.title),
        "actions": [{"name": step.name, "source_type": step.source_type} for step in noted.claims.actions],
        "payload": None if entry.payload is None else str(entry.payload),
        "remarks": [text(remark) for remark in noted.remarks],
        "ledger": entry_as_json(entry),
    }


def _as_text(folder: Path, noted: "Noted") -> "RenderableType":
    import shlex

    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    from unmask.provenance.signer import ANCHORS
    from unmask.report.credential_words import action_line
    from unmask.report.wording import visible

    signed = noted.signed
    lines = [f"Step: {action_line(step)}" for step in noted.claims.actions]
    if signed.sidecar is not None:
        lines.insert(0, f"The manifest lies beside it, in {signed.sidecar}")
    if noted.entry.payload is not None:
        lines.append(f"Mark in it: {noted.entry.payload}")
    lines += [*noted.remarks, "Noted in the ledger. Whoever gets your anchors.pem verifies it:"]
    names = [shlex.quote(visible(str(path))) for path in (signed.path, folder / ANCHORS)]
    heading = Text(f"Signed: {visible(str(signed.path))}", style="bold", overflow="fold")
    return Group(
        heading,
        *(Padding(Text(visible(line)), (0, 0, 0, 2)) for line in lines),
        Padding(Text("unmask verify {} --trust {}".format(*names), overflow="fold"), (0, 0, 0, 4)),
    )
