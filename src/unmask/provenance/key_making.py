"""Making an institution's own keys, and a new leaf when the old one ends."""

import os
import secrets
import shutil
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from unmask.errors import OutputError, UsageError
from unmask.media.source import shown
from unmask.provenance.certificates import (
    INTERMEDIATE_DAYS,
    LEAF_DAYS,
    Issued,
    as_pem,
    from_pem,
    institution_number,
    new_intermediate,
    new_leaf,
    new_root,
)
from unmask.provenance.key_folder import INTERMEDIATE_KEY, ROOT_KEY, KeyFolder, describe_keys
from unmask.provenance.mark_keys import (
    INSTITUTION,
    MASTER,
    SECRET_BYTES,
    institution_text,
    master_text,
    read_institution,
)
from unmask.provenance.secret_files import PUBLIC, read_public, read_secret, required_passphrase, write_new
from unmask.provenance.signer import ANCHORS, CHAIN, LEAF_KEY, is_encrypted, private_key_pem, read_private_key

LONGEST_ORGANIZATION = 64
"""X.520 allows an organization's name no more characters."""


def new_keys(organization: str, folder: Path, *, days: int = LEAF_DAYS, word: bytes | None = None) -> KeyFolder:
    """Make an institution's keys in a new folder, all of them or none.

    Args:
        organization: Name of the institution, 1–64 characters.
        folder: Where they are to lie; it must not be there, or be empty.
        days: How long the leaf is to be valid.
        word: Passphrase to encrypt the secret files with, None to leave them plain.

    Raises:
        UsageError: The name or the days make no sense, or the folder holds something.
        OutputError: The folder cannot be written.
    """
    name, now = require_organization(organization), datetime.now(UTC)
    require_days(days)
    with _folder_aside(folder) as aside:
        root = new_root(name, now)
        intermediate = new_intermediate(name, root, now)
        write_new(aside / ANCHORS, as_pem(root.certificate), PUBLIC)
        write_new(aside / ROOT_KEY, private_key_pem(root.key, word))
        write_new(aside / INTERMEDIATE_KEY, private_key_pem(intermediate.key, word))
        _write_leaf(aside, new_leaf(name, intermediate, now, days), intermediate.certificate, word)
        write_new(aside / INSTITUTION, institution_text(institution_number(root.certificate), name), PUBLIC)
        write_new(aside / MASTER, master_text(secrets.token_bytes(SECRET_BYTES), word))
    return describe_keys(folder)


def renew_keys(folder: Path, *, days: int = LEAF_DAYS, intermediate: bool = False) -> KeyFolder:
    """Make a new leaf; the old one is kept beside it as ``old-SERIAL.key`` and ``old-SERIAL.pem``.

    Args:
        folder: As made by ``new_keys``.
        days: How long the leaf is to be valid; never longer than the intermediate is.
        intermediate: Make a new intermediate as well, which needs ``root.key``.

    Raises:
        UsageError: A key that signs is missing, cannot be opened or does not belong to its certificate, or that
            certificate is expired.
        OutputError: The folder cannot be written.
    """
    require_days(days)
    now, (_, organization) = datetime.now(UTC), read_institution(folder)
    chain = from_pem(read_public(folder / CHAIN), CHAIN)
    word = required_passphrase(folder / LEAF_KEY) if is_encrypted(read_secret(folder / LEAF_KEY)) else None
    if intermediate:
        root = _issuer(folder, ROOT_KEY, from_pem(read_public(folder / ANCHORS), ANCHORS), now)
        signing = new_intermediate(organization, root, now)
    else:
        signing = _issuer(folder, INTERMEDIATE_KEY, chain[1:], now)
    leaf = new_leaf(organization, signing, now, days)
    with _replacing(folder) as aside:
        _keep_old(folder, aside, chain[0])
        if intermediate:
            write_new(aside / INTERMEDIATE_KEY, private_key_pem(signing.key, word))
        _write_leaf(aside, leaf, signing.certificate, word)
    return describe_keys(folder)


