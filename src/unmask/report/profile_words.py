"""Sentences on a profile: what it states of a user's own clips, and how a file was judged by it."""

from unmask.report.wording import KINDS, MANY_KINDS, counted
from unmask.types import MediaKind, ProfileUse
from unmask.verdict.fuse import MANIPULATED_FROM
from unmask.verdict.profile import LEAST_CLIPS, Population


def use_sentence(used: ProfileUse, kind: MediaKind) -> str:
    r"""By what a file was judged.

    >>> use_sentence(ProfileUse("newsroom", "", 64, 0.71, 0.046, 0.95, 3, 0.0615), "video")
    "Judged by the profile 'newsroom': 64 films of its own, threshold 0.71, at most 4.6\xa0% false alarms (95\xa0%); 3 of
    its 64 films look at least as suspicious."
    """
    many = MANY_KINDS[kind]
    if used.threshold is None or used.false_alarms_at_most is None:
        return (
            f"The profile '{used.name}' holds too few {many} to judge a {KINDS[kind]} by ({used.clips}); "
            f"the usual threshold of {MANIPULATED_FROM:g} held."
        )
    stated = (
        f"Judged by the profile '{used.name}': {used.clips} {many} of its own, threshold {used.threshold:.2f}, "
        f"at most {_percent(used.false_alarms_at_most)} false alarms ({_percent(used.confidence)})"
    )
    if used.as_suspicious is None:
        return f"{stated}."
    looks = "looks" if used.as_suspicious == 1 else "look"
    return f"{stated}; {used.as_suspicious or 'none'} of its {used.clips} {many} {looks} at least as suspicious."


def population_sentence(population: Population, kind: MediaKind, confidence: float) -> str:
    r"""What a profile states of its clips of one kind.

    >>> population_sentence(Population.of([-1.0] * 60, 0.1, 0.95), "video", 0.95)
    '60 films: one is called manipulated above a probability of 0.50; 0 of them are above it, and at most 4.9\xa0% of such
    real films are (95\xa0%).'
    """
    many, threshold = MANY_KINDS[kind], population.threshold
    if threshold is None:
        few = f"{counted(population.clips, kind)}: too few to judge by, {LEAST_CLIPS} are the least"
        return f"{few}; for {many} the usual threshold of {MANIPULATED_FROM:g} holds."
    are = "is" if threshold.above == 1 else "are"
    return (
        f"{population.clips} {many}: one is called manipulated above a probability of {threshold.probability:.2f}; "
        f"{threshold.above} of them {are} above it, and at most {_percent(threshold.at_most)} of such real {many} are "
        f"({_percent(confidence)})."
    )


def _percent(share: float) -> str:
    return f"{round(100 * share, 1):g}\xa0%"
