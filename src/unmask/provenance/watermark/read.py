"""A film or still → what its mark says, and where it was made anew."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from unmask.faces.track import FaceTracker
from unmask.media.runs import sample_runs
from unmask.media.video import open_frames
from unmask.provenance.keys import ClipKey, MarkKeys
from unmask.provenance.watermark.answer import answer_of
from unmask.provenance.watermark.expect import expected_agreement
from unmask.provenance.watermark.find import Found, find_mark
from unmask.provenance.watermark.locate import Judged
from unmask.provenance.watermark.measure import expected_mark, stretches
from unmask.provenance.watermark.record import Record, record_of
from unmask.provenance.watermark.words import sentence_for
from unmask.settings import Settings
from unmask.types import Frame, MarkMap, Media, PictureMark, Track

NO_MARK = PictureMark("absent", "No mark of these keys is in the picture.")


def read_picture(
    path: Path,
    media: Media,
    settings: Settings,
    keys: MarkKeys | ClipKey,
    tracks: Sequence[Track] | None = None,
) -> PictureMark:
    """Read the mark in the picture of a film or still.

    Args:
        path: The file.
        media: What ``probe`` found in it.
        settings: Limits, and the least sandbox.
        keys: The institution's keys, or the key of one clip.
        tracks: The people in it; None follows them while the picture is read.

    Raises:
        InputError: The film cannot be decoded.
    """
    found = find_mark(list(sample_runs(path, media, settings)), keys)
    if found is None:
        return NO_MARK
    if found.key is None:
        return _unread(found, keys)
    with open_frames(path, media, settings) as film:
        return read_frames(film, found, keys, tracks)


def read_frames(
    frames: Iterable[Frame], found: Found, keys: MarkKeys | ClipKey, tracks: Sequence[Track] | None
) -> PictureMark:
    """Compare all frames with the mark that was found in some of them."""
    if found.key is None:
        return _unread(found, keys)
    start = found.start.seconds if found.start else None
    secret = keys.payload_secret if isinstance(keys, MarkKeys) else None
    mark = expected_mark(found.lie, found.who, found.key, secret, start)
    tracker = FaceTracker() if tracks is None else None
    record = record_of(stretches(_followed(frames, tracker), mark))
    if record is None:
        return _unread(found, keys)
    people = tracks if tracker is None else tracker.finish().tracks
    return _picture_mark(record, found, keys, people or ())


def _followed(frames: Iterable[Frame], tracker: FaceTracker | None) -> Iterator[Frame]:
    for frame in frames:
        if tracker is not None:
            tracker.see(frame)
        yield frame


def _picture_mark(record: Record, found: Found, keys: MarkKeys | ClipKey, people: Sequence[Track]) -> PictureMark:
    answer = answer_of(record, expected_agreement(record), found.lie, people, timed=found.start is not None)
    mark = PictureMark(
        answer.state,
        "",
        found.payload,
        keys.organization,
        float(record.agreement.mean()),
        found.lie.alignment(found.start.seconds if found.start else 0.0),
        answer.regions,
        answer.faces,
        answer.judged.undecidable,
        _map_of(record, answer.judged, found),
    )
    return _with_sentence(mark, time_known=found.start is not None, length=float(record.end[-1]))


def _map_of(record: Record, judged: Judged, found: Found) -> MarkMap:
    lie = found.lie
    return MarkMap(
        np.asarray(record.start, np.float64), judged.alive, judged.altered, (lie.across, lie.down), (lie.left, lie.top)
    )


def _unread(found: Found, keys: MarkKeys | ClipKey) -> PictureMark:
    """Pilots of the institution without a payload that can be read, or of another clip than the key's."""
    if isinstance(keys, ClipKey):
        why = f"The picture carries a mark of {keys.organization}, but not that of clip {keys.clip:08x}, or too little of it is left."
    else:
        why = (
            f"The picture carries a mark of {keys.organization}, but too little of it is left to read which clip it is."
        )
    alignment = found.lie.alignment(0.0)
    return PictureMark("undecidable", why, organization=keys.organization, alignment=alignment)


def _with_sentence(mark: PictureMark, *, time_known: bool, length: float) -> PictureMark:
    return PictureMark(
        **{name: getattr(mark, name) for name in PictureMark.__slots__}
        | {"sentence": sentence_for(mark, time_known=time_known, length=length)}
    )
