"""Whoever signs: a key file of ours, or a callback to a token or service that never gives its key away.

Everything is checked before the first file is signed, so that the library which signs is never asked in vain.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from unmask.errors import UsageError
from unmask.media.source import shown
from unmask.provenance.certificates import as_pem, from_pem
from unmask.provenance.chain import require_signing_chain
from unmask.provenance.secret_files import PASSPHRASE, read_public, read_secret, require_folder, required_passphrase

ANCHORS, CHAIN, LEAF_KEY = "anchors.pem", "chain.pem", "leaf.key"
"""Files of a key folder that signing needs."""
ES256: Final = "es256"
"""ECDSA on P-256 with SHA-256, as C2PA names it."""
HALF_BYTES = 32
"""Bytes of each of the two numbers in a signature."""
PROBE = b"unmask: does this key belong to this certificate?"


@runtime_checkable
class Signer(Protocol):
    """Signs messages, and says by which certificates the signatures are to be verified."""

    @property
    def algorithm(self) -> str:
        """Name of the algorithm as C2PA writes it; always ``es256``."""

    @property
    def chain(self) -> bytes:
        """Certificates in PEM form, the leaf first, without the root."""

    def sign(self, message: bytes) -> bytes:
        """64 bytes: the two numbers r and s of the signature, 32 bytes each, the higher byte first."""


@dataclass(frozen=True, slots=True)
class FileSigner:
    """Signs with a private key that was read from a file; ``open_signer`` makes one that is checked."""

    chain: bytes = field(repr=False)
    _key: ec.EllipticCurvePrivateKey = field(repr=False)
    algorithm: str = ES256

    def sign(self, message: bytes) -> bytes:
        """64 bytes: r and s of the signature."""
        return raw_signature(self._key.sign(message, ec.ECDSA(SHA256())))


@dataclass(frozen=True, slots=True)
class CallbackSigner:
    """Signs by asking a function; ``callback_signer`` makes one that is checked."""

    chain: bytes = field(repr=False)
    _callback: Callable[[bytes], bytes] = field(repr=False)
    algorithm: str = ES256

    def sign(self, message: bytes) -> bytes:
        """64 bytes: r and s of the signature.

        Raises:
            UsageError: What the callback returned is no signature by the key of the certificate.
        """
        signature = self._callback(message)
        leaf = from_pem(self.chain, CHAIN)[0]
        if not is_signature(signature, message, leaf):
            raise UsageError(
                f"The callback returned {len(signature)} bytes that are no signature by the key of the certificate; it must "
                "sign with that key, ECDSA with SHA-256, and return r and s of 32 bytes each."
            )
        return signature


def open_signer(folder: Path, *, now: datetime | None = None) -> FileSigner:
    """The signer whose key and certificates lie in a key folder.

    Args:
        folder: As made by ``unmask keys new``, or holding ``leaf.key``, ``chain.pem`` and perhaps ``anchors.pem``.
        now: When it is to sign, None for now.

    Raises:
        UsageError: The key cannot be read, or others may read it; the certificates are expired, for another purpose,
            incomplete, or do not belong to the key.
    """
    require_folder(folder, LEAF_KEY)
    anchors = folder / ANCHORS
    return file_signer(folder / LEAF_KEY, folder / CHAIN, anchors if anchors.exists() else None, now=now)


def file_signer(key: Path, chain: Path, anchors: Path | None = None, *, now: datetime | None = None) -> FileSigner:
    """The signer of a key file and a file of certificates.

    Args:
        key: Private key in PEM form; encrypted, it is opened by UNMASK_KEY_PASSPHRASE.
        chain: Certificates in PEM form, the leaf first.
        anchors: Roots in PEM form, one of which must have signed the last of the chain; None when they are not known.
        now: When it is to sign, None for now.

    Raises:
        UsageError: As for ``open_signer``.
    """
    private = read_private_key(key)
    certificates = from_pem(read_public(chain), chain.name)
    if public_numbers(certificates[0]) != private.public_key().public_numbers():
        raise UsageError(
            f"The key {shown(key)} does not belong to the first certificate in {shown(chain)}; give the pair that does."
        )
    roots = () if anchors is None else from_pem(read_public(anchors), anchors.name)
    require_signing_chain(certificates, roots, now or datetime.now(UTC), chain.name)
    return FileSigner(as_pem(*certificates), private)


def callback_signer(
    callback: Callable[[bytes], bytes], chain: bytes, anchors: bytes | None = None, *, now: datetime | None = None
) -> CallbackSigner:
    """A signer whose private key lies elsewhere; it is asked for one signature to see that it fits.

    Args:
        callback: Message → signature of 64 bytes, r and s; see ``raw_signature`` if yours is in DER form.
        chain: Certificates in PEM form, the leaf first.
        anchors: Roots in PEM form, one of which must have signed the last of the chain; None when they are not known.
        now: When it is to sign, None for now.

    Raises:
        UsageError: The certificates are expired, for another purpose or incomplete, or the signature does not fit.
    """
    certificates = from_pem(chain, CHAIN)
    public_numbers(certificates[0])
    roots = () if anchors is None else from_pem(anchors, ANCHORS)
    require_signing_chain(certificates, roots, now or datetime.now(UTC), CHAIN)
    signer = CallbackSigner(as_pem(*certificates), callback)
    signer.sign(PROBE)
    return signer


def raw_signature(der: bytes) -> bytes:
    """An ECDSA signature in DER form, as most services return it, as r and s of 32 bytes each.

    >>> raw_signature(encode_dss_signature(1, 2)).hex().count("0")
    126
    """
    return b"".join(number.to_bytes(HALF_BYTES, "big") for number in decode_dss_signature(der))


def is_signature(signature: bytes, message: bytes, leaf: x509.Certificate) -> bool:
    """Whether 64 bytes are a signature of the message by the key of the certificate."""
    key = leaf.public_key()
    if len(signature) != 2 * HALF_BYTES or not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    halves = (int.from_bytes(half, "big") for half in (signature[:HALF_BYTES], signature[HALF_BYTES:]))
    try:
        key.verify(encode_dss_signature(*halves), message, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def public_numbers(leaf: x509.Certificate) -> ec.EllipticCurvePublicNumbers:
    """The public key of a certificate.

    Raises:
        UsageError: It is no key on P-256.
    """
    key = leaf.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise UsageError("The first certificate is for another key than one on the curve P-256; ask for an ES256 one.")
    return key.public_numbers()


def private_key_pem(key: ec.EllipticCurvePrivateKey, word: bytes | None) -> bytes:
    """A private key as text (PKCS #8), encrypted when a passphrase is given."""
    encryption = NoEncryption() if word is None else BestAvailableEncryption(word)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def read_private_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """A private key on P-256; encrypted, it is opened by UNMASK_KEY_PASSPHRASE.

    Raises:
        UsageError: It cannot be read, is damaged, of another kind, or others may read it.
    """
    text = read_secret(path)
    encrypted = is_encrypted(text)
    word = required_passphrase(path) if encrypted else None
    try:
        key = load_pem_private_key(text, word)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # What the library says of a key may quote it, so it is not passed on.
        raise UsageError(_refusal(path, encrypted=encrypted)) from None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise UsageError(f"{shown(path)} holds another key than one on the curve P-256; make one for ES256.")
    return key


def is_encrypted(text: bytes) -> bool:
    """Whether a private key in PEM form is encrypted.

    >>> is_encrypted(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    True
    """
    return b"ENCRYPTED" in text


def _refusal(path: Path, *, encrypted: bool) -> str:
    if encrypted:
        return (
            f"The passphrase in {PASSPHRASE} does not open {shown(path)}, or the file is damaged; give the right one."
        )
    return f"{shown(path)} holds no private key in PEM form, or a damaged one; restore it from your copy of the keys."
