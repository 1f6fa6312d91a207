"""What every detector promises, held against each by its place in the folder."""

import ast
import json
import re
import subprocess
import sys
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

import unmask.detectors
from tests.detectors.brightness import bright, calibration_of
from tests.detectors.origins import altered_origin
from tests.puppet import part_of, shrunk
from unmask import weights
from unmask.detectors import choose, detectors
from unmask.errors import UsageError
from unmask.faces.expression import expression_of
from unmask.faces.identity import looks_of
from unmask.media.probe import probe
from unmask.models.running import Sitting
from unmask.report.as_json import evidence_as_json, json_line
from unmask.report.cards import card_as_json
from unmask.settings import Settings
from unmask.signals.gesture import gestures_of
from unmask.types import Comparison, Evidence, Forgery, Media, Provenance, Reference, Track

FOLDER = Path(unmask.detectors.__file__).parent
NAMES = tuple(detectors())
ALONE = tuple(name for name, detector in detectors().items() if detector.card.needs == "track")
TRACKING = tuple(name for name, detector in detectors().items() if detector.card.needs in {"track", "reference"})
Subject = Track | Comparison | tuple[Evidence, ...] | Media | Provenance | Sitting

every_detector = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def media(short_clip: Path) -> Media:
    return probe(short_clip, Settings())


@pytest.fixture(scope="module")
def subjects(whole_pulse: Track, media: Media) -> dict[str, Subject]:
    """12 s of a puppet, alone, compared with it, seen by a model, and what was found in it; the facts of a film, and an origin in which signature
    and mark tell of an alteration.
    """
    model = replace(bright(calibration_of(0.8)), card=replace(bright().card, name="external"))
    return {
        "track": whole_pulse,
        "reference": Comparison(whole_pulse, reference(whole_pulse)),
        "evidence": tuple(detectors()[name].examine(whole_pulse) for name in ALONE),
        "media": media,
        "provenance": altered_origin(),
        "model": Sitting(whole_pulse, model),
    }


@cache
def reference(track: Track) -> Reference:
    """Clips of the person themselves."""
    gestures = gestures_of(*expression_of(track))[1]
    clips = np.arange(6).repeat(len(gestures))
    return Reference(("a.mp4", "b.mp4"), 72.0, looks_of(track)[1], np.tile(gestures, (6, 1)), clips)


def asked(name: str, track: Track, whole: Track) -> Evidence:
    """What a detector says of a track, held against the whole one where it compares."""
    detector = detectors()[name]
    alone = detector.card.needs == "track"
    return detector.examine(track if alone else Comparison(track, reference(whole)))


@pytest.fixture(scope="module")
def answers(subjects: dict[str, Subject]) -> dict[str, Evidence]:
    """What each detector says of its subject."""
    return {name: detector.examine(subjects[detector.card.needs]) for name, detector in detectors().items()}


@every_detector
def test_its_card_is_complete(name: str) -> None:
    card = detectors()[name].card
    assert card.name == name
    assert re.fullmatch("[a-z]+", name)
    assert card.question.endswith("?")
    assert card.kinds
    assert all((card.requires, card.answers))
    assert re.search(r"\b(19|20)\d\d\b", card.paper), "a paper has a year"
    assert card.failures
    assert all(sentence.endswith(".") for sentence in card.failures)
    assert 0 <= card.cap < float("inf")
    assert set(card.weights) <= set(weights.names())


@every_detector
def test_it_says_which_kinds_of_forgery_it_sees_if_it_votes_on_any(name: str, answers: dict[str, Evidence]) -> None:
    sees = detectors()[name].card.sees
    assert set(sees) <= set(get_args(Forgery))
    assert len(set(sees)) == len(sees)
    votes_on_none = name in {"external", "file"}  # what a model sees its user says; facts of a file have no vote
    assert bool(sees) != votes_on_none
    assert set(answers[name].sought) <= set(sees)


@every_detector
def test_its_file_has_its_name_and_a_test_of_its_own(name: str) -> None:
    assert (FOLDER / f"{name}.py").is_file()
    assert (Path(__file__).parent / f"test_{name}.py").is_file()


def test_nothing_but_detectors_is_in_the_folder() -> None:
    files = {path.stem for path in FOLDER.iterdir() if path.name != "__pycache__"} - {"__init__"}
    assert files == set(NAMES)
    assert all(hasattr(import_module(f"unmask.detectors.{name}"), "CARD") for name in files)


@every_detector
def test_it_gives_a_probability_or_a_reason_to_abstain_never_both(name: str, answers: dict[str, Evidence]) -> None:
    found = answers[name]
    assert found.detector == name
    assert (found.fake is None) != (found.abstained is None)
    assert (found.fake is None) == (found.interval is None)


@every_detector
def test_its_probability_lies_within_its_interval(name: str, answers: dict[str, Evidence]) -> None:
    found = answers[name]
    if found.fake is None or found.interval is None:
        assert found.segments == ()
        return
    assert 0 < found.interval[0] <= found.fake <= found.interval[1] < 1


