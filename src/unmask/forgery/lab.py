"""The lab's working folder: its keys and ledger, the consents it was given, what it trained and what it made."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from unmask.errors import OutputError, UsageError
from unmask.media.source import shown
from unmask.media.writing import written_aside
from unmask.provenance.keys import MarkKeys, Signer, new_keys, open_mark_keys, open_signer
from unmask.provenance.ledger import FOLDER as LEDGER

SIGN, VERSION = "lab.json", 1
"""The file by which a folder is known as a lab's, and the version of its order."""
ORGANIZATION = "unmask lab"
FOLDERS = ("consents", "faces", "models", "out")


@dataclass(frozen=True, slots=True)
class Lab:
    """A working folder.

    Attributes:
        folder: Where everything of the lab lies.
        keys: Folder of the keys with which its outputs are marked and signed; its own, unless others are named.
    """

    folder: Path
    keys: Path

    @property
    def ledger(self) -> Path:
        """Folder of the ledger, a line for each output."""
        return self.keys / LEDGER

    @property
    def consents(self) -> Path:
        """Folder of the consent records."""
        return self.folder / "consents"

    @property
    def faces(self) -> Path:
        """Folder of the stores of faces."""
        return self.folder / "faces"

    @property
    def models(self) -> Path:
        """Folder of what was trained."""
        return self.folder / "models"

    @property
    def outputs(self) -> Path:
        """Folder for what is made, unless another place is named."""
        return self.folder / "out"


@dataclass(frozen=True, slots=True)
class Sealer:
    """What a seal needs: the lab's keys, opened.

    Attributes:
        lab: Whose they are.
        marks: Keys of the watermark.
        signer: Who signs the Content Credentials.
    """

    lab: Lab
    marks: MarkKeys
    signer: Signer


def open_lab(folder: Path, keys: Path | None = None) -> Lab:
    """A lab's folder, made with keys of its own when it is not there.

    Args:
        folder: Where it lies or is to lie.
        keys: Keys to seal with instead of the lab's own.

    Raises:
        UsageError: The folder holds something else, or a lab of a newer version.
        OutputError: It cannot be made.
    """
    lab = Lab(folder, keys or folder / "keys")
    if os.path.exists(folder / SIGN):
        _require_version(folder / SIGN)
        return lab
    if os.path.isdir(folder) and any(folder.iterdir()):
        raise UsageError(f"{shown(folder)} is no lab and holds something else; name an empty or new folder with --lab.")
    try:
        for name in FOLDERS:
            (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The lab {shown(folder)} cannot be made: {error.strerror}.") from error
    if keys is None:
        new_keys(ORGANIZATION, lab.keys)
    with written_aside(folder / SIGN) as aside:
        aside.write_text(json.dumps({"version": VERSION}) + "\n", encoding="utf-8")
    return lab


def open_sealer(lab: Lab) -> Sealer:
    """The lab's keys, opened.

    Raises:
        UsageError: They are missing or not fit.
    """
    return Sealer(lab, open_mark_keys(lab.keys), open_signer(lab.keys))


def _require_version(sign: Path) -> None:
    try:
        version = json.loads(sign.read_text(encoding="utf-8"))["version"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{shown(sign)} cannot be read, so the lab cannot be opened; restore it.") from error
    if version != VERSION:
        raise UsageError(
            f"{shown(sign.parent)} is a lab of version {version}, this program knows {VERSION}; use a newer unmask."
        )
