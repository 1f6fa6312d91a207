"""Both marks of a file, with one key."""

from collections.abc import Sequence
from pathlib import Path

from unmask.media.audio import RATE_HZ, open_sound
from unmask.media.sound import alike
from unmask.provenance.keys import ClipKey, MarkKeys, open_mark_keys, read_clip_key
from unmask.provenance.sound import SoundMarkReader
from unmask.provenance.watermark.read import read_picture
from unmask.settings import Settings
from unmask.types import Media, PictureMark, SoundMark, Track

Key = MarkKeys | ClipKey
"""An institution's keys, or the key of one clip."""


def opened(keys: Path | None, clip_key: Path | None) -> Key | None:
    """The key in a folder or in a file.

    Raises:
        UsageError: It cannot be read or is no key.
    """
    if clip_key is not None:
        return read_clip_key(clip_key)
    return open_mark_keys(keys) if keys is not None else None


def read_marks(
    path: Path, media: Media, settings: Settings, key: Key, tracks: Sequence[Track] | None
) -> tuple[PictureMark | None, SoundMark | None]:
    """The mark in the picture and the mark in the sound, None for what the file does not have.

    Args:
        path: The file.
        media: What ``probe`` found in it.
        settings: Limits, and the least sandbox.
        key: Reads the marks.
        tracks: The people in the picture; None follows them while it is read.

    Raises:
        InputError: The file cannot be decoded.
    """
    picture = read_picture(path, media, settings, key, tracks) if media.video is not None else None
    return picture, _read_sound(path, media, settings, key) if media.audio is not None else None


def _read_sound(path: Path, media: Media, settings: Settings, key: Key) -> SoundMark:
    """Block by block, so that an hour of sound takes little room; the mark is alike in all channels."""
    with open_sound(path, media, settings) as recording:
        first, blocks = alike(recording)
        reader = SoundMarkReader(key, first.rate_hz if first is not None else RATE_HZ)
        for block in blocks:
            reader.see(block.samples.mean(axis=0))
    return reader.finish()
