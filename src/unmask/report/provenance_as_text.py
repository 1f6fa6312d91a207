"""Where a file comes from, for the terminal; `unmask check`, `unmask verify` and `unmask watermark read` print the same.

Everything reads without colour and on a narrow screen; nothing is parsed as markup.
"""

from collections.abc import Iterable, Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from unmask.report.credential_words import CREDENTIAL_STATES, Node, credential_facts, own_problems, tree
from unmask.report.mark_words import MARK_STATES, picture_facts, sound_facts
from unmask.report.wording import visible
from unmask.types import Credentials, PictureMark, Provenance, SoundMark

INDENT = (0, 0, 0, 2)


def provenance_as_text(provenance: Provenance) -> list[RenderableType]:
    """A part for each thing that was examined, empty when nothing was."""
    parts: list[RenderableType] = []
    if provenance.credentials is not None:
        parts.append(credentials_as_text(provenance.credentials))
        if provenance.credentials.state not in ("absent", "unreadable"):
            parts.append(Padding(Text(visible(provenance.trust), style="dim"), INDENT))
    if provenance.picture is not None:
        parts.append(picture_mark_as_text(provenance.picture))
    if provenance.sound is not None:
        parts.append(sound_mark_as_text(provenance.sound))
    return parts


def credentials_as_text(credentials: Credentials) -> RenderableType:
    """State and sentence, what is wrong, what was compared, and the tree of the file's making."""
    alarming = credentials.state == "altered" and credentials.essence != "same"
    heading = _heading("Content Credentials", CREDENTIAL_STATES[credentials.state], alarming)
    parts: list[RenderableType] = [Text(visible(credentials.sentence)), *_problems(own_problems(credentials))]
    parts += _rows(credential_facts(credentials))
    if credentials.manifest is not None:
        parts.append(_tree(tree(credentials.manifest)))
    return Group(heading, *(Padding(part, INDENT) for part in parts))


def picture_mark_as_text(mark: PictureMark) -> RenderableType:
    """State and sentence, payload, fit, faces and regions."""
    heading = _heading("Mark in the picture", MARK_STATES[mark.state], mark.state == "altered")
    parts = [Text(visible(mark.sentence)), *_rows(picture_facts(mark))]
    return Group(heading, *(Padding(part, INDENT) for part in parts))


def sound_mark_as_text(mark: SoundMark) -> RenderableType:
    """State and sentence, payload and altered stretches."""
    heading = _heading("Mark in the sound", MARK_STATES[mark.state], mark.state == "altered")
    parts = [Text(visible(mark.sentence)), *_rows(sound_facts(mark))]
    return Group(heading, *(Padding(part, INDENT) for part in parts))


def _heading(subject: str, state: str, alarming: bool) -> Text:  # noqa: FBT001 # one call a subject, all here
    return Text.assemble((subject, "bold"), "  ", (state.lower(), "bold dark_orange" if alarming else ""))


def _problems(problems: Iterable[str]) -> Iterator[RenderableType]:
    for problem in problems:
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        grid.add_row("!", Text(visible(problem)))
        yield grid


def _rows(facts: Sequence[tuple[str, str]]) -> Iterator[RenderableType]:
    if not facts:
        return
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style="dim", max_width=24)
    grid.add_column(overflow="fold")
    for label, value in facts:
        grid.add_row(Text(visible(label)), Text(visible(value)))
    yield grid


def _tree(node: Node) -> Tree:
    """The node with its facts, and below it what it was made from."""
    drawn = Tree(_node(node), guide_style="dim")
    for ingredient in node.below:
        drawn.add(_tree(ingredient))
    if node.left_out:
        drawn.add(Text(f"and {node.left_out} more, not shown", style="dim"))
    return drawn


def _node(node: Node) -> RenderableType:
    heading = Text.assemble((f"{visible(node.relation)}: ", "dim"), (visible(node.title), "bold"), overflow="fold")
    return Group(heading, *_problems(node.problems), *_rows(node.facts))
