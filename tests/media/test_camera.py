from pathlib import Path

import numpy as np
import pytest

from unmask.errors import Unreadable, UsageError
from unmask.media import camera
from unmask.media.camera import camera_frames, camera_media, cameras, pictures_of

DRAWN = "testsrc=size=64x48:rate=25:duration=0.2"
"""A device of FFmpeg's own that draws what it gives."""


def test_a_device_gives_pictures_with_rising_times() -> None:
    frames = list(pictures_of(DRAWN, "lavfi", {}, "The test device"))
    assert [frame.image.shape for frame in frames] == [(48, 64, 3)] * 5
    assert np.ptp(frames[0].image) > 200
    assert (np.diff([frame.seconds for frame in frames]) > 0).all()


@pytest.mark.parametrize("place", ["no-such-filter", "sine=duration=0.1"])
def test_a_device_without_pictures_is_told(place: str) -> None:
    with pytest.raises(Unreadable, match=r"The test device cannot be read: .*another program"):
        list(pictures_of(place, "lavfi", {}, "The test device"))


def test_a_camera_that_is_not_there_is_told_beside_those_that_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera, "DEVICES", tmp_path)
    (tmp_path / "video0").write_bytes(b"a file is no camera")
    assert cameras() == ()
    with pytest.raises(UsageError, match="There is no camera 0; this machine has none"):
        next(camera_frames(0))
    (tmp_path / "video2").symlink_to("/dev/null")
    with pytest.raises(UsageError, match="There is no camera 0; this machine has 2"):
        next(camera_frames(0))


def test_a_device_that_is_no_camera_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(camera, "DEVICES", tmp_path)
    (tmp_path / "video2").symlink_to("/dev/null")
    with pytest.raises(Unreadable, match="The camera 2 cannot be read"):
        next(camera_frames(2))


def test_a_camera_has_no_bytes_to_be_known_by() -> None:
    media = camera_media(3)
    assert (media.file, media.sha256, media.bytes, media.kind) == ("camera 3", "", 0, "video")
