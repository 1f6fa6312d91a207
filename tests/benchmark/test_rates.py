from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from unmask.benchmark.rates import FilmRate, film_rate, pulse_origin, pulse_suite
from unmask.errors import UsageError
from unmask.media.encode import write_video
from unmask.settings import Settings

READ = FilmRate("anna.mp4", "face", True, 61.25, 1.5, 0.8, None, ())
SILENT = FilmRate("no-pulse_wall.avi", "whole", False, None, None, 0.0, "too-dark", ("It is dark.",))
CLAIMED = FilmRate("no-pulse_lamp.avi", "whole", True, 90.0, 1.0, 0.7, None, ())


def write_person(folder: Path, finger_bpm: float, camera_bpm: float) -> None:
    folder.mkdir(parents=True)
    seconds = np.arange(0, 40, 1 / 30)
    finger = np.sin(2 * np.pi * finger_bpm / 60 * seconds)
    np.savetxt(folder / "ground_truth.txt", [finger, np.full_like(seconds, finger_bpm), seconds])
    for method in ("chrom", "pos"):
        savemat(folder / f"{method}.mat", {"BVP": np.sin(2 * np.pi * camera_bpm / 60 * seconds)})


def test_waves_one_folder_deeper_are_found_and_their_error_measured(tmp_path: Path) -> None:
    write_person(tmp_path / "waves" / "one", 70.0, 70.0)
    write_person(tmp_path / "waves" / "two", 80.0, 90.0)
    result = pulse_suite(tmp_path, (), pulse_origin(tmp_path))
    chrom = next(row for row in result.rows if row.get("method") == "chrom")
    assert chrom["people"] == 2
    assert chrom["mean_error_bpm"] == pytest.approx(5.0, abs=0.5)
    assert chrom["near"] == pytest.approx(0.5)
    assert any("| CHROM" in line and "50.0 %" in line for line in result.section.lines)


def test_the_hash_changes_with_a_wave(tmp_path: Path) -> None:
    write_person(tmp_path / "one", 70.0, 70.0)
    before = pulse_origin(tmp_path)
    savemat(tmp_path / "one" / "pos.mat", {"BVP": np.ones(100)})
    assert before.files == 3
    assert pulse_origin(tmp_path).sha256 != before.sha256


def test_silent_patches_are_counted_and_a_claimed_pulse_shows(tmp_path: Path) -> None:
    write_person(tmp_path / "one", 70.0, 70.0)
    text = "\n".join(pulse_suite(tmp_path, (READ, SILENT, CLAIMED), pulse_origin(tmp_path)).section.lines)
    assert "1 of 2 answer *not measurable*" in text
    assert "61.2 ± 1.5" in text
    assert "It is dark." in text
    assert "90.0 bpm" in text


def test_a_folder_with_nothing_to_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no films"):
        pulse_origin(tmp_path)


def test_a_patch_is_read_as_skin_and_a_broken_film_gives_its_reason(tmp_path: Path) -> None:
    patch, broken = tmp_path / "no-pulse_grey.mp4", tmp_path / "broken.mp4"
    rng = np.random.default_rng(0)
    write_video(
        patch, [rng.integers(100, 110, (64, 64, 3), dtype=np.uint8) for _ in range(120)], 15.0, preset="ultrafast"
    )
    broken.write_bytes(b"no film at all")
    read = film_rate(patch, Settings())
    assert (read.skin, read.measurable) == ("whole", False)
    assert read.because
    refused = film_rate(broken, Settings())
    assert (refused.measurable, refused.reason) == (False, "not-media")
