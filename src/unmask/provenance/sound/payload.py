"""What the mark says: the institution and the clip, and which part of the clip's sound this is."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float64

from unmask.provenance.code import CODE_BITS, decode
from unmask.provenance.sound.find import Kept, Place
from unmask.provenance.sound.layout import (
    LONGEST_SECONDS,
    PERIOD_SECONDS,
    Roles,
    Signs,
    clip_signs,
    payload_signs,
)
from unmask.provenance.sound.votes import Count, PeriodVotes, votes_in, votes_of
from unmask.types import Payload

DECODED_AFTER = frozenset({1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192})
"""Numbers of periods after which the payload is tried; each try costs a little of the false-read rate."""
NUMBER_TRIES = 3
"""Periods by which the place in the marked clip is looked for, the best agreeing first."""
CLEAR_NUMBER = 7.0
"""Agreement of a period with the clip's signs, in standard errors of chance, by which its number is known; among
8,438 numbers, chance reaches it once in 10⁸."""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A place at which the mark's periods begin.

    Attributes:
        place: Where.
        pilots: Votes on the pilots, if that is the place.
        trust: How far votes of each level may be trusted there.
    """

    place: Place
    pilots: Count
    trust: Float64[np.ndarray, " levels"]


def read_payload(sound: Kept, part: Part, who: Roles, pilots: Signs, secret: bytes) -> Payload | None:
    """The payload, None when it cannot be read.

    Periods are added up until the code can be read, each weighed by how well its pilots agree.

    Args:
        sound: At 16 kHz.
        part: Where periods begin.
        who: Roles of the institution.
        pilots: Signs of its pilots.
        secret: The institution's secret under which payloads are written.
    """
    signs, soft, tried = payload_signs(secret), np.zeros(CODE_BITS), True
    for periods, heard in enumerate(votes_of(sound, part.place), start=1):
        carrying, votes = who.payload[heard.at], heard.trusted(part.trust) * signs[heard.at]
        told = np.bincount(who.bits[heard.at][carrying], votes[carrying], CODE_BITS)
        soft += max(0.0, _pilots_agreeing(heard, part, who, pilots)) * told
        tried = periods in DECODED_AFTER
        if tried and (payload := decode(soft, secret)) is not None:
            return payload
    return None if tried else decode(soft, secret)


def period_number(sound: Kept, part: Part, who: Roles, pilots: Signs, secret: bytes) -> int | None:
    """Which period of the marked clip begins at the place, None when the sound is not that clip's.

    It is negative when the sound begins before the clip. The clip's signs are compared period by period from the
    beginning of the clip on.

    Args:
        sound: At 16 kHz.
        part: Where periods begin.
        who: Roles of the institution.
        pilots: Signs of its pilots.
        secret: The clip's own.
    """
    agreeing = {heard.period: _pilots_agreeing(heard, part, who, pilots) for heard in votes_of(sound, part.place)}
    for period in sorted(agreeing, key=lambda one: -agreeing[one])[:NUMBER_TRIES]:
        heard = votes_in(sound, part.place, period)
        votes = heard.trusted(part.trust) * who.clip[heard.at]
        least = CLEAR_NUMBER * float(np.sqrt((votes**2).sum()))
        for number in range(int(LONGEST_SECONDS / PERIOD_SECONDS) + 1):
            if float(np.vdot(votes, clip_signs(secret, number)[heard.at])) > least > 0:
                return number - period
    return None


def _pilots_agreeing(heard: PeriodVotes, part: Part, who: Roles, pilots: Signs) -> float:
    return float((heard.trusted(part.trust) * pilots[heard.at])[who.pilot[heard.at]].sum())
