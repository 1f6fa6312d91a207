"""A film that shows another several times over, without coding a picture anew."""

from collections.abc import Sequence
from pathlib import Path

import av
import av.error

from unmask.errors import OutputError, UsageError
from unmask.media.source import shown
from unmask.media.writing import written_aside


def repeat_video(source: Path, destination: Path, times: int) -> None:
    """Write the picture of a film several times in a row; its sound is left out.

    The packets are copied inside this process, without the sandbox: only for films that unmask wrote itself.

    Args:
        source: An MP4 film of even frame gaps, whose first frame is a key frame.
        destination: Where to; it appears only when it is complete.
        times: How often, at least once.

    Raises:
        UsageError: It is to be shown less than once.
        OutputError: The film cannot be read or written.
    """
    if times < 1:
        raise UsageError(f"A film cannot be shown {times} times; take at least 1.")
    with written_aside(destination) as aside:
        try:
            _copy(source, aside, times)
        except (av.error.FFmpegError, ValueError, IndexError) as error:
            raise OutputError(f"{shown(source)} cannot be repeated: {error}.") from error


def _copy(source: Path, destination: Path, times: int) -> None:
    with av.open(str(source)) as film, av.open(str(destination), "w", format="mp4") as longer:
        picture = film.streams.video[0]
        stream = longer.add_stream_from_template(picture)
        if picture.time_base is None:
            raise ValueError("its picture has no clock")
        packets = [packet for packet in film.demux(picture) if packet.dts is not None]
        stamps = [(packet.pts or 0, packet.dts or 0) for packet in packets]
        length = _length(sorted(shown_at for shown_at, _ in stamps))
        for turn in range(times):
            for packet, (shown_at, decoded_at) in zip(packets, stamps, strict=True):
                packet.stream, packet.time_base = stream, picture.time_base
                packet.pts, packet.dts = shown_at + turn * length, decoded_at + turn * length
                longer.mux(packet)


def _length(stamps: Sequence[int]) -> int:
    """Length of a film in ticks: its frames at the mean gap between two."""
    gap = (stamps[-1] - stamps[0]) / max(1, len(stamps) - 1)
    return round(gap * len(stamps))
