"""Files that hold secrets: written once with rights for their owner alone, refused when others may read them."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from unmask.errors import OutputError, UsageError
from unmask.media.source import shown

MOST_BYTES = 1 << 20
"""No key file is larger."""
PASSPHRASE = "UNMASK_KEY_PASSPHRASE"  # noqa: S105 # the name of the variable, not its value
SECRET, PUBLIC = 0o600, 0o644
"""Rights of new files."""
SALT_BYTES, NONCE_BYTES = 16, 12


def read_secret(path: Path) -> bytes:
    """All bytes of a file that only its owner may read.

    Raises:
        UsageError: It cannot be read, is too large to be a key, or others may read it.
    """
    return _read(path, secret=True)


def read_public(path: Path) -> bytes:
    """All bytes of a file that anyone may read, such as a certificate.

    Raises:
        UsageError: It cannot be read, or is too large.
    """
    return _read(path, secret=False)


def write_new(path: Path, content: bytes, rights: int = SECRET) -> None:
    """Write a file that was not there; when something fails, there is none.

    Args:
        path: Where it is to lie.
        content: All its bytes.
        rights: Its mode, whatever the user's mask.

    Raises:
        UsageError: There is a file of that name.
        OutputError: It cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, SECRET)
    except FileExistsError as error:
        raise UsageError(f"{shown(path)} is there already and is not overwritten; give another name.") from error
    except OSError as error:
        raise OutputError(f"{shown(path)} cannot be written: {error.strerror}.") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(descriptor, rights)
            os.fsync(descriptor)
    except OSError as error:
        with suppress(OSError):
            path.unlink()
        raise OutputError(f"{shown(path)} cannot be written: {error.strerror}.") from error


def require_folder(folder: Path, file: str) -> None:
    """Refuse what is no folder of keys.

    Args:
        folder: Named by the user.
        file: Name of the file that must be in it.

    Raises:
        UsageError: There is no such folder, or it does not hold the file.
    """
    if not os.path.isdir(folder):
        raise UsageError(f"There is no folder {shown(folder)}; make one with: unmask keys new --org NAME FOLDER.")
    if not os.path.exists(folder / file):
        raise UsageError(
            f"The folder {shown(folder)} holds no {shown(file)}; name a folder made with: unmask keys new --org NAME FOLDER."
        )


def passphrase() -> bytes | None:
    """The passphrase of encrypted keys from UNMASK_KEY_PASSPHRASE, None when it is not set or empty."""
    return os.environ.get(PASSPHRASE, "").encode("utf-8", "surrogateescape") or None


def required_passphrase(path: Path) -> bytes:
    """The passphrase of an encrypted file.

    Raises:
        UsageError: None was given.
    """
    word = passphrase()
    if word is None:
        raise UsageError(f"{shown(path)} is encrypted; give its passphrase in {PASSPHRASE}.")
    return word


def passphrase_for_new() -> bytes:
    """The passphrase to encrypt new files with.

    Raises:
        UsageError: None was given.
    """
    word = passphrase()
    if word is None:
        raise UsageError(f"There is no passphrase to encrypt with; put one into {PASSPHRASE}.")
    return word


def seal(secret: bytes, word: bytes) -> bytes:
    """A secret encrypted with a passphrase: salt, nonce, then AES-256-GCM under a key of scrypt.

    >>> unseal(seal(b"secret", b"word"), b"word")
    b'secret'
    """
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    return salt + nonce + AESGCM(_stretched(word, salt)).encrypt(nonce, secret, None)


def unseal(sealed: bytes, word: bytes) -> bytes | None:
    """The secret in what ``seal`` made, None when the passphrase is another or the bytes were changed.

    >>> unseal(seal(b"secret", b"word"), b"another") is None
    True
    """
    salt, nonce, rest = sealed[:SALT_BYTES], sealed[SALT_BYTES:][:NONCE_BYTES], sealed[SALT_BYTES + NONCE_BYTES :]
    try:
        return AESGCM(_stretched(word, salt)).decrypt(nonce, rest, None)
    except (InvalidTag, ValueError):
        return None


def _read(path: Path, *, secret: bool) -> bytes:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
        try:
            content = _checked_content(path, descriptor, secret=secret)
        finally:
            os.close(descriptor)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError(f"{shown(path)} cannot be opened: {reason}; name a file or folder of keys.") from error
    if len(content) > MOST_BYTES:
        raise UsageError(f"{shown(path)} holds more than {MOST_BYTES} bytes and is no key; name another file.")
    return content


def _checked_content(path: Path, descriptor: int, *, secret: bool) -> bytes:
    """The bytes of an open file, one more than allowed at most."""
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        raise UsageError(f"{shown(path)} is no regular file; name a file of keys.")
    if secret:
        _require_private(path, status)
    return os.read(descriptor, MOST_BYTES + 1)


def _require_private(path: Path, status: os.stat_result) -> None:
    """As ssh does: a key of ours that others may read is no secret."""
    others = status.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    if status.st_uid == os.getuid() and others:
        rights = stat.S_IMODE(status.st_mode)
        raise UsageError(
            f"{shown(path)} holds a secret that others may read (rights {rights:04o}); run: chmod 600 on it, and make new "
            "keys if someone has."
        )


def _stretched(word: bytes, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**15, r=8, p=1).derive(word)
