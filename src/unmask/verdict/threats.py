"""Which kinds of forgery a run could see, and which it could not.

That a kind could be seen says that someone looked, not that a forgery of this kind would have been found: every card
names known failures.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, get_args

from unmask.types import Card, Evidence, Forgery, Media, MediaKind, Person, Threat

NO_DETECTOR = "this version has no detector for it"

_FACES: frozenset[Forgery] = frozenset({"redrawn-face", "pasted-face", "synthetic-face", "another-person"})
_MOVING: frozenset[Forgery] = frozenset({"synthetic-film", "moved-lips"})
_HEARD: frozenset[Forgery] = frozenset({"made-voice"})
_CANNOT_HOLD: Mapping[MediaKind, frozenset[Forgery]] = {
    "video": frozenset(),
    "image": _MOVING | _HEARD,
    "audio": _FACES | _MOVING,
}
_Found = Sequence[tuple[int | None, Evidence]]
"""Evidence, each with the number of the person it is about, None for the file."""


def threats(
    media: Media, people: Sequence[Person], evidence: Sequence[Evidence], cards: Mapping[str, Card]
) -> tuple[Threat, ...]:
    """Every kind of forgery that such a file can hold, in a fixed order, and whether this run could see it.

    Args:
        media: Facts of the file.
        people: Persons with their evidence.
        evidence: Evidence about the file itself.
        cards: Card of every detector there is, asked or not; evidence without a card sees nothing.
    """
    found = [(person.track.id, one) for person in people for one in person.evidence] + [(None, one) for one in evidence]
    return tuple(_threat(kind, media, people, found, cards) for kind in held(media))


def held(media: Media) -> tuple[Forgery, ...]:
    """Kinds of forgery that a file can hold: no sound lies in a still, no motion, and no face in a sound."""
    cannot = _CANNOT_HOLD[media.kind] | (_HEARD if media.audio is None else frozenset())
    kinds: tuple[Forgery, ...] = get_args(Forgery)
    return tuple(kind for kind in kinds if kind not in cannot)


def _threat(kind: Forgery, media: Media, people: Sequence[Person], found: _Found, cards: Mapping[str, Card]) -> Threat:
    looked = [(whose, one) for whose, one in found if _looks(one, kind, cards)]
    counted = [(whose, one) for whose, one in looked if one.fake is not None and one.counts]
    if not looked:
        return Threat(kind, "not", (), _why_not(kind, media, people, found, cards))
    state: Literal["counted", "shown"] = "counted" if counted else "shown"
    return Threat(kind, state, _names(counted or looked), _left_out(people, counted or looked))


def _looks(one: Evidence, kind: Forgery, cards: Mapping[str, Card]) -> bool:
    if one.fake is None:
        return kind in one.sought
    return one.detector in cards and kind in cards[one.detector].sees


def _names(found: _Found) -> tuple[str, ...]:
    return tuple(sorted({one.detector for _, one in found}))


def _left_out(people: Sequence[Person], looked: _Found) -> str | None:
    """Whom none of the answers is about, None when they are about the file or about everyone."""
    about = {whose for whose, _ in looked}
    missed = [str(person.track.id) for person in people if person.track.id not in about]
    return None if None in about or not missed else f"not of person {_listed(missed)}"


def _why_not(kind: Forgery, media: Media, people: Sequence[Person], found: _Found, cards: Mapping[str, Card]) -> str:
    """Why nobody who sees this kind answered; detectors with the same reason are named together."""
    reasons: dict[str, list[str]] = {}
    for name, card in sorted(cards.items()):
        if kind in card.sees:
            reasons.setdefault(_reason(card, media, people, found), []).append(name)
    return ", ".join(f"{_listed(names)} {reason}" for reason, names in reasons.items()) or NO_DETECTOR


def _reason(card: Card, media: Media, people: Sequence[Person], found: _Found) -> str:
    codes = dict.fromkeys(one.abstained for _, one in found if one.detector == card.name and one.abstained)
    if codes:
        return f"abstained ({', '.join(codes)})"
    if media.kind not in card.kinds:
        return f"can look at {' and '.join(card.kinds)} only"
    if card.needs in {"track", "reference"} and not people:
        return "saw no face"
    return "did not run"


def _listed(names: Iterable[str]) -> str:
    *before, last = names
    return f"{', '.join(before)} and {last}" if before else last
