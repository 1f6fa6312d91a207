"""The four answers in words."""

from collections.abc import Sequence

from unmask.provenance.keys import ClipKey, MarkKeys
from unmask.types import MarkState

MOST_NAMED = 3
"""Stretches that a sentence names one by one."""


def sentence_for(state: MarkState, key: ClipKey, altered: Sequence[tuple[float, float]], undecided: float) -> str:
    """What was found, in one sentence.

    Args:
        state: The answer.
        key: The clip's key.
        altered: Stretches from which the mark is gone, in seconds.
        undecided: Share of the seconds with sound that cannot be judged, 0–1.
    """
    if state == "altered":
        return f"{_whose(key)} is in the sound, but gone from {_listed(altered)}: this was made anew, put in or cut."
    if state == "intact":
        return f"{_whose(key)} is alive wherever it can be judged ({1 - undecided:.0%} of the seconds with sound)."
    return f"{_whose(key)} is in the sound, but coding left too little of it to say whether something was changed."


def unread(keys: MarkKeys | ClipKey) -> str:
    """For a mark of the institution whose payload cannot be read."""
    return f"The sound carries a mark of {keys.organization}, but too little of it is left to read which clip it is."


def another_clip(key: ClipKey) -> str:
    """For a mark of the institution that does not fit the clip's key."""
    return f"The sound carries a mark of {key.organization}, but not that of clip {key.clip:08x}, or too little of it is left."


def no_number(key: ClipKey) -> str:
    """For a payload without the clip's own part."""
    return f"{_whose(key)} is in the sound, but the part that changes with time does not fit or did not survive, so nothing can be said of changes."


def _whose(key: ClipKey) -> str:
    return f"The mark of {key.organization}, clip {key.clip:08x},"


def _listed(spans: Sequence[tuple[float, float]]) -> str:
    """Stretches, as ``3.2 to 4.5 s and 2 more stretches``."""
    named = [f"{start:.1f} to {end:.1f} s" for start, end in spans[:MOST_NAMED]]
    if len(spans) > MOST_NAMED:
        named.append(f"{len(spans) - MOST_NAMED} more stretches")
    return " and ".join([", ".join(named[:-1]), named[-1]]) if len(named) > 1 else named[0]
