"""``unmask check`` as a user meets it: rows, pages, exit codes."""

import os
import re
import resource
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.program import COMMAND, Row, environment, names, python, rows, unmask
from unmask.cli.check import Run
from unmask.cli.inputs import Input
from unmask.errors import BrokenMedia
from unmask.settings import Settings

ROW = (
    *("file", "sha256", "verdict", "probability", "interval", "sentence"),
    *("reasons", "faces", "evidence", "provenance", "engine"),
)
ADDED = ("media", "unchecked", "threats", "seen_until", "incomplete", "crowd", "profile", "error")
FACE = ("id", "start", "end", "box", "evidence")
PERSONAL = {"blend", "consistency", "flicker", "identity", "motion", "pulse", "seam", "texture", "together"}
EVIDENCE = ("detector", "fake", "because", "abstained", "segments")


@pytest.fixture(scope="module")
def puppet_row(puppet_clip: Path) -> Row:
    """The row of 12 s of a puppet."""
    done = unmask("check", "--json", puppet_clip)
    assert done.returncode == 0, done.stderr
    (row,) = rows(done)
    return row


def test_a_row_has_the_keys_that_other_programs_rely_on(puppet_row: Row) -> None:
    assert tuple(puppet_row) == ROW + ADDED
    (face,) = puppet_row["faces"]
    assert tuple(face) == FACE
    for evidence in (*face["evidence"], *puppet_row["evidence"]):
        assert tuple(evidence)[:5] == EVIDENCE
    assert {"version", "weights"} <= set(puppet_row["engine"])


def test_a_row_says_what_was_seen(puppet_row: Row) -> None:
    (face,) = puppet_row["faces"]
    assert (face["start"], face["end"]) == (0.0, pytest.approx(12.0, abs=0.05))
    assert {it["detector"] for it in face["evidence"]} == PERSONAL
    assert [it["detector"] for it in puppet_row["evidence"]] == ["file", "credentials", "watermark"]
    assert puppet_row["seen_until"] == pytest.approx(12.0, abs=0.05)
    assert puppet_row["verdict"] in {"no-sign", "cannot-tell"}
    assert puppet_row["error"] is None


def test_a_row_holds_enough_to_repeat_the_run(puppet_row: Row) -> None:
    engine = puppet_row["engine"]
    assert {"face_landmark", "face_detection_full_range", "mean_face"} <= set(engine["weights"])
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in engine["weights"].values())
    assert engine["settings"]["threshold"] == 0.8


def test_the_sound_is_named_among_what_was_not_checked(puppet_row: Row) -> None:
    assert any("sound" in sentence for sentence in puppet_row["unchecked"])


def test_the_same_file_gets_the_same_row_twice(short_clip: Path) -> None:
    assert unmask("check", "--json", short_clip).stdout == unmask("check", "--json", short_clip).stdout


def test_a_person_reads_the_verdict_first_and_no_progress_among_it(short_clip: Path) -> None:
    done = unmask("check", short_clip)
    first, second = done.stdout.splitlines()[:2]
    assert first.strip() == str(short_clip)
    assert re.match(r"\s+(CANNOT TELL|NO SIGN)", second)
    assert done.stderr == f"[1/1] {short_clip}\n"


def test_a_quiet_run_says_nothing_on_stderr(short_clip: Path) -> None:
    assert unmask("check", "--quiet", short_clip).stderr == ""


def test_checking_a_film_imports_no_torch(short_clip: Path) -> None:
    code = "import sys; from unmask.cli import run; run(['check', '-q', sys.argv[1]]); print(*sys.modules, file=sys.stderr)"
    modules = python(code, short_clip).stderr.split()
    assert "unmask.detectors.seam" in modules
    assert not {"torch", "tensorflow", "fastapi", "dlib"} & set(modules)


def test_only_the_named_detectors_are_asked(short_clip: Path) -> None:
    (row,) = rows(unmask("check", "--json", "--only", "file, seam", short_clip))
    assert row["engine"]["detectors"] == ["file", "seam"]
    assert [it["detector"] for it in row["faces"][0]["evidence"]] == ["seam"]


def test_standard_input_is_read(short_clip: Path) -> None:
    (row,) = rows(unmask("check", "--json", "-", stdin=short_clip.read_bytes()))
    assert row["file"] == "-"
    assert len(row["faces"]) == 1


