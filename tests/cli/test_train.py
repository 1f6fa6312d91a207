import json
from pathlib import Path

import cv2
import pytest

from tests.cli.program import rows, unmask
from tests.puppet import Puppet, Stage, film, picture_of
from unmask.media.encode import write_video


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two puppets, each filmed and with a face laid over anew in each frame, and a file that is no film."""
    folder = tmp_path_factory.mktemp("train") / "pairs"
    folder.mkdir()
    for tone, person in enumerate(("anna", "ben")):
        for side in ("real", "fake"):
            stage = Stage(puppets=(Puppet(tone=tone, swapped=side == "fake"),), seconds=2.4, seed=tone)
            write_video(
                folder / f"{person}_0_{side}.mp4", (one.image for one in film(stage)), 30.0, crf=20, preset="veryfast"
            )
    (folder / "clara_0_real.mp4").write_bytes(b"no film")
    return folder


def test_a_detector_is_trained_and_told_what_it_is_worth(pairs: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine.json"
    asked = ["train", "flicker", str(pairs), "--quick", "--out", str(out), "--work", str(tmp_path / "work")]
    done = unmask(*asked)
    assert done.returncode == 0, done.stderr
    assert "| as it is | 2     | 2      |" in done.stdout
    assert "anna_0_fake.mp4" in done.stderr
    assert "Note: 'clara_0_real.mp4' was left out" in done.stderr
    assert len(json.loads(out.read_text(encoding="utf-8"))["weights"]) == 108

    (row,) = rows(unmask(*asked, "--json", "--quiet"))
    assert row["left_out"][0]["pairs"] == 2
    (film,) = (film for film in row["films"] if film["film"].endswith("anna_0_fake.mp4"))
    assert film.pop("fake") > 0.5
    assert film == film | {"label": "fake", "pair": "anna_0", "person": "anna", "variant": "as it is"}
    assert len(film) == 5
    broken, *alike = row["remarks"]
    assert "clara_0_real.mp4" in broken
    assert alike  # puppets are much alike
    assert all("look nearly the same" in remark for remark in alike)


def test_the_next_detector_learns_from_what_was_measured_for_the_first(pairs: Path, tmp_path: Path) -> None:
    work = str(tmp_path / "work")
    sizes = {}
    for recipe in ("seam", "consistency"):
        out = tmp_path / f"{recipe}.json"
        done = unmask("train", recipe, str(pairs), "--quick", "-q", "--out", str(out), "--work", work)
        assert done.returncode == 0, done.stderr
        sizes[recipe] = len(json.loads(out.read_text(encoding="utf-8"))["weights"])
        kept = {path.name: path.stat().st_mtime_ns for path in Path(work).iterdir()}
        if recipe == "seam":
            first = kept
    assert sizes == {"seam": 36, "consistency": 928}
    assert kept == first
    assert len(kept) == 4 * 4

    out = tmp_path / "together.json"
    (row,) = rows(unmask("train", "together", str(pairs), "--quick", "-q", "--json", "--out", out, "--work", work))
    assert len(json.loads(out.read_text(encoding="utf-8"))["lines"]) == 4
    assert row["left_out"][0]["pairs"] == 2
    assert {frozenset(film["members"]) for film in row["films"]} == {frozenset({"consistency", "flicker", "seam"})}
    assert [(one["said_by"], one["films"], one["filmed"]) for one in row["calibration"]] == [
        ("together", 4, 2),
        ("verdict", 4, 2),
    ]
    assert {path.name for path in Path(work).iterdir()} == set(first)


def test_a_network_that_learns_from_too_few_people_is_refused_with_their_number(pairs: Path, tmp_path: Path) -> None:
    asked = ("train", "blend", str(pairs), "--quick", "-q", "--begin", "chance", "--work", tmp_path / "work")
    done = unmask(*asked, "--out", tmp_path / "blend.onnx")
    assert done.returncode == 2
    assert "There are faces of 2 people; two to learn from and two to validate on are the least" in done.stderr
    assert not (tmp_path / "blend.onnx").exists()


def test_a_recipe_that_is_not_there_is_refused_with_those_that_are(pairs: Path) -> None:
    done = unmask("train", "motion", str(pairs))
    assert done.returncode == 2
    assert all(name in done.stderr for name in ("flicker", "seam", "consistency"))


def test_a_film_that_is_called_real_and_fake_is_refused(pairs: Path, tmp_path: Path) -> None:
    folder = tmp_path / "pairs"
    folder.mkdir()
    for name in ("anna_0_real.mp4", "anna_0_fake.mp4"):
        (folder / name).write_bytes((pairs / "anna_0_real.mp4").read_bytes())
    done = unmask("train", "flicker", str(folder), "--work", str(tmp_path / "work"), "-q")
    assert done.returncode == 2
    assert "anna_0_real.mp4" in done.stderr
    assert "anna_0_fake.mp4" in done.stderr


def test_films_without_a_pair_are_refused_in_one_sentence(pairs: Path, tmp_path: Path) -> None:
    lonely = tmp_path / "real"
    lonely.mkdir()
    (lonely / "ben.mp4").write_bytes((pairs / "ben_0_real.mp4").read_bytes())
    done = unmask("train", "flicker", str(lonely), "--quick", "--work", str(tmp_path / "work"), "-q")
    assert done.returncode == 2
    assert "no fakes of two people" in done.stderr
    nowhere = unmask("train", "flicker", str(tmp_path / "nowhere"), "-q")
    assert nowhere.returncode == 2
    assert "nowhere" in nowhere.stderr


def test_a_place_that_is_not_there_is_refused_before_anything_is_learned(pairs: Path, tmp_path: Path) -> None:
    done = unmask("train", "flicker", str(pairs), "--out", str(tmp_path / "nowhere" / "mine.json"), "-q")
    assert done.returncode == 2
    assert "The folder 'nowhere' is not there" in done.stderr


def test_texture_learns_without_pairs_and_only_asks_about_what_is_forged(tmp_path: Path) -> None:
    for number in range(5):
        place = tmp_path / "faces" / ("real" if number < 4 else "fake")
        place.mkdir(parents=True, exist_ok=True)
        picture = picture_of(Stage(puppets=(Puppet(tone=number),), seed=number))
        cv2.imwrite(str(place / f"p{number}.png"), picture[..., ::-1])
    out = tmp_path / "texture.json"
    asked = ("train", "texture", tmp_path / "faces", "--quick", "-q", "--out", out, "--work", tmp_path / "work")
    (row,) = rows(unmask(*asked, "--json"))
    assert (row["people"], row["pairs"]) == (4, 12)
    assert {"question", "name", "way", "asked", "against", "area", "area_interval"} == set(row["ranked"][0])
    assert [one["asked"] for one in row["ranked"] if one["question"] == "forgery"] == [1] * 4
    assert len(json.loads(out.read_text(encoding="utf-8"))["weights"]) == 46
