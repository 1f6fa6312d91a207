"""Whoever signs is checked before the first signature, and refused in one sentence."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from unmask.errors import UsageError
from unmask.provenance.keys import (
    CallbackSigner,
    FileSigner,
    Signer,
    callback_signer,
    file_signer,
    new_keys,
    open_mark_keys,
    open_signer,
)
from unmask.provenance.secret_files import PASSPHRASE
from unmask.provenance.signer import is_signature, private_key_pem, raw_signature, read_private_key

MESSAGE = b"a claim to be signed"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of keys. Never write to it."""
    folder = tmp_path_factory.mktemp("made") / "KEYS"
    new_keys("Example Archive", folder)
    return folder


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    folder = tmp_path / "KEYS"
    new_keys("Example Archive", folder)
    return folder


@pytest.fixture(autouse=True)
def no_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PASSPHRASE, raising=False)


def leaf_of(signer: Signer) -> x509.Certificate:
    return x509.load_pem_x509_certificates(signer.chain)[0]


def refusal(folder: Path, now: datetime | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        open_signer(folder, now=now)
    told = str(caught.value)
    assert told.endswith(".")
    assert "\n" not in told
    assert "PRIVATE KEY" not in str(caught.getrepr(style="long", funcargs=True))
    return told


def test_a_signature_is_64_bytes_and_fits_the_leaf_of_the_chain(made: Path) -> None:
    signer: Signer = open_signer(made)
    signature = signer.sign(MESSAGE)
    assert len(signature) == 64
    assert signer.algorithm == "es256"
    assert is_signature(signature, MESSAGE, leaf_of(signer))
    assert not is_signature(signature, MESSAGE + b".", leaf_of(signer))
    assert not is_signature(signature[:-1], MESSAGE, leaf_of(signer))
    assert not is_signature(bytes(64), MESSAGE, leaf_of(signer))


def test_no_key_is_in_the_text_of_a_signer(made: Path) -> None:
    signer = open_signer(made)
    secret = f"{read_private_key(made / 'leaf.key').private_numbers().private_value:x}"
    for text in (repr(signer), str(signer), repr(callback_signer(signer.sign, signer.chain))):
        assert secret not in text
        assert "algorithm='es256'" in text
    assert repr(signer) == "FileSigner(algorithm='es256')"


def test_a_key_that_others_may_read_is_refused(keys: Path) -> None:
    for rights in (0o640, 0o604, 0o660):
        (keys / "leaf.key").chmod(rights)
        assert f"'leaf.key' holds a secret that others may read (rights {rights:04o}); run: chmod 600" in refusal(keys)


def test_a_key_that_does_not_belong_to_the_certificate_is_refused(keys: Path) -> None:
    (keys / "leaf.key").write_bytes((keys / "root.key").read_bytes())
    assert refusal(keys).startswith("The key 'leaf.key' does not belong to the first certificate in 'chain.pem';")


def test_a_certificate_out_of_its_time_is_refused(made: Path) -> None:
    now = datetime.now(UTC)
    assert "'Example Archive signer' in 'chain.pem' expired at" in refusal(made, now + timedelta(days=731))
    assert "is valid from" in refusal(made, now - timedelta(days=1))


def test_a_chain_without_its_intermediate_is_refused(keys: Path) -> None:
    begin = b"-----BEGIN CERTIFICATE-----"
    leaf = (keys / "chain.pem").read_bytes().split(begin)[1]
    (keys / "chain.pem").write_bytes(begin + leaf)
    assert "is incomplete" in refusal(keys)


GARBLED: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "text": lambda _: b"my key",
    "cut": lambda key: key[:100],
    "changed": lambda key: key[:60] + b"AAAA" + key[64:],
    "no letters": lambda _: bytes(range(256)),
    "without its end": lambda key: key.replace(b"-----END PRIVATE KEY-----", b""),
}


@pytest.mark.parametrize("garble", GARBLED)
def test_a_garbled_key_is_refused_without_quoting_it(keys: Path, garble: str) -> None:
    key = (keys / "leaf.key").read_bytes()
    (keys / "leaf.key").write_bytes(GARBLED[garble](key))
    told = refusal(keys)
    assert "'leaf.key'" in told
    assert key.splitlines()[1][:20].decode() not in told


def test_a_key_of_another_kind_is_refused(keys: Path) -> None:
    other = rsa.generate_private_key(65537, 2048)
    (keys / "leaf.key").write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert refusal(keys) == "'leaf.key' holds another key than one on the curve P-256; make one for ES256."
    (keys / "leaf.key").write_bytes(private_key_pem(ec.generate_private_key(ec.SECP384R1()), None))
    assert "P-256" in refusal(keys)


