from pathlib import Path

import numpy as np
import pytest

from tests.training.pairs import drawn_pairs
from unmask.settings import Settings
from unmask.signals.joining import Joined
from unmask.signals.likelihood import log_odds
from unmask.training.films import VARIANTS
from unmask.training.together import TrainedTogether, train_together


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainedTogether:
    """What is learned from three puppets, each filmed and with a face laid over anew in each frame."""
    clips = drawn_pairs(tmp_path_factory.mktemp("pairs"), 3)
    return train_together(clips, tmp_path_factory.mktemp("work"), Settings(), variants=VARIANTS[:1])


def test_all_say_what_the_sum_of_the_members_says(trained: TrainedTogether) -> None:
    sums = [sum(log_odds(said[number]) for said in trained.said.values()) for number in range(len(trained.films))]
    line = trained.joined.lines[Joined.key(trained.said)]
    answers = [line.fake(np.array([total]))[0] for total in sums]
    order = np.argsort(sums)
    assert (np.diff(np.array(answers)[order]) >= 0).all()


def test_fakes_of_people_left_out_rank_above_their_originals(trained: TrainedTogether) -> None:
    answers = {Path(one.film).stem: one.fake for one in trained.films}
    assert all(answers[f"p{tone}_fake"] > answers[f"p{tone}_real"] for tone in range(3))


def test_every_set_of_two_or_three_is_calibrated(trained: TrainedTogether) -> None:
    assert trained.joined.members == ("consistency", "flicker", "seam")
    assert len(trained.joined.lines) == 4
    assert trained.remarks == ()
