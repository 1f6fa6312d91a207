"""Institutions that sign in the tests: honest ones, and some whose certificates are not what they should be."""

import io
import os
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import c2pa
import cv2
import numpy as np
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID

from unmask.media.probe import probe
from unmask.provenance.certificates import Issued, as_pem, new_intermediate, new_leaf, new_root
from unmask.provenance.claims import Claims, claims_for
from unmask.provenance.credentials import read_credentials
from unmask.provenance.signer import raw_signature
from unmask.provenance.signing import Signed, essence_to_sign, sign_file
from unmask.provenance.store import reading_settings, store_bytes
from unmask.settings import Settings
from unmask.types import Credentials, Payload

LIMITS = Settings()


@dataclass(frozen=True, slots=True)
class Institution:
    """Whoever signs: a chain, the root to which it leads, and a key."""

    name: str
    chain: bytes
    anchors: bytes
    key: ec.EllipticCurvePrivateKey = field(repr=False)
    algorithm: str = "es256"

    def sign(self, message: bytes) -> bytes:
        return raw_signature(self.key.sign(message, ec.ECDSA(SHA256())))


def institution(name: str, *, now: datetime | None = None, days: int = 30) -> Institution:
    """An institution with keys of its own; ``now`` is when its certificates were made."""
    made = now or datetime.now(UTC)
    root = new_root(name, made)
    intermediate = new_intermediate(name, root, made)
    leaf = new_leaf(name, intermediate, made, days)
    return of_leaf(name, root, intermediate, leaf)


def of_leaf(name: str, root: Issued, intermediate: Issued, leaf: Issued) -> Institution:
    chain = as_pem(leaf.certificate, intermediate.certificate)
    return Institution(name, chain, as_pem(root.certificate), leaf.key)


@cache
def archive() -> Institution:
    """An honest institution, the same throughout a run."""
    return institution("Example Archive")


@cache
def stranger() -> Institution:
    """Another one, whom nobody knows."""
    return institution("Example Stranger")


def out_of_date() -> Institution:
    """One whose certificate ran out a while ago."""
    return institution("Example Past", now=datetime.now(UTC) - timedelta(days=60), days=20)


def with_wrong_purpose(purpose: str = ExtendedKeyUsageOID.SERVER_AUTH.dotted_string) -> Institution:
    """One whose certificate is not for media, but for servers or for what is named."""
    made = datetime.now(UTC)
    root = new_root("Example Host", made)
    intermediate = new_intermediate("Example Host", root, made)
    leaf = new_leaf("Example Host", intermediate, made)
    purposes = x509.ExtendedKeyUsage([x509.ObjectIdentifier(purpose)])
    return of_leaf("Example Host", root, intermediate, issued_anew(leaf, intermediate, purposes))


def issued_anew(leaf: Issued, intermediate: Issued, purposes: x509.ExtendedKeyUsage) -> Issued:
    """The leaf with other purposes."""
    old = leaf.certificate
    builder = x509.CertificateBuilder(
        old.issuer,
        old.subject,
        leaf.key.public_key(),
        x509.random_serial_number(),
        old.not_valid_before_utc,
        old.not_valid_after_utc,
    )
    for extension in old.extensions:
        value = purposes if isinstance(extension.value, x509.ExtendedKeyUsage) else extension.value
        builder = builder.add_extension(value, critical=extension.critical)
    return Issued(builder.sign(intermediate.key, SHA256()), leaf.key)


def with_key_of_another() -> Institution:
    """One that signs with a key that is not its certificate's."""
    return replace(archive(), key=stranger().key)


def still(path: Path, seed: int = 1, side: int = 96) -> Path:
    """A small drawn picture."""
    chance = np.random.default_rng(seed)
    blocks = chance.integers(40, 216, (side // 8, side // 8, 3), np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), cv2.resize(blocks, (side, side), interpolation=cv2.INTER_CUBIC))
    return path


def signed(
    source: Path,
    destination: Path,
    by: Institution | None = None,
    *,
    claims: Claims | None = None,
    payload: Payload | None = None,
    sidecar: bool = False,
) -> Signed:
    """A file signed as ``unmask sign`` does it."""
    stated = essence_to_sign(source, probe(source, LIMITS), LIMITS, payload=payload)
    told = replace(claims or claims_for(source.name), essence=stated)
    return sign_file(source, destination, by or archive(), told, LIMITS, sidecar=sidecar)


def anchors(folder: Path, *of: Institution) -> Path:
    """A trust list."""
    path = folder / "anchors.pem"
    path.write_bytes(b"".join(one.anchors for one in of or (archive(),)))
    return path


def read(path: Path, trust: Path | None = None, settings: Settings = LIMITS, **asked: Any) -> Credentials:
    """What the credentials of a file say."""
    return read_credentials(path, probe(path, settings), settings, trust, **asked)


def flipped(path: Path, place: int) -> Path:
    """The file with one bit changed."""
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(bytes(content))
    return path


def signed_by_library(
    content: bytes,
    form: str,
    definition: dict[str, Any],
    by: Institution | None = None,
    *,
    parents: tuple[bytes, ...] = (),
    settings: dict[str, Any] | None = None,
) -> tuple[bytes, bytes]:
    """A file signed by the library alone, for manifests that unmask would not write; and its manifest."""
    who = by or archive()
    told = reading_settings(who.anchors.decode()) | {"builder": {"thumbnail": {"enabled": False}}} | (settings or {})
    signer = c2pa.Signer.from_callback(who.sign, c2pa.C2paSigningAlg.ES256, who.chain.decode())
    builder = c2pa.Builder(definition, c2pa.Context.from_dict(told))
    for number, parent in enumerate(parents):
        ingredient = {"title": f"{number}", "relationship": "parentOf", "instance_id": f"xmp:iid:{number}"}
        builder.add_ingredient(ingredient, form, io.BytesIO(parent))
    written = io.BytesIO()
    manifest = builder.sign(signer, form, io.BytesIO(content), written)
    return written.getvalue(), bytes(manifest)


FILMED: dict[str, Any] = {
    "claim_generator_info": [{"name": "camera", "version": "1"}],
    "title": "a.png",
    "assertions": [
        {
            "label": "c2pa.actions.v2",
            "data": {
                "actions": [
                    {
                        "action": "c2pa.created",
                        "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
                    }
                ]
            },
        }
    ],
}
"""The least that the library signs."""


def signed_for_another_purpose(source: Path, who: Institution, purpose: str) -> bytes:
    """A picture signed by a program that takes a certificate for whatever it is."""
    lax = {"trust": {"user_anchors": who.anchors.decode(), "trust_config": f"{purpose}\n"}}
    return signed_by_library(source.read_bytes(), "image/png", FILMED, who, settings=lax)[0]


def bytes_of(path: Path) -> int:
    """Length of the manifest store in a file, 0 without one."""
    source = os.open(path, os.O_RDONLY)
    try:
        return store_bytes(source)
    finally:
        os.close(source)
