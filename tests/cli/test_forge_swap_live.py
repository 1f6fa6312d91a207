from collections.abc import Callable
from pathlib import Path

import pytest

from unmask.cli import forge_swap_live
from unmask.cli.live_watch import said, watched
from unmask.errors import UnmaskError, UsageError
from unmask.forgery.swap.live_preview import Preview
from unmask.forgery.swap.live_tally import STAGES, LiveState


def state(seconds: float, note: str = "", **counts: int) -> LiveState:
    return LiveState(seconds, dict.fromkeys(STAGES, 0) | counts, note)  # type: ignore[arg-type] # names of stages


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (lambda home, _: forge_swap_live.live("m", lab=home), "from a film or from a camera"),
        (lambda home, film: forge_swap_live.live("m", film, camera=0, lab=home), "from a film or from a camera"),
        (lambda home, _: forge_swap_live.live("m", camera=0, loop=True, lab=home), "leave out --loop"),
        (lambda home, film: forge_swap_live.live("m", film, port=0, lab=home), "holds no model 'm'"),
        (lambda home, _: forge_swap_live.live("m", home / "none.mp4", port=0, lab=home), "cannot be opened"),
        (lambda home, film: forge_swap_live.live("m", film, preview=False, lab=home), "Nothing would be seen"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(
    command: Callable[[Path, Path], int], told: str, short_clip: Path, tmp_path: Path
) -> None:
    with pytest.raises(UnmaskError, match=told):
        command(tmp_path / "lab", short_clip)


def test_a_port_that_is_taken_is_told(short_clip: Path, tmp_path: Path) -> None:
    with Preview(0) as other:
        port = int(other.address.rsplit(":", 1)[1].strip("/"))
        with pytest.raises(UsageError, match=f"Port {port} is in use"):
            forge_swap_live.live("m", short_clip, port=port, lab=tmp_path / "lab")


def test_the_line_tells_the_frames_a_second_at_each_stage() -> None:
    line = said(state(10.0, captured=100), state(12.0, "no face in view", captured=150, dropped=20))
    assert line.startswith("Frames a second: captured 25.0, dropped 10.0, followed 0.0")
    assert "written" not in line
    assert line.endswith("sent 0.0 (no face in view)")


def test_a_log_gets_the_address_and_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    with watched("http://127.0.0.1:1/", quiet=False) as tell:
        assert tell is not None
        for tenth in range(250):
            tell(state(tenth / 10, captured=tenth))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Preview, on this machine alone: http://127.0.0.1:1/"
    assert len(lines) == 3
    assert lines[1].startswith("Frames a second: captured 10.0")


def test_in_silence_the_address_is_still_told(capsys: pytest.CaptureFixture[str]) -> None:
    with watched("http://127.0.0.1:1/", quiet=True) as tell:
        assert tell is None
    assert "http://127.0.0.1:1/" in capsys.readouterr().err
