"""``unmask check --reference``: people held against clips of someone."""

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.cli.program import rows, unmask
from tests.docs.pages import ROOT
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.settings import Settings


@pytest.fixture(scope="module")
def filmed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two pictures of the person of the example film, and a file that is none."""
    folder = tmp_path_factory.mktemp("of-them")
    film = ROOT / "examples" / "real.mp4"
    with open_frames(film, probe(film, Settings()), Settings(), stop_seconds=1.0) as frames:
        images = [frame.image for frame in frames]
    for name, image in (("first.png", images[0]), ("last.png", images[-1])):
        cv2.imwrite(str(folder / name), np.ascontiguousarray(image[..., ::-1]))
    (folder / "broken.jpg").write_text("no picture")
    return folder


def test_a_stranger_is_called_another_person_and_no_forgery(filmed: Path, short_clip: Path) -> None:
    done = unmask("check", "--json", "--only", "identity,seam", "--reference", filmed, short_clip)
    assert done.returncode == 0, done.stderr
    (row,) = rows(done)
    (found,) = (it for it in row["faces"][0]["evidence"] if it["detector"] == "identity")
    assert (found["fake"], found["abstained"]) == (None, "another-person")
    assert found["because"][0].startswith("This is another person than that of the reference")
    assert found["measured"]["face_distance"] >= 0.6
    assert row["engine"]["settings"]["reference"] == "given"
    assert str(filmed) not in done.stdout
    assert "[1/3] broken.jpg" in done.stderr
    assert "Note: Left out of the reference: 'broken.jpg'" in done.stderr


def test_the_person_themselves_are_known_and_a_still_shows_no_motion(filmed: Path, tmp_path: Path) -> None:
    shutil.copy(filmed / "last.png", tmp_path / "asked.png")
    done = unmask("check", "-q", "--only", "identity", "--reference", filmed / "first.png", tmp_path / "asked.png")
    assert done.returncode == 0, done.stderr
    assert "identity  abstained: no moving picture" in done.stdout
    assert "The face fits the reference's person: it lies 0." in " ".join(done.stdout.split())


@pytest.mark.parametrize("name", ["absent", "empty"])
def test_a_reference_that_is_none_ends_the_run_before_the_first_file(
    tmp_path: Path, short_clip: Path, name: str
) -> None:
    (tmp_path / "empty").mkdir()
    done = unmask("check", "--json", "--reference", tmp_path / name, short_clip)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"The reference '{name}' ")
    assert done.stderr.count("\n") == 1
