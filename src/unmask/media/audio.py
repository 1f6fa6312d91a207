"""The sound of a film, as one channel of floats."""

from pathlib import Path

import numpy as np

from unmask.errors import UsageError
from unmask.media.decoder import Decoder, request_for
from unmask.media.source import format_of, open_source, require_same, shown
from unmask.settings import Settings
from unmask.types import Media, MonoAudio

RATE_HZ = 16_000


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
    if not 1000 <= rate_hz <= 384_000:
        raise UsageError(f"A rate of {rate_hz} Hz is out of range; take 1000 to 384000.")
    with open_source(path, settings) as source:
        require_same(path, source, media.bytes)
        request = request_for("sound", format_of(source, path), settings, rate_hz=rate_hz)
        with Decoder(request, source, path, settings) as decoder:
            pieces = [record for record in decoder.records() if isinstance(record, np.ndarray)]
    return np.concatenate([np.empty(0, np.float32), *pieces])
