"""Everything that is known of where a file comes from, in one go."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from unmask.errors import UsageError
from unmask.provenance.credentials import read_credentials
from unmask.provenance.touching import touched_faces
from unmask.provenance.trust import read_trust, trust_sentence
from unmask.settings import Settings
from unmask.types import Media, Provenance, Track

if TYPE_CHECKING:
    from unmask.provenance.marks import Key


def open_key(keys: Path | None, clip_key: Path | None) -> "Key | None":
    """The key by which marks are read, None when none is named.

    Args:
        keys: Folder with an institution's keys.
        clip_key: File with the key of one clip.

    Raises:
        UsageError: Both are named, or what is named cannot be read or is no key.
    """
    if keys is not None and clip_key is not None:
        raise UsageError("A key folder and the key of one clip are both named; name one of them.")
    if keys is None and clip_key is None:
        return None
    from unmask.provenance.marks import opened  # noqa: PLC0415 # without a key nothing of the marks is imported

    return opened(keys, clip_key)


def gather(
    path: Path,
    media: Media,
    settings: Settings,
    *,
    trust: Path | None = None,
    key: "Key | None" = None,
    ledger: Path | None = None,
    tracks: Sequence[Track] = (),
    damaged_pictures: int = 0,
) -> Provenance:
    """Read a file's Content Credentials and, with a key, the marks in its picture and its sound.

    Args:
        path: The file.
        media: What ``probe`` found in it.
        settings: Limits, and the least sandbox.
        trust: PEM file of the certificates whose signers are trusted, None to trust nobody.
        key: Reads the marks; None to look for none.
        ledger: Folder in which to look for credentials that the file does not carry, by its marks among others.
        tracks: The people in the picture.
        damaged_pictures: How many pictures could not be decoded.

    Raises:
        UsageError: The trust list cannot be read.
        InputError: The file cannot be decoded.
    """
    told = trust_sentence(read_trust(trust) if trust is not None else None)
    picture, sound = None, None
    if key is not None:
        from unmask.provenance.marks import read_marks  # noqa: PLC0415 # as above

        picture, sound = read_marks(path, media, settings, key, tracks)
    payloads = [mark.payload for mark in (picture, sound) if mark is not None and mark.payload is not None]
    found = read_credentials(path, media, settings, trust, ledger=ledger, payload=payloads[0] if payloads else None)
    touched = touched_faces(found.regions, tracks) if found.regions and tracks else None
    return Provenance(found, picture, sound, told, damaged_pictures, touched)
