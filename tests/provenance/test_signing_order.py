"""Orders to sign: what is kept, what is refused before the work, and that nothing is lost."""

import os
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from tests.provenance.institutions import LIMITS, read, still
from unmask.errors import OutputError, UsageError
from unmask.media.probe import probe
from unmask.provenance.keys import new_keys
from unmask.provenance.ledger import Entry, read_ledger, read_manifest, record
from unmask.provenance.signing_order import KEPT, Noted, SigningOrder, sign_as_asked
from unmask.types import Payload

PAYLOAD = Payload(1, 42)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of keys."""
    folder = tmp_path_factory.mktemp("keys") / "KEYS"
    new_keys("Example Archive", folder)
    return folder


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return still(tmp_path / "picture.png")


def sign(order: SigningOrder, keys: Path) -> Noted:
    return sign_as_asked(order, LIMITS, keys)


def refusal(order: SigningOrder, keys: Path) -> str:
    """The sentence with which an order is refused; nothing is written then."""
    before = {path: path.read_bytes() for path in order.source.parent.iterdir() if path.is_file()}
    with pytest.raises(UsageError) as caught:
        sign(order, keys)
    assert before == {path: path.read_bytes() for path in order.source.parent.iterdir() if path.is_file()}
    told = str(caught.value)
    assert "\n" not in told
    return told


def test_a_signed_file_stands_in_the_ledger_with_its_manifest(tmp_path: Path, keys: Path, picture: Path) -> None:
    done = sign(SigningOrder(picture, tmp_path / "a.png"), keys)
    entry = read_ledger(keys / "ledger").entries[-1]
    assert entry == done.entry
    assert (entry.kind, entry.file) == ("signed", "a.png")
    assert entry.sha256 == probe(tmp_path / "a.png", LIMITS).sha256 == done.signed.sha256
    assert entry.sources == (probe(picture, LIMITS).sha256,)
    assert read_manifest(keys / "ledger", entry) == done.signed.manifest
    found = read(tmp_path / "a.png", keys / "anchors.pem", ledger=keys / "ledger")
    assert found.state == "trusted"
    assert "byte for byte as the ledger has it" in found.sentence


def test_credentials_that_a_file_carries_are_kept_as_those_of_its_parent(
    tmp_path: Path, keys: Path, picture: Path
) -> None:
    path = tmp_path / "a.png"
    sign(SigningOrder(picture, path), keys)
    again = sign(SigningOrder(path, in_place=True), keys)
    assert again.remarks == (KEPT,)
    found = read(path, keys / "anchors.pem")
    assert found.state == "trusted"
    assert found.manifest is not None
    assert [step.name for step in found.manifest.actions] == ["c2pa.opened"]
    (parent,) = found.manifest.ingredients
    assert parent.actions[0].source_type == "digitalCapture"
    assert parent.problems == ()


def test_the_mark_that_the_ledger_knows_is_named(tmp_path: Path, keys: Path, picture: Path) -> None:
    marked = still(tmp_path / "marked.png", seed=3)
    sha256 = probe(marked, LIMITS).sha256
    record(keys / "ledger", Entry("marked.png", "marked", sha256, payload=PAYLOAD))
    done = sign(SigningOrder(marked, tmp_path / "a.png"), keys)
    assert done.entry.payload == PAYLOAD
    assert read(tmp_path / "a.png").payload == PAYLOAD
    other = sign(SigningOrder(picture, tmp_path / "b.png"), keys)
    assert other.entry.payload is None


def test_a_sidecar_lies_beside_a_file_that_stays_as_it_is(keys: Path, picture: Path) -> None:
    before = picture.read_bytes()
    order = SigningOrder(picture, sidecar=True)
    assert sign(order, keys).signed.sidecar == picture.with_suffix(".c2pa")
    assert picture.read_bytes() == before
    assert read(picture, keys / "anchors.pem").found_in == "sidecar"
    assert "is there already" in refusal(order, keys)
    assert sign(replace(order, force=True), keys).signed.sidecar is not None


def test_no_file_is_lost_unasked(tmp_path: Path, keys: Path, picture: Path) -> None:
    other = still(tmp_path / "other.png", seed=2)
    link, hard = tmp_path / "link.png", tmp_path / "hard.png"
    link.symlink_to(picture)
    os.link(picture, hard)
    assert "is there already" in refusal(SigningOrder(picture, other), keys)
    for itself in (picture, link, hard):
        assert "over itself" in refusal(SigningOrder(picture, itself), keys)
    assert "--output" in refusal(SigningOrder(picture), keys)
    assert "is a folder" in refusal(SigningOrder(picture, tmp_path, force=True), keys)
    assert "--in-place" in refusal(SigningOrder(picture, tmp_path / "x.png", in_place=True), keys)
    sign(SigningOrder(picture, other, force=True), keys)
    assert read(other, keys / "anchors.pem").state == "trusted"


def test_a_film_that_cannot_carry_credentials_is_moved_if_wanted(tmp_path: Path, keys: Path) -> None:
    film = tmp_path / "film.mkv"
    with av.open(str(film), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for level in range(10):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 20 * level, np.uint8), format="rgb24")
            container.mux(stream.encode(frame.reformat(format="yuv420p")))
        container.mux(stream.encode(None))
    order = SigningOrder(film, tmp_path / "a.mp4")
    assert "--remux" in refusal(order, keys)
    assert "ending with .mp4" in refusal(SigningOrder(film, tmp_path / "a.mkv", remux=True), keys)
    assert "ending with .mp4" in refusal(SigningOrder(film, in_place=True, remux=True), keys)
    sign(replace(order, remux=True), keys)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "film.mkv"]
    found = read(tmp_path / "a.mp4", keys / "anchors.pem")
    assert (found.state, found.essence) == ("trusted", "same")


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({"actions": ("editted",)}, "Did you mean 'edited'?"),
        ({"source_type": "digitalcapture"}, "Did you mean 'digitalCapture'?"),
        ({"actions": ("opened",)}, "--parent"),
    ],
)
def test_what_makes_no_sense_is_refused_before_the_work(
    tmp_path: Path, keys: Path, picture: Path, order: dict[str, str], said: str
) -> None:
    asked = replace(SigningOrder(picture, tmp_path / "a.png"), **order)  # type: ignore[arg-type] # several kinds
    assert said in refusal(asked, keys)


def test_without_keys_nothing_is_signed(tmp_path: Path, picture: Path) -> None:
    assert "unmask keys new" in refusal(SigningOrder(picture, tmp_path / "a.png"), tmp_path / "nowhere")


def test_a_ledger_that_cannot_be_written_is_told_after_signing(tmp_path: Path, picture: Path) -> None:
    folder = tmp_path / "KEYS"
    new_keys("Example Archive", folder)
    (folder / "ledger").write_text("a file in the way")
    with pytest.raises((OutputError, UsageError), match="ledger"):
        sign(SigningOrder(picture, tmp_path / "a.png"), folder)


def test_progress_is_told_while_the_film_is_read(tmp_path: Path, keys: Path, short_clip: Path) -> None:
    told: list[tuple[float, float | None]] = []
    sign_as_asked(SigningOrder(short_clip, tmp_path / "a.mp4"), LIMITS, keys, lambda *at: told.append(at))
    assert len(told) == 30
    assert told[-1][0] == pytest.approx(1.16, abs=0.05)
    assert told[-1][1] == pytest.approx(1.2, abs=0.1)
