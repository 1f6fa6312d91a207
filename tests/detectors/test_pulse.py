from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.puppet import BLOOD_RGB, Puppet, Stage, film, part_of, pulse_wave, shrunk
from unmask.detectors import pulse
from unmask.faces.skin import GRID, GRID_COLUMNS, REGIONS
from unmask.faces.track import follow
from unmask.types import Evidence, Reason, Track


@pytest.fixture(scope="module")
def whole(whole_pulse: Track) -> Evidence:
    return pulse.examine(whole_pulse)


@pytest.fixture(scope="module")
def silent(silent_middle: Track) -> Evidence:
    return pulse.examine(silent_middle)


def beating(track: Track, rate_of: Callable[[str], float | None]) -> Track:
    """The track with drawn colours: each cell of the skin beats at a rate of its own."""
    generator = np.random.default_rng(0)
    colors = np.tile(np.array([180, 130, 110], np.float32), (*track.colors.shape[:2], 1))
    for column, cell in enumerate(track.cells):
        rate = rate_of(cell) if cell in GRID + REGIONS else None
        wave = np.array([pulse_wave(t, rate) if rate else 0.0 for t in track.times])
        colors[:, column] *= (1 + 0.006 * wave[:, None] * BLOOD_RGB).astype(np.float32)
    return replace(track, colors=(colors + generator.normal(0, 0.2, colors.shape)).astype(np.float32))


def side(cell: str) -> str:
    if cell.startswith("grid"):
        return "left" if int(cell[-1]) <= GRID_COLUMNS // 2 else "right"
    return "middle"


def test_a_drawn_pulse_is_read_within_one_beat(whole: Evidence) -> None:
    assert whole.measured["heart_rate_bpm"] == pytest.approx(72.0, abs=1.0)


def test_a_pulse_of_the_whole_face_speaks_a_little_for_a_filmed_one(whole: Evidence) -> None:
    assert whole.fake is not None
    assert 0.3 <= whole.fake < 0.5
    assert "72" in whole.because[0]


def test_the_reader_sees_the_wave_the_spectrum_and_the_map(whole: Evidence) -> None:
    wave, spectrum = whole.traces
    assert (wave.x_unit, spectrum.x_unit) == ("s", "bpm")
    assert spectrum.mark == pytest.approx(72.0, abs=1.0)
    assert spectrum.x[int(np.argmax(spectrum.y))] == pytest.approx(72.0, abs=4.0)
    assert whole.maps[0].values.shape == (4, 8)


def test_a_puppet_without_a_pulse_is_given_no_rate(no_pulse: Track) -> None:
    found = pulse.examine(no_pulse)
    assert (found.fake, found.abstained) == (None, "not-measurable")
    assert "heart_rate_bpm" not in found.measured
    assert found.maps == ()


def test_an_inner_face_without_the_pulse_of_the_rim_is_more_suspect_than_the_same_face_with_it(
    whole: Evidence, silent: Evidence
) -> None:
    assert whole.fake is not None
    assert silent.fake is not None
    assert silent.fake > whole.fake + 0.1
    assert "lies still while the rest beats at 72 bpm" in silent.because[0]
    assert silent.measured["silent_share"] > 0.3


def test_the_map_shows_which_part_lies_still(silent: Evidence) -> None:
    values = silent.maps[0].values
    assert np.nanmean(values[:, 3:5]) < np.nanmean(values[:, [0, 7]]) - 3.0


@pytest.mark.parametrize("rate_bpm", [52.0, 96.0, 140.0])
def test_the_rate_of_drawn_colours_is_read_whatever_it_is(whole_pulse: Track, rate_bpm: float) -> None:
    found = pulse.examine(beating(whole_pulse, lambda _: rate_bpm))
    assert found.measured["heart_rate_bpm"] == pytest.approx(rate_bpm, abs=1.5)


def test_halves_that_beat_at_two_rates_are_suspect(whole_pulse: Track) -> None:
    rates = {"left": 63.0, "right": 99.0, "middle": 63.0}
    found = pulse.examine(beating(whole_pulse, lambda cell: rates[side(cell)]))
    assert found.fake is not None
    assert found.fake > 0.6
    assert "beats at two rates: 63 bpm" in found.because[0]


def test_skin_that_does_not_beat_at_all_says_nothing(whole_pulse: Track) -> None:
    found = pulse.examine(beating(whole_pulse, lambda _: None))
    assert (found.fake, found.abstained) == (None, "not-measurable")


def test_a_flickering_lamp_is_no_pulse() -> None:
    lamp = Stage(puppets=(Puppet(heart_rate_bpm=None, face_width=110.0),), flicker=0.006, width=260, height=260)
    (track,) = follow(film(replace(lamp, seconds=10.2, frame_rate=25.0)), bits_per_pixel=1.0).tracks
    found = pulse.examine(track)
    assert found.fake is None
    assert "heart_rate_bpm" not in found.measured


def far(track: Track) -> Track:
    return shrunk(track, 0.4)


def slow(track: Track) -> Track:
    return part_of(track, slice(None, None, 3))


def brief(track: Track) -> Track:
    return part_of(track, slice(0, 150))


def coarse(track: Track) -> Track:
    return replace(track, bits_per_pixel=0.004)


def burnt(track: Track) -> Track:
    return replace(track, clipped=np.full_like(track.clipped, 0.9))


def black(track: Track) -> Track:
    return replace(burnt(track), colors=np.full_like(track.colors, 3.0))


def shaken(track: Track) -> Track:
    shift = 60.0 * np.sin(2 * np.pi * 2.0 * track.times)[:, None] * np.array([1, 0, 1, 0])
    return replace(track, boxes=(track.boxes + shift).astype(np.float32))


@pytest.mark.parametrize(
    ("changed", "reason", "number"),
    [
        (brief, "too-short", "5.0 s"),
        (slow, "frame-rate-too-low", "10.0 frames"),
        (far, "face-too-small", "pixels wide"),
        (coarse, "too-compressed", "0.004"),
        (burnt, "too-bright", "90"),
        (black, "too-dark", "90"),
        (shaken, "too-much-motion", "face widths a second"),
    ],
)
def test_a_pulse_is_not_looked_for_where_it_cannot_be_seen(
    whole_pulse: Track, changed: Callable[[Track], Track], reason: Reason, number: str
) -> None:
    found = pulse.examine(changed(whole_pulse))
    assert (found.fake, found.abstained) == (None, reason)
    assert number in found.because[0]


def test_no_gate_is_closed_for_a_calm_face(whole_pulse: Track) -> None:
    assert pulse.gate(whole_pulse) is None


def test_a_still_has_no_pulse(whole_pulse: Track) -> None:
    assert pulse.examine(part_of(whole_pulse, slice(0, 1))).abstained == "too-short"


def test_film_grain_is_not_taken_for_a_face_that_lies_still(whole_pulse: Track) -> None:
    grain = np.random.default_rng(3).normal(0, 1.6, whole_pulse.colors.shape).astype(np.float32)
    evidence = pulse.examine(replace(whole_pulse, colors=whole_pulse.colors + grain))
    assert evidence.fake is None or evidence.fake <= 0.5
