import csv
import json
import shutil
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from tests.forgery.dataset.conftest import ALL_KINDS, MOST, Originals
from unmask.errors import UsageError
from unmask.forgery.consent import Enrolment, Evidence, enrol, today
from unmask.forgery.dataset.beginning import Wanted
from unmask.forgery.dataset.building import Built, build
from unmask.forgery.dataset.films import look_at
from unmask.forgery.dataset.labels import Label
from unmask.forgery.lab import open_lab
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.provenance.ledger import read_ledger
from unmask.settings import settings
from unmask.types import Media, RgbImage

NEARLY = 6.0
"""Mean difference in levels that marks and a coder leave where nothing was forged."""


def facts(path: Path) -> Media:
    return probe(path, settings())


def pictures(path: Path) -> list[RgbImage]:
    with open_frames(path, facts(path), settings(), exact=True) as film:
        return [frame.image for frame in film]


def by_pair(built: Built) -> dict[str, tuple[Label, ...]]:
    return {row.pair: tuple(other for other in built.rows if other.pair == row.pair) for row in built.rows}


def test_every_kind_is_there_with_its_truth(built: tuple[Built, Path]) -> None:
    made = Counter((row.pair_kind, row.kind, row.label) for row in built[0].rows)
    assert {(pair_kind, kind) for pair_kind, kind, _ in made} == {
        ("self-blend", "self-blend"),
        ("self-blend", "re-encoded"),
        ("own-paste", "paste"),
        ("own-paste", "re-encoded"),
        ("paste", "paste"),
        ("paste", "re-encoded"),
        ("re-encoded", "re-encoded"),
    }
    assert all(label == (kind != "re-encoded") for _, kind, label in made)
    assert sum(made.values()) == 2 * MOST


def test_both_films_of_a_pair_are_coded_alike(built: tuple[Built, Path]) -> None:
    for one, other in by_pair(built[0]).values():
        streams = [facts(built[1] / row.path).video for row in (one, other)]
        sizes = [(v.width, v.height, v.frame_rate, v.frames, v.profile, v.pixel_format) for v in streams if v]
        assert sizes[0] == sizes[1]
        assert sizes[0][:2] == (200, 200)
        assert (one.frames, one.crf, one.preset, one.label_box) == (
            other.frames,
            other.crf,
            other.preset,
            other.label_box,
        )
        assert (one.split, one.person, one.source_sha256) == (other.split, other.person, other.source_sha256)
        assert one.frames == 9


def test_outside_of_mask_and_label_a_forgery_is_its_original(built: tuple[Built, Path]) -> None:
    forged = [rows for rows in by_pair(built[0]).values() if rows[1].label]
    for original, fake in forged:
        changes = []
        films = [pictures(built[1] / path) for path in (original.path, fake.path, fake.mask)]
        left, top, right, bottom = map(int, fake.label_box.split())
        for real, made, mask in zip(*films, strict=True):
            apart = np.abs(real.astype(np.float32) - made).mean(axis=2)
            outside = mask[..., 0] < 4
            outside[top:bottom, left:right] = False
            assert outside.mean() > 0.3
            assert apart[outside].mean() < NEARLY
            changes.append((apart[mask[..., 0] > 40].mean(), apart[outside].mean()))
        inside, around = np.mean(
            changes, axis=0
        )  # which forgery was drawn depends on the films' bytes: it may be gentle
        assert inside > 1.2 * around


