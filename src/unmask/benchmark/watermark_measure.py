"""One film of the suite ``watermark``: marked, attacked, altered, read. What is slow is done here and kept.

What the mark tells of alteration is judged later (``watermark_judge``), when all films are measured.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import Literal

import cv2
import numpy as np
from jaxtyping import Float32

from unmask.benchmark.attacks import ATTACKS, Coding
from unmask.benchmark.watermark_faces import KINDS, FaceTrace, Mask, altered, donor_faces, faces_of
from unmask.benchmark.watermark_films import (
    Excerpt,
    attacked,
    coded,
    images_of,
    luma_psnr,
    mean_ssim,
    rgb_psnr,
    sampled,
    with_images,
)
from unmask.benchmark.watermark_kept import Version
from unmask.faces.track import FaceTracker
from unmask.provenance.code import decode
from unmask.provenance.keys import ClipKey, MarkKeys, mark_keys
from unmask.provenance.watermark.embed import PictureMarker
from unmask.provenance.watermark.find import Found, find_mark, soft_bits
from unmask.provenance.watermark.geometry import Lie, untouched_lie
from unmask.provenance.watermark.layout import blocks_of, roles
from unmask.provenance.watermark.measure import expected_mark, stretches
from unmask.provenance.watermark.record import Cells, Record, record_of
from unmask.settings import Settings
from unmask.types import Frame, Payload, RgbImage, Track

Outcome = Literal["read", "wrong", "unreadable", "not-found"]
"""``wrong``: another payload than was written; ``unreadable``: pilots without payload; ``not-found``: no pilots."""
INSTITUTION = 0x0BE7C4
HONEST_CRFS = (18, 23, 28, 32)
ALTERED_CRFS = (23, 28)
HONEST = "honest"
RATE_CODING = Coding(preset="medium")
FOREIGN_KEYS = 10
"""Keys of other institutions with which a film is read, once with the mark and once without."""
SUBPIXELS = 8


@dataclass(frozen=True, slots=True)
class FilmRow:
    """What was measured of one film, but for alteration.

    Attributes:
        film: Its name.
        width: Pixels, after halving.
        height: Pixels, after halving.
        halved: Whether it was halved.
        frames: Pictures taken.
        psnr_db: Peak signal-to-noise ratio of luma, before coding.
        rgb_psnr_db: The same of red, green and blue together.
        ssim: Mean structural similarity of luma, before coding.
        plain_bytes: Size without the mark, coded anew at CRF 23.
        marked_bytes: Size with it.
        reads: What a reader with the institution's keys says after each attack.
        coded_bytes: Size after each attack.
        unmarked: What it says of the film without the mark.
        foreign_reads: Payloads read with keys of others where a mark would lie, all of them false.
        foreign_tries: How often that was tried.
        face_frames: Pictures in which a face was seen.
    """

    film: str
    width: int
    height: int
    halved: bool
    frames: int
    psnr_db: float
    rgb_psnr_db: float
    ssim: float
    plain_bytes: int
    marked_bytes: int
    reads: dict[str, Outcome] = field(default_factory=dict)
    coded_bytes: dict[str, int] = field(default_factory=dict)
    unmarked: Outcome = "not-found"
    foreign_reads: int = 0
    foreign_tries: int = 0
    face_frames: int = 0


@cache
def bench_keys(number: int = 0) -> MarkKeys:
    """The keys that mark (0), and those of others who did not."""
    master = sha256(b"unmask bench watermark" + number.to_bytes(4, "big")).digest()
    return mark_keys(master, INSTITUTION + number, "Benchmark")


def film_row(film: str, excerpt: Excerpt, clip: int, settings: Settings) -> FilmRow:
    """Mark a film and see what its payload survives.

    Args:
        film: Name of the film.
        excerpt: Its beginning.
        clip: Number of the clip, 32 bits.
        settings: Limits, and the least sandbox.
    """
    keys = bench_keys()
    frames, marked = excerpt.frames, marked_frames(excerpt, clip)
    before, after = images_of(frames), images_of(marked)
    plain = coded(frames, excerpt.rate, RATE_CODING, settings)
    rated = coded(marked, excerpt.rate, RATE_CODING, settings)
    reads: dict[str, Outcome] = {}
    sizes: dict[str, int] = {}
    for attack in ATTACKS:
        survived = attacked(marked, excerpt.rate, attack, settings)
        reads[attack.name] = outcome_of(find_mark(sampled(survived.frames), keys), Payload(keys.institution, clip))
        sizes[attack.name] = survived.size
    return FilmRow(
        film,
        *excerpt.size,
        excerpt.halved,
        len(frames),
        luma_psnr(before, after),
        rgb_psnr(before, after),
        mean_ssim(before, after),
        plain.size,
        rated.size,
        reads,
        sizes,
        outcome_of(find_mark(sampled(plain.frames), keys), None),
        foreign_reads(sampled(plain.frames)) + foreign_reads(sampled(rated.frames)),
        2 * FOREIGN_KEYS,
        sum(face is not None for face in faces_of(frames)),
    )


def marked_frames(excerpt: Excerpt, clip: int) -> tuple[Frame, ...]:
    """The film with the mark of a clip, not coded yet."""
    keys = bench_keys()
    marker = PictureMarker(keys.clip_key(clip), keys.payload_secret)
    return with_images(excerpt.frames, [marker.mark(frame) for frame in excerpt.frames])


def outcome_of(found: Found | None, payload: Payload | None) -> Outcome:
    """What a reader said, against the payload that was written; None for none."""
    if found is None:
        return "not-found"
    if found.payload is None:
        return "unreadable"
    return "read" if found.payload == payload else "wrong"


def foreign_reads(frames: Sequence[Frame]) -> int:
    """How many of the keys of others read a payload where a mark would lie."""
    height, width = frames[0].image.shape[:2]
    lie = untouched_lie(blocks_of(width, height))
    others = [bench_keys(number) for number in range(1, FOREIGN_KEYS + 1)]
    bits = ((keys, soft_bits(lie, frames, keys, roles(keys.sync))) for keys in others)
    return sum(decode(soft, keys.payload_secret) is not None for keys, soft in bits)


def honest_versions(excerpt: Excerpt, clip: int, settings: Settings) -> Iterator[Version]:
    """The marked film coded at several qualities and not altered."""
    marked = marked_frames(excerpt, clip)
    for crf in HONEST_CRFS:
        after = coded(marked, excerpt.rate, Coding(crf=crf), settings).frames
        yield measured(HONEST, crf, after, (), clip)


def altered_versions(excerpt: Excerpt, donor: Excerpt, clip: int, settings: Settings) -> Iterator[Version]:
    """The marked film with its main face altered, coded at two qualities; none when it shows no face.

    Args:
        excerpt: The film.
        donor: Another, whose face is pasted in.
        clip: Number of the clip.
        settings: Limits, and the least sandbox.
    """
    faces: FaceTrace = faces_of(excerpt.frames)
    if not any(face is not None for face in faces):
        return
    donors = donor_faces(donor.frames, faces_of(donor.frames))
    marked = marked_frames(excerpt, clip)
    for kind in KINDS:
        made = altered(images_of(marked), faces, kind, donors)
        pictures = with_images(marked, made.images)
        for crf in ALTERED_CRFS:
            after = coded(pictures, excerpt.rate, Coding(crf=crf), settings).frames
            yield measured(kind, crf, after, made.masks, clip)


def measured(kind: str, crf: int, frames: Sequence[Frame], masks: Sequence[Mask], clip: int) -> Version:
    """Read a film as a verifier with the institution's keys does, up to the comparison with what is expected."""
    keys = bench_keys()
    plain = None if masks else record_where_marked(frames, keys, keys.clip_key(clip))
    found = find_mark(sampled(frames), keys)
    if found is None or found.key is None or outcome_of(found, Payload(keys.institution, clip)) != "read":
        return Version(kind, crf, plain)
    start = found.start.seconds if found.start else None
    mark = expected_mark(found.lie, found.who, found.key, keys.payload_secret, start)
    record = record_of(stretches(iter(frames), mark))
    if record is None:
        return Version(kind, crf, plain)
    truth = shares(masks, frames, record, found.lie) if masks else None
    return Version(kind, crf, plain, record, found.lie, found.start is not None, people_in(frames), truth)


