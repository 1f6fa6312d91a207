"""The peer of the suite ``watermark``: dwtDctSvd marks, is attacked and is read in the same run as our own mark."""

import json
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from unmask.benchmark import watermark_peer
from unmask.benchmark.attacks import ATTACKS, Coding
from unmask.benchmark.watermark_faces import KINDS, altered, donor_faces, faces_of
from unmask.benchmark.watermark_films import (
    Excerpt,
    attacked,
    coded,
    images_of,
    luma_psnr,
    mean_ssim,
    rgb_psnr,
    with_images,
)
from unmask.errors import UnmaskError
from unmask.settings import Settings
from unmask.types import Payload, RgbImage

PEER = "UNMASK_BENCH_WATERMARK_PEER_PYTHON"
"""Names a Python that has invisible-watermark."""
METHOD = "dwtDctSvd"
PAYLOAD_BITS = 64
PEER_FRAMES = 30
"""Frames of each film the peer marks; it takes a tenth of a second and more for each."""
READ_FRAMES = 5
"""Frames the peer reads, whose bits are put to the vote."""
ALTERED, RATE_CODING = Coding(), Coding(preset="medium")


@dataclass(frozen=True, slots=True)
class PeerRow:
    """What became of the peer's mark in one film.

    Attributes:
        film: Name of the film.
        version: Version of invisible-watermark.
        frames: Pictures marked.
        psnr_db: Peak signal-to-noise ratio of luma; the peer's mark is in chroma.
        rgb_psnr_db: The same of red, green and blue together.
        ssim: Mean structural similarity of luma.
        plain_bytes: Size without the mark at CRF 23.
        marked_bytes: Size with it.
        right_bits: Bits read right after each attack, of ``PAYLOAD_BITS``.
        right_altered: The same after each alteration of the face, at CRF 23; empty without a face.
    """

    film: str
    version: str
    frames: int
    psnr_db: float
    rgb_psnr_db: float
    ssim: float
    plain_bytes: int
    marked_bytes: int
    right_bits: dict[str, int] = field(default_factory=dict)
    right_altered: dict[str, int] = field(default_factory=dict)


class Peer:
    """The peer's process, to be asked one thing after the other; a context manager.

    Args:
        python: A Python that has invisible-watermark.

    Raises:
        UnmaskError: It cannot be started, or has no such package.
    """

    def __init__(self, python: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="unmask-bench-")
        self._python = python
        try:
            self._child = subprocess.Popen(
                [python, watermark_peer.__file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        except OSError as error:
            self._folder.cleanup()
            raise UnmaskError(f"The Python '{python}' in {PEER} cannot be started: {error.strerror}.") from error
        self.version = str(self._told()["version"])
        self.mark_ms = self.read_ms = 0.0

    def __enter__(self) -> "Peer":  # noqa: PYI034 # the run-time shape checks do not know Self
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        if self._child.stdin is not None:
            self._child.stdin.close()
        self._child.wait()
        if self._child.stdout is not None:
            self._child.stdout.close()
        self._folder.cleanup()

    def mark(self, images: Sequence[RgbImage], bits: Sequence[int]) -> list[RgbImage]:
        """The pictures with the peer's mark; ``mark_ms`` is then what one took."""
        marked = self._path("marked.npy")
        told = self._asked({"do": "mark", "bits": [int(bit) for bit in bits], "marked": str(marked)}, images)
        self.mark_ms = float(told["cpu_ms"])
        return list(np.load(marked, allow_pickle=False))

    def read(self, images: Sequence[RgbImage]) -> list[int]:
        """The bits that most of the pictures tell; ``read_ms`` is then what one took."""
        told = self._asked({"do": "read", "length": PAYLOAD_BITS}, images)
        self.read_ms = float(told["cpu_ms"])
        return [int(share > 0.5) for share in np.mean(told["bits"], axis=0)]

    def _asked(self, request: dict[str, Any], images: Sequence[RgbImage]) -> dict[str, Any]:
        pictures = self._path("pictures.npy")
        np.save(pictures, np.stack(list(images)))
        if self._child.stdin is not None:
            self._child.stdin.write(json.dumps({**request, "pictures": str(pictures)}) + "\n")
            self._child.stdin.flush()
        return self._told()

    def _told(self) -> dict[str, Any]:
        line = self._child.stdout.readline() if self._child.stdout is not None else ""
        if not line:
            self.close()
            raise UnmaskError(
                f"The peer '{self._python}' ended without an answer; name a Python with invisible-watermark in {PEER}."
            )
        return dict(json.loads(line))

    def _path(self, name: str) -> Path:
        return Path(self._folder.name) / name


def bits_of(payload: Payload) -> list[int]:
    """The 64 bits of a payload.

    >>> sum(bits_of(Payload(1, 3)))
    3
    """
    numbers = np.array([payload.institution, payload.clip], ">u4")
    return [int(bit) for bit in np.unpackbits(numbers.view(np.uint8))]


def peer_row(
    film: str, excerpt: Excerpt, donor: Excerpt, *, payload: Payload, peer: Peer, settings: Settings
) -> PeerRow:
    """Mark a film with the peer, attack it, and read it.

    Args:
        film: Name of the film.
        excerpt: Its beginning.
        donor: Another film, whose face is pasted in.
        payload: What the mark says.
        peer: The peer.
        settings: Limits, and the least sandbox.
    """
    frames = excerpt.frames[:PEER_FRAMES]
    bits, images = bits_of(payload), images_of(frames)
    marked = with_images(frames, peer.mark(images, bits))
    right = {}
    for attack in ATTACKS:
        after = attacked(marked, excerpt.rate, attack, settings)
        right[attack.name] = _right(peer, images_of(after.frames), bits)
    faces = faces_of(frames)
    right_altered = {}
    if any(face is not None for face in faces):
        donors = donor_faces(donor.frames, faces_of(donor.frames))
        for kind in KINDS:
            made = altered(images_of(marked), faces, kind, donors)
            after = coded(with_images(frames, made.images), excerpt.rate, ALTERED, settings)
            right_altered[kind] = _right(peer, images_of(after.frames), bits)
    return PeerRow(
        film,
        peer.version,
        len(frames),
        luma_psnr(images, images_of(marked)),
        rgb_psnr(images, images_of(marked)),
        mean_ssim(images, images_of(marked)),
        coded(frames, excerpt.rate, RATE_CODING, settings).size,
        coded(marked, excerpt.rate, RATE_CODING, settings).size,
        right,
        right_altered,
    )


def _right(peer: Peer, images: Sequence[RgbImage], bits: Sequence[int]) -> int:
    places = np.unique(np.linspace(0, len(images) - 1, READ_FRAMES).round().astype(int))
    read = peer.read([images[place] for place in places])
    return sum(one == other for one, other in zip(read, bits, strict=True))
