"""A trust list is what the user chose, and says so."""

from pathlib import Path

import pytest

from tests.provenance.institutions import anchors, archive, stranger
from unmask.errors import UsageError
from unmask.provenance.signer import private_key_pem
from unmask.provenance.trust import LARGEST_LIST_BYTES, read_trust, trust_sentence


def refusal(path: Path) -> str:
    with pytest.raises(UsageError) as caught:
        read_trust(path)
    told = str(caught.value)
    assert "\n" not in told
    assert told.endswith(".")
    return told


def test_a_list_holds_the_certificates_of_its_file(tmp_path: Path) -> None:
    both = read_trust(anchors(tmp_path, archive(), stranger()))
    assert both.count == 2
    assert both.anchors.encode() == archive().anchors + stranger().anchors
    assert "2 certificates" in trust_sentence(both)
    assert "the one certificate in 'anchors.pem'" in read_trust(anchors(tmp_path)).sentence


def test_without_a_list_nobody_is_trusted() -> None:
    assert trust_sentence(None).startswith("No trust list was given, so no signer is trusted")


def test_a_key_among_the_certificates_is_left_out(tmp_path: Path) -> None:
    path = anchors(tmp_path)
    path.write_bytes(path.read_bytes() + private_key_pem(archive().key, None))
    found = read_trust(path)
    assert found.count == 1
    assert "PRIVATE KEY" not in found.anchors + repr(found)


@pytest.mark.parametrize("content", [b"", b"not a list", private_key_pem(stranger().key, None)])
def test_a_file_without_a_certificate_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.pem"
    path.write_bytes(content)
    assert "holds no certificate" in refusal(path)


def test_a_damaged_certificate_is_refused(tmp_path: Path) -> None:
    path = anchors(tmp_path)
    lines = path.read_bytes().splitlines()
    path.write_bytes(b"\n".join([lines[0], *lines[3:]]))
    assert "damaged certificate" in refusal(path)


def test_a_list_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path / "nowhere.pem")
    assert "cannot be read" in refusal(tmp_path)


def test_a_list_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.pem"
    with path.open("wb") as file:
        file.truncate(LARGEST_LIST_BYTES + 1)
    assert "smaller" in refusal(path)
