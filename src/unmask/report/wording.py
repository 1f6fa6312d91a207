"""The words of a report: the same answer reads the same in the terminal, in JSON and on the page."""

import math
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from unmask.types import Evidence, MediaKind, Reason, Track, Word

VERDICTS: Mapping[Word, str] = MappingProxyType(
    {
        "manipulated": "Manipulated",
        "no-sign": "No sign of manipulation",
        "cannot-tell": "Cannot tell",
    }
)
"""The verdict as a heading."""

MEANINGS: Mapping[Word, str] = MappingProxyType(
    {
        "manipulated": "What was measured fits a made or altered face or voice better than a filmed one. "
        "It is a probability, not a proof, and it does not say who did it or why.",
        "no-sign": "The checks that could be made found nothing. That is not “authentic”: "
        "a forgery these checks do not know looks the same.",
        "cannot-tell": "Too little could be measured, or the measurements disagree. "
        "It speaks neither for nor against the file.",
    }
)
"""What the verdict does and does not say."""

ABSTENTIONS: Mapping[Reason, str] = MappingProxyType(
    {
        "no-face": "no face in view",
        "face-too-small": "the face is too small",
        "too-short": "the face or the film is too short",
        "too-dark": "the picture is too dark",
        "too-bright": "the picture is too bright",
        "too-compressed": "the compression is too strong",
        "too-much-motion": "there is too much motion",
        "frame-rate-too-low": "the frame rate is too low",
        "not-measurable": "not measurable here",
        "no-speech": "no speech",
        "no-video": "no moving picture",
        "context-only": "it does not vote",
        "out-of-scope": "outside what it was made for",
        "no-credentials": "the file carries no Content Credentials",
        "no-key": "no key was given",
        "no-mark": "no mark of this key was found",
        "undecidable": "the mark is too weak to judge",
        "no-reference": "no clips of a person were given",
        "not-installed": "a part of unmask is not installed",
        "another-person": "this is another person than the reference's",
    }
)
"""Why a detector abstained, in words."""

FINDINGS: frozenset[Reason] = frozenset({"another-person"})
"""Abstentions that say more than that nothing was found: they are shown as loud as an answer."""

KINDS: Mapping[MediaKind, str] = MappingProxyType({"video": "film", "image": "picture", "audio": "sound"})
"""The kind of a file, in words."""

MANY_KINDS: Mapping[MediaKind, str] = MappingProxyType({"video": "films", "image": "pictures", "audio": "sounds"})
"""The same of several."""

_UNITS = {
    "bpm": "bpm",
    "bytes": "bytes",
    "db": "dB",
    "degrees": "°",
    "fps": "frames/s",
    "hz": "Hz",
    "khz": "kHz",
    "ms": "ms",
    "percent": "%",
    "pixels": "px",
    "px": "px",
    "seconds": "s",
}
_JOINERS = "\u200c\u200d"  # they shape letters and emoji and turn nothing round


def visible(text: str) -> str:
    r"""The text with everything that does not show, or that reorders what shows, as an escape.

    Control characters, line ends, direction overrides and bytes that were no UTF-8 would let a file name
    pose as another, break a line or move the cursor.

    >>> visible("a\nb\u202e4pm.mp4")
    'a\\nb\\u202e4pm.mp4'
    """
    return "".join(_escaped(char) if _hidden(char) else char for char in text)


