"""The essence of a file: digests of its coded picture and sound, whatever container they lie in."""

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

import av
import av.audio.stream
import av.bitstream
import av.error
import av.stream
import av.video.stream

from .opening import Request, open_file, picture_of, sound_of
from .pictures import STILLS, Decoding
from .units import jpeg_segments, nal_units, open_bitstream_units, webp_chunks, without_adts
from .wire import ESSENCE, send_json

LENGTH_BYTES = 8
PIECES: dict[str, Callable[[bytes], Iterable[bytes]]] = {
    "aac": lambda packet: [without_adts(packet)],
    "av1": open_bitstream_units,
    "jpeg_pipe": jpeg_segments,
    "webp_pipe": webp_chunks,
}
"""How packets of a codec, or of a still, are taken apart; others count as they are."""
NAL_TYPES: dict[str, Callable[[bytes], int]] = {
    "h264": lambda unit: unit[0] & 31,
    "hevc": lambda unit: unit[0] >> 1 & 63,
}
NAL_DROPPED = {"h264": frozenset({9, 10, 11, 12}), "hevc": frozenset({35, 36, 37, 38})}
"""Delimiters, ends of a sequence or stream, and filler."""
NAL_PARAMETERS = {"h264": frozenset({7, 8, 13, 15}), "hevc": frozenset({32, 33, 34})}


def essence(request: Request) -> dict[str, Any]:
    """Tell the digests of the first picture and the first sound that can be decoded."""
    decoding = Decoding()
    with open_file(request) as container:
        picture, sound = picture_of(container), sound_of(container)
        streams = [stream for stream in (picture, sound) if stream is not None]
        digests = {stream.index: digest_of(stream, request["format"]) for stream in streams}
        for packet in decoding.packets(container, *streams):
            if packet.size:
                digests[packet.stream_index].take(packet)
            if request["format"] in STILLS:
                break  # what follows the picture in a still's file is no part of it
        told = {
            "picture": digests[picture.index].hexadecimal() if picture else None,
            "sound": digests[sound.index].hexadecimal() if sound else None,
        }
        send_json(ESSENCE, told)
    return {"end": "complete", "fault": decoding.fault}


def digest_of(stream: Any, form: str) -> "Digest":
    """A digest that is taken of the stream's packets as its codec demands."""
    codec = stream.codec_context.codec.canonical_name
    if codec in NAL_TYPES:
        return NalDigest(codec, stream)
    return Digest(codec, PIECES.get(form) or PIECES.get(codec) or (lambda packet: [packet]), bounded="pcm" not in codec)


class Digest:
    """SHA-256 over a codec's name and the pieces of its packets, each preceded by its length.

    PCM has no packets of its own; its bytes count without lengths.
    """

    def __init__(self, codec: str, pieces: Callable[[bytes], Iterable[bytes]], *, bounded: bool = True) -> None:
        self.sha256 = hashlib.sha256(codec.encode())
        self.pieces = pieces
        self.bounded = bounded

    def take(self, packet: "av.Packet[Any]") -> None:
        """One packet more."""
        for piece in self.pieces(bytes(packet)):
            self.add(piece)

    def add(self, piece: bytes) -> None:
        """One piece more."""
        if self.bounded:
            self.sha256.update(len(piece).to_bytes(LENGTH_BYTES, "big"))
        self.sha256.update(piece)

    def hexadecimal(self) -> str:
        """The digest in hexadecimal digits."""
        return self.sha256.hexdigest()


class NalDigest(Digest):
    """A digest of H.264 or HEVC: parameter sets count once each, in the end, wherever and how often they stood."""

    def __init__(self, codec: str, stream: av.stream.Stream) -> None:
        super().__init__(codec, nal_units)
        self.kind = NAL_TYPES[codec]
        self.dropped, self.parameters = NAL_DROPPED[codec], NAL_PARAMETERS[codec]
        self.sets: set[bytes] = set()
        self.to_start_codes = av.bitstream.BitStreamFilterContext(f"{codec}_mp4toannexb", stream)

    def take(self, packet: "av.Packet[Any]") -> None:
        """One packet more; a damaged one counts as it is."""
        try:
            packets = [bytes(one) for one in self.to_start_codes.filter(packet)]
        except av.error.FFmpegError as error:
            if isinstance(error, MemoryError):
                raise
            self.add(bytes(packet))
            return
        for unit in (unit for one in packets for unit in self.pieces(one)):
            if self.kind(unit) in self.parameters:
                self.sets.add(unit)
            elif self.kind(unit) not in self.dropped:
                self.add(unit)

    def hexadecimal(self) -> str:
        """The digest in hexadecimal digits."""
        whole = self.sha256.copy()
        for unit in sorted(self.sets):
            whole.update(len(unit).to_bytes(LENGTH_BYTES, "big"))
            whole.update(unit)
        return whole.hexdigest()
