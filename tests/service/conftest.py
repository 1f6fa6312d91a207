from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.asking import Service, new_service


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service without workers, in a folder of its own."""
    made = new_service(tmp_path / "service")
    yield made
    made.database.close()