def record_where_marked(frames: Sequence[Frame], keys: MarkKeys, key: ClipKey) -> Record | None:
    """What is measured by one who knows where the mark lies and which it is."""
    height, width = frames[0].image.shape[:2]
    lie = untouched_lie(blocks_of(width, height))
    return record_of(stretches(iter(frames), expected_mark(lie, roles(key.sync), key, keys.payload_secret, 0.0)))


def people_in(frames: Sequence[Frame]) -> tuple[Track, ...]:
    """Everyone in a film, as its reader follows them."""
    tracker = FaceTracker()
    for frame in frames:
        tracker.see(frame)
    return tracker.finish().tracks


def shares(masks: Sequence[Mask], frames: Sequence[Frame], record: Record, lie: Lie) -> Cells:
    """Share of each block that was altered during each stretch."""
    times = np.array([frame.seconds for frame in frames])
    of_frames = [block_shares(mask, lie) for mask in masks]
    during = [
        [of_frames[index] for index in np.flatnonzero((times >= start - 1e-6) & (times <= end + 1e-6))]
        for start, end in zip(record.start, record.end, strict=True)
    ]
    return np.stack([np.mean(some, axis=0) for some in during]).astype(np.float32)


def block_shares(mask: Mask, lie: Lie) -> Float32[np.ndarray, "rows columns"]:
    """Share of each block that a mask covers."""
    wide, high = lie.across / SUBPIXELS, lie.down / SUBPIXELS
    place = np.array([[wide, 0, lie.left + wide / 2 - 0.5], [0, high, lie.top + high / 2 - 0.5]])
    size = lie.columns * SUBPIXELS, lie.rows * SUBPIXELS
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    fine = cv2.warpAffine(mask.astype(np.float32), place, size, flags=flags)
    return cv2.resize(fine, (lie.columns, lie.rows), interpolation=cv2.INTER_AREA)


def still_frame(image: RgbImage) -> tuple[Frame, ...]:
    """A still as a film of one frame."""
    return (Frame(image, 0.0),)
