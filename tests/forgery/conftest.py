from pathlib import Path

import pytest

from unmask.forgery.lab import Lab, Sealer, open_lab, open_sealer


@pytest.fixture(scope="session")
def common_lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A lab that tests share; they only add to it."""
    return open_lab(tmp_path_factory.mktemp("common") / "lab")


@pytest.fixture(scope="session")
def sealer(common_lab: Lab) -> Sealer:
    return open_sealer(common_lab)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """A lab of one's own."""
    return open_lab(tmp_path / "lab")
