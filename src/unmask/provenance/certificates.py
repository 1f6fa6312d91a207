"""X.509 certificates for signing media: made for an institution's own keys, and read.

A root signs an intermediate, which signs the leaf, which signs files by ECDSA on P-256 with SHA-256 (ES256). Reference:
C2PA Technical Specification 2.2, X.509 certificate profile; RFC 5280.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from unmask.errors import UsageError
from unmask.media.source import shown

Role = Literal["root", "intermediate", "signer"]
CLAIM_SIGNING = x509.ObjectIdentifier("1.3.6.1.4.1.62558.2.1")
"""The C2PA's own purpose of a key: signing claims."""
PURPOSES = (ExtendedKeyUsageOID.EMAIL_PROTECTION, CLAIM_SIGNING)
"""What a leaf is for; verifiers of today ask for the first, those to come for the second."""
ROOT_DAYS, INTERMEDIATE_DAYS, LEAF_DAYS = 7305, 3652, 730
"""How long certificates are valid: 20 years, 10 years, 2 years."""
BACKDATED = timedelta(minutes=5)
"""Certificates begin a little earlier, for verifiers whose clocks are behind."""
LONGEST_NAME_BYTES = 64
"""X.520 allows no longer common name."""
PEM_BEGINS = b"-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate with the private key that belongs to it."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey = field(repr=False)


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What a certificate says of itself.

    Attributes:
        role: Its place in the chain.
        subject: Whom it names, as ``CN=…,O=…``.
        issuer: Who signed it, written likewise.
        serial: Serial number in decimal digits.
        begins: First moment of its validity.
        ends: Last moment of its validity.
        fingerprint: SHA-256 of the certificate in hexadecimal.
    """

    role: Role
    subject: str
    issuer: str
    serial: str
    begins: datetime
    ends: datetime
    fingerprint: str


def new_root(organization: str, now: datetime) -> Issued:
    """A root that signs itself, valid for 20 years."""
    return _issue(_name(organization, "root"), "root", None, now, ROOT_DAYS)


def new_intermediate(organization: str, root: Issued, now: datetime) -> Issued:
    """An intermediate signed by the root, valid for 10 years or as long as the root."""
    return _issue(_name(organization, "intermediate"), "intermediate", root, now, INTERMEDIATE_DAYS)


def new_leaf(organization: str, intermediate: Issued, now: datetime, days: int = LEAF_DAYS) -> Issued:
    """A leaf signed by the intermediate, valid for some days or as long as the intermediate."""
    return _issue(_name(organization, "signer"), "signer", intermediate, now, days)


def institution_number(root: x509.Certificate) -> int:
    """32 bits that stand for whoever holds a root's key: the beginning of the SHA-256 of its public key."""
    public = root.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return int.from_bytes(hashlib.sha256(public).digest()[:4], "big")


def as_pem(*certificates: x509.Certificate) -> bytes:
    """Certificates as text, in the order given."""
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)


def from_pem(text: bytes, file: str) -> tuple[x509.Certificate, ...]:
    """All certificates in a PEM text, in their order.

    Args:
        text: Content of the file.
        file: Its name for messages.

    Raises:
        UsageError: It holds none, or one that is damaged.
    """
    if PEM_BEGINS not in text:
        raise UsageError(f"{shown(file)} holds no certificate in PEM form; name a file with BEGIN CERTIFICATE in it.")
    try:
        found = tuple(x509.load_pem_x509_certificates(text))
        for certificate in found:  # what is broken inside shows only when it is looked at
            _ = certificate.subject, certificate.issuer, certificate.extensions, certificate.public_key()
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UsageError(
            f"{shown(file)} holds a damaged certificate; restore it from your copy of the keys."
        ) from error
    return found


def facts_of(certificate: x509.Certificate, role: Role) -> CertificateFacts:
    """What a certificate says of itself."""
    return CertificateFacts(
        role=role,
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        serial=str(certificate.serial_number),
        begins=certificate.not_valid_before_utc,
        ends=certificate.not_valid_after_utc,
        fingerprint=certificate.fingerprint(SHA256()).hex(),
    )


def _issue(name: x509.Name, role: Role, issuer: Issued | None, now: datetime, days: int) -> Issued:
    """A new key and its certificate; without an issuer it signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    public, signing = key.public_key(), issuer.key if issuer else key
    issuer_name = issuer.certificate.subject if issuer else name
    span = _span(now, days, issuer.certificate if issuer else None)
    wanted = (
        x509.CertificateBuilder(issuer_name, name, public, x509.random_serial_number(), *span)
        .add_extension(_constraints(role), critical=True)
        .add_extension(_usage(authority=role != "signer"), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
    )
    if role == "signer":
        wanted = wanted.add_extension(x509.ExtendedKeyUsage(PURPOSES), critical=False)
    return Issued(wanted.sign(signing, SHA256()), key)


def _constraints(role: Role) -> x509.BasicConstraints:
    lengths: dict[Role, int] = {"root": 1, "intermediate": 0}
    return x509.BasicConstraints(ca=role in lengths, path_length=lengths.get(role))


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _span(now: datetime, days: int, issuer: x509.Certificate | None = None) -> tuple[datetime, datetime]:
    """From when to when, never beyond the issuer."""
    begins, ends = (now - BACKDATED).replace(microsecond=0), (now + timedelta(days=days)).replace(microsecond=0)
    if issuer is None:
        return begins, ends
    return max(begins, issuer.not_valid_before_utc), min(ends, issuer.not_valid_after_utc)


def _name(organization: str, role: Role) -> x509.Name:
    room = LONGEST_NAME_BYTES - len(role) - 1
    short = organization.encode()[:room].decode(errors="ignore").rstrip()
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{short} {role}"),
        ]
    )
