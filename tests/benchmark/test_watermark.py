import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.puppet import Puppet, Stage, film
from unmask.benchmark.attacks import ATTACKS
from unmask.benchmark.watermark import Outcomes, outcomes_of, watermark_origin, watermark_suite
from unmask.benchmark.watermark_beside import PAYLOAD_BITS, PEER, Peer, PeerRow, bits_of
from unmask.benchmark.watermark_cost import CostRow
from unmask.benchmark.watermark_faces import KINDS
from unmask.benchmark.watermark_figures import Figure, findings, honesty, looks, survivals
from unmask.benchmark.watermark_films import Excerpt
from unmask.benchmark.watermark_jobs import Plan, do, jobs_of, plan_of, work_off
from unmask.benchmark.watermark_judge import Judgement, judgement, leave_one_out, overlap_of
from unmask.benchmark.watermark_kept import Version, keep_version, kept_row, kept_version, stamp_of
from unmask.benchmark.watermark_measure import (
    HONEST,
    FilmRow,
    bench_keys,
    block_shares,
    marked_frames,
    measured,
    outcome_of,
)
from unmask.cli.bench import bench
from unmask.errors import UnmaskError, UsageError
from unmask.provenance.watermark.expect import fitted
from unmask.provenance.watermark.find import find_mark
from unmask.provenance.watermark.geometry import untouched_lie
from unmask.provenance.watermark.layout import blocks_of
from unmask.report.as_json import json_line
from unmask.settings import Settings
from unmask.types import Payload

CLIP = 7


@pytest.fixture(scope="module")
def excerpt() -> Excerpt:
    stage = Stage(puppets=(Puppet(face_width=150.0),), width=288, height=288, seconds=0.7)
    return Excerpt(tuple(film(stage)), 30.0, halved=False)


@pytest.fixture(scope="module")
def honest(excerpt: Excerpt) -> Version:
    return measured(HONEST, 23, marked_frames(excerpt, CLIP), (), CLIP)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    folder = tmp_path_factory.mktemp("films")
    for name in ("a.mp4", "b.mp4"):
        (folder / name).write_bytes(name.encode())
    return plan_of(sorted(folder.iterdir()), folder / "work", Settings())


def film_row(film: str, *, read: bool = True, unmarked: str = "not-found") -> FilmRow:
    word = "read" if read else "not-found"
    return FilmRow(
        film,
        320,
        240,
        halved=False,
        frames=30,
        psnr_db=45.0 if read else 41.0,
        rgb_psnr_db=45.0,
        ssim=0.99,
        plain_bytes=1000,
        marked_bytes=1100 if read else 1300,
        reads={attack.name: word for attack in ATTACKS},  # type: ignore[misc]
        coded_bytes={attack.name: 500 for attack in ATTACKS},
        unmarked=unmarked,  # type: ignore[arg-type]
        foreign_tries=20,
    )


def peer_row(film: str, right: int) -> PeerRow:
    bits = {attack.name: right for attack in ATTACKS}
    return PeerRow(film, "0.2.0", 40, 70.0, 41.0, 1.0, 1000, 1050, bits, dict.fromkeys(KINDS, right))


def judgements(name: str, alive: float, overlap: float, state: str = "altered") -> list[Judgement]:
    honest = [Judgement(name, HONEST, crf, "intact", 0.6, 0.1, None, 1.0, 1.0, "intact") for crf in (18, 23, 28, 32)]
    made = [
        Judgement(name, kind, crf, state, 0.6, 0.1, overlap, alive, alive, "altered")  # type: ignore[arg-type]
        for kind in KINDS
        for crf in (23, 28)
    ]
    return honest + made


def test_a_version_is_kept_as_it_was(tmp_path: Path, honest: Version) -> None:
    assert honest.record is not None
    assert honest.plain is not None
    assert honest.people
    truth = np.zeros_like(honest.record.agreement)
    keep_version(tmp_path, "film", replace(honest, truth=truth))
    again = kept_version(tmp_path, "film", HONEST, 23)
    assert again is not None
    assert again.record is not None
    assert np.array_equal(again.record.agreement, honest.record.agreement)
    assert again.lie == honest.lie
    assert (again.timed, again.truth is not None) == (True, True)
    first, second = (track.landmarks_of() for track in (again.people[0], honest.people[0]))
    assert np.array_equal(first, second)
    assert kept_version(tmp_path, "film", HONEST, 28) is None


