"""The suite ``pulse``: how well heart rates are read, and whether none is read where there is none."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from unmask.benchmark.origin import Origin, origin_of
from unmask.benchmark.sections import Section, table
from unmask.benchmark.suite import SuiteResult, interval_text
from unmask.benchmark.waves import NEAR_BPM, WaveAccuracy, wave_accuracy
from unmask.errors import InputError, UsageError
from unmask.settings import Settings
from unmask.types import Vitals
from unmask.vitals import Skin, read_vitals

PATCH_PREFIX = "no-pulse"
FILMS = frozenset({".avi", ".mkv", ".mov", ".mp4", ".webm"})
WAVE_FILES = ("ground_truth.txt", "chrom.mat", "pos.mat")
DIGITS = 2
AIM = "Aim: by CHROM a mean error of at most 3.1 bpm, and 94 % within 5."


@dataclass(frozen=True, slots=True)
class FilmRate:
    """What was read from one film.

    Attributes:
        file: Name of the film.
        skin: ``face`` when a face was looked for, ``whole`` when the whole picture is skin.
        measurable: Whether a heart rate was given.
        heart_rate_bpm: The rate of the main person, None with it.
        heart_rate_error_bpm: Its standard error, None likewise.
        quality: 0–1.
        reason: Why there is no rate, as a code.
        because: Why, in sentences.
    """

    file: str
    skin: Skin
    measurable: bool
    heart_rate_bpm: float | None
    heart_rate_error_bpm: float | None
    quality: float
    reason: str | None
    because: tuple[str, ...]


def films_of(folder: Path) -> tuple[Path, ...]:
    """The films that lie in a folder, by name."""
    return tuple(sorted(file for file in folder.glob("*") if file.suffix.lower() in FILMS and file.is_file()))


def film_rate(film: Path, settings: Settings) -> FilmRate:
    """Read one film: a patch of skin where its name begins with ``no-pulse``, else the main face.

    A patch is read by the statistics of the skin's colour alone: the conditions on a face and on 24 frames a second,
    which would refuse it unseen, do not apply.
    """
    skin: Skin = "whole" if film.name.startswith(PATCH_PREFIX) else "face"
    try:
        people = read_vitals(film, skin=skin, settings=settings).people
    except InputError as error:
        return FilmRate(film.name, skin, False, None, None, 0.0, error.code, (str(error),))
    return _rate_of(film.name, skin, people[0]) if people else _nobody(film.name, skin)


def pulse_origin(folder: Path, seed: int = 0) -> Origin:
    """The origin of figures about a folder, to be taken before they are measured.

    Raises:
        UsageError: The folder holds neither waves nor films.
    """
    waves = _waves_folder(folder)
    files = [*films_of(folder), *(_wave_files(waves) if waves else ())]
    if not files:
        raise UsageError(f"{folder} holds no films and no */ground_truth.txt; name a folder with one of them.")
    return origin_of(f"unmask bench pulse {folder.name or '.'}", files, seed if waves else None)


def pulse_suite(folder: Path, films: tuple[FilmRate, ...], origin: Origin, note: str | None = None) -> SuiteResult:
    """Rates of waves and of films as one result.

    Args:
        folder: Holds the films and, itself or one folder deeper, ``*/ground_truth.txt`` with waves.
        films: What ``film_rate`` read in them.
        origin: From ``pulse_origin``; its seed is that of the bootstrap.
        note: A sentence for the section.

    Raises:
        InputError: The waves cannot be read.
    """
    waves_folder = _waves_folder(folder)
    waves = wave_accuracy(waves_folder, origin.seed or 0) if waves_folder else ()
    rows: list[dict[str, Any]] = [{"kind": "waves", **asdict(one)} for one in waves]
    rows += [{"kind": "film", **asdict(one)} for one in films]
    rows.append({"kind": "origin", **asdict(origin)})
    lines = [*_waves_lines(waves), *_faces_lines(films), *_patches_lines(films)]
    return SuiteResult(tuple(rows), Section("pulse", tuple(lines), origin, note))


def _rate_of(name: str, skin: Skin, main: Vitals) -> FilmRate:
    rate, error = (
        None if value is None else round(value, DIGITS) for value in (main.heart_rate_bpm, main.heart_rate_error_bpm)
    )
    return FilmRate(name, skin, main.measurable, rate, error, round(main.quality, DIGITS), main.reason, main.because)


def _nobody(name: str, skin: Skin) -> FilmRate:
    return FilmRate(name, skin, False, None, None, 0.0, "no-face", ("No face was seen.",))


def _waves_folder(folder: Path) -> Path | None:
    candidates = (folder, *sorted(child for child in folder.glob("*") if child.is_dir()))
    return next((one for one in candidates if any(one.glob("*/ground_truth.txt"))), None)


def _wave_files(folder: Path) -> list[Path]:
    return sorted(file for name in WAVE_FILES for file in folder.glob(f"*/{name}"))


def _waves_lines(waves: tuple[WaveAccuracy, ...]) -> list[str]:
    if not waves:
        return ["No waves beside a finger sensor: their accuracy was not measured.", ""]
    head = ("camera wave", "people", "windows", "mean error (bpm)", "95 %", "median (bpm)", f"within {NEAR_BPM:.0f}")
    rows = [
        (
            one.method.upper(),
            str(one.people),
            str(one.windows),
            f"{one.mean_error_bpm:.2f}",
            interval_text(one.mean_interval_bpm),
            f"{one.median_error_bpm:.2f}",
            f"{100 * one.near:.1f} %",
            interval_text((100 * one.near_interval[0], 100 * one.near_interval[1]), 1),
            f"{one.display_mean_error_bpm:.2f} / {one.display_median_error_bpm:.2f}",
            f"{100 * one.within_two_errors:.0f} %",
        )
        for one in waves
    ]
    told = (
        "Windows of 10 s every 5 s, against the finger's wave in the same window read by the same estimator. Intervals "
        "draw whole people anew (bootstrap). *Display* is the error against the rate that the sensor itself showed, "
        "mean / median; *within 2 σ* is the share of windows within twice the stated error."
    )
    return [told, "", *table((*head, "95 % (%)", "display (bpm)", "within 2 σ"), rows), "", AIM, ""]


def _faces_lines(films: tuple[FilmRate, ...]) -> list[str]:
    faces = [one for one in films if one.skin == "face"]
    if not faces:
        return []
    rows = [
        (one.file, f"{one.heart_rate_bpm:.1f} ± {one.heart_rate_error_bpm:.1f}", f"{one.quality:.2f}", "–")
        if one.measurable
        else (one.file, "not measurable", "–", " ".join(one.because))
        for one in faces
    ]
    return [*table(("face", "heart rate (bpm)", "quality", "why not"), rows), ""]


def _patches_lines(films: tuple[FilmRate, ...]) -> list[str]:
    patches = [one for one in films if one.skin == "whole"]
    if not patches:
        return []
    rows = [
        (
            one.file,
            f"{one.heart_rate_bpm:.1f} bpm" if one.measurable else "not measurable",
            one.reason or "–",
            " ".join(one.because),
        )
        for one in patches
    ]
    silent = sum(not one.measurable for one in patches)
    told = (
        f"Skin without a pulse that any method finds: {silent} of {len(patches)} answer *not measurable*. They are read "
        "as whole pictures of skin, by the statistics of colour alone, without the condition of 24 frames a second."
    )
    return [told, "", *table(("patch", "answer", "code", "why"), rows)]
