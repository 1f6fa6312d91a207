"""What the lab may do with the people of some films: asked of each before anything is planned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from unmask.errors import UsageError
from unmask.faces.identity import Embedding, distance
from unmask.forgery.consent import read_consent, require_consent
from unmask.forgery.dataset.films import Seen
from unmask.forgery.dataset.planning import Allowed, usable
from unmask.forgery.dataset.recipes import Recipe
from unmask.forgery.lab import Lab
from unmask.forgery.permission import Shown, permission, puppets
from unmask.forgery.swap.descent import SAME_BELOW, Descent


@dataclass(frozen=True, slots=True)
class _Told:
    """Those with whom it may be done, and why it may not with the others."""

    films: Mapping[str, tuple[str, ...]]
    why_not: tuple[str, ...] = ()
    keep_inside: bool = False


def require_consents(lab: Lab, consents: Sequence[str]) -> None:
    """Refuse consents that do not hold, whoever is seen.

    Raises:
        UsageError: One is not there, was revoked, expired, or does not cover swaps.
    """
    for identifier in consents:
        require_consent(read_consent(lab, identifier), "swap")


def allowed_with(lab: Lab, recipe: Recipe, films: Sequence[Seen], consents: Sequence[str]) -> tuple[Allowed, bool]:
    """What may be done with whom, and whether a licence keeps it inside the lab.

    Raises:
        UsageError: A model is not there.
        MissingComponent: Part of the extra is not installed.
    """
    kept = usable(films)
    nothing = _Told({})
    pasted = _pasted(lab, kept, consents) if recipe.shares.get("paste", 0.0) > 0 else nothing
    models = _models(lab, recipe.models, kept) if recipe.shares.get("model", 0.0) > 0 else nothing
    allowed = Allowed(frozenset(pasted.films), models.films, (*pasted.why_not, *models.why_not))
    return allowed, pasted.keep_inside or models.keep_inside


def _pasted(lab: Lab, films: Sequence[Seen], consents: Sequence[str]) -> _Told:
    drawn = puppets(lab)
    fit: dict[str, tuple[str, ...]] = {}
    refusals: list[str] = []
    inside = False
    for film in films:
        sha256 = film.sha256 or ""
        if sha256 in drawn:
            fit[film.film] = ()
            continue
        try:
            given = permission(lab, [Shown(film.film, sha256, _look(film))], consents, "swap")
        except UsageError as error:
            refusals.append(str(error))
            continue
        fit[film.film], inside = given.consents, inside or given.keep_inside
    if not refusals:
        return _Told(fit, (), inside)
    said = f"Pastes leave out {len(refusals)} of {len(films)} films, whose people have not agreed. The first: {refusals[0]}"
    return _Told(fit, (said,), inside)


def _look(film: Seen) -> "_Face":
    return _Face(film.faces[0])


@dataclass(frozen=True, slots=True)
class _Face:
    """A face that was measured before, as the question for consent asks for it."""

    place: tuple[float, ...]

    def __call__(self) -> Embedding:
        return np.array(self.place, np.float64)


def _models(lab: Lab, names: Sequence[str], films: Sequence[Seen]) -> _Told:
    if not names:
        return _Told({}, ("The recipe names no models, so none draws; name some in the field models.",))
    from unmask.forgery.swap.swapping import open_model  # noqa: PLC0415 # torch is loaded only where a model draws

    drawn = puppets(lab)
    descents = {name: open_model(lab, name)[1] for name in names}
    fit = {
        film.film: tuple(
            name for name, descent in descents.items() if _fits(descent, film, puppet=film.sha256 in drawn)
        )
        for film in films
    }
    unused = [name for name in names if not any(name in those for those in fit.values())]
    said = tuple(
        f"The model '{name}' is left out: nobody whom it learned to draw over is in these films." for name in unused
    )
    used = [descents[name] for name in names if name not in unused]
    return _Told({film: those for film, those in fit.items() if those}, said, any(one.keep_inside for one in used))


def _fits(descent: Descent, film: Seen, *, puppet: bool) -> bool:
    """Whether a model learned to draw over the person of a film; asked again, of the clip itself, when it draws."""
    if puppet or descent.dst_is_puppet:
        return puppet and descent.dst_is_puppet
    return distance(np.array(film.faces[0]), np.array(descent.dst_face)) < SAME_BELOW
