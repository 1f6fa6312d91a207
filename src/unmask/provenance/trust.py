"""Whom the reader trusts: the certificates that they chose themselves. Without a choice nobody is trusted."""

from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding

from unmask.errors import UsageError
from unmask.media.source import shown
from unmask.types import Provenance

LARGEST_LIST_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class TrustList:
    """Certificates to which a signer's must lead.

    Attributes:
        file: Name of the file that holds them.
        anchors: The certificates in PEM form and nothing else.
        count: How many there are.
    """

    file: str
    anchors: str
    count: int

    @property
    def sentence(self) -> str:
        """Whom it trusts, in words."""
        many = f"one of the {self.count} certificates" if self.count > 1 else "the one certificate"
        return f"Signers are trusted whose certificate leads to {many} in {shown(self.file)}, the trust list that was given."


def read_trust(path: Path) -> TrustList:
    """A trust list: a PEM file with one or more certificates.

    Raises:
        UsageError: It cannot be read, or holds no certificate or a damaged one.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_LIST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UsageError(
            f"The trust list {shown(path)} cannot be read: {reason}; name a PEM file of certificates."
        ) from error
    if len(content) > LARGEST_LIST_BYTES:
        raise UsageError(
            f"The trust list {shown(path)} holds more than {LARGEST_LIST_BYTES} bytes; name a smaller one."
        )
    certificates = _certificates(content, path)
    anchors = b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)
    return TrustList(path.name, anchors.decode(), len(certificates))


def trust_sentence(trust: TrustList | None) -> str:
    """Whom the reader trusts, in words.

    >>> trust_sentence(None)
    'No trust list was given, so no signer is trusted; name one with --trust.'
    """
    return Provenance().trust if trust is None else trust.sentence


def _certificates(content: bytes, path: Path) -> list[x509.Certificate]:
    if b"-----BEGIN CERTIFICATE-----" not in content:
        raise UsageError(f"The trust list {shown(path)} holds no certificate in PEM form; name a file that does.")
    try:
        found = x509.load_pem_x509_certificates(content)
        for certificate in found:  # what is broken inside shows only when it is looked at
            _ = certificate.subject, certificate.issuer, certificate.extensions, certificate.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UsageError(f"The trust list {shown(path)} holds a damaged certificate; get it anew.") from error
    return found
