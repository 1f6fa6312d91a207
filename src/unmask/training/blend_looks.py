"""What a network for blends is worth on people, kinds and coders that it was not trained on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float32, Float64
from scipy.optimize import minimize
from torch import Tensor

from unmask.errors import UsageError
from unmask.networks.blend import BlendNetwork
from unmask.training.blend_pairs import KINDS, LEARNED, LEAST_SHARE_MADE, NEVER_LEARNED
from unmask.training.faces import Faces
from unmask.training.filming import Filming, filmed, filmed_mask

CODERS: Mapping[str, Filming] = {
    "as it is": Filming(),
    "h264 crf 30": Filming(coder="h264", quality=30),
    "webp 40": Filming(coder="webp", quality=40),
    "0.5 ×, jpeg 60": Filming(shrink=0.5, coder="jpeg", quality=60),
}
"""Ways to the viewer, by name; WebP is never trained on."""
LOOKS_A_FILM = 6
HALF = 0.5

FilmedPictures = Float32[np.ndarray, "pictures 3 224 224"]
Totals = Float64[np.ndarray, " pictures"]
Places = Float32[np.ndarray, "pictures 28 28"]
Line = Float64[np.ndarray, "2"]
"""Slope and offset."""


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """Some faces of one film, forged in one way and as they were, after one coder.

    Attributes:
        person: Whose.
        kind: How they were forged.
        coder: A key of CODERS.
        fakes: Forged pictures, RGB, 0–1.
        reals: The same before.
        masks: Share of each square that was made.
    """

    person: str
    kind: str
    coder: str
    fakes: FilmedPictures
    reals: FilmedPictures
    masks: Places


@dataclass(frozen=True, slots=True)
class Answer:
    """What a network said in a trial.

    Attributes:
        fake: Median total of the forged pictures; above zero for a forgery.
        real: Of the same pictures before.
        overlap: Median intersection over union of the squares it suspects with those that were made.
        pointed: Share of the forged pictures whose most suspect square was made.
    """

    person: str
    kind: str
    coder: str
    fake: float
    real: float
    overlap: float
    pointed: float


def trials_of(films: Sequence[Faces], seed: int) -> tuple[Trial, ...]:
    """Every film forged once in each way, and each coded in one of the ways, in turn.

    Args:
        films: Of two people or more, none of them trained on.
        seed: For all that is drawn.
    """
    trials = []
    for number, film in enumerate(films):
        others = [other for other in films if other.person != film.person]
        if not others:
            raise UsageError("A validation needs films of two people or more.")
        for turn, kind in enumerate(dict.fromkeys((*LEARNED, *NEVER_LEARNED))):
            coder = list(CODERS)[(number + turn) % len(CODERS)]
            trial = _trial(film, others[(number + turn) % len(others)], kind, coder, [seed, number, turn])
            if trial is not None:
                trials.append(trial)
    return tuple(trials)


def answers_of(network: BlendNetwork, trials: Sequence[Trial]) -> tuple[Answer, ...]:
    """What the network says of each."""
    network.learning(learns=False)
    return tuple(_answer(network, trial) for trial in trials)


def settle_places(network: BlendNetwork, trials: Sequence[Trial]) -> None:
    """Fit slope and offset of the squares to forged pictures alone: where a face was laid over, if one was.

    Reference:
        Platt, Probabilistic Outputs for Support Vector Machines, 1999.
    """
    network.learning(learns=False)
    network.place_line.copy_(torch.tensor([1.0, 0.0]))
    with torch.inference_mode():
        told = [_told(network, trial.fakes)[1].numpy().ravel() for trial in trials]
    given, made = np.concatenate(told), np.concatenate([trial.masks.ravel() for trial in trials])

    def loss(line: Line) -> float:
        totals = given * line[0] + line[1]
        return float((np.logaddexp(0.0, totals) - made * totals).mean())

    found = minimize(loss, np.array([1.0, 0.0]), method="Nelder-Mead")
    network.place_line.copy_(torch.from_numpy(found.x.astype(np.float32)))


def area(answers: Sequence[Answer]) -> float:
    """Area under the curve of all forged against all original films; NaN without any.

    >>> area([Answer("anna", "paste", "as it is", 1.0, -1.0, 0.5, 1.0)])
    1.0
    """
    fakes, reals = np.array([one.fake for one in answers]), np.array([one.real for one in answers])
    if not len(fakes):
        return float("nan")
    above, level = fakes[:, None] > reals, fakes[:, None] == reals
    return float((above + 0.5 * level).mean())


def _trial(film: Faces, other: Faces, kind: str, coder: str, seed: list[int]) -> Trial | None:
    rows = np.unique(np.linspace(0, len(film.images) - 1, LOOKS_A_FILM).round().astype(int))
    fakes, reals, masks = [], [], []
    for place, row in enumerate(rows):
        own = film.images[row], film.landmarks[row]
        moment = film.images[row - 1], film.landmarks[row - 1]
        strange = int(place * len(other.images) / len(rows))
        try:
            # The same chance for each picture: a film keeps its recipe.
            made = KINDS[kind](
                own, moment, (other.images[strange], other.landmarks[strange]), np.random.default_rng(seed)
            )
        except UsageError:
            continue
        if made.mask.max() >= LEAST_SHARE_MADE:
            fakes.append(filmed(made.image, CODERS[coder]))
            reals.append(filmed(own[0], CODERS[coder]))
            masks.append(filmed_mask(made.mask, CODERS[coder]))
    if not fakes:
        return None
    return Trial(film.person, kind, coder, as_input(fakes), as_input(reals), np.stack(masks))


def as_input(pictures: Sequence[np.ndarray]) -> FilmedPictures:
    """Pictures as the network takes them."""
    return np.ascontiguousarray(np.moveaxis(np.stack(pictures), -1, 1).astype(np.float32) / 255)


def _told(network: BlendNetwork, pictures: FilmedPictures) -> tuple[Tensor, Tensor]:
    """Totals and squares of pictures, wherever the network is."""
    totals, places = network(torch.from_numpy(pictures).to(network.place_line.device))
    return totals.cpu(), places.cpu()


def _answer(network: BlendNetwork, trial: Trial) -> Answer:
    with torch.inference_mode():
        totals, places = _told(network, trial.fakes)
        before, _ = _told(network, trial.reals)
    suspect = places.numpy()
    made = trial.masks > HALF * trial.masks.max(axis=(1, 2), keepdims=True)
    both, either = (made & (suspect > 0)).sum((1, 2)), (made | (suspect > 0)).sum((1, 2))
    peaks = suspect.reshape(len(suspect), -1).argmax(axis=1)
    pointed = made.reshape(len(made), -1)[np.arange(len(made)), peaks]
    return Answer(
        trial.person,
        trial.kind,
        trial.coder,
        float(totals.median()),
        float(before.median()),
        float(np.median(both / np.maximum(either, 1))),
        float(pointed.mean()),
    )
