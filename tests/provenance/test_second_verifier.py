"""A verifier that is not ours, and not of the library that signs, agrees on every state."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import encypher_c2pa
import pytest

from tests.provenance.institutions import (
    FILMED,
    anchors,
    archive,
    flipped,
    institution,
    read,
    signed,
    signed_by_library,
    signed_for_another_purpose,
    still,
    stranger,
    with_wrong_purpose,
)
from tests.provenance.past import anchors_of_the_past, signed_in_the_past
from tests.puppet import Stage, film
from unmask.media.encode import write_video
from unmask.provenance.claims import claims_for
from unmask.types import CredentialState

SIGNER = ("signingCredential.", "claimSignature.outsideValidity", "timeStamp.", "timeOfSigning.")
"""Codes on the signer, which are a matter of trust and not of the file."""
UNKNOWN_PURPOSE = "1.3.6.1.4.1.99999.1"


@pytest.fixture(autouse=True)
def no_telemetry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It writes the wish for no telemetry into the user's folder, which is to be another one here."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ENCYPHER_C2PA_ONLINE", "off")


def second_state(path: Path, trust: Path | None) -> CredentialState:
    """The state by the other verifier, in our words."""
    sidecar = path.with_suffix(".c2pa")
    material: dict[str, Any] = {"manifest_store": sidecar} if sidecar.exists() else {}
    try:
        found = encypher_c2pa.verify(
            path,
            trust_pem=None if trust is None else trust.read_text(encoding="ascii"),
            no_default_trust=True,
            telemetry=False,
            online=False,
            **material,
        )
    except ValueError:  # it raises where the bytes are no manifest at all
        return "unreadable"
    failures = {one["code"] for one in found["validation_results"]["failure"]}
    if not found["present"]:
        return "absent"
    if found["signature"] == "unknown":
        return "unreadable"
    if {code for code in failures if not code.startswith(SIGNER)}:
        return "altered"
    return "trusted" if found["trust"]["status"] == "valid_for_supplied_material" else "valid"


@dataclass(frozen=True, slots=True)
class Case:
    """A file, whom the reader trusts, and the state that both are to see."""

    make: Callable[[Path], Path]
    state: CredentialState
    trust: Callable[[Path], Path | None] = anchors


def picture(folder: Path) -> Path:
    return signed(still(folder / "source.png"), folder / "a.png").path


def sound_free_film(folder: Path) -> Path:
    source = folder / "source.mp4"
    write_video(source, [frame.image for frame in film(Stage(seconds=0.4))], 30.0, preset="ultrafast")
    return signed(source, folder / "a.mp4").path


def changed_film(folder: Path) -> Path:
    return flipped(sound_free_film(folder), -300)


def shortened_film(folder: Path) -> Path:
    """A film without its end, whose last box knows of it."""
    path = sound_free_film(folder)
    content = path.read_bytes()
    place = content.rindex(b"mdat") - 4
    length = int.from_bytes(content[place : place + 4], "big") - 1000
    path.write_bytes(content[:place] + length.to_bytes(4, "big") + content[place + 4 : -1000])
    return path


def film_with_a_hole(folder: Path) -> Path:
    path = sound_free_film(folder)
    content = bytearray(path.read_bytes())
    place = content.index(b"jumb") + 60
    content[place : place + 4000] = bytes(4000)
    path.write_bytes(bytes(content))
    return path


def changed_statement(folder: Path) -> Path:
    path = sound_free_film(folder)
    return flipped(path, path.read_bytes().index(b'"picture":"') + 15)


def changed_signature(folder: Path) -> Path:
    path = sound_free_film(folder)
    box = path.read_bytes()
    begins = box.index(b"c2pa.signature\0")
    return flipped(path, box.index(b"\x58\x40", begins) + 10)  # 64 bytes follow: r and s


def edited(folder: Path) -> Path:
    parent = picture(folder)
    return signed(still(folder / "b.png", 2), folder / "c.png", stranger(), claims=claims_for("c", parent=parent)).path


def with_sidecar(folder: Path) -> Path:
    path = still(folder / "a.png")
    signed(path, path, sidecar=True)
    return path


def with_sidecar_of_another(folder: Path) -> Path:
    path = with_sidecar(folder)
    return still(path, seed=5)


def with_sidecar_that_is_none(folder: Path) -> Path:
    path = still(folder / "a.png")
    path.with_suffix(".c2pa").write_text("not a manifest at all, but long enough to be looked at")
    return path


def of_wrong_purpose(folder: Path) -> Path:
    who = with_wrong_purpose(UNKNOWN_PURPOSE)
    path = folder / "b.png"
    path.write_bytes(signed_for_another_purpose(still(folder / "a.png"), who, UNKNOWN_PURPOSE))
    anchors(folder, who)
    return path


def of_a_past_signer(folder: Path) -> Path:
    path = folder / "a.png"
    path.write_bytes(signed_in_the_past())
    (folder / "anchors.pem").write_bytes(anchors_of_the_past())
    return path


def of_another_program(folder: Path) -> Path:
    path = folder / "b.png"
    path.write_bytes(signed_by_library(still(folder / "a.png").read_bytes(), "image/png", FILMED)[0])
    return path


def nobody(_: Path) -> None:
    return None


def others(folder: Path) -> Path:
    return anchors(folder, stranger(), institution("Example Third"))


def both(folder: Path) -> Path:
    return anchors(folder, archive(), stranger())


def already_there(folder: Path) -> Path:
    return folder / "anchors.pem"


CASES = {
    "a picture": Case(picture, "trusted"),
    "a film": Case(sound_free_film, "trusted"),
    "of another program": Case(of_another_program, "trusted"),
    "with an ingredient": Case(edited, "trusted", both),
    "with a sidecar": Case(with_sidecar, "trusted"),
    "nobody is trusted": Case(picture, "valid", nobody),
    "others are trusted": Case(picture, "valid", others),
    "a certificate that ran out": Case(of_a_past_signer, "valid", already_there),
    "a certificate for another purpose": Case(of_wrong_purpose, "valid", already_there),
    "a changed byte": Case(changed_film, "altered"),
    "a shortened film": Case(shortened_film, "altered"),
    "a changed statement": Case(changed_statement, "altered"),
    "a changed signature": Case(changed_signature, "altered"),
    "a sidecar of another file": Case(with_sidecar_of_another, "altered"),
    "a hole in the manifest": Case(film_with_a_hole, "unreadable"),
    "a sidecar that is none": Case(with_sidecar_that_is_none, "unreadable"),
    "nothing signed": Case(lambda folder: still(folder / "a.png"), "absent"),
}


@pytest.mark.parametrize("name", CASES)
def test_both_verifiers_see_the_same_state(tmp_path: Path, name: str) -> None:
    case = CASES[name]
    path = case.make(tmp_path)
    trust = case.trust(tmp_path)
    found = read(path, trust)
    assert (found.state, second_state(path, trust)) == (case.state, case.state), found.sentence


def test_a_film_that_breaks_off_is_read_by_ours_alone(tmp_path: Path) -> None:
    path = sound_free_film(tmp_path)
    path.write_bytes(path.read_bytes()[:-1000])
    assert read(path, anchors(tmp_path)).state == "altered"
    with pytest.raises(ValueError, match="unexpected end of data"):
        encypher_c2pa.verify(path, no_default_trust=True, telemetry=False, online=False)
