from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.training.pairs import clip, drawn_pairs
from unmask.datasets import Clip
from unmask.settings import Settings
from unmask.training import films, measurements
from unmask.training.films import VARIANTS, Measurer, Variant
from unmask.training.measurements import CHANGE, DETAIL, MEASUREMENTS, Measurement
from unmask.weights import weight_card


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clip, ...]:
    """A puppet, filmed and with a face laid over anew in each frame."""
    return drawn_pairs(tmp_path_factory.mktemp("pairs"), 1)


def measurer(folder: Path, *variants: Variant) -> Measurer:
    return Measurer(folder, Settings(), variants or VARIANTS[:1])


def never(*_: object) -> None:
    raise AssertionError


def test_what_is_no_film_is_a_remark_and_each_film_is_told(clips: tuple[Clip, ...], tmp_path: Path) -> None:
    broken, pictures = tmp_path / "broken.mp4", tmp_path / "pictures"
    broken.write_bytes(b"no film")
    pictures.mkdir()
    odd = (broken, pictures, tmp_path / "gone.mp4")
    given = (*clips, *(clip(path, "real", "", None) for path in odd))
    begun: list[str] = []
    ended: list[int] = []
    found, remarks = measurer(tmp_path / "work").measured(given, CHANGE, begun.append, lambda: ended.append(1))
    assert [one.clip for one in found] == list(clips)
    assert begun == [one.path.name for one in given]
    assert len(ended) == len(given)
    assert len(remarks) == len(odd)
    assert all(path.name in remark for path, remark in zip(odd, remarks, strict=True))


def test_all_detectors_are_measured_in_one_pass_and_nothing_twice(
    clips: tuple[Clip, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = measurer(tmp_path).measured(clips, CHANGE)
    monkeypatch.setattr(films, "follow_people", never)
    again, _ = measurer(tmp_path).measured(clips, CHANGE)
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one.numbers, other.numbers)
    sizes = [len(measurer(tmp_path).measured(clips, wanted)[0][0].numbers) for wanted in MEASUREMENTS]
    assert sizes == [108, 36, 928, 144]
    assert len(list(tmp_path.glob("*.json"))) == len(MEASUREMENTS) * len(clips)


def test_what_was_kept_of_another_way_of_measuring_is_not_used(
    clips: tuple[Clip, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measurer(tmp_path).measured(clips[:1], DETAIL)
    newer = Measurement("seam", lambda: "next", lambda track: np.array([track.face_width]))
    monkeypatch.setattr(films, "MEASUREMENTS", (CHANGE, newer))
    (found,), _ = measurer(tmp_path).measured(clips[:1], newer)
    assert len(found.numbers) == 1


def test_the_version_of_what_the_network_sees_names_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    before = measurements.APPEARANCE.version()
    other = replace(weight_card("imagenet_contrasts"), sha256="0" * 64)
    monkeypatch.setattr(measurements, "weight_card", lambda _: other)
    assert measurements.APPEARANCE.version() != before


def test_a_variant_is_coded_anew_and_smaller(clips: tuple[Clip, ...], tmp_path: Path) -> None:
    found, _ = measurer(tmp_path, VARIANTS[0], Variant("small", 30, 0.7)).measured(clips, CHANGE)
    by_variant = {name: [one.numbers for one in found if one.variant == name] for name in ("as it is", "small")}
    assert len(by_variant["small"]) == len(clips)
    assert not np.allclose(by_variant["small"], by_variant["as it is"])
