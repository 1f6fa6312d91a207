"""Shape checks for every test, the drawn clips that tests share, and where the development clips lie."""

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from jaxtyping import install_import_hook

install_import_hook("unmask", "beartype.beartype")
# A shell's background jobs inherit a deaf ear for interrupts, which the tests and the programs they start must hear.
signal.signal(signal.SIGINT, signal.default_int_handler)

from tests.puppet import Puppet, Stage, film  # noqa: E402 # what it imports of unmask must be hooked first
from unmask.faces.track import Following, follow  # noqa: E402
from unmask.media.encode import write_video  # noqa: E402
from unmask.provenance.claims import claims_for  # noqa: E402
from unmask.provenance.keys import new_keys, open_signer  # noqa: E402
from unmask.provenance.signing import sign_file  # noqa: E402
from unmask.settings import Settings  # noqa: E402
from unmask.types import Track  # noqa: E402

SHARED = Path(os.environ.get("UNMASK_SHARED", Path(__file__).parents[2] / "shared" / "data"))

WriteStage = Callable[[Path, Stage], Path]


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of the development clips; skips the test where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(f"the development clips are not at {SHARED}; UNMASK_SHARED names their folder")
    return SHARED


def _write(path: Path, stage: Stage) -> Path:
    tone = 0.1 * np.sin(2 * np.pi * 300 / 16_000 * np.arange(int(stage.seconds * 16_000))).astype(np.float32)
    pictures = (frame.image for frame in film(stage))
    write_video(path, pictures, stage.frame_rate, audio=tone, crf=16, preset="veryfast")
    return path


def _track(stage: Stage) -> Track:
    return _follow(stage).tracks[0]


def _follow(stage: Stage) -> Following:
    return follow(film(stage), bits_per_pixel=1.0, changes=True)


@pytest.fixture(scope="session")
def write_stage() -> WriteStage:
    """Writes puppets to a film with a tone."""
    return _write


@pytest.fixture(scope="session")
def puppet_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of 12 s: one puppet with a pulse of 72 bpm, and a tone. Never write to it."""
    return _write(tmp_path_factory.mktemp("puppet") / "puppet.mp4", Stage())


@pytest.fixture(scope="session")
def short_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of 1.2 s with one puppet: enough to be followed, not to be judged. Never write to it."""
    return _write(tmp_path_factory.mktemp("short") / "short.mp4", Stage(seconds=1.2, frame_rate=25.0))


@pytest.fixture(scope="session")
def made_clip(short_clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same film, signed by someone who calls it made by a trained model. Never write to it."""
    folder = tmp_path_factory.mktemp("made")
    new_keys("Example Archive", folder / "KEYS")
    made = folder / "made.mp4"
    claims = claims_for(made.name, source_type="trainedAlgorithmicMedia")
    sign_file(short_clip, made, open_signer(folder / "KEYS"), claims, Settings())
    return made


@pytest.fixture(scope="session")
def whole_pulse() -> Track:
    """A puppet whose whole skin beats at 72 bpm for 12 s."""
    return _track(Stage())


@pytest.fixture(scope="session")
def no_pulse() -> Track:
    """The same puppet without a pulse."""
    return _track(Stage(puppets=(replace(Puppet(), heart_rate_bpm=None),)))


@pytest.fixture(scope="session")
def silent_middle() -> Track:
    """The same puppet with a pulse at the rim of the face only."""
    return _track(Stage(puppets=(replace(Puppet(), silent_middle=True),)))
