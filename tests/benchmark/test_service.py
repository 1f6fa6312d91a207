import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from unmask.benchmark import service_events
from unmask.benchmark.lab_figures import Figure
from unmask.benchmark.service import PAGE, QUICK, effort_of, service_suite
from unmask.benchmark.service_events import FilmRun, Heard, ListenRun, film_heard, judged
from unmask.benchmark.service_figures import Loaded, Measured, PageSize, figures_of, page_size, service_table
from unmask.benchmark.service_kills import KillRun, ends_of, fate_of, kills_of
from unmask.benchmark.service_load import ReadRun, SoakRun, UploadRun, growth_per_minute
from unmask.benchmark.service_paint import BROWSERS, PaintRun, paint_run, painted
from unmask.benchmark.service_program import Served, served
from unmask.cli.bench import bench
from unmask.errors import UnmaskError, UsageError
from unmask.report.as_json import json_line

MEASURED = Measured(
    kills=KillRun(1000, 998, ("quarantined (died)", "finished 2 times"), 10, 9, 400.0),
    film=FilmRun(66_000, 0.8, 2.5),
    reads=ReadRun(3500, 10.0, 5.0),
    listeners=ListenRun(100, 100, 75, (0.1, 0.1, 0.3)),
    upload=UploadRun(10**9, 4.0, 60_000_000),
    page=PageSize(Loaded(4, 100_000, 70_000), Loaded(40, 400_000, 150_000)),
    paint=PaintRun((0.4, 1.25, 1.1)),
    soak=SoakRun(2.0, 150, 4000, 500_000.0, 220_000_000),
)


def figures(measured: Measured) -> dict[str, Figure]:
    return {f"{part}: {one.name}, {one.unit}": one for part, one in figures_of(measured)}


def event(number: int, state: str, moment: float | None = None, at: float = 0.0, check: str = "c_1") -> Heard:
    """A check's change of state."""
    iso = None if moment is None else datetime.fromtimestamp(moment, UTC).isoformat()
    told = {"id": check, "state": state, "created": iso, "started": iso, "finished": iso}
    return Heard(number, "check", json.dumps(told).encode(), at)


def test_each_figure_stands_beside_its_goal() -> None:
    found = figures(MEASURED)
    once = found["kills: checks with exactly one result, of 1000"]
    assert (once.value, once.target, once.met) == (998, "≥ 1000", "NO")
    assert once.detail.endswith("9 further attempts; finished 2 times: 1; quarantined (died): 1")
    reads = found["reads: reads of a check's state, a second"]
    assert (reads.value, reads.met) == (350.0, "yes")
    assert found["reads: reads of a check's state, a CPU s"].value == 700.0
    growth = found["upload: growth of the server's memory in it, MB"]
    assert (growth.value, growth.target, growth.met) == (60.0, "≤ 50", "NO")
    assert found["listeners: listeners that heard every event, in order, of 100"].met == "yes"
    assert found["listeners: delay of an event, median, ms"].value == pytest.approx(100.0)
    first, whole = found["page: the page's first view, gzip, kB"], found["page: the whole page, gzip, kB"]
    assert (first.value, first.target, first.met) == (70.0, "≤ 80", "yes")
    assert (whole.value, whole.target) == (150.0, "–")
    paint = found["paint: the page's first paint, s"]
    assert (paint.value, paint.target, paint.met) == (1.1, "≤ 1", "NO")
    assert paint.detail.endswith(
        "median of 3 visits with a Chromium that has kept nothing: first contentful paint; longest 1.25 s"
    )
    assert found["soak: soak, minutes"].met == "NO"
    assert found["soak: growth of memory in it, MB a minute"].value == 0.5


def test_half_the_rate_misses_the_goal() -> None:
    found = figures(replace(MEASURED, reads=ReadRun(1500, 10.0, 5.0)))
    assert found["reads: reads of a check's state, a second"].met == "NO"


def test_the_table_has_a_line_a_figure_with_the_number_that_was_asked_for() -> None:
    lines = service_table([one for _, one in figures_of(MEASURED)])
    assert len(lines) == 2 + len(figures(MEASURED))
    assert "998 of 1000" in lines[2]
    assert " NO " in lines[2]


