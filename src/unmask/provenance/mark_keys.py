"""Keys of marks: one master, from which the key of each clip is derived.

A clip's key can be handed to whoever is to verify that clip; it tells nothing about the master or about other clips.

Reference:
    Krawczyk and Eronen, HMAC-based Extract-and-Expand Key Derivation Function (HKDF), RFC 5869.
"""

import base64
import json
import re
import tomllib
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from unmask.errors import UsageError
from unmask.media.source import shown
from unmask.provenance.secret_files import (
    PASSPHRASE,
    read_public,
    read_secret,
    require_folder,
    required_passphrase,
    seal,
    unseal,
    write_new,
)
from unmask.types import Payload

SECRET_BYTES = 32
LARGEST_NUMBER = 2**32 - 1
"""Institutions and clips are numbers of 32 bits."""
INSTITUTION, MASTER = "institution.toml", "watermark.key"
"""Files of a key folder that marks need."""
VERSION = 1
MASTER_KIND, CLIP_KIND = "watermark master", "clip key"


@dataclass(frozen=True, slots=True)
class ClipKey:
    """What the verifier of one clip gets: enough to read and map that clip's mark, and no other.

    Attributes:
        institution: 32 bits that stand for the institution.
        clip: 32 bits that stand for the clip.
        organization: Name of the institution.
        secret: 32 bytes, this clip's own.
        sync: 32 bytes, the same for all clips of the institution.
    """

    institution: int
    clip: int
    organization: str
    secret: bytes = field(repr=False)
    sync: bytes = field(repr=False)

    @property
    def payload(self) -> Payload:
        """What this clip's mark says."""
        return Payload(self.institution, self.clip)


@dataclass(frozen=True, slots=True)
class MarkKeys:
    """What the institution itself keeps: it reads the mark of any of its clips.

    Attributes:
        institution: 32 bits that stand for the institution.
        organization: Name of the institution.
        sync: 32 bytes by which a mark is found before its clip is known.
        payload_secret: 32 bytes by which the payload is read before its clip is known.
    """

    institution: int
    organization: str
    sync: bytes = field(repr=False)
    payload_secret: bytes = field(repr=False)
    _master: bytes = field(repr=False)

    def clip_key(self, clip: int) -> ClipKey:
        """The key of one clip.

        Raises:
            UsageError: The clip's number has more than 32 bits.
        """
        if not 0 <= clip <= LARGEST_NUMBER:
            raise UsageError(f"The number of the clip is {clip}; a mark carries 0 to {LARGEST_NUMBER}.")
        secret = derived(self._master, b"unmask clip" + clip.to_bytes(4, "big"))
        return ClipKey(self.institution, clip, self.organization, secret, self.sync)


def mark_keys(master: bytes, institution: int, organization: str) -> MarkKeys:
    """The keys that follow from a master key of 32 bytes.

    >>> keys = mark_keys(bytes(32), 0x1A2B3C4D, "Example")
    >>> keys.clip_key(7).payload
    Payload(institution=439041101, clip=7)
    >>> keys
    MarkKeys(institution=439041101, organization='Example')
    """
    sync, payload_secret = derived(master, b"unmask sync"), derived(master, b"unmask payload")
    return MarkKeys(institution, organization, sync, payload_secret, master)


def derived(master: bytes, purpose: bytes) -> bytes:
    """32 bytes for one purpose, by HKDF-SHA256 without salt."""
    return HKDF(SHA256(), SECRET_BYTES, salt=None, info=purpose).derive(master)


def open_mark_keys(folder: Path) -> MarkKeys:
    """The keys of marks in a key folder.

    Raises:
        UsageError: The folder holds none, they cannot be read, or others may read them.
    """
    institution, organization = read_institution(folder)
    return mark_keys(_read_master(folder / MASTER), institution, organization)


def clip_number(text: str) -> int:
    """The number of a clip as people write it: up to 8 hexadecimal digits, or the whole payload with both numbers.

    Raises:
        UsageError: It is no such number.

    >>> clip_number("2a"), clip_number("1a2b3c4d-0000002a")
    (42, 42)
    """
    found = re.fullmatch(r"(?:[0-9a-fA-F]{8}-)?([0-9a-fA-F]{1,8})", text)
    if found is None:
        raise UsageError(f"{shown(text)} is no number of a clip; give up to 8 hexadecimal digits, such as 0000002a.")
    return int(found.group(1), 16)


