"""The pictures of a camera of this machine, as they come.

A camera is opened in this process, not behind the walls where files are decoded: its driver belongs to the machine, nobody
else writes what it sends, and behind the walls there are no devices. What is no such device is not opened here.
"""

import re
import stat
import time
from collections.abc import Generator
from pathlib import Path

import av
import av.error

from unmask.errors import MissingComponent, Unreadable, UsageError
from unmask.types import Frame, Media

DEVICES = Path("/dev")
DRIVER = "v4l2"
WANTED_SIZE = "640x360"
"""Of the picture that is asked for; a driver that has none such gives the nearest one."""


def camera_media(number: int) -> Media:
    """What is known of a camera before it is opened: it has no bytes, and so no hash."""
    return Media(f"camera {number}", "", 0, "video", DRIVER, None, None, None)


def camera_frames(number: int) -> Generator[Frame]:
    """The pictures of a camera, RGB 0–255, from now on; times are seconds since it was opened.

    Args:
        number: Of the device, as in ``/dev/video0``.

    Raises:
        UsageError: There is no such camera.
        MissingComponent: This machine's FFmpeg reads no cameras.
        Unreadable: It cannot be opened, or stops.
    """
    if not any(DRIVER in name.split(",") for name in av.formats_available):
        raise MissingComponent("FFmpeg reads no cameras on this machine; name a film instead of --camera.")
    device = DEVICES / f"video{number}"
    if not _is_device(device):
        known = ", ".join(map(str, cameras())) or "none"
        raise UsageError(f"There is no camera {number}; this machine has {known}.")
    yield from pictures_of(str(device), DRIVER, {"video_size": WANTED_SIZE}, f"The camera {number}")


def cameras() -> tuple[int, ...]:
    """Numbers of this machine's cameras; some are only a second face of another, without pictures."""
    numbers = (re.fullmatch(r"video(\d+)", path.name) for path in DEVICES.glob("video*") if _is_device(path))
    return tuple(sorted(int(found.group(1)) for found in numbers if found))


def pictures_of(place: str, driver: str, options: dict[str, str], name: str) -> Generator[Frame]:
    """The pictures of a device.

    Args:
        place: As its driver names it.
        driver: As FFmpeg names it.
        options: The driver's.
        name: As it is told.

    Raises:
        Unreadable: It cannot be opened, or stops.
    """
    try:
        with av.open(place, format=driver, options=options) as device:
            began = time.monotonic()
            for frame in device.decode(video=0):
                yield Frame(frame.to_ndarray(format="rgb24"), time.monotonic() - began)
    except (av.error.FFmpegError, IndexError) as error:
        reason = getattr(error, "strerror", None) or "it gives no pictures"
        raise Unreadable(f"{name} cannot be read: {reason}; is it used by another program?") from error


def _is_device(path: Path) -> bool:
    try:
        return stat.S_ISCHR(path.stat().st_mode)
    except OSError:
        return False