def require_organization(name: str) -> str:
    """A name of an institution that certificates can carry, without white space around it.

    Raises:
        UsageError: It is empty, too long, or has signs that do not print.

    >>> require_organization(" Example Archive ")
    'Example Archive'
    """
    stripped = name.strip()
    if not 1 <= len(stripped) <= LONGEST_ORGANIZATION or not stripped.isprintable():
        raise UsageError(
            f"The organization is {shown(name)}; give it a name of 1 to {LONGEST_ORGANIZATION} printable characters."
        )
    return stripped


def require_days(days: int) -> None:
    """Refuse a leaf that would end at once or after its intermediate.

    Raises:
        UsageError: The days are out of range.
    """
    if not 1 <= days <= INTERMEDIATE_DAYS:
        raise UsageError(f"The leaf is to be valid for {days} days; give 1 to {INTERMEDIATE_DAYS}.")


def _write_leaf(folder: Path, leaf: Issued, intermediate: x509.Certificate, word: bytes | None) -> None:
    write_new(folder / LEAF_KEY, private_key_pem(leaf.key, word))
    write_new(folder / CHAIN, as_pem(leaf.certificate, intermediate), PUBLIC)


def _keep_old(folder: Path, aside: Path, leaf: x509.Certificate) -> None:
    name = f"old-{leaf.serial_number:x}"
    write_new(aside / f"{name}.key", read_secret(folder / LEAF_KEY))
    write_new(aside / f"{name}.pem", read_public(folder / CHAIN), PUBLIC)


def _issuer(folder: Path, key: str, certificates: Sequence[x509.Certificate], now: datetime) -> Issued:
    """The authority that signs next, with its key from the folder."""
    if not os.path.exists(folder / key):
        raise UsageError(f"The folder {shown(folder)} holds no '{key}', which is to sign; bring it back for a moment.")
    private = read_private_key(folder / key)
    numbers = private.public_key().public_numbers()
    own = [certificate for certificate in certificates if _numbers(certificate) == numbers]
    if not own:
        raise UsageError(
            f"'{key}' belongs to no certificate in {shown(folder)}; restore both from your copy of the keys."
        )
    if not own[0].not_valid_before_utc <= now <= own[0].not_valid_after_utc:
        raise UsageError(
            f"The certificate of '{key}' is valid from {own[0].not_valid_before_utc:%Y-%m-%d} to "
            f"{own[0].not_valid_after_utc:%Y-%m-%d} and signs nothing now; look whether the clock is right, or renew it."
        )
    return Issued(own[0], private)


def _numbers(certificate: x509.Certificate) -> ec.EllipticCurvePublicNumbers | None:
    key = certificate.public_key()
    return key.public_numbers() if isinstance(key, ec.EllipticCurvePublicKey) else None


@contextmanager
def _folder_aside(folder: Path) -> Generator[Path]:
    """A new folder beside ``folder``, for us alone; it takes its place at the end, and is removed when something fails."""
    try:
        place = folder.resolve()
        taken = place.exists() and (not place.is_dir() or place == Path.cwd() or any(place.iterdir()))
        if taken:
            what = "holds keys" if (place / INSTITUTION).exists() else "is there"
            raise UsageError(f"{shown(folder)} {what} already, and nothing is overwritten; name a new folder.")
        aside = Path(tempfile.mkdtemp(prefix=".unmask-keys-", dir=place.parent))
    except (OSError, RuntimeError, ValueError) as error:  # a link that leads to itself is a RuntimeError to Path
        raise _unmade(folder, error) from error
    try:
        yield aside
        aside.rename(place)
    except OSError as error:
        raise _unmade(folder, error) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def _replacing(folder: Path) -> Generator[Path]:
    """A folder for new files, which take the place of the old ones at the end; when something fails, none does."""
    try:
        with tempfile.TemporaryDirectory(prefix=".unmask-keys-", dir=folder) as name:
            aside = Path(name)
            yield aside
            for path in sorted(aside.iterdir()):
                path.replace(folder / path.name)
    except OSError as error:
        raise OutputError(f"The keys in {shown(folder)} cannot be replaced: {error.strerror}.") from error


def _unmade(folder: Path, error: Exception) -> OutputError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no name of a folder"
    return OutputError(f"The folder {shown(folder)} cannot be made: {reason}; name another place.")
