"""Pictures of our own coded and decoded in memory, for what a coder leaves of them.

Nothing of a stranger is decoded here: what goes in are pictures, and only what came of them is read again.
"""

from collections.abc import Sequence
from fractions import Fraction

import av
import numpy as np

from unmask.types import RgbImage

RATE = 25


def recoded(pictures: Sequence[RgbImage], crf: int, *, preset: str = "veryfast") -> list[RgbImage]:
    """A short film coded as H.264, as its viewer sees it.

    Args:
        pictures: Of one size with even sides, in the order of time; all but the first are predicted from those before.
        crf: Quality, 0 (without loss) to 51.
        preset: Speed of the coder, as x264 names it.

    Returns:
        As many pictures.
    """
    height, width = pictures[0].shape[:2]
    coder = av.CodecContext.create("libx264", "w")
    coder.width, coder.height, coder.pix_fmt = width, height, "yuv420p"
    coder.time_base, coder.framerate = Fraction(1, RATE), Fraction(RATE)
    coder.options = {"crf": str(crf), "preset": preset, "tune": "zerolatency", "threads": "1"}
    packets = []
    for number, picture in enumerate(pictures):
        frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgb24")
        frame.pts = number
        packets += coder.encode(frame)
    packets += coder.encode(None)
    decoder = av.CodecContext.create("h264", "r")
    seen = [frame for packet in packets for frame in decoder.decode(packet)] + decoder.decode(None)
    return [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in seen]