@every_detector
def test_it_gives_its_reasons_in_sentences_with_numbers_where_it_measured(
    name: str, answers: dict[str, Evidence]
) -> None:
    found = answers[name]
    assert found.because
    assert all(re.fullmatch(r"[A-Z0-9].*\.", sentence) for sentence in found.because)
    if found.fake is not None:
        assert any(re.search(r"\d", sentence) for sentence in found.because)
        assert found.measured


@every_detector
def test_its_stretches_of_time_lie_within_the_track(
    name: str, answers: dict[str, Evidence], whole_pulse: Track
) -> None:
    for segment in answers[name].segments:
        assert whole_pulse.start <= segment.start < segment.end <= whole_pulse.end + 1e-9
        assert 0 <= segment.fake <= 1


@every_detector
def test_it_says_the_same_twice(name: str, answers: dict[str, Evidence], subjects: dict[str, Subject]) -> None:
    detector = detectors()[name]
    again = detector.examine(subjects[detector.card.needs])
    first = answers[name]
    assert evidence_as_json(again) == evidence_as_json(first)
    for curve, before in zip(again.traces, first.traces, strict=True):
        np.testing.assert_array_equal(curve.y, before.y)
    for drawn, earlier in zip(again.maps, first.maps, strict=True):
        np.testing.assert_array_equal(drawn.values, earlier.values)


@pytest.mark.parametrize("name", [name for name in NAMES if detectors()[name].card.needs == "provenance"])
def test_it_abstains_where_nothing_is_known_of_the_origin(name: str) -> None:
    found = detectors()[name].examine(Provenance())
    assert found.fake is None
    assert found.abstained
    assert found.because


@pytest.mark.parametrize("name", TRACKING)
def test_it_abstains_on_a_glimpse_of_a_small_face(name: str, whole_pulse: Track) -> None:
    glimpse = shrunk(part_of(whole_pulse, slice(0, 5)), 0.2)
    found = asked(name, glimpse, whole_pulse)
    assert found.fake is None
    assert found.abstained
    assert found.because


@pytest.mark.parametrize("name", [name for name in TRACKING if "image" not in detectors()[name].card.kinds])
def test_it_abstains_on_five_frames_unless_it_can_judge_a_still(name: str, whole_pulse: Track) -> None:
    found = asked(name, part_of(whole_pulse, slice(0, 5)), whole_pulse)
    assert (found.fake, found.abstained) == (None, "too-short")
    assert re.search(r"0\.1 s", found.because[0])


@pytest.mark.parametrize("name", TRACKING)
def test_it_can_look_at_a_face_of_which_no_skin_was_seen(name: str, whole_pulse: Track) -> None:
    blind = replace(whole_pulse, colors=np.full_like(whole_pulse.colors, np.nan), crops=())
    found = asked(name, blind, whole_pulse)
    assert (found.fake is None) != (found.abstained is None)
    json_line(evidence_as_json(found))


@pytest.mark.parametrize("name", TRACKING)
def test_it_leaves_the_track_as_it_was(name: str, whole_pulse: Track) -> None:
    before = whole_pulse.colors.copy(), whole_pulse.mesh.copy(), whole_pulse.crops[0].image.copy()
    asked(name, whole_pulse, whole_pulse)
    after = whole_pulse.colors, whole_pulse.mesh, whole_pulse.crops[0].image
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


@every_detector
def test_its_evidence_and_card_can_be_written_as_json(name: str, answers: dict[str, Evidence]) -> None:
    assert json.loads(json_line(evidence_as_json(answers[name])))["detector"] == name
    assert json.loads(json_line(card_as_json(detectors()[name].card)))["name"] == name


@every_detector
def test_it_reads_no_settings_and_no_files_and_prints_nothing(name: str) -> None:
    tree = ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"))
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert not called & {"print", "open"}
    assert not imported & {"unmask.settings", "os", "pathlib", "sys", "torch"}


def test_listing_the_detectors_imports_no_framework() -> None:
    code = "import sys; from unmask.detectors import detectors; print(len(detectors()), *sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    count, *modules = done.stdout.split()
    assert int(count) == len(NAMES)
    assert not {"torch", "tensorflow", "onnxruntime", "typer", "rich", "jinja2"} & set(modules)


def test_all_detectors_are_chosen_in_the_order_of_their_names() -> None:
    assert [detector.card.name for detector in choose(None)] == sorted(NAMES)


def test_named_detectors_are_chosen_once_each() -> None:
    assert [detector.card.name for detector in choose(("seam", "pulse", "seam"))] == ["pulse", "seam"]


def test_a_name_nearly_right_is_answered_with_the_right_one() -> None:
    with pytest.raises(UsageError, match=r"No detector is called 'puls'\. Did you mean 'pulse'\?"):
        choose(("puls",))


def test_a_name_far_off_is_answered_with_all_names() -> None:
    with pytest.raises(UsageError, match=r"No detector is called 'xyz'\. There are .*pulse.*seam"):
        choose(("xyz",))