def test_empty_standard_input_is_a_row_with_an_error() -> None:
    done = unmask("check", "--json", "-")
    assert done.returncode == 3
    assert rows(done)[0]["error"]["code"] == "not-media"


def test_a_film_called_made_is_called_manipulated_and_fails_on_request(made_clip: Path) -> None:
    done = unmask("check", "--json", "--fail-on", "manipulated", made_clip)
    assert rows(done)[0]["verdict"] == "manipulated"
    assert done.returncode == 1
    strict = unmask("check", "--json", "--fail-on", "manipulated", "--threshold", "0.9999", made_clip)
    assert rows(strict)[0]["verdict"] == "cannot-tell"
    assert strict.returncode == 0


@pytest.mark.parametrize(
    ("manipulated", "incomplete", "fail_on", "code"),
    [
        (False, False, None, 0),
        (True, False, None, 0),
        (True, False, "manipulated", 1),
        (False, False, "manipulated", 0),
        (True, True, "manipulated", 1),
        (True, True, None, 3),
        (False, True, "manipulated", 3),
    ],
)
def test_the_exit_code_of_a_run(manipulated: bool, incomplete: bool, fail_on: str | None, code: int) -> None:  # noqa: FBT001
    run = Run(Settings(), None, 0.8, json=True, folder=None, manipulated=manipulated, incomplete=incomplete)
    assert run.exit_code(fail_on) == code


def test_a_refused_file_makes_the_run_incomplete(capsys: pytest.CaptureFixture[str]) -> None:
    run = Run(Settings(), None, 0.8, json=True, folder=None)
    run.refuse(Input(Path("a.mp4"), "a.mp4"), BrokenMedia("a.mp4 is broken."))
    assert run.exit_code(None) == 3
    assert '"code": "broken"' in capsys.readouterr().out


def test_pages_and_an_index_are_written(tmp_path: Path, short_clip: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    out = tmp_path / "new" / "out"
    done = unmask("check", "--json", "--report", out, short_clip, tmp_path / "empty.mp4")
    assert done.returncode == 3
    pages = sorted(path.name for path in out.iterdir())
    assert len(pages) == 2
    (page,) = (name for name in pages if name != "index.html")
    index = (out / "index.html").read_text(encoding="utf-8")
    assert f'href="{page}"' in index
    assert "empty.mp4" in index
    text = (out / page).read_text(encoding="utf-8")
    assert not re.search(r'(src|href)="https?:', text)
    assert all(f">{lane}</text>" in text for lane in ("mouth 1", "sound"))


def test_a_page_that_finds_no_room_keeps_its_row_and_leaves_no_half_file(tmp_path: Path, short_clip: Path) -> None:
    out = tmp_path / "out"
    done = subprocess.run(
        [*COMMAND, "check", "--json", "--report", out, short_clip],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
        timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)),  # no threads here
    )
    assert done.returncode == 3
    (row,) = rows(done)
    assert row["error"]["code"] == "not-written"
    assert row["verdict"] is not None
    assert "Traceback" not in done.stderr
    assert [path.name for path in out.iterdir() if path.name != "index.html"] == []


def test_a_full_disk_for_the_report_is_told(tmp_path: Path, short_clip: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", disk],  # noqa: S607
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("no small disk can be mounted here; only root may")
    try:
        done = unmask("check", "--json", "--report", disk / "out", short_clip)
        assert done.returncode == 3
        assert rows(done)[0]["error"]["code"] == "not-written"
        assert [
            path for path in disk.rglob("*") if path.suffix in {".part", ".html"} and path.stat().st_size == 0
        ] == []
    finally:
        subprocess.run(["umount", "-l", disk], check=True)  # noqa: S607


def test_a_report_folder_that_is_a_file_is_told(tmp_path: Path, short_clip: Path) -> None:
    (tmp_path / "out").write_text("a file")
    done = unmask("check", "--json", "--report", tmp_path / "out", short_clip)
    assert done.returncode == 3
    assert rows(done)[0]["error"]["code"] == "not-written"
    assert (tmp_path / "out").read_text() == "a file"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_for_the_result_is_told_in_a_sentence(short_clip: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "check", "-q", short_clip],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
            check=False,
            timeout=120,
        )
    assert done.returncode == 3
    assert done.stderr.startswith("The result could not be written to standard output")


