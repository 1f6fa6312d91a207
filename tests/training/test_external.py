from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.detectors.brightness import bright
from tests.puppet import Puppet, Stage, film, picture_of
from unmask.datasets import DataSet, read_data_set
from unmask.detectors.external import examine
from unmask.errors import UsageError
from unmask.examine import follow_people
from unmask.media.encode import write_video
from unmask.media.probe import probe
from unmask.models.running import Sitting
from unmask.settings import Settings
from unmask.training.external import calibrate


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> DataSet:
    """Three puppets, each filmed and swapped, half a second long, and a wall without a face."""
    folder = tmp_path_factory.mktemp("external") / "pairs"
    folder.mkdir()
    for tone, person in enumerate(("anna", "ben", "clara")):
        for side in ("real", "fake"):
            stage = Stage(puppets=(Puppet(tone=tone, swapped=side == "fake"),), seconds=0.5, seed=tone)
            write_video(
                folder / f"{person}_0_{side}.mp4", (one.image for one in film(stage)), 30.0, crf=20, preset="veryfast"
            )
    write_video(folder / "dora_0_real.mp4", [np.full((96, 96, 3), 90, np.uint8)] * 6, 25.0, preset="veryfast")
    return read_data_set(folder)


def test_a_model_that_knows_ranks_the_forged_films_of_people_left_out_above_their_originals(films: DataSet) -> None:
    # the middle of a swapped puppet is darker and redder, so a model of darkness knows
    found = calibrate(bright(gain=-40.0), films, Settings())
    assert len(found.measured) == 6
    assert set(found.people) == {"anna", "ben", "clara"}
    said = {one.clip.path.stem: chance for one, chance in zip(found.measured, found.fitted.left_out, strict=True)}
    assert all(said[f"{person}_0_fake"] > said[f"{person}_0_real"] for person in found.people)
    (remark,) = found.remarks
    assert "'dora_0_real.mp4' shows no face" in remark


def test_what_is_measured_is_what_a_check_measures(films: DataSet) -> None:
    path = films.clips[0].path
    (track,) = follow_people(path, probe(path, Settings()), Settings()).following.tracks
    found = calibrate(bright(), films, Settings())
    assert found.measured[0].log_odds == examine(Sitting(track, bright())).measured["log_odds"]


def test_a_model_that_is_wrong_is_not_turned_round(films: DataSet) -> None:
    found = calibrate(bright(gain=40.0), films, Settings())
    assert found.fitted.model.slope == 0.0
    kept = found.calibration(None, 0, None, None)
    assert (kept.people, kept.films, kept.counts) == (3, 6, False)
    assert kept.data_sha256 == films.sha256


def test_films_of_one_class_or_of_one_person_are_too_little(films: DataSet) -> None:
    real = tuple(clip for clip in films.clips if clip.label == "real")
    with pytest.raises(UsageError, match="has no fake clip"):
        calibrate(bright(), replace(films, clips=real), Settings())
    one = tuple(clip for clip in films.clips if "anna" in clip.identities)
    with pytest.raises(UsageError, match=r"'pairs' is too little .* of 1 people; name a folder with pairs"):
        calibrate(bright(), replace(films, clips=one), Settings())


def test_a_folder_of_pictures_is_asked_picture_by_picture(tmp_path: Path, films: DataSet) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for number in range(2):
        cv2.imwrite(str(pictures / f"{number}.png"), picture_of(Stage(seed=number))[..., ::-1])
    stills = replace(films.clips[0], path=pictures)
    found = calibrate(bright(), replace(films, clips=(stills, *films.clips[1:])), Settings())
    assert found.measured[0].clip == stills
