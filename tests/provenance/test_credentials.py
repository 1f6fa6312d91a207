"""Signed files are changed in every way, and told for what they are."""

import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.cli.program import environment
from tests.provenance.institutions import (
    LIMITS,
    anchors,
    archive,
    bytes_of,
    flipped,
    read,
    signed,
    signed_by_library,
    signed_for_another_purpose,
    still,
    stranger,
    with_wrong_purpose,
)
from tests.provenance.past import anchors_of_the_past, signed_in_the_past
from unmask.errors import OverLimit, UnmaskError, UsageError
from unmask.media import sandbox
from unmask.media.probe import probe
from unmask.media.remux import remux_to_mp4
from unmask.provenance.claims import Claims, Ingredient, claims_for
from unmask.provenance.credentials import ledger_in, read_credentials
from unmask.provenance.essence import one_digest, read_claim
from unmask.provenance.ledger import Entry, record
from unmask.provenance.signing import sign_file
from unmask.provenance.store import (
    LARGEST_STORE_BYTES,
    STORE_MARK,
    Fault,
    Question,
    Store,
    read_store,
)
from unmask.settings import Settings
from unmask.types import Action, Credentials, Payload

PAYLOAD = Payload(0x1A2B3C4D, 7)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("signed")


@pytest.fixture(scope="module")
def picture(folder: Path) -> Path:
    """A signed picture. Never write to it."""
    return signed(still(folder / "source.png"), folder / "picture.png", payload=PAYLOAD).path


@pytest.fixture(scope="module")
def film(folder: Path, short_clip: Path) -> Path:
    """A signed film of 1.2 s. Never write to it."""
    return signed(short_clip, folder / "film.mp4").path


@pytest.fixture(scope="module")
def trusted(folder: Path) -> Path:
    """A list that trusts the archive."""
    return anchors(folder)


def copy(path: Path, place: Path) -> Path:
    place.write_bytes(path.read_bytes())
    return place


def of_one_sentence(found: Credentials) -> str:
    told = found.sentence
    assert told.endswith(".")
    assert "\n" not in told
    return told


def boxes(content: bytes) -> dict[bytes, tuple[int, int]]:
    """Top-level boxes: where each begins and ends."""
    found, place = {}, 0
    while place < len(content):
        length, name = struct.unpack_from(">I4s", content, place)
        found[name] = (place, place + length)
        place += length
    return found


def test_an_unchanged_file_of_a_signer_on_the_list_is_trusted(film: Path, trusted: Path) -> None:
    found = read(film, trusted)
    assert (found.state, found.essence, found.regions, found.problems) == ("trusted", "same", (), ())
    assert found.found_in == "file"
    assert "'Example Archive' signed it, who is on your trust list" in of_one_sentence(found)
    assert found.manifest is not None
    assert found.manifest.signer is not None
    assert found.manifest.signer.organization == "Example Archive"
    assert found.manifest.signer.issuer == "Example Archive intermediate"
    assert (found.manifest.signer.signed_at or "").startswith(str(datetime.now(UTC).year))
    (made,) = found.manifest.actions
    assert (made.name, made.source_type) == ("c2pa.created", "digitalCapture")


def test_without_a_list_or_on_another_list_the_signer_is_unknown(picture: Path, tmp_path: Path) -> None:
    nobody, others = read(picture), read(picture, anchors(tmp_path, stranger()))
    assert (nobody.state, others.state) == ("valid", "valid")
    assert "no trust list was given" in of_one_sentence(nobody)
    assert "is not on your trust list" in of_one_sentence(others)
    assert nobody.problems == ()
    assert nobody.payload == PAYLOAD


def test_most_files_carry_nothing_and_the_library_is_not_asked(folder: Path, picture: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom unmask.media.probe import probe\n"
        "from unmask.provenance.credentials import read_credentials\nfrom unmask.settings import settings\n"
        "for name in sys.argv[1:]:\n"
        "    print(read_credentials(Path(name), probe(Path(name), settings()), settings()).state)\n"
        "print('c2pa' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, folder / "source.png", picture],
        capture_output=True,
        text=True,
        env=environment(),
        check=True,
        timeout=120,
    )
    assert done.stdout.split() == ["absent", "valid", "False"]
    assert "no evidence" in of_one_sentence(read(folder / "source.png"))


