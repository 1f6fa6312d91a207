"""Every script in examples/ runs, prints, and stays short."""

import subprocess
import sys
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import pytest

from unmask import check
from unmask.media.encode import write_video
from unmask.media.image import write_image
from unmask.media.probe import probe
from unmask.media.video import open_frames
from unmask.settings import Settings

ROOT = Path(__file__).parents[2]
SCRIPTS = ("check", "make_forgery", "one_detector", "pulse", "replace_face", "sign_and_verify", "tracks")
LABEL = (slice(-13, -2), slice(3, 190))
BOX = (26).to_bytes(4, "big") + b"uuid" + bytes(range(18))


def run(script: str, *arguments: str) -> str:
    """What a script of examples/ prints, run from the root as its docstring says."""
    command = [sys.executable, f"examples/{script}.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_there_are_seven_scripts_of_at_most_forty_lines() -> None:
    lengths = {path.stem: len(path.read_text(encoding="utf-8").splitlines()) for path in ROOT.glob("examples/*.py")}
    assert sorted(lengths) == sorted(SCRIPTS)
    assert max(lengths.values()) <= 40


def test_check_tells_the_two_films_apart() -> None:
    printed = run("check")
    assert "examples/real.mp4: cannot-tell. Cannot tell: one check answered and found no clear sign" in printed
    assert "examples/forged.mp4: cannot-tell. Cannot tell: one check answered and leans towards a forgery" in printed
    assert printed.count("person 1, seam:") == 2


def test_check_goes_on_after_a_file_that_is_no_film() -> None:
    printed = run("check", "examples/README.md", "examples/real.mp4")
    assert "examples/README.md: " in printed
    assert "examples/real.mp4: " in printed


def test_pulse_gives_a_rate_or_the_reason_why_not() -> None:
    printed = run("pulse")
    assert "person 1: " in printed
    assert "beats a minute" in printed or "not measurable (" in printed


def test_tracks_saves_the_crops_it_counts(tmp_path: Path) -> None:
    printed = run("tracks", "examples/real.mp4", str(tmp_path))
    crops = list(tmp_path.glob("person-1-*.png"))
    assert f"{len(crops)} crops" in printed
    assert len(crops) >= 10
    assert printed.startswith("1 person(s)")


@pytest.mark.parametrize(("name", "answer"), [("seam", "weighted_sum"), ("file", "abstained: ")])
def test_one_detector_prints_what_it_measured(name: str, answer: str) -> None:
    assert answer in run("one_detector", name, "examples/forged.mp4")


def test_make_forgery_changes_the_face_and_seals_what_it_made(tmp_path: Path) -> None:
    original = pictures(ROOT / "examples" / "real.mp4", 24)
    write_video(tmp_path / "real.mp4", original, 24.0)
    assert "paste, 24 frames" in run("make_forgery", str(tmp_path / "real.mp4"), str(tmp_path))
    forged, mask = (pictures(tmp_path / f"{name}.mp4") for name in ("forged", "forged.mask"))
    assert len(forged) == len(mask) == 24
    apart = [np.abs(one.astype(float) - other).mean(axis=-1) for one, other in zip(original, forged, strict=True)]
    inside = np.mean([difference[made[..., 0] > 250].mean() for difference, made in zip(apart, mask, strict=True)])
    outside = np.mean([difference[made[..., 0] < 5].mean() for difference, made in zip(apart, mask, strict=True)])
    assert inside > 1.5 * outside
    assert all(lettering(picture) > lettering(before) + 0.05 for picture, before in zip(forged, original, strict=True))
    found = check(tmp_path / "forged.mp4", only=["credentials"]).provenance.credentials
    assert found is not None
    assert found.manifest is not None
    assert found.manifest.actions[-1].source_type == "compositeCapture"


def test_every_frame_of_the_published_forgery_is_labelled() -> None:
    real, forged = (pictures(ROOT / "examples" / f"{name}.mp4") for name in ("real", "forged"))
    assert len(real) == len(forged) == 246
    assert min(lettering(picture) for picture in forged) > max(lettering(picture) for picture in real) + 0.05


def test_sign_and_verify_tells_what_others_see(tmp_path: Path) -> None:
    write_image(tmp_path / "still.png", pictures(ROOT / "examples" / "real.mp4", 1)[0])
    printed = run("sign_and_verify", str(tmp_path / "still.png"), str(tmp_path)).splitlines()
    assert [line.partition(":")[0] for line in printed[:3]] == ["valid", "trusted", "intact"]
    assert printed[3].endswith("True")


def test_replace_face_changes_the_chosen_seconds_and_keeps_other_boxes(tmp_path: Path) -> None:
    source, output = tmp_path / "source.mp4", tmp_path / "output.mp4"
    write_video(source, pictures(ROOT / "examples" / "real.mp4", 48), 24.0)
    with source.open("ab") as file:
        file.write(BOX)
    run("replace_face", str(source), str(output), "0.5", "1.5")
    real, altered = pictures(source), pictures(output)
    assert len(real) == len(altered) == 48
    apart = [float(np.abs(one.astype(float) - other).mean()) for one, other in zip(real, altered, strict=True)]
    assert min(apart[12:36]) > 2 * max(*apart[:12], *apart[36:])
    assert output.read_bytes().endswith(BOX)


def test_the_two_films_in_the_folder_are_of_one_length_and_encoding() -> None:
    facts = [probe(ROOT / "examples" / f"{name}.mp4", Settings()).video for name in ("real", "forged")]
    told = [(video.codec, video.width, video.height, video.frames) for video in facts if video]
    assert len(told) == 2
    assert all(one == other for one, other in pairwise(told))


def lettering(picture: np.ndarray) -> float:
    """Share of nearly white pixels where the lab's label lies."""
    return float((picture[LABEL].min(axis=-1) > 200).mean())


def pictures(path: Path, most: int | None = None) -> list[np.ndarray]:
    settings = Settings()
    with open_frames(path, probe(path, settings), settings) as film:
        return [frame.image for frame in islice(film, most)]
