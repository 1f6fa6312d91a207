from pathlib import Path

import numpy as np

from tests.training.drawn_faces import drawn_faces, drawn_film
from unmask.datasets import Clip
from unmask.settings import Settings
from unmask.training.faces import gather


def test_a_face_is_taken_five_times_a_second() -> None:
    assert [len(faces.images) for faces in drawn_faces()] == [3] * 4
    assert all(faces.images.shape[1:] == (256, 256, 3) for faces in drawn_faces())


def test_a_film_is_read_once_and_what_is_no_film_is_a_remark(tmp_path: Path) -> None:
    clip = drawn_film(tmp_path, 0)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film")
    clips, people = [clip, Clip(broken, "real", (), "broken")], ["p0", "nobody"]
    (first,), (remark,) = gather(clips, people, tmp_path / "work", Settings())
    assert "broken.mp4" in remark
    (kept,) = (tmp_path / "work").iterdir()
    written = kept.stat().st_mtime_ns
    (again,), _ = gather(clips, people, tmp_path / "work", Settings())
    assert kept.stat().st_mtime_ns == written
    assert np.array_equal(first.images, again.images)
    assert np.array_equal(first.landmarks, again.landmarks)
