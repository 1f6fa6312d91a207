"""What films of the user's own told of a model, and when its word counts."""

from dataclasses import dataclass

from unmask.signals.linear import LinearModel

LEAST_AREA = 0.7
"""A model has a voice where the lower bound of its area under the ROC curve, on people left out, is above this."""
LEAST_PEOPLE = 5
"""With fewer, whole persons drawn anew do not tell how others would differ: of four films of two people, one blind model
in six ranks all of them right, of ten films of five people one in 252."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a model's answers are read, and what they are worth on people left out.

    Attributes:
        people: Persons on whom the AUC rests, all of them where there is no pair; whoever shares a film or a recording
            counts as one.
        films: Films and stills in which a face was followed.
        pairs: Fakes beside their own originals.
        area: Area under the ROC curve, 0–1, by answers calibrated without the person; None without a pair.
        area_interval: Where it may lie (95 %), whole persons drawn anew; None with it, or for a single person.
        line: From the model's log-odds to calibrated ones.
        data_sha256: Of the data set's paths and labels.
    """

    people: int
    films: int
    pairs: int
    area: float | None
    area_interval: tuple[float, float] | None
    line: LinearModel
    data_sha256: str

    @property
    def counts(self) -> bool:
        """Whether the model's word counts in a verdict."""
        shown = self.area_interval is not None and self.area_interval[0] > LEAST_AREA
        return shown and self.people >= LEAST_PEOPLE


def worth(calibration: Calibration | None) -> str:
    """What a model's word is worth, in a sentence.

    >>> worth(None)
    'Its word does not count: it was not calibrated on films of yours.'
    """
    if calibration is None:
        return "Its word does not count: it was not calibrated on films of yours."
    people = f"your {calibration.people} people"
    if calibration.area is None or calibration.area_interval is None:
        return (
            f"Its word does not count: no fake of {people} lies beside its own original, so that its AUC is not known."
        )
    low, high = calibration.area_interval
    figures = f"AUC {calibration.area:.2f} [{low:.2f}–{high:.2f}] on {people}"
    if calibration.people < LEAST_PEOPLE:
        return f"Its word does not count: {figures}; films of {LEAST_PEOPLE} people or more are needed."
    if not calibration.counts:
        return f"Its word does not count: {figures}; the lower bound must be above {LEAST_AREA:.2f}."
    films = f"{calibration.films} films, {calibration.pairs} pairs"
    return f"Its word counts: {figures} ({films}), by answers calibrated without the person in question."
