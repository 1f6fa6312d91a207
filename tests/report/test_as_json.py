import json
from typing import Any

import pytest

from unmask.errors import OverLimit
from unmask.report.as_json import as_json, failure_as_json, json_line
from unmask.types import Report

CONTRACT = {
    "file",
    "sha256",
    "verdict",
    "probability",
    "interval",
    "sentence",
    "reasons",
    "faces",
    "evidence",
    "provenance",
    "engine",
}


def read_back(report: Report) -> Any:
    return json.loads(json_line(as_json(report)))


def test_the_keys_that_other_programs_rely_on(report: Report) -> None:
    row = read_back(report)
    assert set(row) >= CONTRACT
    assert set(row["faces"][0]) == {"id", "start", "end", "box", "evidence"}
    assert set(row["evidence"][0]) >= {"detector", "fake", "because", "abstained", "segments"}
    assert set(row["engine"]) >= {"version", "weights"}
    assert row["error"] is None


def test_values_reach_the_row(report: Report) -> None:
    row = read_back(report)
    first, second = row["faces"]
    assert (row["verdict"], row["probability"], row["interval"]) == ("manipulated", 0.91, [0.79, 0.96])
    assert (first["id"], first["start"], first["end"]) == (1, 0.4, 61.96)
    assert first["box"] == [200.0, 120.0, 382.0, 360.0]
    assert first["evidence"][0]["segments"][0] == [0.4, 12.72, 0.81]
    assert first["evidence"][1]["measured"] == {"heart_rate_bpm": 71.98, "quality_db": 6.2, "breath_rate_bpm": None}
    assert (second["evidence"][1]["fake"], second["evidence"][1]["abstained"]) == (None, "too-short")
    assert row["media"]["video"]["codec"] == "h264"
    assert "packet_bytes" not in row["media"]["video"]
    assert row["engine"]["weights"]["face_landmark"].startswith("2efcb4f4")
    assert len(row["unchecked"]) == 3


def test_reasons_lead_with_the_strongest_finding_for_the_verdict(report: Report, incomplete: Report) -> None:
    reasons = read_back(report)["reasons"]
    assert reasons[0].startswith("Person 1: Noise inside the face is 1.33")
    assert reasons[1].startswith("Person 2: Noise inside the face is 0.52")
    assert read_back(incomplete)["reasons"][0].startswith("Noise inside the face is 0.52")


def test_where_all_abstained_their_reasons_stand(sound: Report) -> None:
    row = read_back(sound)
    assert row["reasons"] == ["The file holds sound only."]
    assert (row["probability"], row["interval"], row["faces"]) == (None, None, [])


def test_numbers_that_are_not_finite_read_null(faceless: Report) -> None:
    row = read_back(faceless)
    assert row["interval"] == [None, 0.9]
    assert row["evidence"][0]["segments"] == [[0.0, None, None]]
    assert row["evidence"][0]["measured"] == {"entropy_bits": None, "blocks": None}
    assert row["media"]["video"]["frame_rate"] is None


def test_an_odd_name_breaks_no_line_and_survives(hostile: Report, faceless: Report) -> None:
    line = json_line(as_json(hostile))
    assert len(line.splitlines()) == 1
    assert json.loads(line)["file"] == hostile.media.file
    name = read_back(faceless)["file"]
    assert name == "wall\\udcff.png"
    name.encode("utf-8")


def test_a_failure_has_the_same_keys_and_an_error(report: Report) -> None:
    row = failure_as_json("long\n.mp4", OverLimit("The film is 3 h long. The limit is 2 h."))
    assert set(row) == set(as_json(report))
    assert row["verdict"] is None
    assert row["error"] == {"code": "over-limit", "sentence": "The film is 3 h long. The limit is 2 h."}
    assert len(json_line(row).splitlines()) == 1


def test_a_stray_nan_is_refused_rather_than_written() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        json_line({"probability": float("nan")})
