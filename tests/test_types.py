from dataclasses import replace

import numpy as np
import pytest

from unmask.types import MESH_STEPS, Track, VideoStream


def track(times: list[float]) -> Track:
    frames = len(times)
    return Track(
        id=1,
        times=np.array(times, np.float64),
        boxes=np.tile(np.array([10, 20, 50, 80], np.float32), (frames, 1)),
        mesh=np.full((frames, 468, 3), MESH_STEPS // 2, np.int16),
        pose=np.zeros((frames, 3), np.float32),
        colors=np.arange(frames * 6, dtype=np.float32).reshape(frames, 2, 3),
        cells=("brow", "cheek"),
        sharpness=np.zeros(frames, np.float32),
        clipped=np.zeros(frames, np.float32),
        scores=np.ones(frames, np.float32),
        eyes=np.zeros((frames, 2), np.float32),
        lips=np.zeros(frames, np.float32),
        crops=(),
    )


def test_a_track_runs_from_its_first_to_its_last_sight() -> None:
    one = track([1.0, 1.5, 2.0, 4.0])
    assert (one.start, one.end, one.duration_seconds) == (1.0, 4.0, 3.0)


def test_a_gap_does_not_lower_the_frame_rate() -> None:
    assert track([0.0, 0.04, 0.08, 0.9, 0.94]).frame_rate == pytest.approx(25.0)


def test_a_still_has_no_frame_rate_and_no_duration() -> None:
    assert (track([3.0]).frame_rate, track([3.0]).duration_seconds) == (0.0, 0.0)


def test_the_face_is_as_wide_as_its_box() -> None:
    assert track([0.0]).face_width == 40.0


def test_points_are_offsets_from_the_middle_of_the_box() -> None:
    assert track([0.0]).landmarks_of()[0, 7].tolist() == [30.5, 50.5, 0.5]


def test_colours_are_found_by_the_names_of_their_cells_in_the_order_asked() -> None:
    colors = track([0.0, 0.1]).color_of(("cheek", "brow"))
    assert colors.shape == (2, 2, 3)
    assert colors[0, 1].tolist() == [9.0, 10.0, 11.0]


def test_an_unknown_cell_is_an_error() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        track([0.0]).color_of(("tail",))


def test_bits_a_pixel_need_a_rate_and_a_size() -> None:
    stream = VideoStream(
        codec="h264",
        profile=None,
        width=100,
        height=50,
        rotation_degrees=0,
        pixel_format="yuv420p",
        bit_depth=8,
        frame_rate=25.0,
        variable_frame_rate=False,
        frames=100,
        duration_seconds=4.0,
        bit_rate=125_000.0,
        color_transfer=None,
        color_space=None,
        hdr=False,
        encoder=None,
    )
    assert stream.bits_per_pixel == 1.0
    assert replace(stream, bit_rate=None).bits_per_pixel is None
