import numpy as np

from unmask.benchmark.texture_trials import Ranked, ranked_rows, ranked_table


def ranked(one: list[float], other: list[float], people: int = 4) -> Ranked:
    return Ranked(
        "forgery",
        "vae",
        "as it is",
        np.array(one),
        np.array(other),
        tuple(f"made {k % people}" for k in range(len(one))),
        tuple(f"filmed {k % people}" for k in range(len(other))),
    )


def test_the_area_is_the_share_of_pairs_that_are_ranked_right() -> None:
    (row,) = ranked_rows([ranked([3.0, 1.0], [2.0, 0.0])])
    assert row.area == 0.75
    assert (row.asked, row.against) == (2, 2)


def test_the_interval_is_by_people_and_wider_for_fewer_of_them() -> None:
    rng = np.random.default_rng(0)
    made, filmed = rng.normal(1, 1, 40).tolist(), rng.normal(0, 1, 40).tolist()
    many, few = ranked_rows([ranked(made, filmed, 40), ranked(made, filmed, 3)])
    assert many.area == few.area
    for row in (many, few):
        assert row.area_interval is not None
        assert row.area_interval[0] < row.area < row.area_interval[1]


def test_the_table_has_a_line_a_question() -> None:
    lines = ranked_table(ranked_rows([ranked([3.0, 2.0], [1.0, 0.0])]))
    assert len(lines) == 3
    assert "| forgery  | vae | as it is   | 2     | 2       | 1.00 |" in lines[-1]
