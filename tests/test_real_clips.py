"""What was measured on real recordings, which are not part of the repository."""

from pathlib import Path

import pytest

from unmask import check, read_vitals
from unmask.media.probe import probe
from unmask.settings import Settings

pytestmark = pytest.mark.shared


def test_a_filmed_face_beats_at_the_rate_others_found(shared: Path) -> None:
    person = read_vitals(shared / "pulse" / "face.mp4").people[0]
    assert person.heart_rate_bpm == pytest.approx(53.0, abs=2.0)


def test_patches_of_skin_without_a_pulse_are_not_measurable(shared: Path) -> None:
    patches = sorted((shared / "pulse").glob("no-pulse_*"))
    assert patches
    rates = {path.name: read_vitals(path, skin="whole").people[0].heart_rate_bpm for path in patches}
    assert set(rates.values()) == {None}, rates


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_real_talking_head_is_followed_and_not_called_manipulated(shared: Path, number: int) -> None:
    clips = sorted((shared / "videos" / "real").glob("*.mp4"), key=lambda path: (path.stat().st_size, path.name))
    path = clips[number]
    report = check(path)
    video = probe(path, Settings()).video
    assert video is not None
    assert len(report.people[0].track.times) >= 0.95 * video.frames
    assert report.verdict.word != "manipulated"
