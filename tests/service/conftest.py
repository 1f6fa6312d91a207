from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.asking import Service, new_service
from tests.service.holders import Holder, holder


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