def test_a_changed_byte_is_an_alteration(film: Path, trusted: Path, tmp_path: Path) -> None:
    place = boxes(film.read_bytes())[b"mdat"][1] - 500
    found = read(flipped(copy(film, tmp_path / "a.mp4"), place), trusted)
    assert (found.state, found.essence) == ("altered", "different")
    assert "'Example Archive', who is on your trust list, signed it" in of_one_sentence(found)
    assert found.manifest is not None


def test_a_cut_film_is_altered_and_what_is_missing_is_told(film: Path, trusted: Path, tmp_path: Path) -> None:
    content = film.read_bytes()
    begins, ends = boxes(content)[b"mdat"]
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(content[: begins + (ends - begins) // 2])
    found = read(cut, trusted)
    assert found.state == "altered"
    assert "of the signed film are missing" in of_one_sentence(found)


def test_a_hole_in_a_manifest_cannot_be_read(film: Path, tmp_path: Path) -> None:
    content = film.read_bytes()
    begins, ends = boxes(content)[b"uuid"]
    hole = content[: begins + 400] + bytes(ends - begins - 400) + content[ends:]
    broken = tmp_path / "hole.mp4"
    broken.write_bytes(hole)
    found = read(broken)
    assert (found.state, found.found_in, found.manifest) == ("unreadable", "file", None)
    assert "cannot be read" in of_one_sentence(found)


def test_a_changed_statement_makes_the_whole_manifest_worthless(picture: Path, trusted: Path, tmp_path: Path) -> None:
    content = picture.read_bytes()
    changed = copy(picture, tmp_path / "a.png")
    changed.write_bytes(rechecked(content.replace(b'"payload":"1a2b3c4d', b'"payload":"1a2b3c4e')))
    found = read(changed, trusted)
    assert found.state == "altered"
    assert "nothing that it states can be relied on" in of_one_sentence(found)
    assert (found.essence, found.regions, found.payload) == (None, None, None)


def rechecked(content: bytes) -> bytes:
    """A PNG file with the check of its manifest chunk mended."""
    place = content.index(b"caBX")
    length = int.from_bytes(content[place - 4 : place], "big")
    end = place + 4 + length
    return content[:end] + zlib.crc32(content[place:end]).to_bytes(4, "big") + content[end + 4 :]


def test_trusted_is_not_byte_for_byte_and_says_so(film: Path, trusted: Path, tmp_path: Path) -> None:
    longer = copy(film, tmp_path / "a.mp4")
    with longer.open("ab") as file:
        file.write(struct.pack(">I4s", 108, b"free") + bytes(100))
    found = read(longer, trusted)
    assert (found.state, found.essence) == ("trusted", "same")
    assert "outside the standard's hash were changed" in of_one_sentence(found)
    assert any("free" in problem for problem in found.problems)


def test_a_statement_that_contradicts_the_picture_is_told(tmp_path: Path, trusted: Path) -> None:
    source = still(tmp_path / "a.png")
    stated = read_claim({"version": 1, "picture": "0" * 64})
    told = replace(claims_for("a.png"), essence=stated)
    done = sign_file(source, tmp_path / "b.png", archive(), told, LIMITS)
    found = read(done.path, trusted)
    assert (found.state, found.essence) == ("trusted", "different")
    assert "do not rely on it" in of_one_sentence(found)
    assert read(done.path, trusted, compare=False).essence is None


def test_a_new_container_is_found_again_in_the_ledger(
    film: Path, trusted: Path, tmp_path: Path, write_remux: Callable[[Path, Path], Path]
) -> None:
    moved = write_remux(film, tmp_path / "moved.mp4")
    assert read(moved, trusted).state == "absent"
    manifest = manifest_of(film)
    sidecar = copy(moved, tmp_path / "beside.mp4").with_suffix(".c2pa")
    sidecar.write_bytes(manifest)
    beside = read(tmp_path / "beside.mp4", trusted)
    assert (beside.state, beside.essence, beside.found_in) == ("altered", "same", "sidecar")
    assert "only the container or its tags were written anew" in of_one_sentence(beside)
    essence = one_digest(read_essence(film))
    record(tmp_path / "book", Entry("film.mp4", "signed", "0" * 64, essence=essence), manifest)
    kept = read(moved, trusted, ledger=tmp_path / "book")
    assert (kept.state, kept.essence, kept.found_in) == ("altered", "same", "ledger")


def test_a_picture_coded_anew_is_found_by_its_mark_and_compared(picture: Path, trusted: Path, tmp_path: Path) -> None:
    image = cv2.imread(str(picture))
    assert image is not None
    again, forged = tmp_path / "again.jpg", tmp_path / "forged.jpg"
    assert cv2.imwrite(str(again), image, [cv2.IMWRITE_JPEG_QUALITY, 80])
    image[32:64, 32:72] = 255 - image[32:64, 32:72]
    assert cv2.imwrite(str(forged), image, [cv2.IMWRITE_JPEG_QUALITY, 80])
    record(tmp_path / "book", Entry("picture.png", "signed", "0" * 64, payload=PAYLOAD), manifest_of(picture))
    assert read(again, trusted, ledger=tmp_path / "book").state == "absent"
    honest = read(again, trusted, ledger=tmp_path / "book", payload=PAYLOAD)
    assert (honest.state, honest.essence, honest.regions) == ("altered", "different", ())
    assert "nowhere does the picture differ" in of_one_sentence(honest)
    found = read(forged, trusted, ledger=tmp_path / "book", payload=PAYLOAD)
    assert found.regions is not None
    (region,) = found.regions
    assert region.box == pytest.approx((32, 32, 72, 64), abs=9)
    assert "in one place" in of_one_sentence(found)
    assert 0.05 < (found.differing or 0.0) < 0.3


def test_the_ledger_knows_a_file_byte_for_byte(picture: Path, trusted: Path, tmp_path: Path) -> None:
    sha256 = probe(picture, LIMITS).sha256
    record(tmp_path / "KEYS" / "ledger", Entry("picture.png", "signed", sha256))
    book = ledger_in(tmp_path / "KEYS")
    assert book == ledger_in(tmp_path / "KEYS" / "ledger")
    assert "byte for byte as the ledger has it" in of_one_sentence(read(picture, trusted, ledger=book))
    with pytest.raises(UsageError, match="no ledger"):
        ledger_in(tmp_path)


def test_a_sidecar_leaves_the_bytes_as_they_are(tmp_path: Path, short_clip: Path, trusted: Path) -> None:
    own = copy(short_clip, tmp_path / "own.mp4")
    for place in (own, tmp_path / "other.mp4"):
        done = signed(own, place, sidecar=True)
        assert place.read_bytes() == short_clip.read_bytes()
        assert done.sidecar == place.with_suffix(".c2pa")
        found = read(place, trusted)
        assert (found.state, found.found_in) == ("trusted", "sidecar")
        assert "(the manifest lies in the sidecar)" in of_one_sentence(found)
    flipped(own, -1)
    assert read(own, trusted).state == "altered"


def test_a_sidecar_that_is_none_cannot_be_read(tmp_path: Path) -> None:
    path = still(tmp_path / "a.png")
    path.with_suffix(".c2pa").write_text("not a manifest")
    found = read(path)
    assert (found.state, found.found_in) == ("unreadable", "sidecar")
    with path.with_suffix(".c2pa").open("wb") as file:
        file.truncate(LARGEST_STORE_BYTES + 1)
    assert "over the limit" in of_one_sentence(read(path))


def test_a_certificate_that_ran_out_since_leaves_the_file_valid(tmp_path: Path) -> None:
    path, list_of_past = tmp_path / "a.png", tmp_path / "anchors.pem"
    path.write_bytes(signed_in_the_past())
    list_of_past.write_bytes(anchors_of_the_past())
    found = read(path, list_of_past)
    assert (found.state, found.essence) == ("valid", "same")
    assert "whose certificate is out of date" in of_one_sentence(found)
    assert found.problems


def test_a_certificate_for_another_purpose_is_told_at_reading(tmp_path: Path) -> None:
    who = with_wrong_purpose("1.3.6.1.4.1.99999.1")
    content = signed_for_another_purpose(still(tmp_path / "a.png"), who, "1.3.6.1.4.1.99999.1")
    path = tmp_path / "b.png"
    path.write_bytes(content)
    found = read(path, anchors(tmp_path, who))
    assert found.state == "valid"
    assert "whose certificate is not one for signing media" in of_one_sentence(found)
    assert found.problems == ("The signer's certificate is not one for signing media.",)


DEFINITION: dict[str, Any] = {
    "claim_generator_info": [{"name": "other", "version": "1"}],
    "title": "a.png",
    "assertions": [
        {
            "label": "c2pa.actions.v2",
            "data": {
                "actions": [
                    {
                        "action": "c2pa.created",
                        "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
                    }
                ]
            },
        }
    ],
}


def test_a_manifest_of_another_program_is_read_without_our_statement(tmp_path: Path, trusted: Path) -> None:
    content, _ = signed_by_library(still(tmp_path / "a.png").read_bytes(), "image/png", DEFINITION)
    path = tmp_path / "b.png"
    path.write_bytes(content)
    found = read(path, trusted)
    assert (found.state, found.essence, found.regions) == ("trusted", None, None)
    assert found.manifest is not None
    assert found.manifest.generator == "other 1"
    assert found.manifest.actions[0].source_type == "trainedAlgorithmicMedia"
    path.write_bytes(recolored(path.read_bytes()))
    found = read(path, trusted)
    assert (found.state, found.essence, found.regions) == ("altered", None, None)
    assert "its bytes are not those that were signed" in of_one_sentence(found)


def recolored(content: bytes) -> bytes:
    """A PNG file with another picture of the same size."""
    other = cv2.imencode(".png", np.full((96, 96, 3), 90, np.uint8))[1].tobytes()
    place, end = content.index(b"IDAT") - 4, other.index(b"IDAT") - 4
    return content[:place] + other[end:]


@pytest.mark.parametrize("stated", [50 << 20, 0xFFFFFFFF])
def test_a_manifest_of_fifty_megabytes_is_refused_before_it_is_read(tmp_path: Path, stated: int) -> None:
    path = still(tmp_path / "a.png")
    body = stated.to_bytes(4, "big") + b"jumb" + (1000).to_bytes(4, "big") + STORE_MARK + bytes(100)
    chunk = b"caBX" + body + (bytes((50 << 20) - len(body)) if stated == 50 << 20 else b"")
    content = path.read_bytes()
    path.write_bytes(
        content[:33] + (len(chunk) - 4).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big") + content[33:]
    )
    found = read(path)
    assert found.state == "unreadable"
    assert f"they hold {stated} bytes" in of_one_sentence(found)
    with pytest.raises(OverLimit, match="cannot be an ingredient"):
        signed(still(tmp_path / "b.png"), tmp_path / "c.png", claims=claims_for("c.png", parent=path))
    assert not (tmp_path / "c.png").exists()


def test_a_reader_that_takes_too_long_is_given_up(picture: Path) -> None:
    hasty = Settings(stall_seconds=1e-9)
    source = os.open(picture, os.O_RDONLY)
    try:
        found = read_store(source, Question("image/png", ""), hasty)
    finally:
        os.close(source)
    assert found == Fault(fault="TooSlow", message="")


@pytest.mark.parametrize("level", sandbox.LEVELS)
def test_the_reader_works_at_every_level_of_the_sandbox(
    picture: Path, level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sandbox.fault_of(level) is not None:
        pytest.skip(f"{level} cannot be had here: {sandbox.fault_of(level)}")
    monkeypatch.setattr(sandbox, "LEVELS", (level,))
    source = os.open(picture, os.O_RDONLY)
    try:
        found = read_store(source, Question("image/png", ""), Settings(sandbox=level))
    finally:
        os.close(source)
    assert isinstance(found, Store)
    assert found.state == "Valid"


def test_stores_are_found_wherever_they_lie(tmp_path: Path) -> None:
    path = tmp_path / "any"
    store = (5000).to_bytes(4, "big") + b"jumb" + (30).to_bytes(4, "big") + STORE_MARK
    for before in (0, 1, (1 << 22) - 20, (1 << 22) - 3, 1 << 22):
        path.write_bytes(bytes(before) + store + bytes(50))
        assert bytes_of(path) == 5000
    path.write_bytes(STORE_MARK)
    assert bytes_of(path) == 0
    path.write_bytes(bytes(100))
    assert bytes_of(path) == 0


def test_ingredients_keep_their_credentials(picture: Path, tmp_path: Path) -> None:
    told = Claims(
        "edited.png",
        (Action("c2pa.opened"), Action("c2pa.placed", "compositeCapture", description="a face"), Action("c2pa.edited")),
        (Ingredient(picture), Ingredient(still(tmp_path / "face.png", seed=2), "componentOf", "a face")),
    )
    done = signed(still(tmp_path / "a.png"), tmp_path / "edited.png", stranger(), claims=told)
    found = read(done.path, anchors(tmp_path, archive(), stranger()))
    assert found.state == "trusted"
    assert found.manifest is not None
    parent, part = found.manifest.ingredients
    assert (parent.title, parent.relationship, parent.problems) == ("picture.png", "parentOf", ())
    assert parent.signer is not None
    assert parent.signer.organization == "Example Archive"
    assert parent.actions[0].source_type == "digitalCapture"
    assert (part.title, part.relationship, part.label, part.signer) == ("a face", "componentOf", None, None)


def test_a_broken_ingredient_is_told_of(picture: Path, tmp_path: Path) -> None:
    broken = flipped(copy(picture, tmp_path / "broken.png"), -20)
    told = claims_for("a.png", parent=broken)
    done = signed(still(tmp_path / "a.png"), tmp_path / "b.png", claims=told)
    found = read(done.path, anchors(tmp_path))
    assert found.state == "trusted"
    assert found.manifest is not None
    (parent,) = found.manifest.ingredients
    assert parent.problems


def test_an_ingredient_that_is_no_media_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("not a picture")
    with pytest.raises(UnmaskError, match=r"text\.png"):
        signed(still(tmp_path / "a.png"), tmp_path / "b.png", claims=claims_for("b", parent=tmp_path / "text.png"))
    with pytest.raises(UnmaskError, match="cannot be opened"):
        signed(still(tmp_path / "a.png"), tmp_path / "b.png", claims=claims_for("b", parent=tmp_path / "none.png"))
    assert not (tmp_path / "b.png").exists()


def test_a_statement_whose_codes_are_damaged_locates_nothing(tmp_path: Path, trusted: Path) -> None:
    source = still(tmp_path / "a.png")
    fingerprint = {"version": 1, "width": 96, "height": 96, "rows": 12, "columns": 12, "groups": 1}
    told = {
        "version": 1,
        "picture": "0" * 64,
        "fingerprint": fingerprint | {"group_seconds": 0, "begins": 0, "codes": "AA"},
    }
    done = sign_file(source, tmp_path / "b.png", archive(), replace(claims_for("a"), essence=read_claim(told)), LIMITS)
    found = read(done.path, trusted)
    assert (found.essence, found.regions) == ("different", None)


def test_a_file_that_was_exchanged_since_it_was_probed_is_refused(picture: Path, tmp_path: Path) -> None:
    other = still(tmp_path / "a.png", side=64)
    with pytest.raises(UnmaskError, match="changed while it was read"):
        read_credentials(other, probe(picture, LIMITS), LIMITS)


def manifest_of(path: Path) -> bytes:
    """The manifest store of a file, as the ledger keeps it."""
    content = path.read_bytes()
    place = content.index(STORE_MARK) - 12
    return content[place : place + int.from_bytes(content[place : place + 4], "big")]


def read_essence(path: Path) -> Any:
    """Our own statement in a signed file."""
    source = os.open(path, os.O_RDONLY)
    try:
        found = read_store(source, Question("", "org.unmask.essence"), LIMITS)
    finally:
        os.close(source)
    assert isinstance(found, Store)
    return read_claim(found.essence)


@pytest.fixture
def write_remux() -> Callable[[Path, Path], Path]:
    """Moves the packets of a film into a new file."""

    def remux(source: Path, place: Path) -> Path:
        remux_to_mp4(source, place, probe(source, LIMITS), LIMITS)
        return place

    return remux
