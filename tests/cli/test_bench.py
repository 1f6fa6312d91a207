import json
import signal
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.cli.program import COMMAND, environment, python, rows, unmask
from tests.service.served import wait_for
from unmask.benchmark.cost import tree
from unmask.cli.bench import Suite, bench
from unmask.errors import UsageError
from unmask.media.encode import write_video


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    films = tmp_path / "films"
    films.mkdir()
    for name, shade in (("anna_0_real.mp4", 90), ("anna_0_fake.mp4", 120)):
        write_video(films / name, [np.full((96, 128, 3), shade + k, np.uint8) for k in range(12)], 25.0)
    return films


def test_clips_prints_a_row_a_film_and_where_the_figures_come_from(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench("clips", folder, json=True, quiet=True) == 0
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["file"] for row in printed if row["kind"] == "clip"] == ["anna_0_fake.mp4", "anna_0_real.mp4"]
    origin = printed[-1]
    assert (origin["kind"], origin["files"], origin["seed"]) == ("origin", 2, 0)


def test_each_run_that_is_written_adds_a_look(folder: Path, tmp_path: Path) -> None:
    page = tmp_path / "results.md"
    for note in ("first", "second"):
        assert bench("clips", folder, quiet=True, write=page, note=note) == 0
    looks = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("- ")]
    assert [line.rpartition("(")[2] for line in looks] == ["first)", "second)"]
    assert str(tmp_path) not in page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("suite", "place", "told"),
    [
        ("clips", None, "no folder was named"),
        ("pulse", Path("nowhere"), "'nowhere' is no folder"),
        ("speed", Path("nowhere.mp4"), "There is no film 'nowhere.mp4'"),
    ],
)
def test_a_place_that_is_not_there_is_a_usage_error(suite: Suite, place: Path | None, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        bench(suite, place, quiet=True)


def test_a_folder_without_films_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no films"):
        bench("pulse", tmp_path, quiet=True)


def test_a_quick_ladder_prints_a_row_a_film_and_rung(folder: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    done = unmask("bench", "ladder", folder, "--quick", "--work", work, "--only", "file", "--json", "--quiet")
    assert done.returncode == 0, done.stderr
    printed = rows(done)
    checked = [(row["rung"], row["side"]) for row in printed if row["kind"] == "clip"]
    assert sorted(checked) == sorted(
        (rung, side)
        for rung in ("as it is", "H.264 CRF 36", "re-filmed screen (simulated)")
        for side in ("fake", "real")
    )
    assert {row["detector"] for row in printed if row["kind"] == "ladder"} == {"file", "verdict"}
    assert len(list(work.iterdir())) == 6


def test_a_ladder_without_pairs_is_a_usage_error(folder: Path) -> None:
    (folder / "anna_0_real.mp4").unlink()
    with pytest.raises(UsageError, match="has its pair"):
        bench("ladder", folder, quiet=True)


def test_blend_needs_no_folder_and_is_written_into_the_page(tmp_path: Path) -> None:
    page = tmp_path / "results.md"
    done = unmask("bench", "blend", "--json", "--write", page)
    assert done.returncode == 0, done.stderr
    assert [row["iteration"] for row in rows(done) if row["kind"] == "rise"] == list(range(500, 6001, 500))
    assert "<!-- bench blend -->" in page.read_text(encoding="utf-8")


def test_blend_refuses_a_folder_without_records_in_one_sentence(tmp_path: Path) -> None:
    done = unmask("bench", "blend", tmp_path)
    assert done.returncode == 2
    assert "holds no record of a training" in done.stderr


def test_asked_to_end_it_leaves_no_service_behind(tmp_path: Path) -> None:
    command = [*COMMAND, "bench", "service", "--quick", "--clips", "4"]
    place = environment(TMPDIR=str(tmp_path))
    program = subprocess.Popen(command, env=place, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert program.stderr is not None
    said = iter(program.stderr.readline, b"")
    assert any(line.startswith(b"sending 4 stills") for line in said)
    below = wait_for(lambda: list(tree(program.pid))[1:])
    program.send_signal(signal.SIGTERM)
    _, rest = program.communicate(timeout=60)
    assert (program.returncode, rest.decode().splitlines()[-1]) == (130, "Interrupted.")
    wait_for(lambda: not any(Path(f"/proc/{process}").exists() for process in below))
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_asks_for_a_command_keeps_its_signals() -> None:
    code = (
        "import signal; from unmask.cli import run; before = signal.getsignal(signal.SIGTERM); "
        "run(['--version']); print(signal.getsignal(signal.SIGTERM) is before)"
    )
    assert python(code).stdout.splitlines()[-1] == "True"
