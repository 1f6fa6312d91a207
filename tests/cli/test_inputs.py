"""What the user's words stand for."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from unmask.cli.inputs import Input, expand, opened
from unmask.errors import OverLimit, Unreadable
from unmask.settings import Settings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("b.mp4", "a.MOV", "notes.txt", "deep/er/c.wav", "deep/d.jpg", "[x].mp4"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


Named = Callable[..., list[str]]


@pytest.fixture
def named(folder: Path) -> Named:
    assert Path.cwd() == folder
    return lambda *words: [one.name for one in expand(words)]


def test_a_file_stands_for_itself_whatever_its_suffix(named: Named) -> None:
    assert named("notes.txt", "b.mp4") == ["notes.txt", "b.mp4"]


def test_a_file_that_is_not_there_stands_for_itself_and_fails_later(named: Named) -> None:
    assert named("absent.mp4") == ["absent.mp4"]


def test_a_folder_stands_for_the_media_below_it_in_order(named: Named) -> None:
    assert named(".") == ["[x].mp4", "a.MOV", "b.mp4", "deep/d.jpg", "deep/er/c.wav"]


def test_a_pattern_the_shell_left_alone_is_matched(named: Named) -> None:
    assert named("*.mp4") == ["[x].mp4", "b.mp4"]
    assert named("**/*.jpg") == ["deep/d.jpg"]


def test_a_name_with_the_signs_of_a_pattern_stands_for_itself(named: Named) -> None:
    assert named("[x].mp4") == ["[x].mp4"]


def test_each_file_is_looked_at_once_in_the_order_given(named: Named) -> None:
    assert named("b.mp4", "*.mp4", "b.mp4") == ["b.mp4", "[x].mp4"]


def test_what_stands_for_nothing_is_kept_and_fails_later(named: Named, folder: Path) -> None:
    (folder / "bare").mkdir()
    assert named("*.avi", "bare", "b.mp4") == ["*.avi", "bare", "b.mp4"]


def test_a_link_that_leads_nowhere_in_a_folder_is_no_media(folder: Path, named: Named) -> None:
    (folder / "gone.mp4").symlink_to(folder / "nowhere.mp4")
    assert "gone.mp4" not in named(".")


class Stdin:
    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


def test_standard_input_is_set_down_in_a_file_that_is_gone_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Stdin(b"bytes"))
    with opened(Input(None, "-"), Settings()) as path:
        assert path.read_bytes() == b"bytes"
    assert not path.exists()


def test_more_standard_input_than_allowed_is_over_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", Stdin(b"x" * 5000))
    with (
        pytest.raises(OverLimit, match="more than 4096 bytes; raise UNMASK_MAX_BYTES"),
        opened(Input(None, "-"), Settings(max_bytes=4096)),
    ):
        pass


def test_closed_standard_input_is_said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(Unreadable, match="closed"), opened(Input(None, "-"), Settings()):
        pass


def test_a_file_called_dash_is_a_file() -> None:
    assert [one.path for one in expand(["./-", "-"])] == [Path("./-"), None]


def test_a_name_that_is_too_long_is_kept_and_fails_later() -> None:
    assert [one.name for one in expand(["a" * 300 + ".mp4"])] == ["a" * 300 + ".mp4"]
