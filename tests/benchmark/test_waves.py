from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from unmask.benchmark.waves import wave_accuracy
from unmask.errors import InputError, UsageError


def write_person(folder: Path, rate_bpm: float, camera_bpm: float | None = None) -> None:
    folder.mkdir()
    seconds = np.arange(900) / 30
    finger = np.sin(2 * np.pi * rate_bpm / 60 * seconds)
    np.savetxt(folder / "ground_truth.txt", [finger, np.full(900, rate_bpm), seconds])
    camera = np.sin(2 * np.pi * (camera_bpm or rate_bpm) / 60 * np.linspace(0, seconds[-1], 880))
    for method in ("chrom", "pos"):
        savemat(folder / f"{method}.mat", {"BVP": camera[:, None]})


def test_waves_that_agree_have_no_error(tmp_path: Path) -> None:
    for person, rate_bpm in enumerate((55.0, 80.0, 120.0)):
        write_person(tmp_path / f"person{person}", rate_bpm)
    chrom, pos = wave_accuracy(tmp_path)
    assert (chrom.method, pos.method) == ("chrom", "pos")
    assert (chrom.people, chrom.windows) == (3, 12)
    assert chrom.mean_error_bpm < 0.5
    assert chrom.near == 1.0
    assert chrom.display_mean_error_bpm < 0.5


def test_the_interval_is_that_of_people_not_windows(tmp_path: Path) -> None:
    for person, camera_bpm in enumerate((70.0, 70.0, 70.0, 90.0)):
        write_person(tmp_path / f"person{person}", 70.0, camera_bpm)
    chrom, _ = wave_accuracy(tmp_path)
    assert chrom.near == pytest.approx(0.75)
    assert chrom.near_interval[0] <= 0.25
    assert chrom.near_interval[1] == pytest.approx(1.0)
    assert chrom.mean_error_bpm == pytest.approx(5, abs=0.5)
    assert wave_accuracy(tmp_path) == wave_accuracy(tmp_path)


def test_a_folder_without_people_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no"):
        wave_accuracy(tmp_path)


@pytest.mark.parametrize("broken", ["ground_truth.txt", "pos.mat"])
def test_a_broken_file_is_named(tmp_path: Path, broken: str) -> None:
    write_person(tmp_path / "person", 70.0)
    (tmp_path / "person" / broken).write_text("nothing of the kind")
    with pytest.raises(InputError, match=broken):
        wave_accuracy(tmp_path)


@pytest.mark.shared
def test_the_recorded_waves_are_read_as_well_as_promised(shared: Path) -> None:
    chrom, pos = wave_accuracy(shared / "pulse/ubfc-waves")
    assert chrom.people == 11
    assert chrom.windows > 100
    assert chrom.mean_error_bpm <= 3.1
    assert chrom.near >= 0.94
    assert pos.mean_error_bpm <= 3.1
    assert pos.near >= 0.94
    assert chrom.within_two_errors > 0.9
