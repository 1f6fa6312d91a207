"""Which storage an address names, and which addresses are refused before anything is asked."""

import sys
from pathlib import Path

import pytest

from unmask.errors import MissingComponent, OutputError, UsageError
from unmask.service.store.folder import FolderStorage
from unmask.service.store.objects import ObjectStorage
from unmask.service.store.opening import open_storage
from unmask.service.store.storage import Storage
from unmask.settings import ServiceSettings, Settings


def opened(address: str | None, folder: Path = Path("/srv/unmask")) -> Storage:
    return open_storage(Settings(serve=ServiceSettings(folder=folder, storage=address)))


@pytest.mark.parametrize("address", [None, ""])
def test_without_an_address_it_is_the_services_folder(address: str | None) -> None:
    assert opened(address) == FolderStorage(Path("/srv/unmask"))


def test_a_folder_that_is_mounted_has_to_be_there(tmp_path: Path) -> None:
    found = opened(f"file://{tmp_path}/mnt")
    assert found == FolderStorage(tmp_path / "mnt", made=False)
    with pytest.raises(OutputError, match="is not there; make it, or mount it"):
        found.require_writable()
    (tmp_path / "mnt").mkdir()
    found.require_writable()


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("s3://newsroom", "newsroom"),
        ("s3://newsroom/", "newsroom"),
        ("s3://news.room-2/un_mask/Films", "news.room-2/un_mask/Films"),
    ],
)
def test_a_bucket_and_a_prefix_are_an_object_store(address: str, place: str) -> None:
    found = opened(address)
    assert isinstance(found, ObjectStorage)
    assert (found.place, found.folder) == (place, Path("/srv/unmask"))


@pytest.mark.parametrize(
    "address",
    [
        "newsroom",
        "/srv/unmask",
        "file://srv",
        "s3:newsroom",
        "s3://",
        "s3:///prefix",
        "s3://id:hushhush@newsroom/unmask",
        "s3://newsroom/unmask?versionId=hushhush",
        "s3://newsroom/../other",
        "s3://newsroom//unmask",
        "s3://newsroom/a b",
        "simplecache::s3://newsroom/unmask",
        "sftp://user:hushhush@example.org/unmask",
        "memory://unmask",
    ],
)
def test_an_address_that_makes_no_sense_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(UsageError, match=r"write s3://BUCKET/PREFIX or file:///FOLDER") as caught:
        opened(address)
    assert "hushhush" not in str(caught.value)


def test_without_the_extra_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(MissingComponent, match=r"pip install 'unmask\[s3\]'"):
        opened("s3://newsroom/unmask")
