import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from unmask.benchmark.lab import lab_suite
from unmask.benchmark.lab_effort import Effort
from unmask.benchmark.lab_figures import Figure, figure_table, mean_figure
from unmask.benchmark.lab_pair import pair_of
from unmask.benchmark.lab_yaw import TurnRow, turn_lines, turn_plot
from unmask.benchmark.suite import SuiteResult
from unmask.cli.bench import bench
from unmask.errors import UsageError
from unmask.faces import identity
from unmask.report.as_json import json_line
from unmask.settings import Settings

LEAST = Effort(
    puppet_cpu_seconds=6.0,
    film_seconds=1.6,
    test_seconds=1.1,
    frame_rate=10.0,
    side=160,
    turns=1,
    faces=3,
    merge_seconds=0.2,
    timed_preset="micro64",
)


class Looks:
    """Tells puppets apart by the colours of their faces, in no time."""

    def compute_face_descriptor(self, chip: np.ndarray) -> np.ndarray:
        return 0.4 / 255 * cv2.resize(chip[..., 0], (8, 16), interpolation=cv2.INTER_AREA).ravel()


@pytest.fixture(scope="module")
def least(tmp_path_factory: pytest.TempPathFactory) -> tuple[SuiteResult, Path]:
    plot = tmp_path_factory.mktemp("page") / "pictures" / "lab-yaw.png"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identity, "_network", Looks)  # a third of a second a face is too long for all the looks of a run
        return lab_suite(None, Settings(), quick=True, effort=LEAST, plot=plot), plot


def test_a_handful_of_iterations_gives_every_figure_of_the_puppets(least: tuple[SuiteResult, Path]) -> None:
    rows = [json.loads(json_line(row)) for row in least[0].rows]
    figures = {row["name"]: row for row in rows if row["kind"] == "lab"}
    swap, gain = figures["SSIM, face as drawn"], figures["SSIM above no swap"]
    assert -1 <= swap["value"] < 0.8
    assert swap["met"] == "NO"
    assert swap["interval"][0] <= swap["value"] <= swap["interval"][1]
    assert gain["value"] < swap["value"]
    assert 0 < figures["pose, swap against truth"]["value"] < 45
    assert figures["a face through ONNX Runtime"]["value"] > 0
    assert figures["merge alone"]["value"] > 0
    assert figures["live"]["value"] > 1
    assert "one viewer" in figures["live"]["detail"]


def test_each_turn_has_its_row_and_what_was_known_is_told(least: tuple[SuiteResult, Path]) -> None:
    turns = [row for row in least[0].rows if row["kind"] == "turn"]
    assert [row["yaw_degrees"] for row in turns] == list(range(0, 91, 10))
    assert [row["known"] for row in turns] == [True] * 3 + [False] * 7


def test_the_section_names_seed_targets_and_what_was_not_measured(least: tuple[SuiteResult, Path]) -> None:
    section, plot = least[0].section, least[1]
    text = "\n".join(section.lines)
    assert section.origin.seed == 1
    assert "A real pair: not measured." in text
    assert "≥ 0.8" in text
    assert "(pictures/lab-yaw.png)" in text
    assert plot.read_bytes().startswith(b"\x89PNG")


def test_a_target_missed_is_said_and_no_number_meets_none() -> None:
    lines = figure_table(
        [Figure("a", 0.7, at_least=0.8), Figure("b", 3.0, at_most=4.0), Figure("c", float("nan"), at_most=4.0)]
    )
    assert [" NO " in line for line in lines[2:]] == [True, False, True]
    assert " yes " in lines[3]


def test_a_mean_of_one_cluster_has_no_interval() -> None:
    values = np.array([0.2, 0.4])
    assert mean_figure("a", values, ["0", "0"], 1).interval is None
    low, high = mean_figure("a", values, ["0", "1"], 1).interval or (0, 0)
    assert (low, high) == pytest.approx((0.2, 0.4))


def test_the_plot_of_a_single_picture_a_turn_is_drawn() -> None:
    rows = [TurnRow(yaw, 1, 0.5, None, 0.4, 20.0, yaw < 22) for yaw in range(0, 91, 10)]
    assert turn_plot(rows).startswith(b"\x89PNG")
    assert "90°" in turn_lines(rows)[-1]


def test_a_pair_needs_two_films(tmp_path: Path) -> None:
    (tmp_path / "one.mp4").write_bytes(b"")
    with pytest.raises(UsageError, match="holds 1 films"):
        pair_of(tmp_path)
    with pytest.raises(UsageError, match="holds 1 films"):
        bench("lab", tmp_path, quiet=True)
