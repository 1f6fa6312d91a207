"""Who may speak: which detectors answered, and what was not checked, in sentences."""

from collections.abc import Mapping, Sequence

from unmask.types import Card, Evidence, Media, Person, Reason

CONTEXT: frozenset[Reason] = frozenset({"context-only", "no-credentials", "no-key", "no-reference"})
"""Abstentions that leave no check undone: the file says nothing of the kind, or nobody asked. They are not listed."""
LEAST_SHARE_SEEN = 0.2
"""A person in view for less of the film than this does not stand for the whole of it."""


def answers(evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    """The evidence that holds a probability and has a voice."""
    return tuple(one for one in evidence if one.fake is not None and one.counts)


def unchecked(
    media: Media,
    people: Sequence[Person],
    evidence: Sequence[Evidence],
    cards: Mapping[str, Card],
    crowd: int,
    *,
    not_asked: Sequence[str] = (),
) -> tuple[str, ...]:
    """What was not checked, and why, a sentence each.

    Args:
        media: Facts of the file.
        people: Persons with their evidence.
        evidence: Evidence about the file itself.
        cards: Card of every detector that was asked.
        crowd: Faces that were not followed.
        not_asked: Names of the detectors that the user left out.
    """
    sentences = [
        f"{one.detector}: {one.because[0]}" for one in evidence if one.abstained and one.abstained not in CONTEXT
    ]
    for person in people:
        whose = f" (person {person.track.id})" if len(people) > 1 else ""
        missing = [one for one in person.evidence if one.abstained and one.abstained not in CONTEXT]
        sentences += [f"{one.detector}{whose}: {one.because[0]}" for one in missing]
    for name, card in cards.items():
        if media.kind not in card.kinds:
            sentences.append(f"{name}: it looks at {' and '.join(card.kinds)} only.")
        elif card.needs in {"track", "reference"} and not people:
            sentences.append(f"{name}: no face was seen.")
    if not_asked:
        sentences.append(f"Left out by --only: {', '.join(not_asked)}.")
    if media.audio is not None:
        sentences.append("The sound and its fit to the lips were not measured: this version has no detector for them.")
    if crowd > 0:
        sentences.append(f"{crowd} more faces were in view at once than are followed; they were not examined.")
    if media.video is not None and media.video.hdr:
        sentences.append(f"The film is HDR ({media.video.color_transfer}); colour measurements expect SDR.")
    return tuple(sentences)


def stands_for_film(person: Person, media: Media) -> bool:
    """Whether a person is in view long enough to speak of the film."""
    length = media.duration_seconds or 0.0
    return length <= 0 or person.track.duration_seconds >= LEAST_SHARE_SEEN * length
