"""What became of a marked picture: whole, made anew in some place, or too weak to say."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.provenance.watermark.films import (
    CLIP,
    KEYS,
    LIMITS,
    as_jpeg,
    changed,
    coded,
    cropped,
    face_box,
    found_in,
    levels,
    read,
    with_blurred_face,
)
from unmask.media.probe import probe
from unmask.provenance.keys import ClipKey, MarkKeys
from unmask.provenance.watermark.read import read_frames, read_picture
from unmask.provenance.watermark.write import mark_video
from unmask.types import Frame, PictureMark, Track

START, STOP = 0.8, 1.8
"""Seconds during which a face is made anew."""
GROUP = 0.33


@pytest.fixture(scope="module")
def altered(marked: list[Frame], face: Track, tmp_path_factory: pytest.TempPathFactory) -> list[Frame]:
    """A copy in which the face was made anew for a second."""
    return coded(with_blurred_face(marked, face, START, STOP), tmp_path_factory.mktemp("altered"), 23, "medium")


@pytest.fixture(scope="module")
def found(altered: list[Frame], face: Track) -> PictureMark:
    """What the institution reads in it."""
    return read(altered, tracks=[face])


def overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """Intersection over union of two boxes."""
    low, high = np.maximum(one[:2], other[:2]), np.minimum(one[2:], other[2:])
    both = float(np.prod(np.maximum(high - low, 0)))
    areas = [float((box[2] - box[0]) * (box[3] - box[1])) for box in (one, other)]
    return both / (sum(areas) - both)


def test_an_uncoded_mark_is_alive_everywhere(marked: list[Frame], face: Track) -> None:
    mark = read(marked, tracks=[face])
    assert (mark.state, mark.regions, mark.organization) == ("intact", (), "Example Archive")
    assert mark.coherence > 0.9
    (one,) = mark.faces
    assert one.state == "intact"
    assert one.alive == pytest.approx(1, abs=0.2)
    assert f"clip {CLIP:08x}, is alive" in mark.sentence


def test_an_honest_copy_is_intact(copied: list[Frame], face: Track) -> None:
    mark = read(copied, tracks=[face])
    assert (mark.state, mark.regions, mark.faces[0].state) == ("intact", (), "intact")
    assert mark.undecidable < 0.2


@pytest.mark.parametrize(("crf", "preset"), [(23, "veryfast"), (26, "veryfast"), (28, "medium")])
def test_a_harder_coded_honest_copy_is_never_called_altered(
    marked: list[Frame], face: Track, tmp_path: Path, crf: int, preset: str
) -> None:
    mark = read(coded(marked, tmp_path, crf, preset), tracks=[face])
    assert mark.state in {"intact", "undecidable"}
    assert (mark.regions, mark.payload and mark.payload.clip) == ((), CLIP)
    assert mark.faces[0].state != "altered"


def test_an_honest_copy_with_less_contrast_and_a_crop_is_not_called_altered(
    marked: list[Frame], tmp_path: Path
) -> None:
    mark = read(coded(changed(changed(marked, levels(0.95, 5)), cropped(0.1)), tmp_path, 20, "medium"))
    assert mark.state in {"intact", "undecidable"}
    assert mark.alignment is not None
    assert mark.alignment.scale[0] > 1.05


def test_a_film_coded_very_hard_is_undecidable(marked: list[Frame], face: Track, tmp_path: Path) -> None:
    mark = read(coded(marked, tmp_path, 32), tracks=[face])
    assert (mark.state, mark.regions, mark.undecidable) == ("undecidable", (), 1.0)
    assert mark.payload is not None
    assert mark.payload.clip == CLIP


def test_a_face_made_anew_is_found_where_and_when_it_was(found: PictureMark, face: Track) -> None:
    assert found.state == "altered"
    region = found.regions[0]
    assert overlap(region.box, face_box(face, (START + STOP) / 2)) >= 0.5
    assert region.start == pytest.approx(START, abs=GROUP)
    assert region.end == pytest.approx(STOP, abs=GROUP)
    assert "gone from" in found.sentence


def test_the_face_is_called_altered_at_that_time_only(found: PictureMark) -> None:
    (one,) = found.faces
    assert one.state == "altered"
    ((start, end),) = one.altered
    assert (start, end) == pytest.approx((START, STOP), abs=GROUP)
    assert one.alive is not None
    assert one.alive < 0.8


def test_the_map_is_dark_in_the_face_and_light_beside_it(found: PictureMark, face: Track) -> None:
    told = found.map
    assert told is not None
    left, top, right, bottom = (round(edge / 16) for edge in face_box(face, (START + STOP) / 2))
    during = (told.times > START) & (told.times < STOP - GROUP)
    assert np.nanmedian(told.altered[during, top:bottom, left:right]) > 0.9
    assert np.nanmedian(told.altered[during, :, : left - 2]) < 0.1
    assert np.nanmedian(told.alive[~during & (told.times > STOP)]) > 0.5


def test_the_key_of_the_clip_finds_the_same_place(altered: list[Frame], found: PictureMark) -> None:
    mark = read(altered, KEYS.clip_key(CLIP))
    assert (mark.state, mark.payload) == ("altered", found.payload)
    assert overlap(mark.regions[0].box, found.regions[0].box) >= 0.5


def test_stretches_of_the_same_clip_at_another_time_do_not_fit(marked: list[Frame]) -> None:
    moved = [frame for frame in marked if frame.seconds < 1.28]
    later = [frame for frame in marked if frame.seconds >= 1.28]
    shown = [Frame(frame.image, place.seconds) for frame, place in zip(later + moved, marked, strict=True)]
    whole = read(marked)
    assert read(shown).coherence < whole.coherence - 0.1


@pytest.mark.parametrize("keys", [KEYS, KEYS.clip_key(CLIP)], ids=["institution", "clip"])
def test_a_still_is_read_as_a_film_of_one_picture(marked: list[Frame], keys: MarkKeys | ClipKey) -> None:
    mark = read(changed(marked[:1], as_jpeg), keys)
    assert (mark.state, mark.regions) == ("intact", ())
    assert mark.map is not None
    assert len(mark.map.times) == 1


def test_without_the_payload_nothing_is_said_of_changes(marked: list[Frame]) -> None:
    found = found_in(marked[:10])
    assert found is not None
    mark = read_frames(iter(marked[:10]), replace(found, key=None, payload=None, start=None), KEYS, ())
    assert (mark.state, mark.payload, mark.map) == ("undecidable", None, None)
    assert "too little of it is left to read which clip it is" in mark.sentence


def test_a_film_is_marked_and_read_from_file_to_file(filmed: list[Frame], tmp_path: Path) -> None:
    coded(filmed[:30], tmp_path, 16)
    source, destination = tmp_path / "coded.mp4", tmp_path / "marked.mp4"
    before = probe(source, LIMITS)
    seen: list[float] = []
    done = mark_video(
        source,
        destination,
        before,
        LIMITS,
        keys=KEYS,
        clip=CLIP,
        preset="veryfast",
        on_progress=lambda seconds, _: seen.append(seconds),
    )
    assert (done.frames, len(seen)) == (30, 30)
    assert done.psnr_db >= 42
    after = probe(destination, LIMITS)
    assert after.video is not None
    assert after.duration_seconds == pytest.approx(before.duration_seconds, abs=0.01)
    mark = read_picture(destination, after, LIMITS, KEYS)
    assert (mark.state, mark.payload) == ("intact", KEYS.clip_key(CLIP).payload)
    assert [one.state for one in mark.faces] == ["intact"]
