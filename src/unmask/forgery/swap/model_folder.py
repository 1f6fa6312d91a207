"""Each model of the lab has a folder of its own: what one of another kind wrote there would stand under its consents."""

from fnmatch import fnmatch
from pathlib import Path

from unmask.errors import UsageError
from unmask.media.source import shown

SWAP, NET, SYNTHESIS = "checkpoint-*.safetensors", "mask.safetensors", "synthesis-*.safetensors"
"""Names of the files of each kind of model."""


def require_own(folder: Path, own: str) -> None:
    """Refuse a folder that holds a model of another kind; one that is not there yet is fit.

    Args:
        folder: Of a model.
        own: Names of the files of its kind.

    Raises:
        UsageError: Another kind of model lies there.
    """
    if any(not fnmatch(path.name, own) for path in folder.glob("*.safetensors")):
        raise UsageError(f"{shown(folder)} holds a model of another kind; choose another name.")