def test_a_reader_that_leaves_early_ends_the_run_without_complaint(tmp_path: Path, short_clip: Path) -> None:
    copies = [shutil.copy(short_clip, tmp_path / f"{k}.mp4") for k in range(3)]
    running = subprocess.Popen(
        [*COMMAND, "check", "-q", "--json", *copies], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    )
    assert running.stdout is not None
    assert running.stderr is not None
    with running.stdout as out, running.stderr as complaints:
        assert out.readline().startswith(b'{"file"')
        out.close()
        assert complaints.read() == b""
    assert running.wait(60) == 141


def descendants(pid: int) -> set[int]:
    """Everyone started by a process, and whom they started."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = {int(word) for task in tasks for word in (task / "children").read_text().split()}
    except OSError:
        return set()
    return children.union(*(descendants(child) for child in children))


def alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="children are looked for in /proc")
def test_an_interrupt_leaves_no_child_and_no_half_file(tmp_path: Path, puppet_clip: Path) -> None:
    copies = [shutil.copy(puppet_clip, tmp_path / f"{k}.mp4") for k in range(3)]
    running = subprocess.Popen(
        [*COMMAND, "check", "--json", "--report", tmp_path / "out", *copies],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        start_new_session=True,  # as a terminal does, so that the whole group gets the signal
    )
    assert running.stdout is not None
    running.stdout.readline()
    seen: set[int] = set()
    deadline = time.monotonic() + 60
    while not seen and time.monotonic() < deadline:
        time.sleep(0.3)  # the second film is being read
        seen = descendants(running.pid)
    assert seen
    os.killpg(running.pid, signal.SIGINT)
    rest, complaints = running.communicate(timeout=60)
    assert running.returncode == 130
    assert complaints.endswith(b"Interrupted.\n")
    assert b"Traceback" not in complaints
    assert rest.count(b"\n") <= 1
    deadline = time.monotonic() + 10
    while any(alive(pid) for pid in seen) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [pid for pid in seen if alive(pid)]
    left = list((tmp_path / "out").iterdir())
    assert all(path.read_text(encoding="utf-8").rstrip().endswith("</html>") for path in left)
    assert len(left) <= 2


def test_rows_come_in_the_order_asked_for(tmp_path: Path, short_clip: Path) -> None:
    for name in ("b.mp4", "a.mp4"):
        shutil.copy(short_clip, tmp_path / name)
    (tmp_path / "middle.mp4").write_text("no film")
    done = unmask("check", "--json", "--only", "file", "b.mp4", "middle.mp4", "a.mp4", cwd=tmp_path)
    assert names(rows(done)) == ["b.mp4", "middle.mp4", "a.mp4"]
    assert [row["error"] is None for row in rows(done)] == [True, False, True]
    assert done.returncode == 3


def test_a_pattern_or_folder_that_stands_for_nothing_is_a_row(tmp_path: Path, short_clip: Path) -> None:
    (tmp_path / "bare").mkdir()
    shutil.copy(short_clip, tmp_path / "film.mp4")
    done = unmask("check", "--json", "--only", "file", "*.avi", "bare", "*.mp4", cwd=tmp_path)
    assert done.returncode == 3
    assert names(rows(done)) == ["*.avi", "bare", "film.mp4"]
    assert [row["error"] is None for row in rows(done)] == [False, False, True]


def test_a_folder_is_read_with_what_lies_below_it(tmp_path: Path, short_clip: Path) -> None:
    (tmp_path / "films" / "old").mkdir(parents=True)
    for name in ("films/b.mp4", "films/old/a.mp4"):
        shutil.copy(short_clip, tmp_path / name)
    (tmp_path / "films" / "notes.txt").write_text("not media")
    done = unmask("check", "--json", "--only", "file", "films", cwd=tmp_path)
    assert names(rows(done)) == ["films/b.mp4", "films/old/a.mp4"]
    assert done.returncode == 0


def test_a_fast_check_looks_at_few_views_and_at_no_change(puppet_clip: Path) -> None:
    (row,) = rows(unmask("check", "--json", "-q", "--fast", puppet_clip))
    found = {one["detector"]: one for one in row["faces"][0]["evidence"]}
    assert found["blend"]["measured"]["views"] == found["seam"]["measured"]["views"] == 4
    assert found["flicker"]["abstained"] == "not-measurable"
    assert "fast check leaves it out" in found["flicker"]["because"][0]
    assert found["together"]["measured"]["members"] == 2
    assert row["engine"]["settings"]["fast"] is True
