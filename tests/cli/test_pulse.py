from pathlib import Path

import numpy as np
import pytest

from tests.cli.program import rows, unmask
from tests.puppet import BLOOD_RGB, pulse_wave
from unmask.media.encode import write_video

FACE = {"id", "heart_rate_bpm", "heart_rate_error_bpm", "breath_rate_bpm", "quality", "measurable", "reason"}


def test_the_pulse_of_a_puppet_is_read(tmp_path: Path, puppet_clip: Path) -> None:
    done = unmask("pulse", "--json", "--plot", tmp_path / "out", puppet_clip)
    assert done.returncode == 0
    (row,) = rows(done)
    (face,) = row["faces"]
    assert set(face) >= FACE
    assert face["measurable"]
    assert face["heart_rate_bpm"] == pytest.approx(72.0, abs=1.0)
    assert 0 < face["heart_rate_error_bpm"] < 3
    assert 0.5 < face["quality"] <= 1
    (page,) = (tmp_path / "out").iterdir()
    assert "72" in page.read_text(encoding="utf-8")


def test_what_is_too_short_has_no_rate_but_a_reason(short_clip: Path) -> None:
    (row,) = rows(unmask("pulse", "--json", short_clip))
    (face,) = row["faces"]
    assert (face["heart_rate_bpm"], face["measurable"], face["reason"]) == (None, False, "too-short")
    assert face["quality"] == 0


def test_bare_skin_is_read_without_a_face(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    skin = np.array([190.0, 140.0, 120.0])
    pictures = (
        np.clip(
            skin * (1 + 0.008 * pulse_wave(k / 30, 66.0) * BLOOD_RGB) + generator.normal(0, 3, (96, 128, 3)), 0, 255
        ).astype(np.uint8)
        for k in range(330)
    )
    write_video(tmp_path / "skin.mp4", pictures, 30.0, crf=10, preset="veryfast")
    (row,) = rows(unmask("pulse", "--json", "--skin", "whole", tmp_path / "skin.mp4"))
    assert row["faces"][0]["heart_rate_bpm"] == pytest.approx(66.0, abs=1.5)
    (faceless,) = rows(unmask("pulse", "--json", tmp_path / "skin.mp4"))
    assert faceless["faces"] == []


def test_a_broken_file_is_a_row_with_an_error_and_the_others_are_read(tmp_path: Path, short_clip: Path) -> None:
    (tmp_path / "text.mp4").write_text("no film")
    done = unmask("pulse", "--json", tmp_path / "text.mp4", short_clip)
    assert done.returncode == 3
    broken, good = rows(done)
    assert broken["error"]["code"] == "not-media"
    assert good["error"] is None


def test_a_person_reads_a_line_a_face(puppet_clip: Path) -> None:
    done = unmask("pulse", "-q", puppet_clip)
    assert "Person 1: heart 7" in done.stdout
    assert done.stderr == ""
