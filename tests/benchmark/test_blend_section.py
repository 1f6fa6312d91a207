from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from unmask.benchmark.blend_run import BlendRun, Int8, Rise, numbered, read_run
from unmask.benchmark.blend_section import KEY, blend_suite, int8_row, records_in
from unmask.benchmark.blend_trials import Tried, whole_row
from unmask.errors import InputError, UsageError
from unmask.weights import weight_card, weight_path

PEOPLE = 6


def tried(person: int, fake: float) -> Tried:
    return Tried("paste", f"{person:03d}", fake, 0.0, 0.0, 0.0, overlap=0.5, pointed=1.0)


def run(fakes: float = 1.0, net: str = "mobilenet16", seed: int = 1, int8: Int8 | None = None) -> BlendRun:
    """A training whose network finds every forged face if ``fakes`` is above nil, and none below."""
    return BlendRun(
        network="a" * 64,
        net=net,
        parameters=500_000,
        begin="imagenet",
        seed=seed,
        iterations=20,
        pairs=4,
        rate=5e-4,
        people=10,
        faces=100,
        learned=("paste",),
        best=10,
        rises=(Rise(10, 80, 1.25, 0.75, 0.5), Rise(20, 160, 1.0, 0.7, 0.4)),
        tried=tuple(tried(number, fakes) for number in range(PEOPLE)),
        int8=int8,
    )


def small(fakes: list[float], milliseconds: float = 1.0) -> Int8:
    return Int8(tuple(fakes), (0.0,) * PEOPLE, milliseconds, 2.0, 700_000, 2_000_000, 128)


def test_a_record_comes_back_as_it_was_written(tmp_path: Path) -> None:
    whole = run(int8=small([1.0] * PEOPLE))
    (tmp_path / "a_training.json").write_text(whole.as_json(), encoding="utf-8")
    assert read_run(tmp_path / "a_training.json") == whole


def test_a_file_that_is_no_record_is_refused_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "a_training.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match=r"'a_training\.json' is no record"):
        read_run(tmp_path / "a_training.json")


def test_a_folder_without_records_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no record of a training"):
        records_in(tmp_path)


def test_the_shipped_record_is_that_of_the_shipped_network_and_names_nobody() -> None:
    shipped = read_run(weight_path("blend_training"))
    assert shipped.network == weight_card("blend").sha256
    assert max(shipped.rises, key=lambda one: one.area).iteration == shipped.best
    people = {one.person for one in shipped.tried}
    assert people == set(numbered(sorted(people)).values())


def test_the_curve_counts_both_members_of_each_pair() -> None:
    shipped = read_run(weight_path("blend_training"))
    assert all(one.images == 2 * shipped.pairs * one.iteration for one in shipped.rises)


def test_the_area_of_the_kept_state_is_that_of_its_own_answers() -> None:
    """The curve was taken while it learned, the answers afterwards."""
    shipped = read_run(weight_path("blend_training"))
    risen = {one.iteration: one.area for one in shipped.rises}
    assert whole_row(shipped.tried).area == pytest.approx(risen[shipped.best], abs=1e-3)


def test_nothing_is_lost_to_8_bits_that_say_the_same() -> None:
    row = int8_row(run(), small([1.0] * PEOPLE))
    assert (row.lost, row.ships) == (0.0, True)


@pytest.mark.parametrize(
    ("fakes", "milliseconds"), [([-1.0] * PEOPLE, 1.0), ([1.0] * PEOPLE, 3.0)], ids=["it loses", "it is slower"]
)
def test_8_bits_that_lose_or_win_no_time_do_not_ship(fakes: list[float], milliseconds: float) -> None:
    assert not int8_row(run(), small(fakes, milliseconds)).ships


def test_what_is_lost_is_told_with_its_sign() -> None:
    assert int8_row(run(), small([-1.0] * PEOPLE)).lost == 1.0
    assert int8_row(run(-1.0), small([1.0] * PEOPLE)).lost == -1.0


def test_seeds_of_one_network_are_told_apart_and_others_not_mixed_in(tmp_path: Path) -> None:
    for name, one in {
        "a": run(),
        "b": run(-1.0, seed=2),
        "d": replace(run(-1.0, seed=3), paired=False),
        "c": run(-1.0, net="mobilenet32"),
    }.items():
        (tmp_path / f"{name}_training.json").write_text(one.as_json(), encoding="utf-8")
    result = blend_suite(tmp_path)
    assert "Of mobilenet16, 20 iterations, 2 seeds differ from 0.000 to 1.000." in result.section.lines[-1]
    assert any(line.startswith("| mobilenet16, without pairs |") for line in result.section.lines)
    assert "Without pairs, the originals" in result.section.lines[-1]
    assert "Of mobilenet32" not in result.section.lines[-1]
    assert [row["area"] for row in result.rows if row["kind"] == "training"][1:] == [1.0, 0.0, 0.0, 0.0]


def test_without_further_records_the_section_says_that_seeds_were_not_compared() -> None:
    result = blend_suite(None)
    assert result.section.key == KEY
    assert "more than one seed" in result.section.lines[-1]
    assert {row["kind"] for row in result.rows} == {"rise", "forgeries", "training", "int8", "origin"}
    areas = [row["area"] for row in result.rows if row["kind"] == "rise"]
    assert max(areas) == pytest.approx(0.82375)
    assert sum(line.rstrip(" |").endswith("kept") for line in result.section.lines) == 1
    assert not np.isnan(areas).any()
