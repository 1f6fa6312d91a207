import json
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.forgery.swap.conftest import Stage
from unmask.errors import BrokenMedia, UsageError
from unmask.forgery.lab import Sealer, open_lab, open_sealer
from unmask.forgery.swap.descent import may_go_live
from unmask.forgery.swap.live import CODING, RECIPE, LiveOrder, swap_live
from unmask.forgery.swap.live_preview import Preview
from unmask.forgery.swap.live_source import Source, film_source
from unmask.forgery.swap.live_tally import LiveState
from unmask.forgery.swap.swapping import open_model
from unmask.media.encode import write_video
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.provenance.ledger import read_ledger
from unmask.settings import settings
from unmask.types import Frame

HULL = replace(RECIPE, mask="hull")
"""The model that has hardly begun to learn draws no mask."""
QUICK = replace(CODING, preset="ultrafast", force=True)


def source_of(path: Path, *, loop: bool = False) -> Source:
    return film_source(path, settings(), loop=loop, paced=False)


def order_of(stage: Stage, output: Path | None = None, *, loop: bool = False) -> LiveOrder:
    source = source_of(stage.films["other"], loop=loop)
    return LiveOrder("model", source, lossless=True, output=output, coding=QUICK, recipe=HULL)


def frames_of(path: Path) -> list[Frame]:
    with open_frames(path, probe(path, settings()), settings(), exact=True) as film:
        return list(film)


def test_a_film_of_the_session_is_sealed_and_its_face_is_drawn(stage: Stage, tmp_path: Path) -> None:
    run = swap_live(stage.sealer, order_of(stage, tmp_path / "live.mp4"), settings())
    assert run.written is not None
    entry, after, before = run.written.entry, frames_of(tmp_path / "live.mp4"), frames_of(stage.films["other"])
    truth = entry.extra["truth"]
    assert (entry.kind, truth["method"], truth["parameters"]["live"]) == ("swap", "df-micro64", True)
    assert set(truth["consents"]) == {it for one in stage.prepared.values() for it in one.store.consents}
    assert (run.counts["captured"], run.counts["dropped"]) == (40, 0)
    assert len(after) == run.counts["labelled"] == run.counts["written"] == run.counts["drawn"] > 20
    shown_from = len(before) - len(after)
    assert before[shown_from].seconds == pytest.approx(truth["parameters"]["from_seconds"], abs=0.002)
    assert np.diff([frame.seconds for frame in after]) == pytest.approx(1 / 25, abs=1e-3)
    change = np.abs(before[-1].image.astype(int) - after[-1].image).mean(axis=2)
    assert change[80:170, 90:160].mean() > 6
    assert change[:30].mean() < 4
    assert after[-1].image[-12:, 4:100].max() > 200  # the label's letters
    assert set(run.milliseconds) == {"followed", "drawn", "labelled", "written"}


def test_a_preview_alone_is_noted_in_the_ledger_and_ends_after_its_time(stage: Stage) -> None:
    states: list[LiveState] = []
    order = replace(order_of(stage, loop=True), seconds=0.2)
    with Preview(0) as screen:
        run = swap_live(stage.sealer, order, settings(), screen=screen, on_progress=states.append)
    newest = read_ledger(stage.lab.ledger).entries[-1]
    assert run.written is None
    assert screen.entry is not None
    assert (newest.file, newest.kind, newest.payload) == ("shown live", "swap", screen.entry.payload)
    assert newest.extra["truth"]["parameters"]["live"] is True
    assert newest.sources[0] == probe(stage.films["other"], settings()).sha256
    assert states[0].note == "waiting for a face that looks ahead"
    assert run.seconds < 2
    assert run.counts["labelled"] > 0
    assert run.frames_per_second == pytest.approx(run.counts["labelled"] / run.seconds)


def test_who_is_not_dst_is_refused_before_anything_is_shown(stage: Stage, speaker: Path, tmp_path: Path) -> None:
    before = read_ledger(stage.lab.ledger).entries
    order = replace(order_of(stage, tmp_path / "live.mp4"), source=source_of(speaker))
    with Preview(0) as screen, pytest.raises(UsageError, match="whom the model learned to draw over"):
        swap_live(stage.sealer, order, settings(), screen=screen)
    assert read_ledger(stage.lab.ledger).entries == before
    assert list(tmp_path.iterdir()) == []


def test_a_film_of_walls_shows_nobody(stage: Stage, tmp_path: Path) -> None:
    write_video(tmp_path / "wall.mp4", [np.full((128, 128, 3), 90, np.uint8)] * 5, 25.0)
    order = replace(order_of(stage, tmp_path / "live.mp4"), source=source_of(tmp_path / "wall.mp4"))
    with pytest.raises(UsageError, match=r"No face that looks ahead is seen in 'wall\.mp4'"):
        swap_live(stage.sealer, order, settings())


def test_an_interrupt_ends_the_session_and_the_film_is_whole(stage: Stage, tmp_path: Path) -> None:
    def interrupt(state: LiveState) -> None:
        if state.counts["labelled"] == 5:
            signal.raise_signal(signal.SIGINT)

    order = order_of(stage, tmp_path / "live.mp4", loop=True)
    run = swap_live(stage.sealer, order, settings(), on_progress=interrupt)
    assert run.written is not None
    assert len(frames_of(run.written.path)) == run.counts["labelled"] == 5


def test_an_interrupt_before_anybody_is_seen_is_one(stage: Stage) -> None:
    def interrupt(_: LiveState) -> None:
        signal.raise_signal(signal.SIGINT)

    with Preview(0) as screen, pytest.raises(KeyboardInterrupt):
        swap_live(stage.sealer, order_of(stage, loop=True), settings(), screen=screen, on_progress=interrupt)


def test_a_source_that_fails_leaves_what_was_shown(stage: Stage, tmp_path: Path) -> None:
    source = source_of(stage.films["other"])

    def failing(*given: object) -> object:
        for number, frame in enumerate(source.frames(*given)):  # type: ignore[arg-type] # as they came
            if number == 25:
                raise BrokenMedia("The camera was unplugged.")
            yield frame

    order = replace(order_of(stage, tmp_path / "live.mp4"), source=replace(source, frames=failing))  # type: ignore[arg-type]
    run = swap_live(stage.sealer, order, settings())
    assert run.remarks == ("The camera was unplugged.",)
    assert run.written is not None
    assert run.written.frames == run.counts["labelled"] > 5


def test_a_session_of_which_nothing_would_be_seen_is_refused(stage: Stage) -> None:
    with pytest.raises(UsageError, match="Nothing would be seen of it"):
        swap_live(stage.sealer, order_of(stage), settings())


def test_a_person_must_have_agreed_to_live(stage: Stage, tmp_path: Path) -> None:
    lab = open_lab(Path(shutil.copytree(stage.lab.folder, tmp_path / "lab")))
    sealer, descent = open_sealer(lab), open_model(lab, "model")[1]
    may_go_live(lab, descent)  # puppets
    path = lab.consents / f"{stage.prepared['one'].store.consents[0]}.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    person = {"basis": "own-face", "faces": [[0.0] * 128], "embedder": "dlib-resnet-v1"}
    path.write_text(json.dumps(told | person), encoding="utf-8")
    with Preview(0) as screen, pytest.raises(UsageError, match="covers train, swap, not live"):
        swap_live(Sealer(lab, sealer.marks, sealer.signer), order_of(stage), settings(), screen=screen)
    path.write_text(json.dumps(told | person | {"scope": ["train", "swap", "live"]}), encoding="utf-8")
    may_go_live(lab, descent)
