"""What works on this machine, and what is missing."""

import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from unmask import weights
from unmask.detectors import detectors
from unmask.errors import MissingComponent, UnmaskError
from unmask.media.sandbox import level
from unmask.models.calibration import worth
from unmask.models.folder import added, read_model
from unmask.report.as_pdf import require_printer
from unmask.settings import config_path, models_folder, settings
from unmask.version import __version__

LIBRARIES = (
    "numpy",
    "scipy",
    "opencv-python-headless",
    "av",
    "ai-edge-litert",
    "onnxruntime",
    "rich",
    "typer",
    "pydantic-settings",
)
IDENTITY = ("dlib-bin", "face-recognition-models")
"""What tells people apart: an extra, for ``check --reference`` and for the lab."""
S3 = ("s3fs",)
"""What object stores are asked by: an extra, for ``serve --storage``."""
LAB = ("torch", "safetensors", *IDENTITY, "onnx", "matplotlib")
"""What the forgery lab trains, compares, exports and draws with: an extra."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.

    Attributes:
        what: What was looked at.
        works: Whether unmask can do its work with it.
        sentence: What was found, and the way out if it does not work.
    """

    what: str
    works: bool
    sentence: str


def examine_machine() -> tuple[Finding, ...]:
    """Look at everything unmask needs; really try the sandbox and hash the weights."""
    machine = (_program(), _settings(), _sandbox(), *_libraries(), _identity(), _lab(), _pdf(), _object_store())
    return (*machine, *_weights(), _detectors(), *_models())


def _program() -> Finding:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    python = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}, {cores} cores"
    return Finding("unmask", sys.version_info >= (3, 11), f"Version {__version__}; {python}.")


def _settings() -> Finding:
    try:
        settings()
    except UnmaskError as error:
        return Finding("settings", False, str(error))
    there = "read" if config_path().is_file() else "not there, so the defaults hold"
    return Finding("settings", True, f"{config_path()} is {there}.")


def _sandbox() -> Finding:
    try:
        found = level(settings())
    except UnmaskError as error:
        return Finding("sandbox", False, str(error))
    return Finding("sandbox", True, f"Files are decoded under {found.name}. {found.sentence}")


def _libraries() -> Iterator[Finding]:
    for name in LIBRARIES:
        try:
            yield Finding(name, True, f"Version {version(name)}.")
        except PackageNotFoundError:
            yield Finding(name, False, "Not installed; install unmask again with pip.")


def _identity() -> Finding:
    """The extra that tells people apart; that it is not installed is no fault."""
    missing = [name for name in IDENTITY if not _installed(name)]
    if not missing:
        return Finding("identity", True, f"Its extra is installed: {', '.join(IDENTITY)}.")
    sentence = (
        f"To tell whose face it is (check --reference) it lacks {', '.join(missing)}: pip install 'unmask[identity]'."
    )
    return Finding("identity", True, sentence)


def _lab() -> Finding:
    """The lab's extra; that it is not installed is no fault."""
    missing = [name for name in LAB if not _installed(name)]
    if not missing:
        return Finding("forgery lab", True, f"Its extra is installed: {', '.join(LAB)}.")
    sentence = f"Draws, pastes and blends; to train and compare faces it lacks {', '.join(missing)}: pip install 'unmask[lab]'."
    return Finding("forgery lab", True, sentence)


def _pdf() -> Finding:
    """The extra that prints reports; that it is not installed is no fault."""
    try:
        require_printer()
    except MissingComponent as error:
        return Finding("pdf", True, str(error))
    return Finding("pdf", True, f"Its extra is installed: weasyprint {version('weasyprint')}.")


def _object_store() -> Finding:
    """The extra that keeps the service's files in an object store; that it is not installed is no fault."""
    missing = [name for name in S3 if not _installed(name)]
    if not missing:
        return Finding("object store", True, f"Its extra is installed: s3fs {version('s3fs')}.")
    sentence = f"To keep the service's files in one it lacks {', '.join(missing)}: pip install 'unmask[s3]'."
    return Finding("object store", True, sentence)


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def _weights() -> Iterator[Finding]:
    for name in weights.names():
        try:
            weights.weight_path(name)
        except UnmaskError as error:
            yield Finding(f"weight {name}", False, str(error))
            continue
        card = weights.weight_card(name)
        yield Finding(f"weight {name}", True, f"{card.what} {card.licence}, SHA-256 {card.sha256[:12]}….")


def _models() -> Iterator[Finding]:
    """The models that the user added, none of them loaded."""
    try:
        folder = models_folder(settings())
    except UnmaskError:
        return  # the settings have a row of their own
    for name in added(folder):
        try:
            model = read_model(folder, name)
        except UnmaskError as error:
            yield Finding(f"model {name}", False, str(error))
            continue
        yield Finding(f"model {name}", True, f"{worth(model.record.calibration)} SHA-256 {model.record.sha256[:12]}….")


def _detectors() -> Finding:
    return Finding("detectors", bool(detectors()), f"{', '.join(detectors())}.")
