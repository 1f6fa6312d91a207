"""The mark in the sound, in the suite ``watermark``: utterances marked, coded, cut, and spoken anew in the middle."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from jaxtyping import Float32
from scipy.signal import resample_poly

from unmask.benchmark.audible import noise_to_mask_db, signal_to_noise_db
from unmask.benchmark.watermark_measure import Outcome, bench_keys
from unmask.media.audio import read_audio
from unmask.media.muxing import media_file
from unmask.media.probe import probe
from unmask.media.sound import Sound
from unmask.media.tracks import EncodedSound
from unmask.provenance.sound import SoundMarker, read_sound
from unmask.settings import Settings
from unmask.types import MarkState, MonoAudio, Payload, SoundMark

RATE_HZ, SLOW_RATE_HZ = 48_000, 16_000
MOST_SECONDS = 20.0
ALTERED_FROM, ALTERED_TO = 0.4, 0.65
"""Part of an utterance that is spoken anew by someone else."""
FADE_SECONDS = 0.02
CUT_SECONDS = 1.37
SOUNDS = frozenset({".flac", ".wav", ".mp3", ".m4a", ".ogg", ".opus"})

Mono = Float32[np.ndarray, " samples"]
OtherMono = Float32[np.ndarray, " other_samples"]
CodedMono = Float32[np.ndarray, " coded_samples"]


@dataclass(frozen=True, slots=True)
class SoundCoding:
    """What happens to a sound on its way.

    Attributes:
        name: In words.
        codec: Encoder as FFmpeg names it, None for none.
        bit_rate: Bits a second.
        rate_hz: Samples a second afterwards.
        cut_seconds: Seconds cut off at the beginning before.
    """

    name: str
    codec: str | None
    bit_rate: int = 0
    rate_hz: int = RATE_HZ
    cut_seconds: float = 0.0


CODINGS = (
    SoundCoding("AAC 128 kb/s", "aac", 128_000),
    SoundCoding("AAC 64 kb/s", "aac", 64_000),
    SoundCoding("MP3 64 kb/s", "libmp3lame", 64_000),
    SoundCoding("Opus 32 kb/s", "libopus", 32_000),
    SoundCoding("16 kHz", None, rate_hz=SLOW_RATE_HZ),
    SoundCoding(f"first {CUT_SECONDS} s cut off, AAC 64 kb/s", "aac", 64_000, cut_seconds=CUT_SECONDS),
)


@dataclass(frozen=True, slots=True)
class SoundRow:
    """What was measured of one utterance.

    Attributes:
        utterance: Its name.
        seconds: Its length.
        snr_db: Signal-to-noise ratio of the marked sound.
        mask_db: What was added over what the sound masks, in dB; below −10 it is hardly ever heard.
        reads: What a reader says of the payload after each coding.
        states: The reader's word on the honest sound after each coding.
        altered_states: The same on the altered one.
        honest: Integrity of those seconds, after each coding, that are altered in the altered sound; honest here.
        altered: Integrity of the same seconds of the altered sound.
        unmarked: What the reader says of the sound without the mark.
    """

    utterance: str
    seconds: float
    snr_db: float
    mask_db: float
    reads: dict[str, Outcome] = field(default_factory=dict)
    states: dict[str, MarkState] = field(default_factory=dict)
    altered_states: dict[str, MarkState] = field(default_factory=dict)
    honest: dict[str, list[float]] = field(default_factory=dict)
    altered: dict[str, list[float]] = field(default_factory=dict)
    unmarked: Outcome = "not-found"


def sounds_of(folder: Path) -> tuple[Path, ...]:
    """The sound files that lie in a folder, by name."""
    return tuple(sorted(file for file in folder.glob("*") if file.suffix.lower() in SOUNDS and file.is_file()))


def open_utterance(path: Path, settings: Settings) -> Mono:
    """The first seconds of a sound, at the rate of a film's.

    Raises:
        InputError: It cannot be read.
        UsageError: It has no sound.
    """
    samples = read_audio(path, probe(path, settings), settings, rate_hz=RATE_HZ)
    return samples[: int(MOST_SECONDS * RATE_HZ)]


def sound_row(utterance: str, sound: Mono, other: OtherMono, clip: int, settings: Settings) -> SoundRow:
    """Mark an utterance and see what its payload and its integrity survive.

    Args:
        utterance: Its name.
        sound: Its samples at ``RATE_HZ``.
        other: Someone else's, from which the altered part is taken.
        clip: Number of the clip.
        settings: Limits, and the least sandbox.
    """
    marked = marked_sound(sound, clip)
    length = len(sound) / RATE_HZ
    row = SoundRow(
        utterance,
        length,
        signal_to_noise_db(sound, marked),
        noise_to_mask_db(sound, marked, RATE_HZ),
        unmarked=_outcome(_read(sound, RATE_HZ), None),
    )
    spoken = spoken_anew(marked, other)
    for coding in CODINGS:
        honest, altered = (_read(coded(one, coding, settings), coding.rate_hz) for one in (marked, spoken))
        row.reads[coding.name] = _outcome(honest, clip)
        row.states[coding.name], row.altered_states[coding.name] = honest.state, altered.state
        span = ALTERED_FROM * length - coding.cut_seconds, ALTERED_TO * length - coding.cut_seconds
        row.honest[coding.name], row.altered[coding.name] = _within(honest, span), _within(altered, span)
    return row


def marked_sound(sound: Mono, clip: int) -> Mono:
    """The sound with the mark of a clip."""
    keys = bench_keys()
    marker = SoundMarker(keys.clip_key(clip), keys.payload_secret, RATE_HZ, 1)
    return np.concatenate([marker.mark(sound[None])[0], marker.finish()[0]])


def spoken_anew(sound: Mono, other: OtherMono) -> Mono:
    """The sound with its middle spoken by another, as loud, with soft joints."""
    begin, end = (int(share * len(sound)) for share in (ALTERED_FROM, ALTERED_TO))
    put_in = np.resize(other, end - begin)
    loud, other_loud = (float(np.sqrt(np.mean(one**2))) for one in (sound[begin:end], put_in))
    fade = int(FADE_SECONDS * RATE_HZ)
    share = np.clip(np.minimum(np.arange(end - begin), np.arange(end - begin)[::-1]) / fade, 0, 1).astype(np.float32)
    made = sound.copy()
    made[begin:end] = (1 - share) * made[begin:end] + share * put_in * np.float32(loud / max(other_loud, 1e-6))
    return made


def coded(sound: Mono, coding: SoundCoding, settings: Settings) -> CodedMono:
    """The sound after a coding, at the coding's rate.

    Raises:
        OutputError: The encoder is not there or refuses.
    """
    rest = sound[int(coding.cut_seconds * RATE_HZ) :]
    if coding.codec is None:
        return resample_poly(rest, coding.rate_hz, RATE_HZ).astype(np.float32)
    block = Sound(rest[None], RATE_HZ)
    with tempfile.TemporaryDirectory(prefix="unmask-bench-") as folder:
        path = Path(folder) / "coded.mka"
        with media_file(path, "matroska", {}) as file:
            track = EncodedSound(file, block, [block], codec=coding.codec)
            track.stream.codec_context.bit_rate = coding.bit_rate
            track.finish()
        return read_audio(path, probe(path, settings), settings, rate_hz=coding.rate_hz)


def _read(sound: MonoAudio, rate_hz: int) -> SoundMark:
    return read_sound(sound, rate_hz, bench_keys())


def _outcome(mark: SoundMark, clip: int | None) -> Outcome:
    if mark.payload is None:
        return "not-found" if mark.state == "absent" else "unreadable"
    return "read" if clip is not None and mark.payload == Payload(bench_keys().institution, clip) else "wrong"


def _within(mark: SoundMark, span: tuple[float, float]) -> list[float]:
    """Integrity of the seconds that lie in a span as a whole, as far as it can be told."""
    inside = (mark.seconds >= span[0]) & (mark.seconds + 1.0 <= span[1]) & np.isfinite(mark.integrity)
    return [float(one) for one in mark.integrity[inside]]
