from dataclasses import replace

import numpy as np
import pytest

from unmask.detectors import file
from unmask.detectors.file import earlier_rhythm
from unmask.types import AudioStream, Media, MediaKind, VideoStream

VIDEO = VideoStream(
    codec="h264",
    profile="High",
    width=640,
    height=360,
    rotation_degrees=0,
    pixel_format="yuv420p",
    bit_depth=8,
    frame_rate=25.0,
    variable_frame_rate=False,
    frames=300,
    duration_seconds=12.0,
    bit_rate=600_000.0,
    color_transfer="bt709",
    color_space="bt709",
    hdr=False,
    encoder=None,
)
FILM = Media(
    file="clip.mp4",
    sha256="0" * 64,
    bytes=900_000,
    kind="video",
    container="mp4",
    duration_seconds=12.0,
    video=VIDEO,
    audio=None,
)


def sizes(earlier: int | None, frames: int = 300, seed: int = 0) -> VideoStream:
    """Packets of a film with a key frame every 250 frames, encoded before with one every ``earlier``."""
    packets = np.random.default_rng(seed).normal(3000, 250, frames)
    packets[::250] = 30_000
    if earlier:
        packets[::earlier] = np.maximum(packets[::earlier], 7000)
    return replace(
        VIDEO,
        frames=frames,
        packet_bytes=tuple(int(size) for size in packets),
        keyframe_seconds=tuple(k / 25.0 for k in range(0, frames, 250)),
    )


def told(media: Media) -> str:
    return " ".join(file.examine(media).because)


@pytest.mark.parametrize("distance", [12, 15, 30, 48])
def test_an_earlier_rhythm_is_found_in_drawn_packet_sizes(distance: int) -> None:
    assert earlier_rhythm(sizes(distance)) == distance


@pytest.mark.parametrize("seed", range(5))
def test_no_rhythm_is_found_in_steady_packet_sizes(seed: int) -> None:
    assert earlier_rhythm(sizes(None, seed=seed)) is None


@pytest.mark.parametrize("seed", range(5))
def test_no_rhythm_is_found_in_peaks_at_random(seed: int) -> None:
    generator = np.random.default_rng(seed)
    packets = np.array(sizes(None).packet_bytes)
    packets[generator.choice(300, 14, replace=False)] = 8000
    assert earlier_rhythm(replace(sizes(None), packet_bytes=tuple(packets.tolist()))) is None


def test_the_key_frames_of_this_encoding_are_no_earlier_rhythm() -> None:
    own = replace(sizes(12), keyframe_seconds=tuple(k / 25.0 for k in range(0, 300, 12)))
    assert earlier_rhythm(own) is None


def test_a_short_film_has_no_rhythm() -> None:
    assert earlier_rhythm(sizes(12, frames=24)) is None


def test_an_earlier_rhythm_is_told_and_measured() -> None:
    found = file.examine(replace(FILM, video=sizes(12)))
    assert "Packet sizes peak every 12 frames" in " ".join(found.because)
    assert found.measured["earlier_key_frame_distance_frames"] == 12


@pytest.mark.parametrize("kind", ["video", "image", "audio"])
def test_a_file_is_context_and_never_evidence(kind: MediaKind) -> None:
    found = file.examine(replace(FILM, kind=kind, video=None if kind == "audio" else VIDEO))
    assert (found.fake, found.abstained) == (None, "context-only")
    assert file.CARD.cap == 0.0


def test_container_brand_and_streams_are_told() -> None:
    sound = AudioStream("aac", 48_000, 2, 12.0, 96_000.0)
    media = replace(FILM, audio=sound, tags={"major_brand": "isom"})
    assert "The container is mp4 of brand 'isom', holding h264 and aac." in told(media)


def test_the_program_that_wrote_it_is_told() -> None:
    assert "'Lavf61.1.100', that is FFmpeg's muxer" in told(replace(FILM, tags={"encoder": "Lavf61.1.100"}))


def test_no_program_and_no_camera_are_told_as_such() -> None:
    assert "It does not say which program wrote it." in told(FILM)
    assert "Its tags name no camera." in told(FILM)


def test_a_camera_beside_a_program_means_that_it_was_written_again() -> None:
    tags = {"com.apple.quicktime.make": "Apple", "com.apple.quicktime.model": "iPhone 15", "encoder": "Lavf61.1.100"}
    assert "Its tags name a device: Apple, iPhone 15." in told(replace(FILM, tags=tags))
    assert "written again after filming" in told(replace(FILM, tags=tags))


def test_an_endless_tag_is_shortened() -> None:
    assert len(told(replace(FILM, tags={"encoder": "x" * 10_000}))) < 600


def test_an_edit_list_and_uneven_frames_are_told() -> None:
    odd = replace(FILM, edit_list=True, video=replace(VIDEO, variable_frame_rate=True))
    assert "edit list" in told(odd)
    assert "uneven times" in told(odd)
    assert file.examine(odd).measured["edit_list"] == 1.0


def test_sound_of_another_length_than_the_picture_is_told() -> None:
    sound = AudioStream("aac", 48_000, 2, 9.5, 96_000.0)
    assert "Picture and sound differ in length by 2.5 s." in told(replace(FILM, audio=sound))


def test_what_the_probe_warned_of_is_passed_on() -> None:
    assert "The end is missing." in told(replace(FILM, warnings=("The end is missing.",)))
