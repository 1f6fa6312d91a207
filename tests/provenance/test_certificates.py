"""Certificates of our own making: built as the standards ask, and accepted by verifiers that are not ours."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import c2pa
import cv2
import encypher_c2pa
import numpy as np
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store, VerificationError

from unmask.errors import UsageError
from unmask.provenance.certificates import (
    CLAIM_SIGNING,
    LONGEST_NAME_BYTES,
    Issued,
    as_pem,
    facts_of,
    from_pem,
    institution_number,
    new_intermediate,
    new_leaf,
    new_root,
)
from unmask.provenance.chain import require_signing_chain
from unmask.provenance.keys import new_keys, open_signer

NOW = datetime(2026, 3, 1, 12, 30, 15, tzinfo=UTC)
DAY = timedelta(days=1)
Three = tuple[Issued, Issued, Issued]


@pytest.fixture(scope="module")
def three() -> Three:
    root = new_root("Example Archive", NOW)
    intermediate = new_intermediate("Example Archive", root, NOW)
    return root, intermediate, new_leaf("Example Archive", intermediate, NOW, 100)


def chain_of(three: Three) -> tuple[x509.Certificate, x509.Certificate]:
    return three[2].certificate, three[1].certificate


def test_each_certificate_may_do_its_own_work_only(three: Three) -> None:
    root, intermediate, leaf = (issued.certificate.extensions for issued in three)
    lengths = [e.get_extension_for_class(x509.BasicConstraints).value.path_length for e in (root, intermediate, leaf)]
    assert lengths == [1, 0, None]
    for extensions, authority in ((root, True), (intermediate, True), (leaf, False)):
        constraints = extensions.get_extension_for_class(x509.BasicConstraints)
        usage = extensions.get_extension_for_class(x509.KeyUsage)
        assert constraints.critical
        assert usage.critical
        assert constraints.value.ca == usage.value.key_cert_sign == usage.value.crl_sign == authority
        assert usage.value.digital_signature != authority
    purposes = leaf.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert set(purposes) == {ExtendedKeyUsageOID.EMAIL_PROTECTION, CLAIM_SIGNING}


def test_each_certificate_names_the_key_that_signed_it(three: Three) -> None:
    for child, parent in zip(three, (three[0], three[0], three[1]), strict=True):
        named = child.certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
        assert named == x509.SubjectKeyIdentifier.from_public_key(parent.key.public_key()).digest


def test_serial_numbers_are_large_and_differ(three: Three) -> None:
    serials = {issued.certificate.serial_number for issued in three}
    assert len(serials) == 3
    assert all(2**100 < serial < 2**160 for serial in serials)


def test_nothing_is_valid_longer_than_its_issuer(three: Three) -> None:
    root, intermediate, leaf = (issued.certificate for issued in three)
    assert leaf.not_valid_after_utc == NOW + 100 * DAY
    late = NOW + 15 * 365 * DAY
    renewed = new_intermediate("Example Archive", three[0], late)
    assert renewed.certificate.not_valid_after_utc == root.not_valid_after_utc
    assert new_leaf("x", three[1], NOW + 9 * 365 * DAY, 3652).certificate.not_valid_after_utc == (
        intermediate.not_valid_after_utc
    )


def test_a_name_too_long_for_a_common_name_is_cut_between_letters() -> None:
    organization = "ä" * 64
    subject = new_root(organization, NOW).certificate.subject
    (common,) = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert str(common.value).endswith("ä root")
    assert len(str(common.value).encode()) <= LONGEST_NAME_BYTES
    assert subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == organization


def test_the_institutions_number_follows_from_the_roots_key_alone(three: Three) -> None:
    number = institution_number(three[0].certificate)
    assert 0 <= number < 2**32
    assert institution_number(new_root("Example Archive", NOW).certificate) != number
    assert institution_number(from_pem(as_pem(three[0].certificate), "anchors.pem")[0]) == number


def verify(three: Three, at: datetime) -> None:
    """Verify the leaf as any X.509 library does."""
    (
        PolicyBuilder()
        .store(Store([three[0].certificate]))
        .time(at)
        .extension_policies(ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=ExtensionPolicy.permit_all())
        .build_client_verifier()
        .verify(three[2].certificate, [three[1].certificate])
    )


def test_the_chain_is_verified_by_a_library_of_x509(three: Three) -> None:
    verify(three, NOW)
    with pytest.raises(VerificationError, match="not valid at validation time"):
        verify(three, NOW + 101 * DAY)
    stranger = new_root("Example Archive", NOW)
    with pytest.raises(VerificationError):
        verify((stranger, three[1], three[2]), NOW)


def test_no_key_is_in_the_text_of_what_was_issued(three: Three) -> None:
    assert "key" not in repr(three[2])
    facts = facts_of(three[2].certificate, "signer")
    assert facts.subject == "CN=Example Archive signer,O=Example Archive"
    assert facts.issuer == "CN=Example Archive intermediate,O=Example Archive"


def refusal(three: Three, chain: list[x509.Certificate], at: datetime = NOW) -> str:
    with pytest.raises(UsageError) as caught:
        require_signing_chain(chain, [three[0].certificate], at, "chain.pem")
    return str(caught.value)


def objection(chain: list[x509.Certificate], anchors: list[x509.Certificate]) -> str | None:
    """What is said against a chain, None when it may sign."""
    try:
        require_signing_chain(chain, anchors, NOW, "chain.pem")
    except UsageError as error:
        return str(error)
    return None


def test_a_sound_chain_may_sign_with_or_without_its_root(three: Three) -> None:
    leaf, intermediate = chain_of(three)
    root = three[0].certificate
    assert objection([leaf, intermediate], [root]) is None
    assert objection([leaf, intermediate, root], [root]) is None
    assert objection([leaf, intermediate], []) is None


def test_an_expired_certificate_is_named_with_its_end(three: Three) -> None:
    told = refusal(three, list(chain_of(three)), NOW + 101 * DAY)
    assert told.startswith("The certificate 'Example Archive signer' in 'chain.pem' expired at 2026-06-09 12:30 UTC;")
    told = refusal(three, list(chain_of(three)), NOW + 11 * 365 * DAY)
    assert "'Example Archive signer'" in told


def test_a_certificate_of_tomorrow_is_named_with_its_beginning(three: Three) -> None:
    told = refusal(three, list(chain_of(three)), NOW - DAY)
    assert "is valid from 2026-03-01 12:25 UTC only" in told


def test_a_chain_without_its_middle_or_in_the_wrong_order_is_refused(three: Three) -> None:
    leaf, intermediate = chain_of(three)
    assert "is incomplete: no anchor signed its last certificate, 'Example Archive signer'" in refusal(three, [leaf])
    assert "signs no files; put the leaf first" in refusal(three, [intermediate, leaf])
    assert "is broken: 'Example Archive signer' was not" in refusal(three, [leaf, three[0].certificate])
    stranger = new_intermediate("Example Archive", new_root("Example Archive", NOW), NOW)
    assert "is broken" in refusal(three, [leaf, stranger.certificate])


def leaf_with(three: Three, purposes: list[x509.ObjectIdentifier] | None, *, signs: bool = True) -> x509.Certificate:
    """A leaf for other purposes."""
    wanted = x509.CertificateBuilder(
        three[1].certificate.subject,
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "other")]),
        ec.generate_private_key(ec.SECP256R1()).public_key(),
        x509.random_serial_number(),
        NOW - DAY,
        NOW + DAY,
    ).add_extension(x509.KeyUsage(signs, False, False, False, not signs, False, False, False, False), critical=True)
    if purposes is not None:
        wanted = wanted.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    return wanted.sign(three[1].key, SHA256())


@pytest.mark.parametrize(
    ("purposes", "told"),
    [
        ([ExtendedKeyUsageOID.SERVER_AUTH], r"\(extended key usage 1\.3\.6\.1\.5\.5\.7\.3\.1\)"),
        (None, r"\(extended key usage none\)"),
        ([ExtendedKeyUsageOID.EMAIL_PROTECTION, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE], "2.5.29.37.0"),
    ],
    ids=("server", "none", "any"),
)
def test_a_leaf_for_another_purpose_is_refused(
    three: Three, purposes: list[x509.ObjectIdentifier] | None, told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        require_signing_chain([leaf_with(three, purposes), three[1].certificate], [], NOW, "chain.pem")


def test_a_leaf_that_may_not_sign_is_refused(three: Three) -> None:
    leaf = leaf_with(three, [ExtendedKeyUsageOID.EMAIL_PROTECTION], signs=False)
    with pytest.raises(UsageError, match="not for digital signatures"):
        require_signing_chain([leaf, three[1].certificate], [], NOW, "chain.pem")


def test_either_purpose_is_enough(three: Three) -> None:
    for purpose in (ExtendedKeyUsageOID.EMAIL_PROTECTION, CLAIM_SIGNING):
        assert objection([leaf_with(three, [purpose]), three[1].certificate], []) is None


def test_text_without_a_certificate_and_a_damaged_one_are_refused(three: Three) -> None:
    with pytest.raises(UsageError, match=r"^'notes\.txt' holds no certificate in PEM form"):
        from_pem(b"some notes", "notes.txt")
    lines = as_pem(three[2].certificate).splitlines(keepends=True)
    for damaged in (lines[:2] + lines[4:], [*lines[:1], b"!" + lines[1][1:], *lines[2:]], lines[:5]):
        with pytest.raises(UsageError, match=r"^'chain\.pem' holds a damaged certificate"):
            from_pem(b"".join(damaged), "chain.pem")


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, str]:
    """A small JPEG with credentials by keys of ours, and our anchors."""
    folder = tmp_path_factory.mktemp("keys") / "KEYS"
    new_keys("Example Archive", folder)
    signer = open_signer(folder)
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    picture = cv2.imencode(".jpg", noise)[1].tobytes()
    settings = {"builder": {"thumbnail": {"enabled": False}}, "verify": {"verify_trust": False}}
    created = {
        "action": "c2pa.created",
        "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
    }
    manifest = {
        "claim_generator_info": [{"name": "unmask", "version": "0"}],
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [created]}}],
    }
    out = io.BytesIO()
    with c2pa.Context(c2pa.Settings.from_dict(settings)) as context:
        native = c2pa.Signer.from_callback(signer.sign, c2pa.C2paSigningAlg.ES256, signer.chain.decode())
        c2pa.Builder(manifest, context).sign(native, "image/jpeg", io.BytesIO(picture), out)
    return out.getvalue(), (folder / "anchors.pem").read_text(encoding="utf-8")


State = Callable[[bytes, str], str]


def state_by_c2pa(picture: bytes, anchors: str) -> str:
    settings = {
        "verify": {"verify_trust": True, "ocsp_fetch": False, "remote_manifest_fetch": False},
        "trust": {"user_anchors": anchors},
    }
    with (
        c2pa.Context(c2pa.Settings.from_dict(settings)) as context,
        c2pa.Reader("image/jpeg", io.BytesIO(picture), context=context) as reader,
    ):
        return str(json.loads(reader.json())["validation_state"])


def state_by_encypher(picture: bytes, anchors: str) -> str:
    told = encypher_c2pa.verify(picture, "image/jpeg", trust_pem=anchors, no_default_trust=True, telemetry=False)
    return str(told["validation_state"])


@pytest.mark.parametrize("state", [state_by_c2pa, state_by_encypher])
def test_both_verifiers_trust_what_our_keys_sign(
    state: State, signed: tuple[bytes, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENCYPHER_C2PA_CONFIG_DIR", str(tmp_path))  # it keeps the answer on telemetry
    picture, anchors = signed
    assert state(picture, anchors) == "Trusted"
    new_keys("Another Archive", tmp_path / "KEYS")
    assert state(picture, (tmp_path / "KEYS" / "anchors.pem").read_text(encoding="utf-8")) == "Valid"
    changed = picture[:-300] + bytes([picture[-300] ^ 1]) + picture[-299:]
    assert state(changed, anchors) == "Invalid"
