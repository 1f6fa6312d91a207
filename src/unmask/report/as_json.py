"""A Report as plain values and as one line of JSON; other programs rely on the keys."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import numpy as np

from unmask.errors import UnmaskError
from unmask.report.plain import interval, optional_text, rounded, significant, text, texts
from unmask.report.provenance_as_json import NOT_EXAMINED, provenance_as_json
from unmask.report.reasons import strongest
from unmask.types import AudioStream, Evidence, Media, Person, ProfileUse, Report, Threat, VideoStream
from unmask.version import __version__

Row = dict[str, Any]
_TOO_LONG = {"keyframe_seconds", "packet_bytes"}  # one number a frame: material for detectors, not for a line


def as_json(report: Report) -> dict[str, Any]:
    """The report as a dictionary that ``json.dumps(…, allow_nan=False)`` takes.

    Probabilities have four digits, times (seconds) three, boxes (pixels: left, top, right, bottom) one. A number
    that is not finite reads None. Bytes of a name that are no UTF-8 read as a backslash escape.
    """
    verdict = report.verdict
    row: Row = {
        "file": text(report.media.file),
        "sha256": report.media.sha256,
        "verdict": verdict.word,
        "probability": rounded(verdict.probability, 4),
        "interval": interval(verdict.interval),
        "sentence": text(verdict.sentence),
        "reasons": _reasons(report),
        "faces": [_face(person) for person in report.people],
        "evidence": [evidence_as_json(evidence) for evidence in report.evidence],
        "provenance": provenance_as_json(report.provenance),
        "engine": {
            "version": report.engine.version,
            "weights": dict(report.engine.weights),
            "detectors": list(report.engine.detectors),
            "settings": {name: _plain(value) for name, value in report.engine.settings.items()},
        },
        "media": _media(report.media),
        "unchecked": [text(sentence) for sentence in verdict.unchecked],
        "threats": [_threat(threat) for threat in report.threats],
        "seen_until": rounded(report.seen_until, 3),
        "incomplete": None if report.incomplete is None else text(report.incomplete),
        "crowd": report.crowd,
        "profile": _profile(report.profile),
        "error": None,
    }
    return row


def failure_as_json(file: str, error: UnmaskError) -> dict[str, Any]:
    """A row with the keys of `as_json` for a file that could not be analysed: no verdict, and the error."""
    return {
        "file": text(file),
        "sha256": None,
        "verdict": None,
        "probability": None,
        "interval": None,
        "sentence": text(f"Not analysed: {error}"),
        "reasons": [],
        "faces": [],
        "evidence": [],
        "provenance": dict(NOT_EXAMINED),
        "engine": {"version": __version__, "weights": {}, "detectors": [], "settings": {}},
        "media": None,
        "unchecked": [],
        "threats": [],
        "seen_until": None,
        "incomplete": None,
        "crowd": 0,
        "profile": None,
        "error": error_as_json(error),
    }


def error_as_json(error: UnmaskError) -> dict[str, str]:
    """The code of an error and its sentence."""
    return {"code": error.code, "sentence": text(str(error))}


def json_line(row: Mapping[str, Any]) -> str:
    r"""One line of ASCII without the line end.

    >>> json_line({"file": "a\nb\u2028.mp4"})
    '{"file": "a\\nb\\u2028.mp4"}'
    """
    return json.dumps(row, allow_nan=False)


def _reasons(report: Report) -> list[str]:
    several = len(report.people) > 1
    return [
        text(f"Person {grounds.person}: {grounds.sentence}" if several and grounds.person else grounds.sentence)
        for grounds in strongest(report)
    ]


def _face(person: Person) -> Row:
    track = person.track
    return {
        "id": track.id,
        "start": rounded(track.start, 3),
        "end": rounded(track.end, 3),
        "box": [rounded(edge, 1) for edge in np.median(track.boxes, axis=0).tolist()],
        "evidence": [evidence_as_json(evidence) for evidence in person.evidence],
    }


def evidence_as_json(evidence: Evidence) -> Row:
    """What one detector says, as the report has it."""
    return {
        "detector": evidence.detector,
        "fake": rounded(evidence.fake, 4),
        "because": [text(sentence) for sentence in evidence.because],
        "abstained": evidence.abstained,
        "segments": [[rounded(it.start, 3), rounded(it.end, 3), rounded(it.fake, 4)] for it in evidence.segments],
        "interval": interval(evidence.interval),
        "measured": {text(name): significant(value) for name, value in evidence.measured.items()},
        "counts": evidence.counts,
    }


def _threat(threat: Threat) -> Row:
    by = [text(name) for name in threat.by]
    return {"kind": threat.kind, "looked": threat.looked, "by": by, "why": optional_text(threat.why)}


def _media(media: Media) -> Row:
    return {
        "kind": media.kind,
        "container": text(media.container),
        "bytes": media.bytes,
        "duration": rounded(media.duration_seconds, 3),
        "video": _stream(media.video),
        "audio": _stream(media.audio),
        "tags": texts(media.tags),
        "boxes": [text(box) for box in media.boxes],
        "edit_list": media.edit_list,
        "sandbox": media.sandbox,
        "warnings": [text(sentence) for sentence in media.warnings],
    }


def _profile(used: ProfileUse | None) -> Row | None:
    if used is None:
        return None
    return {
        "name": text(used.name),
        "sha256": used.sha256,
        "clips": used.clips,
        "threshold": rounded(used.threshold, 4),
        "false_alarms_at_most": rounded(used.false_alarms_at_most, 4),
        "confidence": used.confidence,
        "p_value": rounded(used.p_value, 4),
    }


def _stream(stream: VideoStream | AudioStream | None) -> Row | None:
    if stream is None:
        return None
    return {it.name: _plain(getattr(stream, it.name)) for it in fields(stream) if it.name not in _TOO_LONG}


def _plain(value: Any) -> str | int | float | bool | None:
    if isinstance(value, float):
        return rounded(value, 3)
    return text(value) if isinstance(value, str) else value
