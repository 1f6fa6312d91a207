"""The first step of a swap: the faces of one person, from films or stills into a store."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from unmask.errors import UsageError
from unmask.forgery.consent import Consent, Enrolment, Evidence, enrol, read_consent, require_consent
from unmask.forgery.lab import Lab
from unmask.forgery.permission import puppets
from unmask.forgery.swap.choosing import Choice, chosen
from unmask.forgery.swap.gathering import Gathered, Taken, Taking, gather_faces
from unmask.forgery.swap.persons import Person, chosen_person, persons_of, without_strangers
from unmask.forgery.swap.store import FaceStore, write_store
from unmask.settings import Settings

LEAST_FACES = 60
"""With fewer faces a swap learns them by heart."""
FRONTAL_DEGREES = 20.0


@dataclass(frozen=True, slots=True)
class Preparing:
    """What is to be prepared, and how.

    Attributes:
        sources: Films and stills.
        folder: Where the store is to lie.
        subject: Whom they show.
        consents: Consents to rest on; none for a puppet, or for faces that are only drawn anew as themselves.
        person: Which person, from 1, where more than one is seen.
        everyone: Take the faces of all people, for an encoder or a synthesis to learn from.
        taking: How faces are taken.
        choice: Which are kept.
        force: Whether a store that lies there may be replaced.
    """

    sources: tuple[Path, ...]
    folder: Path
    subject: str
    consents: tuple[str, ...] = ()
    person: int | None = None
    everyone: bool = False
    taking: Taking = field(default_factory=Taking)
    choice: Choice = field(default_factory=Choice)
    force: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A store that was written.

    Attributes:
        store: It.
        left_out: How many faces were left out for which reason.
        remarks: Sentences on what a swap of these faces will lack; often none.
    """

    store: FaceStore
    left_out: dict[str, int]
    remarks: tuple[str, ...]


def prepare(
    lab: Lab,
    wanted: Preparing,
    settings: Settings,
    *,
    on_file: Callable[[Path], None] | None = None,
    on_progress: Callable[[float, float | None], None] | None = None,
) -> Prepared:
    """Gather, choose and store the faces of one person, or of everyone.

    Raises:
        UsageError: No face or, unless everyone is wanted, more than one person is seen, or the consent does not allow it.
        InputError: A file cannot be decoded.
        OutputError: The store cannot be written.
        MissingComponent: The extra that tells people apart is not installed.
    """
    if wanted.everyone and (wanted.consents or wanted.person):
        raise UsageError("No consent covers everyone, and no one of them is meant; leave out --consent and --person.")
    for identifier in wanted.consents:
        require_consent(read_consent(lab, identifier), "train")  # before the work
    gathered = gather_faces(wanted.sources, wanted.taking, settings, on_file=on_file, on_progress=on_progress)
    people = _everyone(gathered) if wanted.everyone else _one_person(lab, wanted, gathered)
    kept, left_out = chosen(people.faces, wanted.choice)
    if not kept:
        raise UsageError(f"None of {len(people.faces)} faces is left: {_told(left_out)}; ask for less.")
    store = FaceStore(
        wanted.folder,
        wanted.subject,
        wanted.taking.face_type,
        wanted.taking.side,
        gathered.sources,
        tuple(taken.face for taken in kept),
        people.consents,
        many=wanted.everyone,
    )
    written = write_store(store, (taken.picture for taken in kept), force=wanted.force)
    remarks = (*gathered.remarks, *_lacking(written, people.strangers))
    return Prepared(written, left_out, remarks)


@dataclass(frozen=True, slots=True)
class _People:
    """Whose faces are stored, what these rest on, and how many faces were someone else's."""

    faces: tuple[Taken, ...]
    consents: tuple[str, ...] = ()
    strangers: int = 0


def _one_person(lab: Lab, wanted: Preparing, gathered: Gathered) -> _People:
    person, strangers = without_strangers(chosen_person(persons_of(gathered.faces), wanted.person))
    consent = consent_of(lab, wanted.consents, gathered, person)
    return _People(person.faces, (consent.id,) if consent else (), strangers)


def _everyone(gathered: Gathered) -> _People:
    if not gathered.faces:
        raise UsageError("No face is seen in these files; name a film or picture in which one is, larger or sharper.")
    return _People(tuple(gathered.faces))


def consent_of(lab: Lab, asked: Sequence[str], gathered: Gathered, person: Person) -> Consent | None:
    """The consent that covers the faces; a new record where all are of puppets; None where none was asked for.

    Raises:
        UsageError: None of those asked for is that person's.
    """
    hashes = [source.sha256 for source in gathered.sources]
    if all(sha256 in puppets(lab) for sha256 in hashes):
        evidence = Evidence(sha256=hashes[0], name=gathered.sources[0].file)
        return enrol(lab, Enrolment(f"puppet of {evidence.name}", "puppet", date.max, evidence))
    if not asked:
        return None
    nearest = min((read_consent(lab, name) for name in asked), key=lambda consent: consent.apart(person.embedding))
    return require_consent(nearest, "train", person.embedding)


def _lacking(store: FaceStore, strangers: int) -> list[str]:
    """What a swap of these faces will lack."""
    if store.many:
        return ["These are many people's faces: for 'swap pretrain' and 'synthesize', not for a swap."]
    yaws = [face.pose[0] for face in store.faces]
    said = []
    if strangers:
        said.append(f"{strangers} faces of someone else were left out.")
    if len(store.faces) < LEAST_FACES:
        said.append(f"There are only {len(store.faces)} faces; a swap needs some hundreds to look like the person.")
    if max(map(abs, yaws)) < FRONTAL_DEGREES:
        said.append(
            f"All faces look ahead (yaw {min(yaws):.0f}° to {max(yaws):.0f}°); a swap will not know the head when it turns."
        )
    if not store.consents:
        said.append("No consent is named, so these faces can only be drawn anew as themselves, not swapped.")
    return said


def _told(left_out: dict[str, int]) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in left_out.items() if count)
