from pathlib import Path

import pytest

from unmask.forgery.lab import Lab, Sealer, open_lab, open_sealer
from unmask.media.encode import write_video
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.settings import settings


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


@pytest.fixture(scope="session")
def speaker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second and a half of a person who was filmed: the example that comes with the project."""
    example = Path(__file__).parents[2] / "examples" / "real.mp4"
    with open_frames(example, probe(example, settings()), settings(), exact=True) as film:
        frames = [frame.image for _, frame in zip(range(38), film, strict=False)]
    path = tmp_path_factory.mktemp("speaker") / "speaker.mp4"
    write_video(path, frames, 25.0, crf=14, preset="veryfast")
    return path
