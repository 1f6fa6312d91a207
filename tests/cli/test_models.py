import json
from pathlib import Path

import pytest

from tests.cli.program import python, rows, unmask
from tests.detectors.brightness import calibration_of
from tests.models.drawn import write_card, write_network
from tests.puppet import Puppet, Stage, film
from unmask.media.encode import write_video
from unmask.models.folder import keep, tried

NAMES = ("anna", "ben", "clara", "dora")


def put(place: Path, low: float | None = None) -> str:
    """A model among those in a place, its word earned or not; the folder for the setting."""
    with tried(write_network(place / "n.onnx"), write_card(place / "c.toml")) as candidate:
        keep(candidate, place / "models", None if low is None else calibration_of(low, slope=8.0))
    return str(place / "models")


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four puppets, each filmed and with a darker face laid over."""
    folder = tmp_path_factory.mktemp("models") / "pairs"
    folder.mkdir()
    for tone, person in enumerate(NAMES):
        for side in ("real", "fake"):
            stage = Stage(puppets=(Puppet(tone=tone % 2, swapped=side == "fake"),), seconds=0.4, seed=tone)
            write_video(
                folder / f"{person}_0_{side}.mp4", (one.image for one in film(stage)), 30.0, crf=20, preset="veryfast"
            )
    return folder


def test_a_model_is_added_once_and_replaced_by_force(tmp_path: Path) -> None:
    network, card, folder = write_network(tmp_path / "n.onnx"), write_card(tmp_path / "c.toml"), str(tmp_path / "m")
    done = unmask("models", "add", network, "--card", card, UNMASK_MODELS=folder)
    assert done.returncode == 0, done.stderr
    assert "Its word does not count: it was not calibrated on films of yours." in done.stdout
    again = unmask("models", "add", network, "--card", card, UNMASK_MODELS=folder)
    assert again.returncode == 2
    assert "--force" in again.stderr
    (row,) = rows(unmask("models", "add", network, "--card", card, "--force", "--json", UNMASK_MODELS=folder))
    assert (row["name"], row["counts"], row["calibration"], row["remarks"]) == ("brightness", False, None, [])


def test_models_are_listed_and_removed(tmp_path: Path) -> None:
    folder = put(tmp_path, 0.8)
    assert (
        "brightness: Is this face too bright? Its word counts" in unmask("models", "list", UNMASK_MODELS=folder).stdout
    )
    assert unmask("models", "remove", "brightness", UNMASK_MODELS=folder).returncode == 0
    assert rows(unmask("models", "list", "--json", UNMASK_MODELS=folder)) == [{"models": []}]
    assert unmask("models", "remove", "brightness", UNMASK_MODELS=folder).returncode == 2


def test_a_model_is_calibrated_on_films_and_told_what_it_is_worth(tmp_path: Path, pairs: Path) -> None:
    network, card, folder = tmp_path / "n.onnx", write_card(tmp_path / "c.toml"), str(tmp_path / "models")
    write_network(network, gain=-10.0)
    done = unmask("models", "add", network, "--card", card, "--data", pairs, "--json", UNMASK_MODELS=folder)
    assert done.returncode == 0, done.stderr
    (row,) = rows(done)
    calibration = row["calibration"]
    assert (calibration["people"], calibration["films"], calibration["pairs"]) == (4, 8, 4)
    low, high = calibration["area_interval"]
    assert low <= calibration["area"] <= high
    told = (
        f"AUC {calibration['area']:.2f} [{low:.2f}–{high:.2f}] on your 4 people; films of 5 people or more are needed."
    )
    assert (row["counts"], row["worth"]) == (False, f"Its word does not count: {told}")
    assert "anna_0_fake.mp4" in done.stderr


@pytest.mark.parametrize(
    ("network", "change", "told"),
    [
        ({}, ('licence = "CC0-1.0"', ""), "lacks 'licence'"),
        ({}, ('"brightness"', '"seam"'), "A detector of unmask is called 'seam'"),
        ({}, ('"brightness"', '"external"'), "A detector of unmask is called 'external'"),
        ({"shape": (1, 1, 32, 32)}, ("", ""), "takes an input of shape [1, 1, 32, 32], its card describes [1, 3, 32"),
        ({"gain": float("nan")}, ("", ""), "answers a blank picture with nan"),
    ],
)
def test_a_model_that_is_not_fit_is_refused_in_one_sentence(
    tmp_path: Path, network: dict[str, float], change: tuple[str, str], told: str
) -> None:
    file = write_network(tmp_path / "n.onnx", **network)  # type: ignore[arg-type]
    card = write_card(tmp_path / "c.toml", change)
    done = unmask("models", "add", file, "--card", card, UNMASK_MODELS=str(tmp_path / "models"))
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "models").exists()


def test_films_of_one_class_add_nothing(tmp_path: Path, pairs: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    (real / "anna.mp4").write_bytes((pairs / "anna_0_real.mp4").read_bytes())
    network, card = write_network(tmp_path / "n.onnx"), write_card(tmp_path / "c.toml")
    done = unmask("models", "add", network, "--card", card, "--data", real, UNMASK_MODELS=str(tmp_path / "models"))
    assert done.returncode == 2
    assert "no fake" in done.stderr
    assert not (tmp_path / "models").exists()


def test_a_model_that_has_earned_its_word_moves_the_verdict_and_another_is_shown_alone(
    tmp_path: Path, short_clip: Path
) -> None:
    found = {}
    for low in (0.8, 0.5):
        folder = put(tmp_path, low)
        (row,) = rows(unmask("check", "-q", "--json", "--only", "brightness", short_clip, UNMASK_MODELS=folder))
        (evidence,) = row["faces"][0]["evidence"]
        assert evidence["detector"] == "brightness"
        assert evidence["counts"] == (low == 0.8)
        assert row["engine"]["detectors"] == ["brightness"]
        assert len(row["engine"]["weights"]["brightness"]) == 64
        found[low] = row
    assert found[0.8]["probability"] == pytest.approx(0.2059, abs=0.001)  # capped: the puppet is dark
    assert found[0.5]["probability"] is None
    assert any("AUC 0.75 [0.50–1.00]" in sentence for sentence in found[0.5]["reasons"])


def test_all_models_are_asked_for_by_the_name_that_stands_for_them(tmp_path: Path, short_clip: Path) -> None:
    folder = put(tmp_path)
    (row,) = rows(unmask("check", "-q", "--json", "--only", "external", short_clip, UNMASK_MODELS=folder))
    assert row["engine"]["detectors"] == ["brightness"]
    none = unmask("check", "-q", "--only", "external", short_clip)
    assert none.returncode == 2
    assert "add one with 'unmask models add'" in none.stderr


def test_the_page_shows_the_question_of_the_model_and_a_command_that_repeats_the_run(
    tmp_path: Path, short_clip: Path
) -> None:
    done = unmask("check", "-q", "--report", tmp_path / "out", short_clip, UNMASK_MODELS=put(tmp_path))
    assert done.returncode == 0, done.stderr
    (page,) = (path for path in (tmp_path / "out").iterdir() if path.name != "index.html")
    text = page.read_text(encoding="utf-8")
    assert "Is this face too bright?" in text
    assert "--only" not in text


def test_an_altered_model_ends_a_check_unless_it_is_left_out(tmp_path: Path, short_clip: Path) -> None:
    folder = put(tmp_path)
    (Path(folder) / "brightness.onnx").write_bytes(b"something else")
    done = unmask("check", "-q", short_clip, UNMASK_MODELS=folder)
    assert done.returncode == 4
    assert done.stderr.startswith("Your model 'brightness' has SHA-256")
    assert "unmask models add" in done.stderr
    assert unmask("check", "-q", "--only", "seam", short_clip, UNMASK_MODELS=folder).returncode == 0
    (Path(folder) / "brightness.toml").unlink()
    (listed,) = rows(unmask("models", "list", "--json", UNMASK_MODELS=folder))
    assert "cannot be read" in listed["models"][0]["error"]
    ill = unmask("doctor", "--json", UNMASK_MODELS=folder)
    assert ill.returncode == 4
    assert [it["what"] for it in rows(ill)[0]["findings"] if not it["works"]] == ["model brightness"]
    assert unmask("detectors", UNMASK_MODELS=folder).returncode == 0


def test_without_models_a_check_says_nothing_of_them(tmp_path: Path, short_clip: Path) -> None:
    (tmp_path / "file").write_text("no folder of models")
    for folder in (tmp_path / "nowhere", tmp_path / "file"):
        (row,) = rows(unmask("check", "-q", "--json", "--only", "seam", short_clip, UNMASK_MODELS=str(folder)))
        assert "external" not in json.dumps(row)


def test_models_are_listed_among_the_detectors_as_ones_own_without_loading_them(tmp_path: Path) -> None:
    folder = put(tmp_path)
    assert "brightness  (video, image, a model of your own)" in unmask("detectors", UNMASK_MODELS=folder).stdout
    found = rows(unmask("detectors", "--json", UNMASK_MODELS=folder))
    assert [row["name"] for row in found if row["own"]] == ["brightness"]
    assert "brightness" not in unmask("detectors", "--markdown", UNMASK_MODELS=folder).stdout
    code = f"import os, sys; os.environ['UNMASK_MODELS'] = {folder!r}; from unmask.cli import run; run(['detectors', 'brightness']); print(*sys.modules, file=sys.stderr)"
    assert "onnxruntime" not in python(code).stderr.split()
