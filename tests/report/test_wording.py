from typing import get_args

import pytest

from unmask.report.wording import ABSTENTIONS, KINDS, MEANINGS, VERDICTS, clock, number, percent, strength, visible
from unmask.types import MediaKind, Reason, Word


def test_each_code_has_words() -> None:
    assert set(ABSTENTIONS) == set(get_args(Reason))
    assert set(VERDICTS) == set(MEANINGS) == set(get_args(Word))
    assert set(KINDS) == set(get_args(MediaKind))


def test_no_verdict_calls_a_file_authentic() -> None:
    assert not any("authentic" in heading.lower() for heading in VERDICTS.values())
    assert "not “authentic”" in MEANINGS["no-sign"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb", "a\\nb"),
        ("\u202efdp.exe", "\\u202efdp.exe"),
        ("a\u2028b", "a\\u2028b"),
        ("caf\udce9", "caf\\udce9"),
        ("\x1b[31m", "\\x1b[31m"),
        ("Тест 試験 👩‍💻", "Тест 試験 👩‍💻"),
    ],
)
def test_only_what_hides_is_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_a_probability_is_never_printed_as_a_certainty() -> None:
    assert [percent(share) for share in (0.0, 0.004, 0.996, 1.0)] == [
        "under\xa01\xa0%",
        "under\xa01\xa0%",
        "over\xa099\xa0%",
        "over\xa099\xa0%",
    ]
    assert percent(float("nan")) == strength(float("nan")) == "not measured"


def test_times_and_numbers_round_without_carrying_wrong() -> None:
    assert clock(59.99) == "1:00.0"
    assert clock(float("nan")) == "?"
    assert number(0.0) == "0"
    assert number(9.999) == "10.00"
    assert number(-0.29) == "−0.290"
    assert number(1e300).replace("\xa0", "").startswith("1")
