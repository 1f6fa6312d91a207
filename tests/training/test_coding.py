from dataclasses import replace
from pathlib import Path

import pytest

from tests.training.pairs import drawn_pairs
from unmask.datasets import Clip
from unmask.errors import UsageError
from unmask.settings import Settings
from unmask.signals.coding import MOST_CRF
from unmask.training.coding import CODINGS, CodedFilm, TrainedCoding, coding_rows, train_coding
from unmask.training.films import Variant


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clip, ...]:
    return drawn_pairs(tmp_path_factory.mktemp("pairs"), 2)[::2]


@pytest.fixture(scope="module")
def trained(clips: tuple[Clip, ...], tmp_path_factory: pytest.TempPathFactory) -> TrainedCoding:
    """What is learned from two puppets coded finely and coarsely."""
    return train_coding(clips, tmp_path_factory.mktemp("work"), Settings(), codings=(Variant("crf 18", 18), CODINGS[2]))


def test_people_left_out_read_as_more_strongly_coded_where_they_are(trained: TrainedCoding) -> None:
    fine, coarse = coding_rows(trained.films)
    assert (fine.crf, coarse.crf, fine.films, coarse.films) == (18, 32, 2, 2)
    assert fine.read + 5 < coarse.read
    assert coarse.falls == 0
    assert trained.scale.error > 0


def test_a_film_that_reads_as_no_stronger_than_its_finer_coding_is_counted() -> None:
    films = (CodedFilm("a", "a", 18, 20.0), CodedFilm("b", "b", 18, 22.0), CodedFilm("a", "a", 40, MOST_CRF + 2))
    fine, coarse = coding_rows((*films, CodedFilm("b", "b", 40, 21.0)))
    assert (fine.falls, fine.refused, coarse.falls, coarse.refused) == (0, 0.0, 1, 0.5)
    assert fine.error == pytest.approx((0.5 * (2.0**2 + 4.0**2)) ** 0.5)


def test_films_of_one_person_are_too_few(clips: tuple[Clip, ...], tmp_path: Path) -> None:
    alone = (replace(clips[0], pair=None),)
    with pytest.raises(UsageError, match="two people or more"):
        train_coding(alone, tmp_path, Settings(), codings=CODINGS[:1])