def test_the_table_holds_every_film_and_the_ledger_its_truth(built: tuple[Built, Path], with_faults: Originals) -> None:
    with (built[1] / "labels.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    noted = {entry.sha256: entry for entry in read_ledger(with_faults.lab.ledger).entries}
    assert len(rows) == 2 * MOST
    for row in rows:
        entry = noted[row["sha256"]]
        assert facts(built[1] / row["path"]).sha256 == row["sha256"]
        assert (entry.kind, entry.extra["truth"]["method"]) == (row["kind"], row["method"])
        assert entry.extra["truth"]["parameters"]["pair"] == row["pair"]
        assert entry.extra["truth"]["fake"] == (row["label"] == "1")
        assert entry.sources[0] == row["source_sha256"]
    assert len({row["clip"] for row in rows}) == 2 * MOST


def test_films_without_use_are_rows_with_a_reason(built: tuple[Built, Path]) -> None:
    reasons = {one.film: one.reason for one in built[0].left_out}
    assert reasons.keys() == {"wall.mp4", "torn.mp4", "glimpse.mp4", "yet-two.mp4"}
    assert "No face is seen" in reasons["wall.mp4"]
    assert "lasts 0.2 s" in reasons["glimpse.mp4"]
    assert "copy of another film" in reasons["yet-two.mp4"]
    assert reasons["torn.mp4"].endswith(".")
    with (built[1] / "left_out.csv").open(encoding="utf-8") as file:
        assert {row["film"] for row in csv.DictReader(file)} == reasons.keys()


def test_a_finished_corpus_is_left_as_it_is(built: tuple[Built, Path], with_faults: Originals) -> None:
    wanted = Wanted(ALL_KINDS, with_faults.folder, built[1], seed=3, most=MOST, workers=1)
    before = (built[1] / "labels.csv").read_bytes(), len(read_ledger(with_faults.lab.ledger).entries)
    again = build(wanted, with_faults.lab, settings())
    assert again.fresh == 0
    assert (again.rows, again.plan) == (built[0].rows, built[0].plan)
    assert before == ((built[1] / "labels.csv").read_bytes(), len(read_ledger(with_faults.lab.ledger).entries))


def test_another_corpus_does_not_go_on_in_its_folder(built: tuple[Built, Path], with_faults: Originals) -> None:
    wanted = Wanted(ALL_KINDS, with_faults.folder, built[1], seed=3, most=MOST, workers=1)
    for other, said in (
        (replace(wanted, seed=4), "another seed"),
        (replace(wanted, recipe=replace(ALL_KINDS, short_side=180)), "another recipe"),
    ):
        with pytest.raises(UsageError, match=said):
            build(other, with_faults.lab, settings())


def test_a_folder_of_other_films_does_not_go_on_either(built: tuple[Built, Path], originals: Originals) -> None:
    wanted = Wanted(ALL_KINDS, originals.folder, built[1], seed=3, most=MOST, workers=1)
    with pytest.raises(UsageError, match="are not those of the plan"):
        build(wanted, originals.lab, settings())


def test_a_pair_that_was_torn_is_made_anew_and_no_other(
    built: tuple[Built, Path], with_faults: Originals, tmp_path: Path
) -> None:
    corpus = tmp_path / "corpus"
    shutil.copytree(built[1], corpus)
    first, second, *_ = built[0].plan.pairs
    (corpus / first.split / first.id / "original.mp4").unlink()
    (corpus / second.split / f".{second.id}").mkdir()
    again = build(
        Wanted(ALL_KINDS, with_faults.folder, corpus, seed=3, most=MOST, workers=1), with_faults.lab, settings()
    )
    assert again.fresh == 1
    changed = {row.pair for row, old in zip(again.rows, built[0].rows, strict=True) if row != old}
    assert changed == {first.id}
    assert not list(corpus.glob("*/.*"))


def test_people_who_have_not_agreed_are_not_pasted(originals: Originals, tmp_path: Path) -> None:
    recipe = replace(ALL_KINDS, shares={"paste": 1.0})
    another = open_lab(tmp_path / "lab")  # it drew none of them
    built = build(Wanted(recipe, originals.folder, tmp_path / "corpus", workers=1), another, settings())
    assert not built.rows
    said = [one.reason for one in built.left_out if not one.film]
    assert "has not agreed; name their consent with --consent ID" in said[0]
    assert "3 of 3 films" in said[0]
    assert json.loads((tmp_path / "corpus" / "plan.json").read_text())["left_out"] == said


def test_a_folder_that_holds_something_else_is_refused(originals: Originals, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear all")
    with pytest.raises(UsageError, match="holds something else"):
        build(Wanted(ALL_KINDS, originals.folder, tmp_path), originals.lab, settings())
    with pytest.raises(UsageError, match="holds no film"):
        build(Wanted(ALL_KINDS, tmp_path, tmp_path / "corpus"), originals.lab, settings())


def test_a_licence_keeps_pastes_inside_the_lab(originals: Originals, tmp_path: Path) -> None:
    lab, recipe = open_lab(tmp_path / "lab"), replace(ALL_KINDS, shares={"paste": 1.0})  # it drew none of them
    seen = [look_at(originals.folder / name, name, recipe, 1, settings()) for name in originals.people]
    faces = tuple(np.array(film.faces[0]) for film in seen)
    evidence = Evidence(sha256="0" * 64, name="licence.txt")
    consent = enrol(lab, Enrolment("a corpus", "licensed-corpus", today() + timedelta(9), evidence, faces))
    wanted = Wanted(recipe, originals.folder, tmp_path / "elsewhere", most=1, consents=(consent.id,), workers=1)
    with pytest.raises(UsageError, match="lies outside the lab, and the licence"):
        build(wanted, lab, settings())
    assert not list((tmp_path / "elsewhere").rglob("*.mp4"))
    built = build(replace(wanted, corpus=lab.outputs / "corpus"), lab, settings())
    assert [row.kind for row in built.rows] == ["re-encoded", "paste"]
    truths = [entry.extra["truth"] for entry in read_ledger(lab.ledger).entries]
    assert [truth["consents"] for truth in truths] == [[consent.id], [consent.id]]


def test_a_consent_that_is_not_there_is_named(originals: Originals, tmp_path: Path) -> None:
    wanted = Wanted(ALL_KINDS, originals.folder, tmp_path / "corpus", consents=("00000000",), workers=1)
    with pytest.raises(UsageError, match="The lab holds no consent '00000000'"):
        build(wanted, originals.lab, settings())
