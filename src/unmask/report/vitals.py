"""Heart and breath rates as JSON, as text and as a page."""

from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from unmask.errors import UnmaskError
from unmask.report.place import page_name, written
from unmask.report.templates import rendered
from unmask.report.wording import visible
from unmask.types import Vitals, VitalsReport


def vitals_as_json(report: VitalsReport) -> dict[str, Any]:
    """One row: the file and the rates of each person, null where not measurable."""
    return {
        "file": report.media.file,
        "sha256": report.media.sha256,
        "faces": [_person(person) for person in report.people],
        "incomplete": report.incomplete,
        "error": None,
    }


def vitals_failure_as_json(file: str, error: UnmaskError) -> dict[str, Any]:
    """A row with the same keys for a file that could not be read."""
    told = {"code": error.code, "sentence": str(error)}
    return {"file": file, "sha256": None, "faces": [], "incomplete": None, "error": told}


def vitals_as_text(report: VitalsReport) -> RenderableType:
    """The rates for the terminal, a line a person, and the reasons where there are none."""
    lines = [Text(visible(report.media.file), style="bold underline", overflow="fold")]
    lines += [Text(f"  {line}", overflow="fold") for person in report.people for line in _lines(person)]
    if not report.people:
        lines.append(Text("  No face was seen; --skin whole takes the whole picture for skin."))
    if report.incomplete:
        lines.append(Text(f"  {report.incomplete}"))
    return Group(*lines)


def write_vitals(report: VitalsReport, folder: Path) -> Path:
    """A page with the waves and spectra of everyone in a film.

    Raises:
        OutputError: The page cannot be written.
    """
    people = [(person, _lines(person)) for person in report.people]
    page = rendered("vitals.html.j2", report=report, people=people)
    return written(folder, page_name(f"{report.media.file}.pulse", report.media.sha256), page)


def _lines(person: Vitals) -> list[str]:
    if not person.measurable or person.heart_rate_bpm is None:
        return [f"Person {person.id}: not measurable ({person.reason}).", *(f"  {why}" for why in person.because)]
    breath = "not measurable" if person.breath_rate_bpm is None else f"{person.breath_rate_bpm:.0f} breaths a minute"
    heart = f"{person.heart_rate_bpm:.1f} ± {person.heart_rate_error_bpm:.1f} bpm"
    return [f"Person {person.id}: heart {heart}, quality {person.quality:.2f} of 1; breath {breath}."]


def _person(person: Vitals) -> dict[str, Any]:
    return {
        "id": person.id,
        "heart_rate_bpm": _rounded(person.heart_rate_bpm),
        "heart_rate_error_bpm": _rounded(person.heart_rate_error_bpm),
        "breath_rate_bpm": _rounded(person.breath_rate_bpm),
        "quality": round(person.quality, 3),
        "measurable": person.measurable,
        "reason": person.reason,
        "because": list(person.because),
    }


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 2)
