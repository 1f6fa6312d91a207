"""Stills of faces in the suite ``watermark``: marked, coded as JPEG, read, by our own mark and by the peer's."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from unmask.benchmark.attacks import scaled
from unmask.benchmark.watermark_beside import Peer, bits_of
from unmask.benchmark.watermark_films import luma_psnr, mean_ssim, rgb_psnr
from unmask.benchmark.watermark_measure import (
    FOREIGN_KEYS,
    Outcome,
    bench_keys,
    foreign_reads,
    outcome_of,
    still_frame,
)
from unmask.media.image import encode_jpeg, read_image
from unmask.provenance.watermark.embed import PictureMarker
from unmask.provenance.watermark.find import find_mark
from unmask.provenance.watermark.read import read_frames
from unmask.settings import Settings
from unmask.types import Frame, MarkState, Payload, RgbImage

JPEG_QUALITIES = (90, 75, 50)
LARGEST_STILL = 1400
STILLS = frozenset({".jpg", ".jpeg", ".png", ".webp"})


@dataclass(frozen=True, slots=True)
class StillRow:
    """What was measured of one still.

    Attributes:
        still: Its name.
        width: Pixels.
        height: Pixels.
        psnr_db: Peak signal-to-noise ratio of luma, before coding.
        rgb_psnr_db: The same of red, green and blue together.
        ssim: Structural similarity of luma, before coding.
        plain_bytes: Size as JPEG of quality 90 without the mark.
        marked_bytes: Size with it.
        reads: What a reader says of the marked JPEG of each quality.
        states: The reader's word on whether it was altered; it was not.
        unmarked: What it says of the still without the mark.
        foreign_reads: Payloads read with keys of others, all of them false.
        foreign_tries: How often that was tried.
    """

    still: str
    width: int
    height: int
    psnr_db: float
    rgb_psnr_db: float
    ssim: float
    plain_bytes: int
    marked_bytes: int
    reads: dict[str, Outcome] = field(default_factory=dict)
    states: dict[str, MarkState] = field(default_factory=dict)
    unmarked: Outcome = "not-found"
    foreign_reads: int = 0
    foreign_tries: int = 0


@dataclass(frozen=True, slots=True)
class PeerStillRow:
    """The same for the peer, as far as it applies; ``right_bits`` of 64 for each quality."""

    still: str
    psnr_db: float
    rgb_psnr_db: float
    ssim: float
    plain_bytes: int
    marked_bytes: int
    right_bits: dict[str, int] = field(default_factory=dict)


def stills_of(folder: Path) -> tuple[Path, ...]:
    """The stills that lie in a folder, by name."""
    return tuple(sorted(file for file in folder.glob("*") if file.suffix.lower() in STILLS and file.is_file()))


def open_still(path: Path, settings: Settings) -> RgbImage:
    """A still, halved when large.

    Raises:
        InputError: It cannot be read.
    """
    image = read_image(path, settings)
    return scaled(image, 0.5) if max(image.shape) > LARGEST_STILL else image


def still_row(still: str, image: RgbImage, clip: int, settings: Settings) -> StillRow:
    """Mark a still and see what its payload survives.

    Args:
        still: Its name.
        image: The picture.
        clip: Number of the clip, 32 bits.
        settings: Limits, and the least sandbox.

    Raises:
        UsageError: It is too small to be marked.
    """
    keys = bench_keys()
    marked = PictureMarker(keys.clip_key(clip), keys.payload_secret).mark(Frame(image, 0.0))
    reads: dict[str, Outcome] = {}
    states: dict[str, MarkState] = {}
    for quality in JPEG_QUALITIES:
        frames = still_frame(as_jpeg(marked, quality, settings))
        found = find_mark(frames, keys)
        reads[f"JPEG {quality}"] = outcome_of(found, Payload(keys.institution, clip))
        if found is not None:
            states[f"JPEG {quality}"] = read_frames(frames, found, keys, None).state
    plain = as_jpeg(image, JPEG_QUALITIES[0], settings)
    return StillRow(
        still,
        image.shape[1],
        image.shape[0],
        luma_psnr([image], [marked]),
        rgb_psnr([image], [marked]),
        mean_ssim([image], [marked]),
        len(encode_jpeg(image, JPEG_QUALITIES[0])),
        len(encode_jpeg(marked, JPEG_QUALITIES[0])),
        reads,
        states,
        outcome_of(find_mark(still_frame(plain), keys), None),
        foreign_reads(still_frame(plain)) + foreign_reads(still_frame(marked)),
        2 * FOREIGN_KEYS,
    )


def peer_still_row(still: str, image: RgbImage, clip: int, peer: Peer, settings: Settings) -> PeerStillRow:
    """The same with the peer."""
    bits = bits_of(Payload(bench_keys().institution, clip))
    (marked,) = peer.mark([image], bits)
    right = {}
    for quality in JPEG_QUALITIES:
        read = peer.read([as_jpeg(marked, quality, settings)])
        right[f"JPEG {quality}"] = sum(one == other for one, other in zip(read, bits, strict=True))
    return PeerStillRow(
        still,
        luma_psnr([image], [marked]),
        rgb_psnr([image], [marked]),
        mean_ssim([image], [marked]),
        len(encode_jpeg(image, JPEG_QUALITIES[0])),
        len(encode_jpeg(marked, JPEG_QUALITIES[0])),
        right,
    )


def as_jpeg(image: RgbImage, quality: int, settings: Settings) -> RgbImage:
    """The picture after JPEG."""
    with tempfile.TemporaryDirectory(prefix="unmask-bench-") as folder:
        path = Path(folder) / "still.jpg"
        path.write_bytes(encode_jpeg(image, quality))
        return read_image(path, settings)