def test_a_check_has_one_result_where_it_was_finished_once_and_can_be_read() -> None:
    done = {"state": "done", "error": None}
    ends = ends_of([event(1, "queued"), event(2, "done"), event(3, "done", check="c_2"), event(4, "done", check="c_2")])
    assert fate_of(done, ends["c_1"], readable=True) is None
    assert fate_of(done, ends["c_1"], readable=False) == "without a report"
    assert fate_of(done, ends["c_2"], readable=True) == "finished 2 times"
    assert fate_of(done, ends["c_3"], readable=True) == "finished 0 times"
    assert fate_of({"state": "failed", "error": {"code": "broken"}}, 0, readable=False) == "failed (broken)"


def test_moments_of_kills_are_spread_over_the_run_and_the_same_for_a_seed() -> None:
    moments = kills_of(10, 1000, 1)
    assert [moment.finished // 100 for moment in moments] == list(range(10))
    assert moments == kills_of(10, 1000, 1)
    assert moments != kills_of(10, 1000, 2)
    assert {moment.place < 0.5 for moment in moments} == {True, False}


def test_who_misses_an_event_or_hears_two_in_the_wrong_order_is_not_counted() -> None:
    events = [event(1, "queued"), event(2, "running"), event(3, "done")]
    run = judged([events, events[:2], [events[1], events[0], events[2]], [*events, events[2]]], events)
    assert (run.listeners, run.complete, run.events) == (4, 1, 3)


def test_an_event_that_is_kept_no_more_must_have_been_heard_by_all_or_none() -> None:
    soon_outdated = Heard(2, "progress", b'{"check": "c_1"}', 0.0)
    kept = [event(1, "queued"), event(3, "done")]
    assert judged([kept, [kept[0], soon_outdated, kept[1]]], kept).complete == 1
    assert judged([kept, kept], kept).complete == 2


def test_delay_counts_from_the_change_of_state() -> None:
    kept = [event(1, "queued", 100.0), event(2, "done", 103.0)]
    run = judged([[replace(kept[0], at=100.25), replace(kept[1], at=103.5)]], kept)
    assert run.delays == pytest.approx((0.25, 0.5))


def test_what_is_heard_of_another_check_is_not_the_films() -> None:
    other = [Heard(1, "evidence", b'{"check": "c_0"}', 10.1), event(2, "done", at=10.2, check="c_0")]
    own = [event(3, "running", at=10.5), Heard(4, "evidence", b'{"check": "c_1"}', 11.0), event(5, "done", at=12.0)]
    run = film_heard([*other, *own], "c_1", 10.0, 66_000)
    assert (run.evidence_seconds, run.verdict_seconds) == (1.0, 2.0)
    with pytest.raises(UnmaskError, match="Nothing was found by check c_2"):
        film_heard([*other, *own], "c_2", 10.0, 66_000)


def test_memory_that_grows_in_the_first_minute_alone_does_not_grow() -> None:
    seconds = np.arange(0.0, 300.0, 0.5)
    flat = [(float(at), int(1e8 + 1e6 * min(at, 60.0))) for at in seconds]
    rising = [(float(at), int(1e8 + 1e4 * at)) for at in seconds]
    assert abs(growth_per_minute(flat)) < 1e4
    assert growth_per_minute(rising) == pytest.approx(6e5, rel=1e-3)
    assert np.isnan(growth_per_minute([(0.0, 1)]))


def test_the_first_view_is_what_the_index_names_and_the_whole_is_every_file(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    index = '<link href="/assets/page.css"><script src="/assets/page.js"></script><a href="/assets/page.css">again</a>'
    (tmp_path / "index.html").write_text(index.ljust(1000), encoding="utf-8")
    for name in ("page.css", "page.js", "later.js"):
        (tmp_path / "assets" / name).write_bytes(np.random.default_rng(1).bytes(1000))
    size = page_size(tmp_path)
    assert (size.first.files, size.first.bytes) == (3, 3000)
    assert 2000 < size.first.packed_bytes < 2300
    assert (size.whole.files, size.whole.bytes) == (4, 4000)


def test_the_page_that_is_shipped_keeps_its_first_view_small() -> None:
    size = page_size(PAGE)
    assert size.first.packed_bytes < 80_000
    assert size.first.files < size.whole.files


def test_a_page_that_names_a_file_that_is_not_there_is_not_measured(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text('<script src="/assets/gone.js"></script>', encoding="utf-8")
    with pytest.raises(FileNotFoundError, match=r"gone\.js"):
        page_size(tmp_path)


SERVED_BY_NOBODY = Served(pid=0, port=9)


def test_without_a_browser_the_first_paint_is_not_measured_and_meets_no_goal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    run = paint_run(SERVED_BY_NOBODY, 3)
    paint = figures(replace(MEASURED, paint=run))["paint: the page's first paint, s"]
    assert np.isnan(paint.value)
    assert (paint.met, paint.detail) == ("NO", "not measured: no Chromium is installed")


def test_a_browser_that_fails_costs_this_figure_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = tmp_path / BROWSERS[0]
    browser.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    browser.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    run = paint_run(SERVED_BY_NOBODY, 2)
    assert run == PaintRun((), "chromium did not open the page: it ended with 3")


def test_the_paint_of_another_page_is_not_this_ones() -> None:
    def traced(name: str, at: float, navigation: str, address: str = "") -> dict[str, object]:
        return {"name": name, "ts": at, "args": {"data": {"navigationId": navigation, "documentLoaderURL": address}}}

    mine, other = "http://127.0.0.1:9/", "chrome://newtab/"
    events = [
        traced("firstContentfulPaint", 9e5, "2"),
        traced("firstContentfulPaint", 3e5, "1"),
        traced("navigationStart", 5e5, "2", mine),
        traced("navigationStart", 1e5, "1", other),
    ]
    assert painted(events, mine) == pytest.approx(0.4)
    with pytest.raises(UnmaskError, match="showed nothing of http://elsewhere/ in 3 seconds"):
        painted(events, "http://elsewhere/")


def test_fewer_stills_lose_fewer_workers() -> None:
    assert (effort_of().stills, effort_of().kills, effort_of().minutes) == (1000, 10, 2.0)
    assert (effort_of(12).kills, effort_of(3, 30.0).kills, effort_of(3, 30.0).minutes) == (3, 0, 30.0)


def test_a_service_that_does_not_start_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "taken").write_bytes(b"")
    with pytest.raises(UnmaskError, match=r"unmask serve does not start: .*taken"), served(tmp_path / "taken", 1):
        pass


def test_a_place_is_refused() -> None:
    with pytest.raises(UsageError, match="takes no 'films'"):
        bench("service", Path("films"), quiet=True)


def test_a_handful_of_everything_is_measured_from_end_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service_events, "SILENCE_SECONDS", 0.8)  # a handful of events needs no longer one
    least = replace(
        QUICK,
        stills=4,
        kills=1,
        film_seconds=6.0,
        read_seconds=0.5,
        upload_bytes=3_000_000,
        listeners=5,
        visits=1,
        minutes=0.05,
    )
    told: list[str] = []
    result = service_suite(least, "unmask bench service", tell=told.append)
    rows = [json.loads(json_line(row)) for row in result.rows]
    found = {(row["part"], row["name"], row["unit"]): row for row in rows if row["kind"] == "service"}
    assert found["kills", "checks with exactly one result", "of 4"]["met"] == "yes"
    assert found["listeners", "listeners that heard every event, in order", "of 5"]["met"] == "yes"
    assert found["reads", "reads of a check's state", "a second"]["value"] > 25.0  # 22 is what unsent answers come to
    assert found["upload", "upload of 3 MB", "s"]["value"] > 0
    paint = found["paint", "the page's first paint", "s"]
    has_browser = any(map(shutil.which, BROWSERS))
    assert (paint["value"] or 0.0) > 0 if has_browser else paint["met"] == "NO"
    film = [found["film", name, "s"]["value"] for name in ("to the first evidence", "to the verdict")]
    assert 0 < film[0] < film[1]
    assert rows[-1]["files"] == 6
    assert "soaking for 0.05 minutes" in told
    assert any(" 4 of 4 " in line for line in result.section.lines)
