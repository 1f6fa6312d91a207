import shutil
import wave
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.puppet import Stage, picture_of
from unmask import reference
from unmask.errors import UsageError
from unmask.faces.identity import SAME_PERSON
from unmask.reference import NOT_INSTALLED, read_reference, reference_files
from unmask.settings import Settings
from unmask.types import Track


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory, short_clip: Path) -> Path:
    """A film, a copy and one all but the same, a still of the same puppet, a file that is no film, and a picture of a wall."""
    folder = tmp_path_factory.mktemp("clips")
    (folder / "old").mkdir()
    shutil.copy(short_clip, folder / "b.mp4")
    shutil.copy(short_clip, folder / "copy.mp4")
    (folder / "old" / "a.mp4").write_bytes(short_clip.read_bytes() + b"\0\0\0\x08free")
    cv2.imwrite(str(folder / "still.png"), picture_of(Stage())[..., ::-1])
    cv2.imwrite(str(folder / "wall.png"), np.full((120, 160, 3), 120, np.uint8))
    (folder / "broken.mp4").write_text("no film")
    (folder / "notes.txt").write_text("not media")
    return folder


def test_a_folder_becomes_one_persons_face_and_what_could_not_be_read_is_told(clips: Path) -> None:
    found = read_reference(clips, Settings())
    assert sorted(found.clips) == ["a.mp4", "b.mp4", "still.png"]
    assert found.seconds == pytest.approx(2.4, abs=0.2)
    assert found.faces.shape == (3, 128)
    assert np.linalg.norm(found.faces[0] - found.faces[1]) < SAME_PERSON
    assert len(found.remarks) == 3
    assert "Left out of the reference: 'copy.mp4' is a copy of 'b.mp4'." in found.remarks
    assert any("'broken.mp4'" in remark for remark in found.remarks)
    assert "Left out of the reference: no face is seen in 'wall.png'." in found.remarks


def test_a_film_of_ten_seconds_gives_a_window_of_motion(puppet_clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "installed", lambda: False)
    found = read_reference(puppet_clip, Settings())
    assert found.gestures.shape == (1, 91)
    assert found.gesture_clips.tolist() == [0]
    assert found.clips == ("puppet.mp4",)
    assert found.faces.shape == (0, 128)
    assert found.remarks == (NOT_INSTALLED,)


def test_each_clip_is_told_as_it_is_read(clips: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reference, "installed", lambda: False)
    told: list[str] = []
    read_reference(
        clips,
        Settings(),
        on_begin=lambda name: told.append(f"begin {name}"),
        on_progress=lambda seconds, _: told.append("on") if seconds > 1 and told[-1] != "on" else None,
        on_end=lambda: told.append("end"),
    )
    assert told[:3] == ["begin b.mp4", "on", "end"]
    assert told.count("end") == 6


def test_clips_of_different_people_are_named_and_refused(clips: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def face_of(track: Track) -> np.ndarray:
        return np.full(128, 0.0 if track.duration_seconds else 0.09)  # the still shows someone else

    monkeypatch.setattr(reference, "_face_of", face_of)
    with pytest.raises(UsageError, match=r"must show one person, but faces in 'still\.png' \(1\.02\) lie 0\.6 or more"):
        read_reference(clips, Settings())


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("absent", "is not there"),
        ("empty", "holds no film or still"),
        ("bare", "No face is seen"),
        ("a.wav", "No face"),
    ],
)
def test_a_reference_of_nobody_is_refused(tmp_path: Path, name: str, said: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bare").mkdir()
    cv2.imwrite(str(tmp_path / "bare" / "wall.png"), np.full((120, 160, 3), 120, np.uint8))
    with wave.open(str(tmp_path / "a.wav"), "wb") as sound:
        sound.setparams((1, 2, 16_000, 0, "NONE", ""))
        sound.writeframes(bytes(3200))
    with pytest.raises(UsageError, match=said):
        read_reference(tmp_path / name, Settings())


def test_films_and_stills_below_a_folder_are_taken_in_the_order_of_names(clips: Path) -> None:
    found = [path.name for path in reference_files(clips)]
    assert found == ["b.mp4", "broken.mp4", "copy.mp4", "a.mp4", "still.png", "wall.png"]
    assert reference_files(clips / "b.mp4") == [clips / "b.mp4"]
