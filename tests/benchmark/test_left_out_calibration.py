import pytest

from unmask.benchmark.left_out import LeftOut
from unmask.benchmark.left_out_calibration import calibration_rows, calibration_table


def answers(made: float, filmed: float, stranger: float, variant: str = "as it is") -> list[LeftOut]:
    pairs = [(f"p{number % 3}", f"p{number % 3}_{number}") for number in range(10)]
    return [
        *(LeftOut(person, pair, is_fake=True, variant=variant, fake=made) for person, pair in pairs),
        *(LeftOut(person, pair, is_fake=False, variant=variant, fake=filmed) for person, pair in pairs),
        *(LeftOut(f"s{number}", None, is_fake=False, variant=variant, fake=stranger) for number in range(4)),
    ]


def test_sure_and_right_is_better_than_sure_and_wrong() -> None:
    (right,), (wrong,) = (calibration_rows(answers(made, 1 - made, 0.1), "it") for made in (0.95, 0.05))
    assert right.error == pytest.approx(0.05)
    assert right.brier == pytest.approx(0.0025)
    assert right.cllr < 0.1
    assert wrong.cllr > 1
    assert wrong.error == pytest.approx(0.95)


def test_what_chance_alone_would_show_stands_beside_the_error() -> None:
    (unsure,), (sure,) = (calibration_rows(answers(made, made, 0.5), "it") for made in (0.5, 0.999))
    assert 0.05 < unsure.error_by_chance < 0.2
    assert sure.error_by_chance < 0.05


def test_filmed_people_without_a_fake_count_among_the_alarms_alone() -> None:
    (calm,), (alarmed,) = (calibration_rows(answers(0.9, 0.2, stranger), "it") for stranger in (0.1, 0.9))
    assert (calm.fakes_from, calm.fakes, calm.filmed_from, calm.filmed) == (10, 10, 0, 14)
    assert alarmed.filmed_from == 4
    assert 4 / 14 < alarmed.filmed_at_most < 1
    assert (calm.films, calm.error) == (alarmed.films, alarmed.error)


def test_what_the_verdict_makes_of_an_answer_is_what_is_judged() -> None:
    given = answers(0.95, 0.05, 0.05)
    (plain,), (capped,) = calibration_rows(given, "it"), calibration_rows(given, "verdict", lambda fake: min(fake, 0.7))
    assert (plain.fakes_from, capped.fakes_from) == (10, 0)
    assert capped.brier > plain.brier


def test_each_variant_has_a_row_and_one_without_pairs_has_none() -> None:
    lonely = [LeftOut("s", None, is_fake=False, variant="lonely", fake=0.2)]
    rows = calibration_rows([*answers(0.9, 0.1, 0.1), *answers(0.4, 0.5, 0.1, "crf 36"), *lonely], "it")
    assert [row.variant for row in rows] == ["as it is", "crf 36"]
    head, _, *lines = calibration_table(rows)
    assert "by chance" in head
    assert "10 of 10" in lines[0]
