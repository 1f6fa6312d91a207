from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.puppet import Puppet, Stage, film
from unmask.datasets import Clip
from unmask.errors import UsageError
from unmask.media.encode import write_video
from unmask.settings import Settings
from unmask.training import flicker
from unmask.training.flicker import VARIANTS, Variant, people_of, train_flicker

SECONDS = 2.4


def clip(path: Path, label: str, person: str, pair: str | None) -> Clip:
    return Clip(
        path=path,
        label="fake" if label == "fake" else "real",
        identities=(person,) if person else (),
        source=path.stem,
        kind="drawn" if label == "fake" else "",
        pair=pair,
        split=None,
        label_box=None,
        mask=None,
    )


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clip, ...]:
    """Three puppets, each filmed and with a face laid over anew in each frame."""
    folder = tmp_path_factory.mktemp("pairs")
    found = []
    for tone in range(3):
        for label in ("real", "fake"):
            path = folder / f"p{tone}_{label}.mp4"
            stage = Stage(puppets=(Puppet(tone=tone, swapped=label == "fake"),), seconds=SECONDS, seed=tone)
            write_video(path, (frame.image for frame in film(stage)), 30.0, crf=20, preset="veryfast")
            found.append(clip(path, label, f"p{tone}", f"p{tone}"))
    return tuple(found)


def test_a_detector_learns_from_pairs_and_what_is_no_film_is_a_remark(clips: tuple[Clip, ...], tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film")
    begun: list[str] = []
    ended: list[int] = []
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    odd = (broken, pictures, tmp_path / "gone.mp4")
    given = (*clips, *(clip(path, "real", "", None) for path in odd))
    trained = train_flicker(
        given,
        tmp_path / "work",
        Settings(),
        variants=VARIANTS[:1],
        on_begin=begun.append,
        on_end=lambda: ended.append(1),
    )
    assert len(trained.measured) == len(clips)
    assert begun == [one.path.name for one in given]
    assert len(ended) == len(given)
    assert len(trained.remarks) == len(odd)
    assert all(path.name in remark for path, remark in zip(odd, trained.remarks, strict=True))
    left_out = dict(zip((one.clip.path.stem for one in trained.measured), trained.fitted.left_out, strict=True))
    assert all(left_out[f"p{tone}_fake"] > left_out[f"p{tone}_real"] for tone in range(3))


def test_what_was_measured_is_kept_and_not_measured_again(
    clips: tuple[Clip, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = train_flicker(clips, tmp_path, Settings(), variants=VARIANTS[:1])

    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(flicker, "follow_people", never)
    again = train_flicker(clips, tmp_path, Settings(), variants=VARIANTS[:1])
    assert again.fitted.model == first.fitted.model
    assert len(list(tmp_path.glob("*.json"))) == len(clips)


def test_a_variant_is_coded_anew_and_smaller(clips: tuple[Clip, ...], tmp_path: Path) -> None:
    variants = (VARIANTS[0], Variant("small", 30, 0.7))
    trained = train_flicker(clips, tmp_path, Settings(), variants=variants)
    by_variant = {
        name: [one.numbers for one in trained.measured if one.variant == name] for name in ("as it is", "small")
    }
    assert len(by_variant["small"]) == len(clips)
    assert not np.allclose(by_variant["small"], by_variant["as it is"])


def test_fakes_of_two_people_are_needed(clips: tuple[Clip, ...], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="two people or more"):
        train_flicker(clips[:2], tmp_path, Settings(), variants=VARIANTS[:1])
    with pytest.raises(UsageError, match="two people or more"):
        train_flicker([one for one in clips if one.label == "real"], tmp_path, Settings(), variants=VARIANTS[:1])


def test_whoever_is_in_a_film_is_left_out_with_it(clips: tuple[Clip, ...]) -> None:
    shared = replace(clips[2], identities=("p0", "p1"))
    names = people_of((*clips, shared))
    assert names[clips[0]] == names[clips[1]] == names[shared] == names[clips[2]]
    assert names[clips[4]] != names[clips[0]]
    lonely = replace(clips[0], identities=(), pair=None)
    assert people_of([lonely])[lonely] == "p0_real"
