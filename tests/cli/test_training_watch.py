"""What a training says of how far it is."""

import time

import pytest

from unmask.cli.status_line import StatusLine
from unmask.cli.training_watch import StepWatch, stepping


def test_a_log_tells_iterations_their_pace_and_the_time_left_at_most(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([100.0, 102.0, 104.0, 106.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    watch = StepWatch(60, StatusLine(log_seconds=3.0))
    for iteration in (21, 22, 23, 24):  # one that goes on
        watch.step(iteration)
    watch.say("A look.")
    assert capsys.readouterr().err == "23 of 60 iterations, 2.0 s each, 1:14 left at most\nA look.\n"


def test_silence_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    with stepping(60, quiet=True) as watch:
        watch.step(1)
        watch.step(2)
        watch.say("A look.")
    assert capsys.readouterr().err == ""
