"""A Report as what a page draws over a film and beside it: boxes through time, curves, maps, and pictures with places."""

from typing import Any

import numpy as np

from unmask.report.as_json import as_json
from unmask.report.plain import rounded, text
from unmask.report.thumbnail import best_crop, data_uri, whole_uri
from unmask.signals.loudness import Loudness
from unmask.types import Evidence, Map, Overlay, Person, Report, Trace, Track

BOXES_A_SECOND = 10.0
"""More than that no eye asks of a box that follows a face."""
MOUTHS_A_SECOND = 30.0
"""Speech opens and closes a mouth up to ten times a second."""
MOST_POINTS = 2000
Drawn = dict[str, Any]


def as_view(report: Report, sound: Loudness | None = None) -> Drawn:
    """The report's JSON, and what can be drawn.

    Boxes are in pixels of the picture as it is shown: left, top, right, bottom. Times are seconds of the film. The opening
    of a mouth is the mouth aspect ratio: distance of the inner lips over that of the inner corners, 0 when closed
    (a lid's over an eye's: Soukupová and Čech, Real-Time Eye Blink Detection using Facial Landmarks, CVWW 2016).

    Args:
        report: What was found.
        sound: Loudness of the file's sound, None where it has none or nobody measured it.
    """
    video = report.media.video
    return {
        "frame": None if video is None else {"width": video.width, "height": video.height},
        "duration": rounded(report.media.duration_seconds, 3),
        "report": as_json(report),
        "people": [_person(person) for person in report.people],
        "drawn": _all_drawn(report.evidence),
        "sound": None if sound is None else _sound(sound),
    }


def _sound(sound: Loudness) -> Drawn:
    levels = [rounded(value, 1) for value in sound.dbfs.tolist()]
    return {"step_seconds": sound.step_seconds, "level_dbfs": levels}


def _person(person: Person) -> Drawn:
    track = person.track
    rows = _rows(track, BOXES_A_SECOND)
    return {
        "id": track.id,
        "portrait": data_uri(best_crop(track.crops).image) if track.crops else None,
        "times": np.round(track.times[rows], 3).tolist(),
        "boxes": np.round(track.boxes[rows].astype(np.float64), 1).tolist(),
        "drawn": _all_drawn(person.evidence),
        "mouth": _mouth(track),
    }


def _mouth(track: Track) -> Drawn | None:
    """The mouth's opening through time; a still has none."""
    if len(track.times) < 2:
        return None
    rows = _rows(track, MOUTHS_A_SECOND)
    return {
        "times": np.round(track.times[rows], 3).tolist(),
        "opening": [rounded(value, 3) for value in track.lips[rows].tolist()],
    }


def _rows(track: Track, most_a_second: float) -> list[int]:
    """Rows no closer in time than that but for the rounding of clocks, the first always."""
    chosen: list[int] = []
    for row, seconds in enumerate(track.times.tolist()):
        if not chosen or seconds - track.times[chosen[-1]] >= 0.9 / most_a_second:
            chosen.append(row)
    return chosen


def _all_drawn(evidence: tuple[Evidence, ...]) -> list[Drawn]:
    return [_drawn(one) for one in evidence if one.traces or one.maps or one.overlays]


def _drawn(evidence: Evidence) -> Drawn:
    return {
        "detector": evidence.detector,
        "traces": [_trace(one) for one in evidence.traces],
        "maps": [_map(one) for one in evidence.maps],
        "overlays": [_overlay(one) for one in evidence.overlays],
    }


def _trace(trace: Trace) -> Drawn:
    step = max(1, -(-len(trace.x) // MOST_POINTS))
    return {
        "name": text(trace.name),
        "x": [rounded(value, 4) for value in trace.x[::step].tolist()],
        "y": [rounded(value, 4) for value in trace.y[::step].tolist()],
        "x_unit": trace.x_unit,
        "y_unit": trace.y_unit,
        "mark": rounded(trace.mark, 4),
    }


def _map(drawn: Map) -> Drawn:
    return {
        "name": text(drawn.name),
        "low": rounded(drawn.low, 4),
        "high": rounded(drawn.high, 4),
        "unit": drawn.unit,
        "values": [[rounded(value, 3) for value in row] for row in drawn.values.tolist()],
    }


def _overlay(overlay: Overlay) -> Drawn:
    return {
        "name": text(overlay.name),
        "seconds": rounded(overlay.seconds, 3),
        "picture": whole_uri(overlay.picture),
        "made": [[rounded(value, 3) for value in row] for row in overlay.made.tolist()],
    }
