"""The words about the marks in picture and sound: states, fit, faces, regions; the same in the terminal and on the page."""

import math
from collections.abc import Mapping
from types import MappingProxyType

from unmask.report.wording import clock, number
from unmask.types import Alignment, FaceMark, MarkState, Payload, PictureMark, Region, SoundMark

MARK_STATES: Mapping[MarkState, str] = MappingProxyType(
    {"intact": "Intact", "altered": "Altered here", "undecidable": "Undecidable", "absent": "No mark"}
)
"""What became of a mark, as a heading."""

MARK_MEANINGS: Mapping[MarkState, str] = MappingProxyType(
    {
        "intact": "The mark is alive wherever it can be judged.",
        "altered": "The mark is there, but gone from some places: what stands there now was not in the marked file.",
        "undecidable": "The mark is there, but too weak to say where it is whole.",
        "absent": "No mark of the given keys was found. A file that was never marked reads the same.",
    }
)
"""What each state does and does not say."""

MOST_REGIONS = 8
"""More regions or stretches are counted, not listed."""


def picture_facts(mark: PictureMark) -> list[tuple[str, str]]:
    """Payload, fit, faces and regions of the mark in the picture."""
    facts = [("payload", payload_words(mark.payload, mark.organization))] if mark.payload else []
    if mark.alignment is not None:
        facts.append(("fit", alignment_words(mark.alignment)))
    if mark.state != "absent":
        facts.append(("not judged", f"{100 * mark.undecidable:.0f}\xa0% of blocks and stretches"))
    facts += [(f"face of person {face.id}", face_words(face)) for face in mark.faces]
    return facts + region_rows(mark.regions, "altered", None)


def sound_facts(mark: SoundMark) -> list[tuple[str, str]]:
    """Payload and stretches of the mark in the sound."""
    facts = [("payload", payload_words(mark.payload, None))] if mark.payload else []
    facts += [("altered", span(*bounds)) for bounds in mark.altered[:MOST_REGIONS]]
    more = len(mark.altered) - MOST_REGIONS
    return facts + ([("altered", f"and {more} more stretches")] if more > 0 else [])


def payload_words(payload: Payload, organization: str | None) -> str:
    """Institution and clip, in hexadecimal as in JSON.

    >>> payload_words(Payload(0x1A2B3C4D, 7), "Example")
    'clip 00000007 of institution 1a2b3c4d (Example)'
    """
    name = f" ({organization})" if organization else ""
    return f"clip {payload.clip:08x} of institution {payload.institution:08x}{name}"


def alignment_words(alignment: Alignment) -> str:
    r"""How the picture lies in the marked one.

    >>> alignment_words(Alignment((1.0, 1.0), (0.0, 0.0), 0.0, 1.0))
    'as it was marked'
    >>> alignment_words(Alignment((0.5, 0.5), (-12.0, 0.0), 3.2, 0.9))
    'scaled to 50.0\xa0%, 12\xa0px cut off at the left, begins 3.20\xa0s into the marked film, contrast 0.90 of the marked'
    """
    across, down = alignment.scale
    parts = []
    if max(abs(across - 1), abs(down - 1)) > 0.002:
        both = f"{100 * across:.1f}\xa0%"
        parts.append(
            f"scaled to {both}" + ("" if abs(across - down) < 0.002 else f" across, {100 * down:.1f}\xa0% down")
        )
    for shift, side in zip(alignment.offset, ("left", "top"), strict=True):
        if abs(shift) >= 0.5:
            parts.append(f"{abs(shift):.0f}\xa0px {'cut off' if shift < 0 else 'added'} at the {side}")
    if abs(alignment.start_seconds) >= 0.005:
        parts.append(f"begins {number(alignment.start_seconds)}\xa0s into the marked film")
    if abs(alignment.gain - 1) >= 0.02:
        parts.append(f"contrast {alignment.gain:.2f} of the marked")
    return ", ".join(parts) or "as it was marked"


def face_words(face: FaceMark) -> str:
    r"""How much of the mark is alive in a face.

    >>> face_words(FaceMark(1, "altered", 0.04, 0.03, ((2.0, 4.0),)))
    'altered here: 4\xa0% of the mark is alive in all (± 3), altered 0:02.0 to 0:04.0'
    """
    parts = [MARK_STATES[face.state].lower()]
    if face.alive is not None and math.isfinite(face.alive):
        error = f" (± {100 * face.error:.0f})" if face.error is not None and math.isfinite(face.error) else ""
        parts[0] += f": {100 * max(face.alive, 0.0):.0f}\xa0% of the mark is alive in all{error}"
    stretches = [span(*bounds) for bounds in face.altered[:MOST_REGIONS]]
    return ", ".join(parts + (["altered " + " and ".join(stretches)] if stretches else []))


def region_rows(regions: tuple[Region, ...], found: str, none: str | None) -> list[tuple[str, str]]:
    """A row for each region, the rest counted; one row when there is none and ``none`` says so."""
    if not regions:
        return [("regions", none)] if none else []
    rows = [(found, region_words(region)) for region in regions[:MOST_REGIONS]]
    more = len(regions) - MOST_REGIONS
    return rows + ([(found, f"and {more} more regions")] if more > 0 else [])


def region_words(region: Region) -> str:
    r"""Where and when.

    >>> region_words(Region(3.2, 5.0, (300.0, 120.0, 420.0, 260.0)))
    '0:03.2 to 0:05.0, 120 × 140\xa0px at 300, 120'
    """
    left, top, right, bottom = region.box
    place = f"{right - left:.0f} × {bottom - top:.0f}\xa0px at {left:.0f}, {top:.0f}"
    return place if region.start == region.end == 0 else f"{span(region.start, region.end)}, {place}"


def span(start: float, end: float) -> str:
    """A stretch of time."""
    return f"at {clock(start)}" if end <= start else f"{clock(start)} to {clock(end)}"