def _hidden(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp", "Cn"} and char not in _JOINERS


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def percent(share: float) -> str:
    r"""A probability in per cent, never as a certainty.

    >>> percent(0.931), percent(0.9999), percent(0.0)
    ('93\xa0%', 'over\xa099\xa0%', 'under\xa01\xa0%')
    """
    if not math.isfinite(share):
        return "not measured"
    if share > 0.99:
        return "over\xa099\xa0%"
    if share < 0.01:
        return "under\xa01\xa0%"
    return f"{share * 100:.0f}\xa0%"


def percent_range(interval: tuple[float, float] | None) -> str:
    r"""Where a probability may lie, empty when it is not known.

    >>> percent_range((0.84, 0.97))
    '84 to 97\xa0%'
    """
    if interval is None or not all(math.isfinite(bound) for bound in interval):
        return ""
    low, high = interval
    return f"{low * 100:.0f} to {high * 100:.0f}\xa0%"


def strength(fake: float) -> str:
    """A probability of forgery in words.

    >>> strength(0.93), strength(0.7), strength(0.5), strength(0.1)
    ('strong sign', 'some sign', 'undecided', 'no sign')
    """
    if not math.isfinite(fake):
        return "not measured"
    if not is_clear(fake):
        return "undecided"
    if fake < 0.5:
        return "no sign"
    return "strong sign" if fake >= 0.9 else "some sign"


def is_clear(fake: float) -> bool:
    """Whether a probability leans far enough from one half to be called a finding."""
    return fake >= 0.65 or fake <= 0.35


def answer(evidence: Evidence) -> str:
    """What a detector says: words first, per cent second."""
    if evidence.abstained == "context-only":
        return "context, no vote"
    if evidence.fake is None:
        return abstention(evidence) if evidence.abstained in FINDINGS else f"abstained: {abstention(evidence)}"
    where = percent_range(evidence.interval)
    said = f"{strength(evidence.fake)}, {percent(evidence.fake)}" + (f" ({where})" if where else "")
    return said if evidence.counts else f"{said}, not counted"


def abstention(evidence: Evidence) -> str:
    """Why a detector did not answer, in words."""
    return ABSTENTIONS[evidence.abstained or "not-measurable"]


def clock(seconds: float) -> str:
    """A time of the film.

    >>> clock(7.25), clock(3725.0)
    ('0:07.2', '1:02:05')
    """
    if not math.isfinite(seconds):
        return "?"
    tenths = round(max(seconds, 0.0) * 10)
    minutes, rest = divmod(tenths, 600)
    if minutes < 60:
        return f"{minutes}:{rest / 10:04.1f}"
    return f"{minutes // 60}:{minutes % 60:02d}:{rest // 10:02d}"


def in_view(track: Track, kind: MediaKind) -> str:
    """When a person was in view."""
    if kind == "image" or track.end == track.start:
        return "in the picture" if kind == "image" else f"at {clock(track.start)}"
    return f"in view {clock(track.start)} to {clock(track.end)}"


def number(value: float) -> str:
    r"""A measured value, short enough to read.

    >>> number(71.9834), number(0.04217), number(12345.6)
    ('72.0', '0.0422', '12\xa0346')
    """
    if not math.isfinite(value):
        return "not measured"
    if value == int(value) or abs(value) >= 1000:
        shown = f"{value:,.0f}".replace(",", "\xa0")
    else:
        digits = max(0, 2 - math.floor(math.log10(abs(value))))
        shown = f"{value:.{min(digits, 6)}f}"
    return shown.replace("-", "−")


def measurement(name: str, value: float) -> tuple[str, str]:
    r"""A named measurement as label and value with its unit.

    >>> measurement("heart_rate_bpm", 71.98)
    ('heart rate', '72.0\xa0bpm')
    """
    words, _, last = name.rpartition("_")
    unit = _UNITS.get(last) if words else None
    if unit is None:
        return name.replace("_", " "), number(value)
    shown = number(value)
    if shown != "not measured":
        shown += unit if unit == "°" else f"\xa0{unit}"
    return words.replace("_", " "), shown


def counted(files: int, kind: MediaKind) -> str:
    """So many files of a kind.

    >>> counted(1, "video"), counted(0, "image")
    ('1 film', '0 pictures')
    """
    return f"{files} {KINDS[kind] if files == 1 else MANY_KINDS[kind]}"


def sentence(text: str) -> str:
    """The text with a capital first letter and a full stop.

    >>> sentence("any readable file")
    'Any readable file.'
    """
    return first_upper(text) + ("" if text.endswith((".", "!", "?", "…")) else ".")


def first_upper(text: str) -> str:
    """The text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]
