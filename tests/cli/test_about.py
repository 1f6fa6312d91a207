import json
from pathlib import Path

from tests.cli.program import python, rows, unmask
from unmask.detectors import detectors


def test_every_detector_is_listed_with_its_question() -> None:
    done = unmask("detectors")
    assert done.returncode == 0
    for name, detector in detectors().items():
        assert name in done.stdout
        assert detector.card.question in done.stdout


def test_detectors_are_listed_as_json_a_line_each() -> None:
    found = rows(unmask("detectors", "--json"))
    assert [row["name"] for row in found] == list(detectors())
    assert all(row["failures"] for row in found)


def test_one_detector_can_be_asked_for() -> None:
    assert [row["name"] for row in rows(unmask("detectors", "--json", "seam"))] == ["seam"]


def test_listing_detectors_imports_no_torch_and_no_filters() -> None:
    code = "import sys; from unmask.cli import run; run(['detectors', '--json']); print(*sys.modules, file=sys.stderr)"
    modules = python(code).stderr.split()
    assert "unmask.detectors.pulse" in modules
    assert not {"torch", "scipy.signal", "scipy.stats"} & set(modules)


def test_the_doctor_finds_everything_here_and_names_the_sandbox() -> None:
    done = unmask("doctor")
    assert done.returncode == 0, done.stdout
    assert "sandbox" in done.stdout
    assert "face_landmark" in done.stdout
    assert "MISSING" not in done.stdout


def test_the_doctor_speaks_json() -> None:
    (found,) = rows(unmask("doctor", "--json"))
    assert {"what", "works", "sentence"} == set(found["findings"][0])
    assert all(finding["works"] for finding in found["findings"])


def test_the_doctor_leaves_with_4_when_a_weight_was_altered(tmp_path: Path) -> None:
    done = python(WITH_BROKEN_WEIGHTS, str(tmp_path), "doctor", "--json")
    assert done.returncode == 4
    broken = [it for it in json.loads(done.stdout)["findings"] if not it["works"]]
    assert [it["what"] for it in broken] == ["weight face_landmark"]
    assert "install unmask again" in broken[0]["sentence"]


def test_a_check_leaves_with_4_when_a_weight_was_altered(tmp_path: Path, short_clip: Path) -> None:
    done = python(WITH_BROKEN_WEIGHTS, str(tmp_path), "check", str(short_clip))
    assert done.returncode == 4
    assert "face_landmark.tflite" in done.stderr
    assert "Traceback" not in done.stderr


WITH_BROKEN_WEIGHTS = """
import shutil, sys
from pathlib import Path
from unmask import weights
copy = Path(sys.argv[1]) / "weights"
shutil.copytree(weights.FOLDER, copy)
(copy / "face_landmark.tflite").write_bytes(b"not a model")
weights.FOLDER = copy
from unmask.cli import run
sys.exit(run(sys.argv[2:]))
"""