def test_an_honest_film_is_judged_honest_and_a_blurred_one_is_found(excerpt: Excerpt, honest: Version) -> None:
    marked = marked_frames(excerpt, CLIP)
    other = [np.full_like(frame.image, 120) for frame in marked]
    mask = np.zeros(marked[0].image.shape[:2], bool)
    mask[96:192, 96:192] = True
    made = tuple(replace_pixels(frame.image, grey, mask) for frame, grey in zip(marked, other, strict=True))
    frames = [type(frame)(image, frame.seconds) for frame, image in zip(marked, made, strict=True)]
    altered = measured("blurred", 23, frames, [mask] * len(frames), CLIP)
    said = [judgement("film", one, fitted()) for one in (honest, altered)]
    assert [one.state for one in said] == ["intact", "altered"]
    assert said[0].overlap is None
    assert said[1].overlap is not None
    assert said[1].overlap > 0.5


def replace_pixels(image: np.ndarray, other: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return np.where(mask[..., None], other, image)


def test_a_film_without_the_mark_cannot_be_judged() -> None:
    lost = Version("pasted", 28)
    said = judgement("film", lost, fitted())
    assert (said.state, said.overlap, said.face_alive) == ("undecidable", 0.0, None)
    assert judgement("film", Version(HONEST, 28), fitted()).overlap is None


def test_what_a_reader_says_against_what_was_written(excerpt: Excerpt) -> None:
    keys = bench_keys()
    found = find_mark(list(marked_frames(excerpt, CLIP))[:6], keys)
    assert outcome_of(found, Payload(keys.institution, CLIP)) == "read"
    assert outcome_of(found, Payload(keys.institution, CLIP + 1)) == "wrong"
    assert found is not None
    assert outcome_of(replace(found, payload=None), Payload(keys.institution, CLIP)) == "unreadable"
    assert outcome_of(None, None) == "not-found"


def test_a_film_is_not_judged_by_itself(honest: Version) -> None:
    assert honest.plain is not None
    louder = replace(honest.plain, agreement=honest.plain.agreement * np.float32(0.5))
    learnt = leave_one_out({"a": [honest.plain], "b": [honest.plain], "c": [louder]})
    assert np.allclose(learnt["a"], learnt["b"])
    assert not np.allclose(learnt["a"], learnt["c"])
    few = leave_one_out({"a": [honest.plain], "b": [louder]})
    assert np.array_equal(few["a"], fitted())


def test_overlap_of_nothing_with_nothing_is_whole() -> None:
    nothing = np.zeros((1, 2, 2), bool)
    assert overlap_of(nothing, nothing) == 1.0
    assert overlap_of(~nothing, nothing) == 0.0


def test_blocks_are_covered_by_the_share_of_their_pixels() -> None:
    mask = np.zeros((256, 256), bool)
    mask[16:32, 32:56] = True
    shares = block_shares(mask, untouched_lie(blocks_of(256, 256)))
    assert shares[1, 2] == pytest.approx(1.0, abs=0.02)
    assert shares[1, 3] == pytest.approx(0.5, abs=0.1)
    assert shares.sum() == pytest.approx(1.5, abs=0.1)


def test_a_file_that_cannot_be_measured_is_kept_as_refused_and_told(plan: Plan) -> None:
    jobs = jobs_of(plan)
    assert [job.part for job in jobs] == ["versions", "payload", "versions", "payload", "cost"]
    for job in jobs[:-1]:
        do(job)
    refused = kept_row(plan.work, jobs[0].name)
    assert refused is not None
    assert "refused" in refused
    with pytest.raises(UnmaskError, match="Nothing is kept"):
        outcomes_of(jobs)
    outcome = outcomes_of(jobs[:-1])
    assert outcome.films == ()
    assert len(outcome.refused) == 2


def test_a_folder_of_broken_films_comes_to_an_end(
    plan: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, page = plan.films[0].parent, tmp_path / "results.md"
    assert bench("watermark", folder, work=tmp_path, jobs=1, json=True, quiet=True, write=page) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["kind"] for row in rows] == ["refused", "refused", "origin"]
    assert "Files that could not be measured: 2." in page.read_text(encoding="utf-8")


def test_what_is_kept_is_not_measured_again(plan: Plan) -> None:
    jobs = [job for job in jobs_of(plan) if job.part != "cost"]
    for job in jobs:
        do(job)
    times = [(plan.work / f"{job.name}.json").stat().st_mtime_ns for job in jobs]
    assert list(work_off(jobs, 1)) == jobs
    assert [(plan.work / f"{job.name}.json").stat().st_mtime_ns for job in jobs] == times


def test_a_name_tells_the_code_and_the_files(tmp_path: Path) -> None:
    source = tmp_path / "code.py"
    source.write_text("one", encoding="utf-8")
    first = stamp_of([source], "film")
    assert first == stamp_of([source], "film") != stamp_of([source], "other")
    source.write_text("two", encoding="utf-8")
    assert stamp_of([source], "film") != first


def test_a_plan_takes_some_films_from_all_over_the_folder(tmp_path: Path) -> None:
    films = [tmp_path / f"{index:02}.mp4" for index in range(10)]
    plan = plan_of(films, tmp_path / "work", Settings(), most_films=2)
    assert [film.name for film in plan.films] == ["00.mp4", "05.mp4"]
    assert len(plan_of(films, tmp_path / "work", Settings(), quick=True).films) == 3


def test_empty_folders_are_usage_errors(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no films"):
        plan_of([], tmp_path, Settings())
    for option in ("faces", "speech"):
        with pytest.raises(UsageError, match="holds no"):
            plan_of([tmp_path / "a.mp4"], tmp_path, Settings(), **{option: tmp_path})  # type: ignore[arg-type]


def test_a_python_without_the_peer_is_said(tmp_path: Path) -> None:
    with pytest.raises(UnmaskError, match=PEER):
        Peer(str(tmp_path / "python"))


FAKE_METHOD = """
import numpy as np

class EmbedDwtDctSvd:
    def __init__(self, watermarks, wmLen):
        self.bits, self.length = watermarks, wmLen

    def encode(self, picture):
        marked = picture.copy()
        marked[0, : len(self.bits), 0] = np.array(self.bits) * 200
        return marked

    def decode(self, picture):
        return picture[0, : self.length, 0] > 100
"""


def test_the_peer_is_asked_in_its_own_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "imwatermark").mkdir()
    (tmp_path / "imwatermark" / "__init__.py").write_text("raise ImportError('needs torch')", encoding="utf-8")
    (tmp_path / "imwatermark" / "dwtDctSvd.py").write_text(FAKE_METHOD, encoding="utf-8")
    about = tmp_path / "invisible_watermark-9.8.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: invisible-watermark\nVersion: 9.8\n", encoding="utf-8"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    images = [np.full((8, 80, 3), shade, np.uint8) for shade in (50, 60, 70)]
    bits = bits_of(Payload(0x0F0F0F0F, 3))
    with Peer(sys.executable) as peer:
        marked = peer.mark(images, bits)
        assert peer.version == "9.8"
        assert marked[0][0, :64, 2].tolist() == [200 * bit for bit in bits]
        wrong = marked[2].copy()
        wrong[0] = 0
        assert peer.read([marked[0], marked[1], wrong]) == bits
        assert peer.mark_ms >= 0
        assert peer.read_ms >= 0


def test_a_peer_without_the_package_is_said() -> None:
    with pytest.raises(UnmaskError, match="ended without an answer"):
        Peer(sys.executable)


def test_the_bits_of_a_payload_are_64() -> None:
    assert len(bits_of(Payload(2**32 - 1, 0))) == PAYLOAD_BITS
    assert bits_of(Payload(2**32 - 1, 0)) == [1] * 32 + [0] * 32


def test_shares_are_counted_with_what_was_missed() -> None:
    rows = [film_row("a"), film_row("b", read=False)]
    first = survivals(rows, [peer_row("a", 64), peer_row("b", 60)], (), ())[0]
    assert (first.value, first.met) == (50.0, False)
    assert "1 of 2" in first.detail
    assert "1 not-found" in first.detail
    assert first.peer == "1 of 2; bits 97 %"
    assert all(one.met for one in survivals(rows[:1], (), (), ()))


def test_bits_and_quality_meet_their_targets_or_not() -> None:
    good, bad = (
        {one.name: one for one in looks([row], (), (), ())} for row in (film_row("a"), film_row("b", read=False))
    )
    assert good["luma PSNR, films"].met
    assert not bad["luma PSNR, films"].met
    extra = bad["extra bits, mean, films, x264 CRF 23"]
    assert extra.value == pytest.approx(30.0)
    assert not extra.met


def test_alteration_is_ranked_against_the_same_films() -> None:
    rows = judgements("a", 0.0, 0.8) + judgements("b", 0.1, 0.4, "undecidable")
    found = {(one.kind, one.crf): one for one in findings(rows, [peer_row("a", 64)], 0)}
    one = found["pasted", 23]
    assert (one.films, one.called, one.undecidable, one.area, one.ranked) == (2, 1, 1, 1.0, 2)
    assert one.overlap == pytest.approx(0.6)
    assert one.peer == (1, 1)
    assert found["pasted", 28].peer is None


def test_honest_films_called_altered_are_counted_with_a_bound() -> None:
    told = {one.what: one for one in honesty(judgements("a", 0.0, 0.8) * 20, ())}
    one = told["films, x264 CRF 23"]
    assert (one.files, one.called) == (20, 0)
    assert one.largest_rate == pytest.approx(1 - 0.05 ** (1 / 20))


def test_a_figure_without_a_value_does_not_meet_its_target() -> None:
    assert Figure("x", None, at_least=1.0).met is False
    assert Figure("x", None).met is None


def test_the_section_tells_all_and_what_was_not_reached(plan: Plan) -> None:
    costs = (CostRow("marking a frame", 40.0, 33.0, None, "told"), CostRow("finding", 900.0))
    some = Outcomes(
        (film_row("anna.mp4"), film_row("ben.mp4", read=False)),
        judgements=tuple(judgements("anna.mp4", 0.0, 0.9) + judgements("ben.mp4", 0.9, 0.2)),
        costs=costs,
    )
    origin = watermark_origin(plan, "videos/real")
    result = watermark_suite(plan, some, origin)
    text = "\n".join(result.section.lines)
    assert "anna" not in text
    assert "Not reached:" in text
    assert "marking a frame: 40.0 CPU ms, target ≤ 33 (told)" in text
    assert f"name a Python that has invisible-watermark in {PEER}" in text
    assert "not measured" in text
    kinds = {json.loads(json_line(row))["kind"] for row in result.rows}
    assert {"film", "judgement", "figure", "found", "honest", "cost", "origin"} <= kinds


def test_all_targets_met_is_said(plan: Plan) -> None:
    rows = judgements("a", 0.0, 0.9) + judgements("b", 0.0, 0.9)
    some = Outcomes((film_row("a"), film_row("b")), (peer_row("a", 64), peer_row("b", 64)), judgements=tuple(rows))
    text = watermark_suite(plan, some, watermark_origin(plan, "videos/real")).section.lines
    assert "All targets are met." in text
    assert "dwtDctSvd 0.2.0" in "\n".join(text)


def test_a_false_read_is_counted(plan: Plan) -> None:
    some = Outcomes((film_row("a"), film_row("b", unmarked="wrong")))
    text = "\n".join(watermark_suite(plan, some, watermark_origin(plan, "x")).section.lines)
    assert "a payload is read in 1 of 2" in text
    assert "in 0 of 40 (at most" in text
