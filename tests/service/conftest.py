from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from tests.service.asking import Service, new_service
from tests.service.holders import Holder, holder
from tests.service.places import InFolder, InObjects, ObjectServer, Place, object_server, place_in_objects
from tests.service.store.postgresql import programs, running
from unmask.service.store.folder import FolderStorage
from unmask.service.store.tables import metadata


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service without workers, in a folder of its own."""
    made = new_service(tmp_path / "service")
    yield made
    made.database.close()


@pytest.fixture
def newsroom(service: Service) -> Holder:
    return holder(service)


@pytest.fixture
def other(service: Service) -> Holder:
    return holder(service)


@pytest.fixture
def mine(service: Service, newsroom: Holder) -> str:
    """A check of the newsroom that is done."""
    check = newsroom.check()
    service.finish(check)
    return check


@pytest.fixture(scope="session")
def shared_server() -> Iterator[ObjectServer]:
    with object_server() as server:
        yield server


@pytest.fixture
def objects(shared_server: ObjectServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InObjects:
    """A bucket of this test's own."""
    for name, value in shared_server.environment.items():
        monkeypatch.setenv(name, value)
    return place_in_objects(tmp_path)


@pytest.fixture
def own_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ObjectServer]:
    """An object store that this test may stop."""
    with object_server() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


@pytest.fixture(scope="session")
def postgresql_address() -> Iterator[str]:
    folder = programs()
    if folder is None:
        pytest.skip("PostgreSQL is not installed; its initdb and pg_ctl are looked for")
    with running(folder) as address:
        yield address


@pytest.fixture
def postgresql(postgresql_address: str) -> Iterator[str]:
    """Address of a PostgreSQL that has no tables of another test."""
    yield postgresql_address
    engine = create_engine(postgresql_address.replace("postgresql", "postgresql+psycopg", 1))
    metadata.drop_all(engine)
    engine.dispose()


@pytest.fixture(params=["folder", "objects"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Tests that ask for it run on a folder and on an object store."""
    if request.param == "folder":
        return InFolder(FolderStorage(tmp_path))
    found: InObjects = request.getfixturevalue("objects")
    return found
