"""An object store that does not do as it should: one sentence, without a secret, and nothing said of other bytes."""

import errno
import hashlib
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.service.places import PREFIX, InObjects, ObjectServer, new_bucket, place_in_objects
from unmask.errors import NoRoom, OutputError, Unreadable
from unmask.service.store import objects as module
from unmask.service.store.fetched import FETCHED
from unmask.service.store.objects import ObjectStorage, open_objects
from unmask.service.store.results import write_result

Deed = Callable[[ObjectStorage], object]
SHA256 = hashlib.sha256(b"a film").hexdigest()
DEEDS: dict[str, Deed] = {
    "bring": lambda storage: storage.bring(Path(__file__), SHA256),
    "remove": lambda storage: storage.remove([SHA256]),
    "stored": lambda storage: storage.stored(SHA256),
    "media": lambda storage: list(storage.media_before(0.0)),
    "result": lambda storage: write_result(storage, "c_1", {}, {}, ""),
    "part": lambda storage: storage.part("c_1", "report.json"),
    "sweep": lambda storage: storage.sweep_results(set(), 0.0),
    "probe": lambda storage: storage.require_writable(),
    "fetch": lambda storage: fetched(storage, SHA256),
}
every_deed = pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)


def fetched(storage: ObjectStorage, sha256: str) -> bytes:
    with storage.at_hand(sha256) as path:
        return path.read_bytes()


def refused(deed: Deed, storage: ObjectStorage) -> str:
    """The one sentence of a refusal, which tells no secret and no address."""
    with pytest.raises(OutputError) as caught:
        deed(storage)
    said = str(caught.value)
    assert re.fullmatch(r"[A-Z][^.]*(~/\.aws)?[^.]*\.", said)
    assert not {"hushhush", "id-of-nobody", "127.0.0.1", storage.place} & set(re.split(r"[\s'\"/:]", said))
    return said


@every_deed
def test_a_store_that_is_away_is_told_in_a_sentence(own_server: ObjectServer, tmp_path: Path, deed: Deed) -> None:
    found = place_in_objects(tmp_path)
    own_server.stop()
    try:
        assert "cannot be reached" in refused(deed, found.storage)
        found.storage.remove_result("c_1")  # is swept later
    finally:
        own_server.start_again()
    found.storage.require_writable()


@every_deed
@pytest.mark.usefixtures("objects")
def test_a_bucket_that_is_not_there_is_no_missing_file(tmp_path: Path, deed: Deed) -> None:
    said = refused(deed, open_objects("no-such-bucket/unmask", tmp_path))
    assert "bucket, or what was in it, is not there" in said


