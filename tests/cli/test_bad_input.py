"""Each bad input is one row and one sentence; the other files are still done."""

import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.cli.program import COMMAND, Row, environment, names, rows, unmask
from tests.conftest import WriteStage
from tests.puppet import Puppet, Stage, picture_of
from unmask.media.encode import write_video

NAMES = ("line\nbreak.mp4", "-i", "--", "--json", "\u202egnp.4pm.mp4", "a b'\"$(touch x).mp4", "%s[1]*.mp4", "#?&.mp4")
MORE_NAMES = ("\x1b[31mred.mp4", "Ünï – 片.mp4", "...mp4")

STILL = ["blend", "consistency", "identity", "seam", "texture", "together"]
"""Detectors that look at a person in a still."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, short_clip: Path, write_stage: WriteStage) -> Path:
    """A folder of everything that goes wrong, and two good films around it."""
    home = tmp_path_factory.mktemp("bad")
    content = short_clip.read_bytes()
    wall = [np.full((120, 160, 3), 120, np.uint8)] * 30
    shutil.copy(short_clip, home / "0-good.mp4")
    (home / "empty.mp4").touch()
    (home / "one-byte.mp4").write_bytes(b"\0")
    (home / "text.mp4").write_text("Dear Sir or Madam,\n" * 100)
    long = write_stage(home / "long.mp4", Stage(seconds=6.0, frame_rate=10.0)).read_bytes()
    (home / "long.mp4").unlink()
    for per_cent in (10, 50, 90):
        (home / f"cut-{per_cent}.mp4").write_bytes(long[: len(long) * per_cent // 100])
    (home / "no-moov.mp4").write_bytes(content.replace(b"moov", b"mooo"))
    (home / "playlist.mp4").write_text("#EXTM3U\n#EXTINF:5,\n0-good.mp4\n#EXT-X-ENDLIST\n")
    (home / "concat.mp4").write_text("ffconcat version 1.0\nfile 0-good.mp4\n")
    write_video(home / "no-face.mp4", wall, 25.0)
    write_stage(home / "one-frame.mp4", Stage(seconds=0.04, frame_rate=25.0))
    write_video(home / "one-pixel.mp4", [np.full((1, 1, 3), 120, np.uint8)] * 12, 25.0)
    cv2.imwrite(str(home / "still.png"), picture_of(Stage())[..., ::-1])
    _write_sound(home / "sound.wav")
    os.mkfifo(home / "pipe.mp4")
    shutil.copy(short_clip, home / "z-good.mp4")
    return home


def _write_sound(path: Path) -> None:
    samples = (3000 * np.sin(2 * np.pi * 440 / 8000 * np.arange(8000))).astype("<i2").tobytes()
    header = b"RIFF" + (36 + len(samples)).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    header += b"\1\0\1\0" + (8000).to_bytes(4, "little") + (16000).to_bytes(4, "little") + b"\2\0\x10\0"
    path.write_bytes(header + b"data" + len(samples).to_bytes(4, "little") + samples)


@pytest.fixture(scope="module")
def run(folder: Path) -> subprocess.CompletedProcess[str]:
    files = sorted(path.name for path in folder.iterdir())
    return unmask("check", "--json", "--report", "out", *files, "absent.mp4", cwd=folder)


@pytest.fixture(scope="module")
def row(run: subprocess.CompletedProcess[str]) -> Callable[[str], Row]:
    found = {one["file"]: one for one in rows(run)}
    return lambda name: found[name]


def test_every_file_has_one_row_and_the_run_was_not_complete(
    run: subprocess.CompletedProcess[str], folder: Path
) -> None:
    assert run.returncode == 3
    assert names(rows(run)) == [*sorted(path.name for path in folder.iterdir() if path.name != "out"), "absent.mp4"]
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("name", ["0-good.mp4", "z-good.mp4"])
def test_good_files_before_and_after_are_done(row: Callable[[str], Row], name: str) -> None:
    assert row(name)["error"] is None
    assert row(name)["incomplete"] is None
    assert len(row(name)["faces"]) == 1


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("empty.mp4", "not-media"),
        ("one-byte.mp4", "not-media"),
        ("text.mp4", "not-media"),
        ("playlist.mp4", "not-media"),
        ("concat.mp4", "not-media"),
        ("no-moov.mp4", "broken"),
        ("pipe.mp4", "unreadable"),
        ("absent.mp4", "unreadable"),
    ],
)
def test_what_is_no_film_is_not_analysed_and_says_why(row: Callable[[str], Row], name: str, code: str) -> None:
    found = row(name)
    assert found["error"]["code"] == code
    assert found["verdict"] is None
    assert found["probability"] is None
    assert found["sentence"] == f"Not analysed: {found['error']['sentence']}"
    assert name in found["sentence"]
    assert found["sentence"].endswith(".")


@pytest.mark.parametrize("name", ["cut-50.mp4", "cut-90.mp4"])
def test_a_truncated_film_has_a_verdict_and_says_that_it_broke_off(row: Callable[[str], Row], name: str) -> None:
    found = row(name)
    assert found["error"] is None
    assert found["verdict"] == "cannot-tell"
    assert found["incomplete"].endswith(".")
    assert 0 < found["seen_until"] < 5.7


def test_a_film_cut_at_a_tenth_is_either_refused_or_read_as_far_as_it_goes(row: Callable[[str], Row]) -> None:
    found = row("cut-10.mp4")
    assert (found["error"] is None) != (found["incomplete"] is None)


def test_a_film_without_a_face_is_cannot_tell(row: Callable[[str], Row]) -> None:
    found = row("no-face.mp4")
    assert (found["verdict"], found["faces"], found["error"]) == ("cannot-tell", [], None)
    assert "no face was seen" in found["sentence"]


def test_sound_alone_is_cannot_tell(row: Callable[[str], Row]) -> None:
    found = row("sound.wav")
    assert (found["verdict"], found["probability"], found["seen_until"]) == ("cannot-tell", None, None)
    assert "sound file" in found["sentence"]


def test_a_still_is_judged_as_far_as_a_still_can_be(row: Callable[[str], Row]) -> None:
    found = row("still.png")
    assert found["media"]["kind"] == "image"
    assert [it["detector"] for it in found["faces"][0]["evidence"]] == STILL
    assert found["verdict"] == "cannot-tell"


def test_a_film_of_one_frame_is_cannot_tell(row: Callable[[str], Row]) -> None:
    found = row("one-frame.mp4")
    assert (found["verdict"], found["error"]) == ("cannot-tell", None)
    assert found["faces"][0]["start"] == found["faces"][0]["end"]


def test_a_film_of_one_pixel_is_cannot_tell(row: Callable[[str], Row]) -> None:
    assert (row("one-pixel.mp4")["verdict"], row("one-pixel.mp4")["error"]) == ("cannot-tell", None)


def test_every_result_has_a_page_and_every_file_a_line_in_the_index(
    run: subprocess.CompletedProcess[str], folder: Path
) -> None:
    analysed = [one for one in rows(run) if one["error"] is None]
    pages = [path for path in (folder / "out").iterdir() if path.name != "index.html"]
    assert len(pages) == len(analysed)
    index = (folder / "out" / "index.html").read_text(encoding="utf-8")
    assert all(one["file"] in index for one in rows(run))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_says_so(tmp_path: Path, short_clip: Path) -> None:
    shutil.copy(short_clip, tmp_path / "locked.mp4")
    (tmp_path / "locked.mp4").chmod(0)
    done = unmask("check", "--json", "locked.mp4", cwd=tmp_path)
    assert done.returncode == 3
    assert rows(done)[0]["error"]["code"] == "unreadable"


def test_a_playlist_is_not_fetched() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        port = server.getsockname()[1]
        script = f"#EXTM3U\n#EXTINF:5,\nhttp://127.0.0.1:{port}/a.ts\n#EXT-X-ENDLIST\n".encode()
        done = unmask("check", "--json", "-", stdin=script)
        with pytest.raises(TimeoutError):
            server.accept()
    assert done.returncode == 3
    assert rows(done)[0]["error"]["code"] == "not-media"


@pytest.fixture(scope="module")
def odd_names(tmp_path_factory: pytest.TempPathFactory, short_clip: Path) -> Path:
    home = tmp_path_factory.mktemp("names") / "inner"
    home.mkdir()
    for name in (*NAMES, *MORE_NAMES, "../above.mp4"):
        (home / name).write_bytes(short_clip.read_bytes())
    return home


@pytest.fixture(scope="module")
def named_run(odd_names: Path) -> subprocess.CompletedProcess[str]:
    asked = ("--only", "file", "--json", "--report", "out")
    return unmask("check", *asked, "--", *NAMES, *MORE_NAMES, "../above.mp4", cwd=odd_names)


def test_files_of_odd_names_are_done_under_their_names(named_run: subprocess.CompletedProcess[str]) -> None:
    assert named_run.returncode == 0, named_run.stderr
    assert names(rows(named_run)) == [*NAMES, *MORE_NAMES, "../above.mp4"]


def test_odd_names_are_no_commands(odd_names: Path, named_run: subprocess.CompletedProcess[str]) -> None:
    assert named_run.returncode == 0
    assert not (odd_names / "x").exists()


def test_pages_of_odd_names_stay_in_their_folder(odd_names: Path, named_run: subprocess.CompletedProcess[str]) -> None:
    assert named_run.returncode == 0
    pages = list(odd_names.parent.rglob("*.html"))
    assert len(pages) == len(NAMES) + len(MORE_NAMES) + 2
    assert {path.parent for path in pages} == {odd_names / "out"}


def test_progress_and_text_show_no_raw_control_of_a_name(odd_names: Path) -> None:
    done = unmask(
        "check", "--only", "file", "--", "line\nbreak.mp4", "\u202egnp.4pm.mp4", "\x1b[31mred.mp4", cwd=odd_names
    )
    for told in (done.stdout, done.stderr):
        assert "\u202e" not in told
        assert "\x1b" not in told
        assert "line\nbreak" not in told


def test_a_name_that_is_no_utf_8_is_done(tmp_path: Path, short_clip: Path) -> None:
    name = b"caf\xe9.mp4"
    Path(os.fsdecode(bytes(tmp_path) + b"/" + name)).write_bytes(short_clip.read_bytes())
    for asked in (["--json"], []):
        done = subprocess.run(
            [*COMMAND, "check", "--only", "file", "--report", "out", *asked, name],
            cwd=tmp_path,
            capture_output=True,
            env=environment(),
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        assert b"caf" in done.stdout


def test_a_crowd_is_followed_in_part_and_counted(tmp_path: Path) -> None:
    places = [(x, y) for x in np.linspace(0.1, 0.9, 6) for y in np.linspace(0.1, 0.88, 5)]
    people = tuple(Puppet(x=x, y=y, face_width=96.0, tone=k) for k, (x, y) in enumerate(places))
    image = picture_of(Stage(puppets=people, width=960, height=960))
    cv2.imwrite(str(tmp_path / "crowd.png"), image[..., ::-1])
    (found,) = rows(unmask("check", "--json", tmp_path / "crowd.png", UNMASK_MAX_PEOPLE="3"))
    assert len(found["faces"]) == 3
    assert found["crowd"] >= 15
    assert any("more faces" in sentence for sentence in found["unchecked"])
