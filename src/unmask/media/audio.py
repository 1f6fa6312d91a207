"""The sound of a film: as one channel of floats, or as it is, block by block."""

from collections.abc import Generator, Iterator
from pathlib import Path
from types import TracebackType

import numpy as np

from unmask.errors import UsageError
from unmask.media.child.wire import FASTEST_HZ, SLOWEST_HZ
from unmask.media.decoder import decoding
from unmask.media.facts import End
from unmask.media.sound import Sound
from unmask.media.source import shown
from unmask.settings import Settings
from unmask.types import Media, MonoAudio

RATE_HZ = 16_000
AS_IT_IS = 0


class Recording:
    """The sound of a film in blocks, for one pass; a context manager after which no process is left.

    The first sample lies at the film's time zero: sound that begins after the picture is preceded by silence, sound
    from before it is left out.

    Attributes:
        broken_off: After the last block, what the container said when it broke, else None.
    """

    def __init__(self, path: Path, media: Media, settings: Settings, *, rate_hz: int, channels: int) -> None:
        self.broken_off: str | None = None
        self._path = path
        self._media = media
        self._settings = settings
        self._asked = {"rate_hz": rate_hz, "channels": channels}
        self._blocks = self._read()

    def __enter__(self) -> "Recording":  # noqa: PYI034 # the run-time shape checks do not know Self
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[Sound]:
        return self._blocks

    def close(self) -> None:
        """End the decoding, wherever it is."""
        self._blocks.close()

    def _read(self) -> Generator[Sound]:
        with decoding("sound", self._path, self._media, self._settings, **self._asked) as decoder:
            for record in decoder.records():
                if isinstance(record, Sound):
                    yield record
                elif isinstance(record, End):
                    self.broken_off = record.fault


def open_sound(path: Path, media: Media, settings: Settings) -> Recording:
    """The sound at its own rate and with its own channels, up to eight, block by block.

    Args:
        path: The file.
        media: What ``probe`` found in it.
        settings: Limits, and the least sandbox.

    Returns:
        Blocks of one kind, for one pass; what goes wrong is raised when the first is asked for.

    Raises:
        UsageError: The file has no sound.
    """
    if media.audio is None:
        raise UsageError(f"{shown(path)} has no sound.")
    return Recording(path, media, settings, rate_hz=AS_IT_IS, channels=AS_IT_IS)


def read_sound_channels(path: Path, media: Media, settings: Settings) -> Sound:
    """The whole sound at its own rate and with its own channels; an hour of stereo takes 1.4 GB, see ``open_sound``.

    Args:
        path: The file.
        media: What ``probe`` found in it.
        settings: Limits, and the least sandbox.

    Raises:
        UsageError: The file has no sound.
        InputError: The sound cannot be decoded within the limits.
    """
    with open_sound(path, media, settings) as recording:
        blocks = list(recording)
    if not blocks:
        return Sound(np.empty((1, 0), np.float32), RATE_HZ)
    return Sound(np.concatenate([block.samples for block in blocks], axis=1), blocks[0].rate_hz, blocks[0].layout)


def read_audio(path: Path, media: Media, settings: Settings, *, rate_hz: int = RATE_HZ) -> MonoAudio:
    """The whole sound, mixed to one channel and resampled; its first sample lies at the film's time zero.

    Sound that begins after the picture is preceded by silence, sound from before it is left out, so sample
    ``round(seconds * rate_hz)`` is heard with the frame of that time.

    Args:
        path: The file.
        media: What ``probe`` found in it.
        settings: Limits, and the least sandbox.
        rate_hz: Samples a second, 1000 to 384000.

    Returns:
        Samples, −1 to 1 (beyond where the coder overshoots).

    Raises:
        UsageError: The file has no sound, or the rate is out of range.
        InputError: The sound cannot be decoded within the limits.
    """
    if media.audio is None:
        raise UsageError(f"{shown(path)} has no sound.")
    if not SLOWEST_HZ <= rate_hz <= FASTEST_HZ:
        raise UsageError(f"A rate of {rate_hz} Hz is out of range; take {SLOWEST_HZ} to {FASTEST_HZ}.")
    with Recording(path, media, settings, rate_hz=rate_hz, channels=1) as recording:
        pieces = [block.samples[0] for block in recording]
    return np.concatenate([np.empty(0, np.float32), *pieces])
