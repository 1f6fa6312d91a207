"""The essence of a file: digests that survive a change of container and lose to a change of picture or sound."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from unmask.errors import BrokenMedia
from unmask.media.decoder import Picture, decoding
from unmask.media.facts import EssenceFacts
from unmask.media.source import shown
from unmask.media.turning import on_white
from unmask.media.video import EVER, asked_for
from unmask.settings import Settings
from unmask.types import Media

CODED_STILLS = frozenset({"jpeg", "webp"})
"""Stills of which the coded picture counts; decoders of lossy pictures round in ways of their own."""


@dataclass(frozen=True, slots=True)
class Essence:
    """What a file shows and sounds, as SHA-256 in hexadecimal digits; None where it has no such stream.

    It is the same after the packets were moved to another container, and another when a byte of a packet changed. What
    is written beside the packets counts nothing: tags, dates, turns, times, credentials.

    Attributes:
        picture: Of the packets of the film's picture; of a JPEG's or WebP's coded picture; of another still's pixels.
        sound: Of the packets of the first sound.
    """

    picture: str | None
    sound: str | None


def essence_of(path: Path, media: Media, settings: Settings) -> Essence:
    """The essence of a film, a sound or a still.

    Args:
        path: The file.
        media: What ``probe`` found in it.
        settings: Limits, and the least sandbox.

    Raises:
        InputError: The file cannot be read within the limits.
    """
    if media.kind == "image" and media.container not in CODED_STILLS:
        return Essence(pixels_of(path, media, settings), None)
    with decoding("essence", path, media, settings) as decoder:
        facts = next(decoder.records())
        if not isinstance(facts, EssenceFacts):
            raise decoder.liar()
        return Essence(facts.picture, facts.sound)


def pixels_of(path: Path, media: Media, settings: Settings) -> str:
    """SHA-256 of a still's width and height, and of its pixels as stored: RGB, see-through parts on white.

    Raises:
        InputError: It cannot be decoded.
    """
    with decoding("film", path, media, settings, **asked_for([EVER], media)) as decoder:
        picture = next(decoder.records())
        if not isinstance(picture, Picture):
            raise BrokenMedia(f"{shown(path)} holds no picture that can be decoded; it is damaged or cut off.")
    pixels = picture.pixels if picture.pixels.shape[2] == 3 else on_white(picture.pixels)
    height, width = pixels.shape[:2]
    digest = hashlib.sha256(f"{width}×{height}".encode())
    digest.update(pixels.tobytes())
    return digest.hexdigest()