def test_an_absent_folder_or_file_is_refused(keys: Path, tmp_path: Path) -> None:
    assert refusal(tmp_path / "nowhere").startswith("There is no folder 'nowhere';")
    assert refusal(tmp_path).endswith(
        "holds no 'leaf.key'; name a folder made with: unmask keys new --org NAME FOLDER."
    )
    (keys / "chain.pem").unlink()
    assert refusal(keys).startswith("'chain.pem' cannot be opened: No such file or directory;")


def test_what_is_no_file_or_far_too_large_is_refused(keys: Path) -> None:
    (keys / "leaf.key").unlink()
    (keys / "leaf.key").mkdir(mode=0o700)
    assert refusal(keys) == "'leaf.key' is no regular file; name a file of keys."
    (keys / "leaf.key").rmdir()
    with (keys / "leaf.key").open("wb") as file:
        file.truncate(1 << 30)
    (keys / "leaf.key").chmod(0o600)
    assert "is no key" in refusal(keys)


def test_encrypted_keys_want_their_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "KEYS"
    new_keys("Example Archive", folder, word=b"correct horse")
    for name in ("leaf.key", "intermediate.key", "root.key"):
        assert b"ENCRYPTED" in (folder / name).read_bytes()
    assert refusal(folder) == f"'leaf.key' is encrypted; give its passphrase in {PASSPHRASE}."
    with pytest.raises(UsageError, match=r"'watermark\.key' is encrypted; give its passphrase"):
        open_mark_keys(folder)
    monkeypatch.setenv(PASSPHRASE, "wrong horse")
    told = refusal(folder)
    assert told.startswith(f"The passphrase in {PASSPHRASE} does not open 'leaf.key'")
    assert "wrong horse" not in told
    with pytest.raises(UsageError, match=r"does not open 'watermark\.key'"):
        open_mark_keys(folder)
    monkeypatch.setenv(PASSPHRASE, "correct horse")
    assert len(open_signer(folder).sign(MESSAGE)) == 64
    assert open_mark_keys(folder).organization == "Example Archive"


def test_a_passphrase_does_not_disturb_plain_keys(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PASSPHRASE, "some word")
    assert len(open_signer(made).sign(MESSAGE)) == 64


def test_a_key_and_certificates_of_another_authority_sign_without_anchors(made: Path) -> None:
    signer = file_signer(made / "leaf.key", made / "chain.pem")
    assert isinstance(signer, FileSigner)
    assert is_signature(signer.sign(MESSAGE), MESSAGE, leaf_of(signer))


@dataclass(frozen=True, slots=True)
class Token:
    """A token that signs what was hashed already, and never gives its key away."""

    key: ec.EllipticCurvePrivateKey

    def sign(self, message: bytes) -> bytes:
        return raw_signature(self.key.sign(hashlib.sha256(message).digest(), ec.ECDSA(Prehashed(SHA256()))))


def test_a_token_signs_by_a_callback(made: Path) -> None:
    token = Token(read_private_key(made / "leaf.key"))
    chain, anchors = (made / "chain.pem").read_bytes(), (made / "anchors.pem").read_bytes()
    signer = callback_signer(token.sign, chain, anchors)
    assert isinstance(signer, CallbackSigner)
    assert signer.chain == open_signer(made).chain
    assert is_signature(signer.sign(MESSAGE), MESSAGE, leaf_of(signer))


def test_a_callback_that_signs_with_another_key_is_refused_at_once(made: Path) -> None:
    token = Token(ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(UsageError, match=r"64 bytes that are no signature by the key of the certificate"):
        callback_signer(token.sign, (made / "chain.pem").read_bytes())


def test_a_callback_that_returns_der_is_told_what_is_wanted(made: Path) -> None:
    key = read_private_key(made / "leaf.key")
    with pytest.raises(UsageError, match=r"return r and s of 32 bytes each"):
        callback_signer(lambda message: key.sign(message, ec.ECDSA(SHA256())), (made / "chain.pem").read_bytes())


def test_a_callback_that_fails_later_is_noticed_at_that_signature(made: Path) -> None:
    token, asked = Token(read_private_key(made / "leaf.key")), []

    def failing(message: bytes) -> bytes:
        asked.append(message)
        return token.sign(message) if len(asked) == 1 else bytes(64)

    signer = callback_signer(failing, (made / "chain.pem").read_bytes())
    with pytest.raises(UsageError, match="no signature"):
        signer.sign(MESSAGE)


def test_a_callbacks_certificates_are_checked_like_a_files(made: Path) -> None:
    token = Token(read_private_key(made / "leaf.key"))
    chain = (made / "chain.pem").read_bytes()
    with pytest.raises(UsageError, match="expired"):
        callback_signer(token.sign, chain, now=datetime.now(UTC) + timedelta(days=731))
    stranger = made.parent / "STRANGER"
    new_keys("Example Archive", stranger)
    with pytest.raises(UsageError, match="incomplete"):
        callback_signer(token.sign, chain, (stranger / "anchors.pem").read_bytes())
