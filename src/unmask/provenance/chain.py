"""Whether a chain of certificates may sign media now; asked before signing, so that no file is signed in vain.

Reference:
    C2PA Technical Specification 2.2, X.509 certificate profile; RFC 5280, section 4.2.1.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from unmask.errors import UsageError
from unmask.media.source import shown
from unmask.provenance.certificates import CLAIM_SIGNING, PURPOSES


def require_signing_chain(
    chain: Sequence[x509.Certificate], anchors: Sequence[x509.Certificate], now: datetime, file: str
) -> None:
    """Refuse a chain whose signatures no verifier would accept.

    Args:
        chain: The leaf first, then whoever signed it, and so on.
        anchors: Roots, one of which must have signed the last of the chain, or be it; empty when they are not known.
        now: When it is to sign.
        file: Name of the chain's file for messages.

    Raises:
        UsageError: One is expired or not yet valid, the leaf is not for signing, or a link is missing.
    """
    for certificate in chain:
        _require_valid(certificate, now, file)
    _require_purpose(chain[0], file)
    for child, parent in pairwise(chain):
        if not _issued(child, parent):
            raise UsageError(
                f"The chain in {shown(file)} is broken: '{_common_name(child)}' was not signed by the certificate after it; "
                "put the leaf first, then whoever signed it."
            )
    last = chain[-1]
    if anchors and not any(last == anchor or _issued(last, anchor) for anchor in anchors):
        raise UsageError(
            f"The chain in {shown(file)} is incomplete: no anchor signed its last certificate, '{_common_name(last)}'; add the "
            "intermediates after the leaf."
        )


def _require_valid(certificate: x509.Certificate, now: datetime, file: str) -> None:
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    name = f"The certificate '{_common_name(certificate)}' in {shown(file)}"
    if now > ends:
        raise UsageError(f"{name} expired at {_moment(ends)}; make a new one with: unmask keys renew.")
    if now < begins:
        raise UsageError(f"{name} is valid from {_moment(begins)} only; look whether the clock is right.")


def _require_purpose(leaf: x509.Certificate, file: str) -> None:
    """The leaf's own words must allow it to sign claims, and nothing too wide."""
    name = f"The certificate '{_common_name(leaf)}' in {shown(file)}"
    usage, purposes, constraints = (
        _extension(leaf, kind) for kind in (x509.KeyUsage, x509.ExtendedKeyUsage, x509.BasicConstraints)
    )
    if isinstance(constraints, x509.BasicConstraints) and constraints.ca:
        raise UsageError(f"{name} is an authority's and signs no files; put the leaf first.")
    if not isinstance(usage, x509.KeyUsage) or not usage.digital_signature:
        raise UsageError(f"{name} is not for digital signatures (keyUsage); ask for one that is.")
    named = set(purposes) if isinstance(purposes, x509.ExtendedKeyUsage) else set()
    if not named & set(PURPOSES) or ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE in named:
        told = ", ".join(sorted(purpose.dotted_string for purpose in named)) or "none"
        raise UsageError(
            f"{name} is for other purposes (extended key usage {told}); ask for one with emailProtection "
            f"({ExtendedKeyUsageOID.EMAIL_PROTECTION.dotted_string}) or C2PA claim signing ({CLAIM_SIGNING.dotted_string})."
        )


def _extension(certificate: x509.Certificate, kind: type[x509.ExtensionType]) -> x509.ExtensionType | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, ValueError):
        return None


def _issued(child: x509.Certificate, parent: x509.Certificate) -> bool:
    try:
        child.verify_directly_issued_by(parent)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _common_name(certificate: x509.Certificate) -> str:
    named = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return shown(str(named[0].value) if named else certificate.subject.rfc4514_string())[1:-1]


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
