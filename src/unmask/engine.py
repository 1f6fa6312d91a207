"""Which detectors are asked, by what the verdict is reached, and how a report says so."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from unmask.detectors import Detector, bound, detectors, require_known
from unmask.errors import UsageError
from unmask.faces.identity import MODEL, network_sha256
from unmask.media.source import shown
from unmask.models.folder import added, open_model, read_model
from unmask.settings import Settings, models_folder
from unmask.types import Card, Engine, Person, ProfileUse
from unmask.verdict.fuse import MANIPULATED_FROM
from unmask.verdict.profile import ProfileFile, read_profile
from unmask.version import __version__
from unmask.weights import weight_card

FACE_WEIGHTS = ("face_detection_full_range", "face_landmark", "mean_face")
EVERY_MODEL = "external"
"""Asked for by this name, all models of the user are."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which detectors a file is shown to.

    Attributes:
        detectors: Those that come with unmask, then the user's own models.
        left_out: Names of those that were not asked for.
    """

    detectors: tuple[Detector, ...]
    left_out: tuple[str, ...]


def choose_with_models(only: Sequence[str] | None, settings: Settings) -> Asked:
    """The named detectors and models, or all; the models are loaded.

    Raises:
        UsageError: A name is unknown, or all models are asked for and there are none.
        MissingComponent: A model that is asked for was altered.
    """
    folder = models_folder(settings)
    shipped = {name: one for name, one in detectors().items() if one.card.needs != "model"}
    own = known_names(only, settings)
    names = tuple(
        name for name in (*shipped, *own) if only is None or name in only or (EVERY_MODEL in only and name in own)
    )
    chosen = (shipped[name] if name in shipped else bound(open_model(read_model(folder, name))) for name in names)
    return Asked(tuple(chosen), tuple(name for name in (*shipped, *own) if name not in names))


def known_names(only: Sequence[str] | None, settings: Settings) -> tuple[str, ...]:
    """The user's own models, all names that are asked for being known.

    Raises:
        UsageError: A name is unknown, or all models are asked for and there are none.
    """
    own = tuple(name for name in added(models_folder(settings)) if name not in detectors())
    if only is not None:
        require_known(only, (*detectors(), *own))
    if only is not None and EVERY_MODEL in only and not own:
        raise UsageError(f"No model was added, so '{EVERY_MODEL}' names none; add one with 'unmask models add'.")
    return own


def all_cards(asked: Asked) -> dict[str, Card]:
    """Cards of all detectors that come with unmask, asked or not, and of the user's models that are asked, by name."""
    shipped = {name: one.card for name, one in detectors().items() if one.card.needs != "model"}
    return shipped | {one.card.name: one.card for one in asked.detectors}


def with_origin(settings: Settings, trust: Path | None, keys: Path | None, clip_key: Path | None) -> Settings:
    """The settings with what the call names instead: a clip's key takes the place of a key folder."""
    named = {"trust": trust or settings.trust, "keys": keys or (None if clip_key else settings.keys)}
    return settings.model_copy(update=named)


def with_profile(settings: Settings, threshold: float | None, profile: Path | None) -> Settings:
    """The settings with the profile that the call names; a threshold that it names takes the place of theirs.

    Raises:
        UsageError: The call names both.
    """
    if threshold is not None and profile is not None:
        raise UsageError(f"A threshold ({threshold:g}) and the profile {shown(profile)} are both given; leave one out.")
    named = profile or (settings.profile if threshold is None else None)
    return settings.model_copy(update={"profile": named})


def open_profile(settings: Settings, engine: Engine) -> ProfileFile | None:
    """The profile that the settings name, read and found to fit; None when they name none.

    Raises:
        UsageError: It cannot be read, or another engine made it.
    """
    if settings.profile is None:
        return None
    opened = read_profile(settings.profile)
    opened.require_fit(engine)
    return opened


def engine_of(
    chosen: tuple[Detector, ...],
    settings: Settings,
    threshold: float | None = None,
    clip_key: Path | None = None,
    *,
    referred: bool = False,
) -> Engine:
    """What makes a report: version, weights, detectors and settings.

    Args:
        chosen: Detectors to be asked.
        settings: Limits, whom to trust, and the profile.
        threshold: Probability from which the verdict reads ``manipulated``, the usual one when None.
        clip_key: Key of one clip.
        referred: Whether people are compared with clips of one person.
    """
    own = {detector.card.name: detector.sha256 for detector in chosen if detector.sha256 is not None}
    names = sorted({*FACE_WEIGHTS, *(weight for detector in chosen for weight in detector.card.weights)})
    usual = {"threshold": MANIPULATED_FROM if threshold is None else threshold}
    return Engine(
        version=__version__,
        weights={name: own.get(name) or weight_card(name).sha256 for name in names},
        detectors=tuple(detector.card.name for detector in chosen),
        settings=settings.model_dump(mode="json", exclude={"serve"})
        | usual
        | _given(settings.keys, clip_key, referred=referred),
    )


def _given(keys: Path | None, clip_key: Path | None, *, referred: bool) -> dict[str, str | None]:
    """Which kinds of keys and clips were used; where they lie is nobody's business."""
    named = {"clip_key": clip_key is not None, "reference": referred}
    return {"keys": "given" if keys else None} | {what: "given" for what, used in named.items() if used}


def completed(engine: Engine, used: ProfileUse | None, people: Sequence[Person]) -> Engine:
    """The engine with the threshold that the profile gave, if it gave one, and with weights that were needed on the way."""
    named = {} if used is None or used.threshold is None else {"threshold": used.threshold}
    weights = {**engine.weights, **_identity_weight(people)}
    return replace(engine, settings={**engine.settings, **named}, weights=weights)


def _identity_weight(people: Sequence[Person]) -> dict[str, str]:
    """Hash of the network that told people apart, where it did; it comes with an extra and has no card."""
    used = any("face_distance" in one.measured for person in people for one in person.evidence)
    return {MODEL.removesuffix(".dat"): network_sha256()} if used else {}
