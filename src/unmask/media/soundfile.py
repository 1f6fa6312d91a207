"""Sound files written: WAV, FLAC, MP3 or M4A, whole or not at all."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from unmask.errors import OutputError, UsageError
from unmask.media.muxing import media_file
from unmask.media.sound import Sound, alike
from unmask.media.source import shown
from unmask.media.tracks import AAC_RATES_HZ, EncodedSound


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of sound file.

    Attributes:
        container: As FFmpeg names it.
        codec: The encoder, as FFmpeg names it.
        rates_hz: Rates that it knows; empty takes any.
        most_channels: How many channels it takes.
    """

    container: str
    codec: str
    rates_hz: tuple[int, ...] = ()
    most_channels: int = 8
    options: dict[str, str] = field(default_factory=dict)


MP3_RATES_HZ = (16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
FORMS = {
    ".wav": Form("wav", "pcm_s16le", options={"rf64": "auto"}),
    ".flac": Form("flac", "flac"),
    ".mp3": Form("mp3", "libmp3lame", MP3_RATES_HZ, most_channels=2),
    ".m4a": Form("ipod", "aac", AAC_RATES_HZ, options={"movflags": "+faststart"}),
}
"""By the ending of the name: 16 bits in WAV and FLAC; at least 160 kb/s in MP3 and M4A."""


def write_sound(path: Path, blocks: Iterable[Sound]) -> None:
    """Write sound to a file whose kind its ending names.

    Args:
        path: Where to, ending with .wav, .flac, .mp3 or .m4a; it appears only when it is complete.
        blocks: Sound in blocks of one kind, as ``open_sound`` gives it, at least one.

    Raises:
        UsageError: There is no sound, the blocks differ in kind, or there are more channels than the file takes.
        OutputError: The ending is another one, or the file cannot be written.
    """
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise OutputError(f"{shown(path)} ends with '{path.suffix}'; name it {', '.join(FORMS)}.")
    first, checked = alike(blocks)
    if first is None:
        raise UsageError("A sound file needs sound; none was given.")
    if len(first.samples) > form.most_channels:
        raise UsageError(
            f"{shown(path)} takes {form.most_channels} channels, not {len(first.samples)}; name it .wav or .flac."
        )
    with media_file(path, form.container, form.options) as file:
        EncodedSound(file, first, checked, codec=form.codec, rates_hz=form.rates_hz).finish()
