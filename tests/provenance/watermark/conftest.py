import pytest

from tests.provenance.watermark.films import KEYS, REAL, coded, frames_of, marked_by
from unmask.faces.track import follow
from unmask.types import Frame, Track

SECONDS = 2.6


@pytest.fixture(scope="session")
def filmed() -> list[Frame]:
    """63 frames of a woman before a wall, 640×360, as they were filmed. Never write to them."""
    return frames_of(REAL, SECONDS)


@pytest.fixture(scope="session")
def marked(filmed: list[Frame]) -> list[Frame]:
    """The same with a mark, not coded yet. Never write to them."""
    return marked_by(KEYS, filmed)


@pytest.fixture(scope="session")
def copied(marked: list[Frame], tmp_path_factory: pytest.TempPathFactory) -> list[Frame]:
    """An honest copy, coded at CRF 23. Never write to it."""
    return coded(marked, tmp_path_factory.mktemp("copied"), 23, "medium")


@pytest.fixture(scope="session")
def face(filmed: list[Frame]) -> Track:
    """The woman."""
    return follow(iter(filmed)).tracks[0]
