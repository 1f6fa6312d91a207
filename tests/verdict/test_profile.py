import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from unmask.errors import UsageError
from unmask.types import Engine
from unmask.verdict.profile import LEAST_CLIPS, Population, Profile, ProfileFile, read_profile, write_profile

ENGINE = Engine("1.2.3", {"mean_face": "ab" * 32}, ("file", "seam"), {})
ODDS = tuple(np.random.default_rng(0).normal(0.5, 1.0, 64).tolist())


def profile(**kinds: tuple[float, ...]) -> Profile:
    populations = {kind: Population.of(odds, 0.15, 0.95) for kind, odds in (kinds or {"video": ODDS}).items()}
    return Profile(
        1,
        "newsroom",
        "2026-01-02T03:04:05+00:00",
        ENGINE.version,
        dict(ENGINE.weights),
        ENGINE.detectors,
        0.15,
        0.95,
        populations,  # type: ignore[arg-type] # the names given are kinds
    )


@pytest.fixture
def written(tmp_path: Path) -> ProfileFile:
    return write_profile(profile(), tmp_path / "newsroom.json")


def test_what_is_written_is_read_back(written: ProfileFile) -> None:
    assert read_profile(written.path) == written


def test_the_file_names_all_that_the_threshold_rests_on(written: ProfileFile) -> None:
    told = json.loads(written.path.read_text(encoding="utf-8"))
    assert {"format", "name", "made", "version", "weights", "detectors", "false_alarms", "confidence"} < set(told)
    film = told["populations"]["video"]
    assert film["clips"] == 64
    assert film["odds"] == sorted(ODDS)
    assert set(film["threshold"]) == {"odds", "probability", "above", "at_most"}


def test_a_profile_fits_the_engine_that_made_it_and_no_other(written: ProfileFile) -> None:
    written.require_fit(ENGINE)
    others = {
        "by version 1.2.3, this is 1.3.0": replace(ENGINE, version="1.3.0"),
        r"with other weights \(mean_face\)": replace(ENGINE, weights={"mean_face": "cd" * 32}),
        r"with other weights \(late\)": replace(ENGINE, weights={**ENGINE.weights, "late": "cd" * 32}),
        "without --fast": replace(ENGINE, settings={"fast": True}),
        "with the detectors file, seam, and seam are to be asked": replace(ENGINE, detectors=("seam",)),
    }
    for told, engine in others.items():
        with pytest.raises(UsageError, match=f"'newsroom' was made .*{told}.*enrol again: unmask enrol"):
            written.require_fit(engine)


def changed(place: ProfileFile, *keys: str, to: Any) -> Path:
    """The profile's file with one value changed by hand."""
    told = json.loads(place.path.read_text(encoding="utf-8"))
    inner = told
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = to
    place.path.write_text(json.dumps(told), encoding="utf-8")
    return place.path


@pytest.mark.parametrize(
    ("keys", "to"),
    [
        (("populations", "video", "threshold", "odds"), 0.1),
        (("populations", "video", "threshold", "at_most"), 0.01),
        (("populations", "video", "threshold"), None),
        (("populations", "video", "odds"), [-1.0] * 64),
        (("populations", "video", "clips"), 65),
        (("false_alarms",), 0.01),
        (("confidence",), 0.5),
    ],
    ids=lambda one: ".".join(one) if isinstance(one, tuple) else "",
)
def test_a_profile_that_was_changed_is_refused(written: ProfileFile, keys: tuple[str, ...], to: object) -> None:
    with pytest.raises(UsageError, match=r"was changed.*enrol again"):
        read_profile(changed(written, *keys, to=to))


@pytest.mark.parametrize(
    ("keys", "to"),
    [
        (("populations", "video", "odds"), [float("nan")] * 64),
        (("populations", "video", "threshold", "odds"), float("inf")),
        (("populations", "audio"), {"clips": 0, "odds": [], "threshold": None}),
        (("confidence",), 1.5),
        (("false_alarms",), 0.0),
        (("format",), 2),
        (("name",), None),
        (("stranger",), 1),
    ],
    ids=str,
)
def test_what_no_enrolment_writes_is_refused_with_its_place(
    written: ProfileFile, keys: tuple[str, ...], to: object
) -> None:
    with pytest.raises(UsageError, match=rf"'newsroom.json' is no profile of this version: {keys[0]}.*enrol again"):
        read_profile(changed(written, *keys, to=to))


@pytest.mark.parametrize("content", [b"", b"no JSON", b"[]", b"{}", b"\xff\xfe", b"[" * 100_000], ids=repr)
def test_what_is_no_profile_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "own.json").write_bytes(content)
    with pytest.raises(UsageError, match=r"'own\.json' is no profile of this version"):
        read_profile(tmp_path / "own.json")


def test_a_file_that_is_not_there_or_far_too_large_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_profile(tmp_path / "absent.json")
    with (tmp_path / "large.json").open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(UsageError, match="holds more than"):
        read_profile(tmp_path / "large.json")


def test_each_kind_is_judged_by_its_own(tmp_path: Path) -> None:
    stills = tuple(odds + 2.0 for odds in ODDS)
    both = write_profile(profile(video=ODDS, image=stills), tmp_path / "both.json")
    film, still = both.use("video", 1.0), both.use("image", 1.0)
    assert film.threshold is not None
    assert still.threshold is not None
    assert film.threshold < still.threshold
    assert (film.p_value or 1.0) < (still.p_value or 1.0)


def test_a_kind_with_too_few_clips_has_no_threshold_and_says_how_many_there_are(tmp_path: Path) -> None:
    few = write_profile(profile(video=ODDS, image=ODDS[: LEAST_CLIPS - 1]), tmp_path / "few.json")
    assert few.profile.population("image") is None
    used = few.use("image", 1.0)
    assert (used.clips, used.threshold, used.p_value, used.unusual) == (LEAST_CLIPS - 1, None, None, False)
    assert few.use("audio", None).clips == 0


def test_a_file_that_could_not_be_measured_is_compared_with_nothing(written: ProfileFile) -> None:
    used = written.use("video", None)
    assert used.threshold is not None
    assert (used.as_suspicious, used.p_value, used.unusual) == (None, None, False)


def test_what_is_suspicious_is_unusual_as_well() -> None:
    population = Population.of(ODDS, 0.15, 0.95)
    assert population.threshold is not None
    limit = population.threshold.odds
    assert not population.suspects(limit)
    assert population.suspects(limit + 1e-6)
    assert population.finds_unusual(limit + 1e-6)
    assert not population.finds_unusual(float(np.median(ODDS)))
