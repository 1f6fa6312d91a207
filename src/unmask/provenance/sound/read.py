"""Sound → what its mark says, and which seconds were made anew."""

from collections.abc import Iterable

import numpy as np

from unmask.provenance.keys import ClipKey, MarkKeys
from unmask.provenance.sound.find import Kept, PilotSearch, Place
from unmask.provenance.sound.judge import Judged, altered_spans, joined, judged
from unmask.provenance.sound.layout import Signs, clip_signs, pilot_signs, roles
from unmask.provenance.sound.payload import Part, period_number, read_payload
from unmask.provenance.sound.resample import READING_RATE_HZ, Resampler
from unmask.provenance.sound.votes import counted, trust_of
from unmask.provenance.sound.words import another_clip, no_number, sentence_for, unread
from unmask.types import MarkState, MonoAudio, SoundMark

CERTAIN = 8.0
"""Height of the pilots' peak that is no chance: once in 10¹⁰ searches of noise."""
MOST_UNDECIDABLE = 0.5
"""Share of seconds with sound that may be undecidable in a sound that is called intact."""
LOUDEST = 8.0
"""Size at which broken samples are cut off."""
NO_MARK = SoundMark("absent", "No mark of these keys is in the sound.")


class SoundMarkReader:
    """Reads the mark of a sound that is given in blocks from beginning to end, mixed to one channel.

    It keeps 32 kB a second: 115 MB for an hour.

    Args:
        keys: The institution's keys, or the key of one clip.
        rate_hz: Samples a second, 1000 to 384000.

    Raises:
        UsageError: The rate is out of range.
    """

    def __init__(self, keys: MarkKeys | ClipKey, rate_hz: int) -> None:
        self._keys = keys
        self._resampler = Resampler(rate_hz)
        self._kept: list[Kept] = []

    def see(self, block: MonoAudio) -> None:
        """Take the next samples."""
        sane = np.nan_to_num(np.clip(block, -LOUDEST, LOUDEST))
        self._kept.append(self._resampler.see(sane).astype(np.float16))

    def finish(self) -> SoundMark:
        """What was read; 0 s is the time of the first sample."""
        self._kept.append(self._resampler.finish().astype(np.float16))
        return _SoundReading(self._keys, np.concatenate(self._kept)).mark()


def read_sound(samples: MonoAudio, rate_hz: int, keys: MarkKeys | ClipKey) -> SoundMark:
    """Read the mark of a sound, mixed to one channel.

    With the institution's keys the payload is read; with a clip's key alone it is confirmed by the clip's own part of
    the mark. What carries no mark of these keys is told to carry one less than once in a million times.

    Args:
        samples: The whole sound.
        rate_hz: Samples a second, 1000 to 384000.
        keys: The institution's keys, or the key of one clip.

    Raises:
        UsageError: The rate is out of range.
    """
    reader = SoundMarkReader(keys, rate_hz)
    minute = 60 * rate_hz
    for start in range(0, len(samples), minute):
        reader.see(samples[start : start + minute])
    return reader.finish()


class _SoundReading:
    """One sound under one set of keys."""

    def __init__(self, keys: MarkKeys | ClipKey, sound: Kept) -> None:
        self._keys = keys
        self._sound = sound
        self._who = roles(keys.sync)
        self._pilots = pilot_signs(keys.sync)

    def mark(self) -> SoundMark:
        """All steps, from places to seconds."""
        parts = [self._part(place) for place in PilotSearch(self._keys.sync).places(self._sound)]
        certain = any(part.place.clear >= CERTAIN for part in parts)
        key = self._read_key(parts, self._keys) if isinstance(self._keys, MarkKeys) else self._keys
        if key is None:
            return SoundMark("undecidable", unread(self._keys)) if certain else NO_MARK
        numbers = [period_number(self._sound, part, self._who, self._pilots, key.secret) for part in parts]
        found = [(part, number) for part, number in zip(parts, numbers, strict=True) if number is not None]
        if found:
            return self._judged(key, found)
        if isinstance(self._keys, MarkKeys):
            return SoundMark("undecidable", no_number(key), key.payload)
        return SoundMark("undecidable", another_clip(key)) if certain else NO_MARK

    def _part(self, place: Place) -> Part:
        pilots = counted(self._sound, place, self._who.pilot, lambda _: self._pilots)
        return Part(place, pilots, trust_of(pilots))

    def _read_key(self, parts: Iterable[Part], keys: MarkKeys) -> ClipKey | None:
        """The key of the clip that the payload names, read at the clearest place at which it can be read."""
        for part in parts:
            payload = read_payload(self._sound, part, self._who, self._pilots, keys.payload_secret)
            if payload is not None and payload.institution == keys.institution:
                return keys.clip_key(payload.clip)
        return None

    def _judged(self, key: ClipKey, found: Iterable[tuple[Part, int]]) -> SoundMark:
        seconds, cuts = joined([self._judge(part, number, key) for part, number in found])
        altered = altered_spans(seconds, cuts, len(self._sound) / READING_RATE_HZ)
        heard, told = seconds.expected > 0, np.isfinite(seconds.integrity)
        undecided = 1.0 - float(told[heard].mean()) if heard.any() else 1.0
        state: MarkState = "altered" if altered else "undecidable" if undecided > MOST_UNDECIDABLE else "intact"
        sentence = sentence_for(state, key, altered, undecided)
        return SoundMark(state, sentence, key.payload, seconds.starts, seconds.integrity, altered)

    def _judge(self, part: Part, number: int, key: ClipKey) -> Judged:
        def signs(period: int) -> Signs | None:
            return clip_signs(key.secret, number + period) if number + period >= 0 else None

        return judged(counted(self._sound, part.place, self._who.clip, signs), part.pilots)