@every_deed
def test_a_store_without_credentials_is_told_in_a_sentence(
    objects: InObjects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deed: Deed
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    assert "no credentials for it are found" in refused(deed, open_objects(f"{objects.bucket}/unmask", tmp_path))


@pytest.mark.usefixtures("objects")
def test_a_profile_or_an_address_that_makes_no_sense_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://a b")
    assert "AWS_ENDPOINT_URL has it, makes no sense" in refused(DEEDS["probe"], open_objects("bucket", tmp_path))
    monkeypatch.setenv("AWS_PROFILE", "nonesuch")
    assert "profile that the environment names" in refused(DEEDS["probe"], open_objects("bucket", tmp_path))


@contextmanager
def answering(answer: bytes | None) -> Iterator[str]:
    """Whoever asks gets always the same answer, or waits for ever."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        lines: list[socket.socket] = []

        def serve() -> None:
            while True:
                try:
                    line, _ = listening.accept()
                except OSError:
                    return
                lines.append(line)
                line.recv(65536)
                if answer is not None:
                    line.sendall(answer)
                    line.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
        thread.join()
        for line in lines:
            line.close()


def error_answer(status: int, code: str) -> bytes:
    body = f"<Error><Code>{code}</Code><Message>hushhush, http://127.0.0.1/id-of-nobody.</Message></Error>"
    head = f"HTTP/1.1 {status} No\r\ncontent-type: application/xml\r\ncontent-length: {len(body)}\r\nconnection: close"
    return f"{head}\r\n\r\n{body}".encode()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((403, "AccessDenied"), "refuses these credentials"),
        ((403, "SignatureDoesNotMatch"), "refuses these credentials"),
        ((400, "TeapotOnly"), "it answers TeapotOnly"),
        ((501, "NotImplemented"), "it answers NotImplemented"),
    ],
)
@pytest.mark.usefixtures("objects")
def test_what_a_store_refuses_is_told_in_words_of_our_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: tuple[int, str], said: str
) -> None:
    with answering(error_answer(*answer)) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        assert said in refused(DEEDS["result"], open_objects("bucket", tmp_path))


@pytest.mark.usefixtures("objects")
def test_a_store_without_room_is_told_as_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(error_answer(507, "XMinioStorageFull")) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        with pytest.raises(NoRoom, match="no room left"):
            write_result(open_objects("bucket", tmp_path), "c_1", {}, {}, "")


@pytest.mark.usefixtures("objects")
def test_a_store_that_says_nothing_is_waited_for_and_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "READ_SECONDS", 0.1)
    with answering(None) as address:
        monkeypatch.setenv("AWS_ENDPOINT_URL", address)
        begun = time.monotonic()
        assert "too slow" in refused(DEEDS["stored"], open_objects("bucket", tmp_path))
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("other", [b"a fake", b"a film and more", b"a"])
def test_other_bytes_than_were_kept_are_not_examined(objects: InObjects, tmp_path: Path, other: bytes) -> None:
    objects.put(f"media/{SHA256[:2]}/{SHA256}", other)
    assert "gave other bytes than were kept" in refused(DEEDS["fetch"], objects.storage)
    assert list((tmp_path / FETCHED).iterdir()) == []


def test_a_film_in_many_pieces_comes_back_as_it_went(
    objects: InObjects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PIECE_BYTES", 5 * 1024**2)  # the least that S3 takes
    storage = open_objects(f"{objects.bucket}/{PREFIX}", tmp_path)
    film = tmp_path / "film"
    film.write_bytes(os.urandom(21 * 1024**2))
    sha256 = hashlib.sha256(film.read_bytes()).hexdigest()
    storage.bring(film, sha256)
    assert hashlib.sha256(fetched(storage, sha256)).hexdigest() == sha256
    found = storage.stored(sha256)
    assert found is not None
    assert found.read(6_000_000, 6_000_100) == film.read_bytes()[6_000_000:6_000_100]


def test_a_file_that_went_between_is_brought_again(objects: InObjects, tmp_path: Path) -> None:
    film = tmp_path / "film"
    film.write_bytes(b"a film")
    objects.storage.bring(film, SHA256)
    objects.storage.remove([SHA256])
    objects.storage.keep(film, SHA256)
    assert fetched(objects.storage, SHA256) == b"a film"


def test_a_file_that_is_not_there_is_an_unreadable_one(objects: InObjects, tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=f"'{SHA256}' cannot be opened"), objects.storage.at_hand(SHA256):
        pass
    assert list((tmp_path / FETCHED).iterdir()) == []


def test_a_full_disk_on_the_way_is_told_as_such(objects: InObjects, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(objects.storage.store, "get_file", full)
    with pytest.raises(NoRoom):
        fetched(objects.storage, SHA256)


def test_half_a_result_is_taken_away_again(objects: InObjects, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = objects.storage.store.pipe_file

    def away(name: str, content: bytes) -> None:
        if name.endswith("report.html"):
            raise ConnectionResetError
        plain(name, content)

    monkeypatch.setattr(objects.storage.store, "pipe_file", away)
    with pytest.raises(OutputError):
        write_result(objects.storage, "c_1", {}, {}, "")
    assert objects.files() == set()


def test_nothing_is_open_to_others_by_what_is_written_here(objects: InObjects) -> None:
    write_result(objects.storage, "c_1", {}, {}, "")
    for found in objects._keys().values():
        grants = found.acl.grants if found.acl else []
        assert not [one for grant in grants for one in grant.grantees if one.uri]


def test_folders_that_other_programs_draw_are_let_alone(objects: InObjects) -> None:
    drawn = {"", "media/", "media/ab/", "results/", "results/c_2/", "results/c_3/more/"}
    for name in drawn:
        objects.put(name, b"")
    write_result(objects.storage, "c_1", {}, {}, "")
    objects.age("", 3600)
    assert list(objects.storage.media_before(time.time())) == []
    objects.storage.sweep_results(set(), time.time() - 60)
    assert objects.files() == drawn


def test_two_services_share_a_bucket_by_their_prefixes(objects: InObjects, tmp_path: Path) -> None:
    other = open_objects(f"{objects.bucket}/other", tmp_path)
    film = tmp_path / "film"
    film.write_bytes(b"a film")
    other.bring(film, SHA256)
    assert objects.storage.stored(SHA256) is None
    assert list(objects.storage.media_before(1e12)) == []
    assert list(other.media_before(1e12)) == [SHA256]
    bare = open_objects(new_bucket(), tmp_path)
    bare.require_writable()
    bare.bring(film, SHA256)
    assert fetched(bare, SHA256) == b"a film"
