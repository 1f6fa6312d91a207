"""``unmask check``: files → verdicts with evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from unmask.cli.output import print_rich
from unmask.errors import InputError, OutputError

if TYPE_CHECKING:
    from unmask.cli.inputs import Input
    from unmask.cli.progress import Watch
    from unmask.report.index import IndexRow
    from unmask.settings import Settings
    from unmask.types import Card, Reference, Report

FILES_HELP = "Videos, images or sound files; folders and patterns; - for standard input."
NOT_ANALYSED, MANIPULATED = 3, 1


def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help=FILES_HELP, show_default=False)],
    *,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object a file, a line each.")] = False,
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write an HTML page a file, and an index, into this folder.")
    ] = None,
    only: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="Ask only these detectors or models of yours, separated by commas."),
    ] = None,
    fail_on: Annotated[
        Literal["manipulated"] | None, typer.Option(help="Leave with 1 when one file gets this verdict.")
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(
            metavar="P", min=0.5, max=1.0, help="Probability from which a file is called manipulated; 0.8 if not given."
        ),
    ] = None,
    trust: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Trust the signers of these certificates (PEM); without it nobody."),
    ] = None,
    keys: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Look for the marks of the institution with these keys.")
    ] = None,
    clip_key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Look for the marks of the one clip with this key.")
    ] = None,
    profile: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Judge by real clips of your own, as unmask enrol wrote them down."),
    ] = None,
    reference: Annotated[
        Path | None,
        typer.Option(metavar="CLIPS", help="Compare faces and their motion with these films and stills of one person."),
    ] = None,
    fast: Annotated[
        bool,
        typer.Option("--fast", help="Look at four views of a face, and not at what changes between frames; sees less."),
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress on stderr.")] = False,
) -> int:
    """Examine files: a verdict for each, with the evidence.

    The verdict reads `manipulated`, `no sign` or `cannot tell`. A file without a sign is not thereby proved genuine.

    Leaves with 0 when done, 1 with --fail-on when one file is manipulated, 3 when some input could not be analysed.

    \b
    Examples:
      unmask check clip.mp4
      unmask check --json --report out clips/ 'more/*.mp4' > results.jsonl
      unmask check --only pulse,seam --fail-on manipulated clip.mp4
      unmask check --trust anchors.pem --keys KEYS clip.mp4
      unmask check --profile newsroom.json clip.mp4
      unmask check --fast --json clips/ > results.jsonl
      unmask check --reference films/of-her clip.mp4
      cat clip.mp4 | unmask check -
    """
    from unmask.cli.inputs import expand, opened
    from unmask.cli.progress import watching
    from unmask.engine import choose_with_models, engine_of, open_profile, with_profile
    from unmask.settings import settings

    names = tuple(name.strip() for name in only.split(",") if name.strip()) if only is not None else None
    limits = settings().model_copy(update={"fast": fast or settings().fast})
    # An unknown name ends the run before the first file, and so do models, keys, lists and profiles that cannot be read.
    asked, judged = choose_with_models(names, limits), with_profile(limits, threshold, profile)
    open_profile(judged, engine_of(asked.detectors, judged))
    origin = Origin(trust, keys, clip_key)
    origin.require_readable(limits)
    run = Run(
        limits,
        names,
        threshold,
        json=json,
        folder=report,
        origin=origin,
        profile=profile,
        reference=None if reference is None else read_clips(reference, limits, quiet=quiet),
        cards={one.card.name: one.card for one in asked.detectors},
    )
    inputs = expand(files)
    with watching(len(inputs), quiet=quiet) as watch:
        for one in inputs:
            watch.begin(one.name)
            try:
                with opened(one, run.settings) as path:
                    run.take(one, path, watch)
            except InputError as error:
                run.refuse(one, error)
            watch.end()
    run.write_index()
    return run.exit_code(fail_on)


def read_clips(place: Path, settings: "Settings", *, quiet: bool) -> "Reference":
    """Read the clips of a person, once for all files, with progress and notes on stderr.

    Raises:
        UsageError: There are none, no face is seen in them, or they show different people.
    """
    from unmask.cli.progress import watching
    from unmask.reference import read_reference, reference_files

    with watching(len(reference_files(place)), quiet=quiet) as watch:
        found = read_reference(place, settings, on_begin=watch.begin, on_progress=watch.advance, on_end=watch.end)
    for remark in found.remarks:
        typer.echo(f"Note: {remark}", err=True)
    return found


@dataclass(frozen=True, slots=True)
class Origin:
    """Whom the user trusts, and by which key marks are looked for."""

    trust: Path | None = None
    keys: Path | None = None
    clip_key: Path | None = None

    def require_readable(self, settings: "Settings") -> None:
        """Open what is named, here or in the settings, once.

        Raises:
            UsageError: A list or a key cannot be read.
        """
        from unmask.engine import with_origin
        from unmask.provenance.gather import open_key
        from unmask.provenance.trust import read_trust

        named = with_origin(settings, self.trust, self.keys, self.clip_key)
        open_key(named.keys, self.clip_key)
        if named.trust is not None:
            read_trust(named.trust)


@dataclass(slots=True)
class Run:
    """One run over files: prints each result as it comes and keeps what the exit code and the index need."""

    settings: "Settings"
    only: tuple[str, ...] | None
    threshold: float | None
    json: bool
    folder: Path | None
    origin: Origin = field(default_factory=Origin)
    profile: Path | None = None
    reference: "Reference | None" = None
    cards: "Mapping[str, Card]" = field(default_factory=dict)
    rows: "list[IndexRow]" = field(default_factory=list)
    manipulated: bool = False
    incomplete: bool = False

    def take(self, one: "Input", path: Path, watch: "Watch") -> None:
        """Examine one file, write its page and print its result.

        Raises:
            InputError: It cannot be analysed.
        """
        from unmask.examine import check as examine

        found = examine(
            path,
            only=self.only,
            threshold=self.threshold,
            settings=self.settings,
            trust=self.origin.trust,
            keys=self.origin.keys,
            clip_key=self.origin.clip_key,
            profile=self.profile,
            reference=self.reference,
            name=one.name,
            on_progress=watch.advance,
        )
        self.manipulated |= found.verdict.word == "manipulated"
        unwritten = self._write_page(found, path)
        self.incomplete |= found.incomplete is not None or unwritten is not None
        self._print(found, unwritten)

    def refuse(self, one: "Input", error: InputError) -> None:
        """Print one row that says why a file has no result."""
        from unmask.report.as_json import failure_as_json, json_line
        from unmask.report.as_text import failure_as_text
        from unmask.report.index import IndexRow

        if self.json:
            typer.echo(json_line(failure_as_json(one.name, error)))
        else:
            print_rich(failure_as_text(one.name, error))
        self.incomplete = True
        self.rows.append(IndexRow.of_failure(one.name, error))

    def write_index(self) -> None:
        """The page that links all pages of this run.

        Raises:
            OutputError: It cannot be written.
        """
        if self.folder is not None:
            from unmask.report.as_html import write_index

            write_index(self.rows, self.folder)

    def exit_code(self, fail_on: str | None) -> int:
        """What the run comes to: what was asked for with --fail-on comes first."""
        if fail_on and self.manipulated:
            return MANIPULATED
        return NOT_ANALYSED if self.incomplete else 0

    def _write_page(self, found: "Report", path: Path) -> OutputError | None:
        if self.folder is None:
            return None
        from unmask.detectors import detectors
        from unmask.examine import hear
        from unmask.report.as_html import write_report
        from unmask.report.index import IndexRow

        cards = {name: detector.card for name, detector in detectors().items()} | dict(self.cards)
        sound = hear(path, found.media, self.settings)
        try:
            self.rows.append(IndexRow.of(found, write_report(found, self.folder, cards, sound)))
        except OutputError as error:
            return error
        return None

    def _print(self, found: "Report", unwritten: OutputError | None) -> None:
        from unmask.report.as_json import as_json, error_as_json, json_line
        from unmask.report.as_text import as_text

        if self.json:
            row = as_json(found)
            typer.echo(json_line(row | {"error": error_as_json(unwritten)} if unwritten else row))
            return
        print_rich(as_text(found))
        if unwritten:
            typer.echo(str(unwritten), err=True)
