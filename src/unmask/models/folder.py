"""The folder of models: each is NAME.onnx with its card NAME.toml, and NAME.json, written last, on both."""

import json
import os
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from functools import cache
from hashlib import file_digest, sha256
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from pydantic import TypeAdapter, ValidationError

from unmask.errors import MissingComponent, OutputError, UsageError
from unmask.media.source import shown
from unmask.media.writing import written_aside
from unmask.models.calibration import Calibration
from unmask.models.card import NAME, ModelCard, card_bytes, card_of
from unmask.models.running import OpenModel, open_network

NETWORK, CARD, RECORD = ".onnx", ".toml", ".json"


@dataclass(frozen=True, slots=True)
class Record:
    """What was noted when a model was added.

    Attributes:
        sha256: Of its ONNX file.
        card_sha256: Of its card.
        calibration: None where no films were given.
    """

    sha256: str
    card_sha256: str
    calibration: Calibration | None = None


@dataclass(frozen=True, slots=True)
class AddedModel:
    """A model in the folder, not yet loaded.

    Attributes:
        path: Of its ONNX file.
    """

    card: ModelCard
    record: Record
    path: Path


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A model that was tried and found to run, and may be added.

    Attributes:
        path: A copy of its ONNX file, which is there until the candidate is left.
        written: The card's bytes.
        model: Loaded, without a calibration.
    """

    path: Path
    written: bytes
    model: OpenModel


def added(folder: Path) -> tuple[str, ...]:
    """Names of the models in a folder, in their order; none where there is no folder that can be read."""
    try:
        there = sorted(os.listdir(folder))  # noqa: PTH208 # names are all that is wanted
    except OSError:
        return ()
    names = (name.removesuffix(RECORD) for name in there if name.endswith(RECORD))
    return tuple(name for name in names if re.fullmatch(NAME, name))


def read_model(folder: Path, name: str) -> AddedModel:
    """Card and record of a model; its network is not looked at.

    Raises:
        MissingComponent: One of them is missing, was altered, or cannot be understood.
    """
    try:
        record = TypeAdapter(Record).validate_json((folder / f"{name}{RECORD}").read_bytes())
        written = card_bytes(folder / f"{name}{CARD}")
        card = card_of(written, folder / f"{name}{CARD}")
    except (OSError, ValidationError, UsageError) as error:
        raise MissingComponent(_altered(name, "cannot be read")) from error
    if sha256(written).hexdigest() != record.card_sha256 or card.name != name:
        raise MissingComponent(_altered(name, f"has another card {shown(f'{name}{CARD}')}"))
    return AddedModel(card, record, folder / f"{name}{NETWORK}")


@cache
def open_model(model: AddedModel) -> OpenModel:
    """Load a model, its SHA-256 compared with that of the file that was added; once a process.

    Raises:
        MissingComponent: The file is missing or was altered.
    """
    name = model.card.name
    try:
        found = digest_of(model.path)
    except OSError as error:
        raise MissingComponent(_altered(name, f"cannot be read ({error.strerror})")) from error
    if found != model.record.sha256:
        raise MissingComponent(_altered(name, f"has SHA-256 {found[:12]}…, not {model.record.sha256[:12]}…"))
    try:
        network = open_network(model.path, model.card, model.path.name)
    except UsageError as error:
        raise MissingComponent(f"Your model '{name}' does not run here: {error}") from error
    return OpenModel(model.card, found, network, model.record.calibration)


def _altered(name: str, how: str) -> str:
    return (
        f"Your model '{name}' {how}: it was altered since it was added; add it again with "
        f"'unmask models add --force', or take it out with 'unmask models remove {name}'."
    )


def digest_of(path: Path) -> str:
    """SHA-256 of a file, as hexadecimal digits.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


@contextmanager
def tried(file: Path, card_file: Path) -> Iterator[Candidate]:
    """A copy of a network, loaded and tried as its card says; the copy goes when the candidate is left.

    Raises:
        UsageError: The card makes no sense, or the network is not what it says.
    """
    written = card_bytes(card_file)
    card = card_of(written, card_file)
    with TemporaryDirectory(prefix="unmask-models-") as place:
        copy = Path(place) / "model.onnx"
        try:
            copyfile(file, copy)
        except OSError as error:
            raise UsageError(f"{shown(file)} cannot be read: {error.strerror}; name an ONNX file.") from error
        found = digest_of(copy)
        if card.sha256 is not None and card.sha256.lower() != found:
            raise UsageError(
                f"{shown(file)} has SHA-256 {found[:12]}…, its card says {card.sha256.lower()[:12]}…; "
                "get the right file, or correct the card."
            )
        yield Candidate(copy, written, OpenModel(card, found, open_network(copy, card, file.name)))


def _unwritable(folder: Path, why: str) -> str:
    return f"The folder of models {shown(str(folder))} cannot be written: {why}; name another with UNMASK_MODELS."


def require_writable(folder: Path) -> None:
    """Refuse a folder that could not be made or written to, before hours are spent on a calibration.

    Raises:
        OutputError: It, or the folder it would be made in, cannot be written.
    """
    nearest = next(place for place in (folder, *folder.absolute().parents) if os.path.lexists(place))
    if not os.path.isdir(nearest):
        raise OutputError(_unwritable(folder, f"{shown(nearest)} is no folder"))
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise OutputError(_unwritable(folder, f"{shown(nearest)} may not be written to"))


def require_free(folder: Path, name: str, taken: Collection[str], *, force: bool) -> None:
    """Refuse a name that another has.

    Args:
        folder: Of the models.
        name: Of the new one.
        taken: Names of the detectors that come with unmask.
        force: Whether a model of the user's own may be replaced.

    Raises:
        UsageError: It is taken.
    """
    if name in taken:
        raise UsageError(f"A detector of unmask is called '{name}'; give the model another name in its card.")
    if name in added(folder) and not force:
        raise UsageError(f"A model called '{name}' was added before; --force puts this one in its place.")


def keep(candidate: Candidate, folder: Path, calibration: Calibration | None) -> AddedModel:
    """Write a candidate into the folder; one of the same name is replaced.

    Raises:
        OutputError: The folder cannot be written.
    """
    name = candidate.model.card.name
    record = Record(candidate.model.sha256, sha256(candidate.written).hexdigest(), calibration)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}{RECORD}").unlink(missing_ok=True)  # from here on there is no model, until it is whole
    except OSError as error:
        raise OutputError(_unwritable(folder, error.strerror or str(error))) from error
    with written_aside(folder / f"{name}{NETWORK}") as aside:
        copyfile(candidate.path, aside)
    with written_aside(folder / f"{name}{CARD}") as aside:
        aside.write_bytes(candidate.written)
    with written_aside(folder / f"{name}{RECORD}") as aside:
        aside.write_text(json.dumps(asdict(record), indent=1) + "\n", encoding="utf-8")
    return AddedModel(candidate.model.card, record, folder / f"{name}{NETWORK}")


def remove(folder: Path, name: str) -> None:
    """Take a model out of the folder, the record first.

    Raises:
        UsageError: There is none of that name.
        OutputError: It cannot be removed.
    """
    known = added(folder)
    if name not in known:
        near = get_close_matches(name, known, 1)
        hint = (
            f"Did you mean '{near[0]}'?" if near else f"There are {', '.join(known)}." if known else "There are none."
        )
        raise UsageError(f"No model of yours is called {shown(name)}. {hint}")
    try:
        for ending in (RECORD, CARD, NETWORK):
            (folder / f"{name}{ending}").unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"The model '{name}' cannot be removed: {error.strerror}.") from error