def read_institution(folder: Path) -> tuple[int, str]:
    """Number and name of the institution whose keys a folder holds.

    Raises:
        UsageError: The folder holds no keys, or they cannot be read.
    """
    path = folder / INSTITUTION
    require_folder(folder, INSTITUTION)
    try:
        told = tomllib.loads(read_public(path).decode())
        return _number(told["institution"]), str(told["organization"])
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{shown(path)} is damaged; restore it from your copy of the keys.") from error


def institution_text(institution: int, organization: str) -> bytes:
    """The content of ``institution.toml``."""
    quoted = json.dumps(organization, ensure_ascii=False)  # of what prints, JSON and TOML quote alike
    return f'version = {VERSION}\norganization = {quoted}\ninstitution = "{institution:08x}"\n'.encode()


def master_text(master: bytes, word: bytes | None) -> bytes:
    """The content of ``watermark.key``, encrypted when a passphrase is given."""
    named = {"master": _base64(master)} if word is None else {"sealed": _base64(seal(master, word))}
    return _json_text({"unmask": MASTER_KIND, "version": VERSION} | named)


def write_clip_key(path: Path, key: ClipKey) -> None:
    """Write a clip's key for its verifier, with rights for the owner alone.

    Raises:
        UsageError: There is a file of that name.
        OutputError: It cannot be written.
    """
    numbers = {"institution": f"{key.institution:08x}", "clip": f"{key.clip:08x}", "organization": key.organization}
    secrets = {"secret": _base64(key.secret), "sync": _base64(key.sync)}
    write_new(path, _json_text({"unmask": CLIP_KIND, "version": VERSION} | numbers | secrets))


def read_clip_key(path: Path) -> ClipKey:
    """A clip's key as its verifier got it.

    Raises:
        UsageError: It cannot be read, is no clip key, or others may read it.
    """
    told = _object(path, CLIP_KIND)
    try:
        payload = Payload(_number(told["institution"]), _number(told["clip"]))
        organization = told["organization"]
        secret, sync = _secret(told["secret"]), _secret(told["sync"])
    except (ValueError, KeyError, TypeError):
        raise _damaged(path) from None
    if not isinstance(organization, str):
        raise _damaged(path)
    return ClipKey(payload.institution, payload.clip, organization, secret, sync)


def _read_master(path: Path) -> bytes:
    told = _object(path, MASTER_KIND)
    try:
        if "sealed" not in told:
            return _secret(told["master"])
        sealed = base64.b64decode(told["sealed"], validate=True)
    except (ValueError, KeyError, TypeError):
        raise _damaged(path) from None
    master = unseal(sealed, required_passphrase(path))
    if master is None or len(master) != SECRET_BYTES:
        raise UsageError(f"The passphrase in {PASSPHRASE} does not open {shown(path)}; give the right one.")
    return master


def _object(path: Path, kind: str) -> dict[str, Any]:
    """A key file's JSON object of the given kind; errors never quote its content."""
    try:
        told = json.loads(read_secret(path))
    except (ValueError, RecursionError):
        raise _damaged(path) from None  # a decoding error carries the text it stumbled on
    if not isinstance(told, dict) or told.get("unmask") != kind:
        raise UsageError(f"{shown(path)} is no {kind} of unmask; name the right file.")
    if told.get("version") != VERSION:
        raise UsageError(f"{shown(path)} is a {kind} of another version than {VERSION}; update unmask to read it.")
    return told


def _damaged(path: Path) -> UsageError:
    return UsageError(f"{shown(path)} is damaged and holds no whole key; restore it from your copy of the keys.")


def _number(text: str) -> int:
    number = int(text, 16)
    if not 0 <= number <= LARGEST_NUMBER:
        raise ValueError
    return number


def _secret(text: str) -> bytes:
    secret = base64.b64decode(text, validate=True)
    if len(secret) != SECRET_BYTES:
        raise Base64Error
    return secret


def _base64(secret: bytes) -> str:
    return base64.b64encode(secret).decode()


def _json_text(told: dict[str, Any]) -> bytes:
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
