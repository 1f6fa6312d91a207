"""The README's commands that prove where a film comes from do so, one after the other, on the beginning of the film."""

import itertools
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.program import environment, ran
from tests.docs.pages import ROOT, SHOWING, Shown, chained, misfit
from unmask.media.encode import write_video
from unmask.media.image import read_image
from unmask.media.probe import probe
from unmask.media.remux import remux_to_mp4
from unmask.media.video import open_frames
from unmask.settings import Settings

COMMANDS = chained()
FRAMES = 120


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the examples, the film of them five seconds long, after all commands."""
    place = tmp_path_factory.mktemp("chain")
    shutil.copytree(ROOT / "examples", place / "examples", ignore=shutil.ignore_patterns("*.mp4"))
    film, settings = ROOT / "examples" / "real.mp4", Settings()
    with open_frames(film, probe(film, settings), settings) as frames:
        pictures = (frame.image for frame in itertools.islice(frames, FRAMES))
        write_video(place / "examples" / "real.mp4", pictures, 24_000 / 1001)
    return place


@pytest.fixture(scope="module")
def printed(folder: Path) -> dict[str, str]:
    """What each command printed, run in its turn."""
    return {one.command: run(one.command, folder) for one in COMMANDS}


def run(command: str, folder: Path) -> str:
    """What a command prints on a terminal of eighty columns; it must succeed."""
    name, *words = shlex.split(command)
    if name == "ffmpeg" and shutil.which(name) is None:
        return remuxed(folder / words[1], folder / words[-1])
    done = ran(words, folder, environment(**SHOWING)) if name == "unmask" else other(name, words, folder)
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    return done.stdout


def other(name: str, words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run another program."""
    program = sys.executable if name == "python" else name
    return subprocess.run(
        [program, *words],
        cwd=folder,
        env=environment(**SHOWING),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def remuxed(source: Path, destination: Path) -> str:
    """What stands in for FFmpeg where it is not installed: packets moved to a file without metadata."""
    settings = Settings()
    remux_to_mp4(source, destination, probe(source, settings), settings)
    return ""


@pytest.mark.parametrize("one", [one for one in COMMANDS if one.output], ids=lambda one: one.command)
def test_each_command_prints_what_the_readme_shows(one: Shown, printed: dict[str, str]) -> None:
    assert misfit(one.output, printed[one.command]) is None, printed[one.command]


def test_the_chain_walks_through_all_that_is_promised(printed: dict[str, str]) -> None:
    verified = [text for command, text in printed.items() if command.startswith("unmask verify ")]
    assert ["trusted signer" in text for text in verified] == [True, False, False]
    assert ["altered since signing" in text for text in verified] == [False, True, False]
    assert ["absent" in text for text in verified] == [False, False, True]


def test_the_mark_of_the_stripped_film_leads_to_its_manifest(printed: dict[str, str], folder: Path) -> None:
    (read,) = (text for command, text in printed.items() if command.startswith("unmask watermark read "))
    manifests = list((folder / "KEYS" / "ledger" / "manifests").iterdir())
    assert len(manifests) == 1
    assert manifests[0].name in "".join(read.split())


def test_the_map_is_orange_where_the_face_is_and_nowhere_else(printed: dict[str, str], folder: Path) -> None:
    assert any(command.endswith("-o map.png") for command in printed)
    picture = read_image(folder / "map.png", Settings())
    orange = (picture[:400, :, 0] > 150) & (picture[:400, :, 2] < 90)
    assert orange[60:300, 400:600].mean() > 0.5
    assert orange[:, :340].mean() < 0.01
