from unmask.benchmark.left_out import LeftOut, left_out_rows, left_out_table


def answers(made: float, filmed: float, stranger: float = 0.3, variant: str = "as it is") -> list[LeftOut]:
    pairs = [(f"p{number % 3}", f"p{number % 3}_{number}") for number in range(6)]
    return [
        *(LeftOut(person, pair, is_fake=True, variant=variant, fake=made) for person, pair in pairs),
        *(LeftOut(person, pair, is_fake=False, variant=variant, fake=filmed) for person, pair in pairs),
        *(LeftOut(f"s{number}", None, is_fake=False, variant=variant, fake=stranger) for number in range(4)),
    ]


def test_a_detector_that_knows_ranks_all_right_and_takes_no_source_for_a_forgery() -> None:
    (row,) = left_out_rows(answers(0.9, 0.3))
    assert (row.pairs, row.people, row.paired, row.area) == (6, 3, 1.0, 1.0)
    assert row.area_interval == (1.0, 1.0)
    assert row.null == 0.5


def test_a_detector_of_sources_shows_in_the_null_test() -> None:
    (row,) = left_out_rows(answers(0.9, 0.9, stranger=0.1))
    assert (row.paired, row.area, row.null) == (0.5, 0.5, 1.0)
    assert row.null_interval is not None
    assert row.null_interval[0] > 0.5


def test_each_variant_has_a_row_and_one_without_pairs_has_none() -> None:
    lonely = [LeftOut("s", None, is_fake=False, variant="lonely", fake=0.2)]
    rows = left_out_rows([*answers(0.9, 0.1), *answers(0.4, 0.5, variant="crf 36"), *lonely])
    assert [row.variant for row in rows] == ["as it is", "crf 36"]
    text = "\n".join(left_out_table(rows))
    assert "| crf 36" in text
    assert "0.00" in text


def test_without_strangers_the_null_is_not_measured() -> None:
    (row,) = left_out_rows([one for one in answers(0.9, 0.3) if one.pair])
    assert row.null is None
    assert "–" in left_out_table([row])[-1]


def test_half_of_a_pair_does_not_count() -> None:
    fakes = [one for one in answers(0.9, 0.3) if one.is_fake]
    assert left_out_rows(fakes) == ()
