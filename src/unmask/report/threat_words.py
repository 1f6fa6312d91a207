"""Which kinds of forgery a run could see, in words."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from unmask.types import Card, Forgery, Looked, Threat

FORGERIES: Mapping[Forgery, str] = MappingProxyType(
    {
        "redrawn-face": "a face drawn anew by a network, as face swaps are",
        "pasted-face": "a face or part of one laid over another",
        "synthetic-face": "a face of nobody, drawn whole",
        "synthetic-film": "a whole film made from a text or a still",
        "moved-lips": "lips moved to other words",
        "made-voice": "a made voice",
        "altered-file": "a file altered after it was signed or marked",
        "another-person": "another person than the one of the clips",
    }
)
"""The kinds of forgery."""

LOOKED: Mapping[Looked, str] = MappingProxyType({"counted": "yes", "shown": "shown, not counted", "not": "no"})
"""Whether one could be seen, in a column under that question."""


def threat_sentences(threats: Sequence[Threat]) -> tuple[str, ...]:
    """What a run could see and what it could not, a sentence each; kinds that share a reason stand together.

    >>> threat_sentences([Threat("pasted-face", "counted", ("motion", "seam")), Threat("made-voice", "not", (), "why")])
    ('Could see, though a good one may pass: a face or part of one laid over another (motion, seam).', 'Could not see, since why: a made voice.')
    """
    groups = {
        "Could see, though a good one may pass": [
            _with_whom(threat) for threat in threats if threat.looked == "counted"
        ],
        "Shown, not counted": [_with_whom(threat) for threat in threats if threat.looked == "shown"],
    }
    for threat in threats:
        if threat.looked == "not":
            groups.setdefault(f"Could not see, since {threat.why}", []).append(FORGERIES[threat.kind])
    return tuple(f"{heading}: {'; '.join(kinds)}." for heading, kinds in groups.items() if kinds)


def through(threat: Threat) -> str:
    """The detectors that looked, or why none did.

    >>> through(Threat("pasted-face", "shown", ("seam",), "not of person 2"))
    'seam; not of person 2'
    """
    return "; ".join(part for part in (", ".join(threat.by), threat.why) if part)


def sees(card: Card) -> str:
    """The kinds of forgery that a detector may see."""
    if card.sees:
        return "; ".join(FORGERIES[kind] for kind in card.sees)
    return "unknown kinds" if card.own or card.needs == "model" else "no kind of forgery"


def _with_whom(threat: Threat) -> str:
    return f"{FORGERIES[threat.kind]} ({through(threat)})"
