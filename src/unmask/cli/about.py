"""``unmask detectors`` and ``unmask doctor``: what there is, and what is missing here."""

from typing import TYPE_CHECKING, Annotated

import typer

from unmask.cli.output import print_rich

if TYPE_CHECKING:
    from unmask.types import Card

MISSING = 4


def detectors(
    *,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a detector, a line each.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print them as the page docs/detectors.md.")] = False,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME…]", help="Only these.", show_default=False)
    ] = None,
) -> int:
    """List the detectors: what each asks, needs and answers, and how it is known to fail; then the models you added.

    \b
    Examples:
      unmask detectors
      unmask detectors pulse
      unmask detectors --json
      unmask detectors --markdown > docs/detectors.md
    """
    from unmask.detectors import choose, detectors, require_known
    from unmask.report.as_json import json_line
    from unmask.report.cards import card_as_json, cards_as_markdown, cards_as_text

    own = {} if markdown else _own_cards()
    require_known(names or tuple(detectors()), (*detectors(), *own))
    shipped = [detector.card for detector in choose(None) if not names or detector.card.name in names]
    cards = [*shipped, *(card for name, card in own.items() if not names or name in names)]
    if json:
        for card in cards:
            typer.echo(json_line(card_as_json(card)))
    elif markdown:
        typer.echo(cards_as_markdown(cards), nl=False)
    else:
        print_rich(cards_as_text(cards))
    return 0


def _own_cards() -> "dict[str, Card]":
    """Cards of the user's own models; for one that was altered there is a sentence on stderr."""
    from unmask.detectors import detectors
    from unmask.detectors.external import card_of
    from unmask.errors import MissingComponent
    from unmask.models.folder import added, read_model
    from unmask.settings import models_folder, settings

    folder, cards = models_folder(settings()), {}
    for name in added(folder):
        try:
            model = read_model(folder, name)
        except MissingComponent as error:
            typer.echo(str(error), err=True)
            continue
        if name not in detectors():
            cards[name] = card_of(model.card, model.record.calibration)
    return cards


def doctor(*, json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> int:
    """Say what works here: the sandbox in force, the weights, the libraries, the settings.

    Leaves with 0 when everything is there, 4 when something is missing.

    \b
    Examples:
      unmask doctor
      unmask doctor --json
    """
    from dataclasses import asdict

    from rich.table import Table
    from rich.text import Text  # an extra's name in brackets is no markup

    from unmask.doctor import examine_machine
    from unmask.report.as_json import json_line

    findings = examine_machine()
    if json:
        typer.echo(json_line({"findings": [asdict(finding) for finding in findings]}))
    else:
        table = Table.grid(padding=(0, 2))
        for finding in findings:
            table.add_row("ok" if finding.works else "MISSING", finding.what, Text(finding.sentence))
        print_rich(table)
    return 0 if all(finding.works for finding in findings) else MISSING
