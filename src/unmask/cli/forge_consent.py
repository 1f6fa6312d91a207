"""``unmask forge consent``: whose face the lab may use, until when, and on what ground."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from unmask.cli.forge import Json, LabFolder, Quiet, opened_lab
from unmask.cli.output import print_json, print_rich
from unmask.errors import UsageError

if TYPE_CHECKING:
    from rich.console import RenderableType

    from unmask.forgery.consent import Consent

HELP = "Note whose face the lab may use, until when, and on what ground; and take it back."
DAYS = 365
Basis = Literal["own-face", "subject-consent", "licensed-corpus"]
Identifier = Annotated[str, typer.Argument(metavar="ID", help="Identifier of the record.", show_default=False)]


def new(
    faces: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="Films or pictures that show the person.", show_default=False),
    ],
    *,
    subject: Annotated[str, typer.Option(metavar="NAME", help="Who it is, or the name of the corpus.")],
    basis: Annotated[Basis, typer.Option(help="Why their face may be used.")],
    evidence: Annotated[
        Path, typer.Option(metavar="FILE", help="What shows it: the signed form, or the licence.", show_default=False)
    ],
    expires: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help=f"Last day; {DAYS} days from today if not given.", show_default=False),
    ] = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(metavar="WORD", help="train, swap, export, live or publish; train and swap if not given."),
    ] = None,
    person: Annotated[
        int | None, typer.Option(metavar="N", help="Which person, where more than one is seen.", show_default=False)
    ] = None,
    lab: LabFolder = Path("lab"),
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Note that a person agreed, and enrol their face.

    The record holds no picture, but 128 numbers by which a set of faces is compared with it. A licensed corpus enrols
    everyone who is seen in its files. What is made of a licensed corpus stays in the lab's folder.

    \b
    Examples:
      unmask forge consent new me.mp4 --subject "Jo Doe" --basis own-face --evidence form.pdf
      unmask forge consent new clips/ --subject "Talking heads" --basis licensed-corpus --evidence LICENSE.txt
    """
    from unmask.cli.inputs import expand
    from unmask.cli.progress import watching
    from unmask.forgery.consent import Enrolment, Evidence, enrol, scopes, today
    from unmask.forgery.swap.gathering import Taking, gather_faces
    from unmask.forgery.swap.persons import chosen_person, persons_of
    from unmask.media.source import open_source, sha256_of
    from unmask.settings import settings

    limits, home = settings(), opened_lab(lab)
    wanted = scopes(scope or [])
    files = [one.path for one in expand(faces) if one.path is not None]
    with open_source(evidence, limits) as source:
        shows = Evidence(sha256=sha256_of(source)[0], name=evidence.name)
    last = expires.date() if expires else today() + timedelta(days=DAYS)
    with watching(len(files), quiet=quiet) as watch:
        gathered = gather_faces(
            files, Taking(rate_hz=2.0), limits, on_file=lambda path: watch.begin(str(path)), on_progress=watch.advance
        )
    people = persons_of(gathered.faces)
    if basis != "licensed-corpus":
        people = (chosen_person(people, person),)
    elif person is not None:
        raise UsageError("A licensed corpus enrols everyone in it; leave out --person.")
    embeddings = tuple(one.embedding for one in people)
    consent = enrol(home, Enrolment(subject, basis, last, shows, embeddings, wanted))
    print_json(consent_as_json(consent)) if json else print_rich(_as_text([consent]))
    return 0


def list_all(*, lab: LabFolder = Path("lab"), json: Json = False) -> int:
    """List all records of the lab.

    \b
    Examples:
      unmask forge consent list
      unmask forge consent list --lab LAB --json
    """
    from unmask.forgery.consent import all_consents

    records = all_consents(opened_lab(lab))
    if json:
        for consent in records:
            print_json(consent_as_json(consent))
    elif records:
        print_rich(_as_text(records))
    else:
        typer.echo("The lab holds no consent yet; make one with: unmask forge consent new")
    return 0


def revoke(identifier: Identifier, *, lab: LabFolder = Path("lab"), json: Json = False) -> int:
    """Take a consent back: the faces and models that rest on it are deleted.

    The record stays, marked as revoked. Films that were made before are not touched; the ledger names them.

    \b
    Examples:
      unmask forge consent revoke 1a2b3c4d
    """
    from unmask.forgery.consent import revoke as taken_back
    from unmask.report.wording import visible

    gone = taken_back(opened_lab(lab), identifier)
    if json:
        print_json({"id": identifier, "deleted": [str(folder) for folder in gone]})
        return 0
    typer.echo(f"The consent {identifier} is revoked.")
    for folder in gone:
        typer.echo(f"Deleted: {visible(str(folder))}")
    return 0


COMMANDS: dict[str, Callable[..., int]] = {"new": new, "list": list_all, "revoke": revoke}


def consent_as_json(consent: "Consent") -> dict[str, Any]:
    """A record without the numbers of its faces."""
    told: dict[str, Any] = consent.model_dump(mode="json", exclude={"faces"})
    return told | {"enrolled": len(consent.faces)}


def _as_text(records: "tuple[Consent, ...] | list[Consent]") -> "RenderableType":
    from rich.table import Table
    from rich.text import Text

    from unmask.report.wording import visible

    table = Table(box=None, pad_edge=False)
    for heading in ("id", "subject", "basis", "scope", "enrolled", "expires", ""):
        table.add_column(heading)
    for consent in records:
        table.add_row(
            consent.id,
            Text(visible(consent.subject)),
            consent.basis,
            ", ".join(consent.scope),
            str(len(consent.faces)),
            str(consent.expires),
            f"revoked {consent.revoked:%Y-%m-%d}" if consent.revoked else "",
        )
    return table
