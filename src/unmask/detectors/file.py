"""File: what container, encoder and packets tell of a clip's past. Context, never evidence of forgery by itself."""

from itertools import pairwise

import numpy as np

from unmask.types import Card, Evidence, Media, VideoStream

CARD = Card(
    name="file",
    question="What do the container, the encoder and the packets tell of the file's past?",
    needs="media",
    kinds=("video", "image", "audio"),
    requires="any readable file",
    answers="sentences for the reader; no probability, since honest files are re-encoded all the time",
    paper="The idea of an earlier encoding's rhythm: Vázquez-Padín et al., WIFS 2012.",
    failures=(
        "Tags can be written at will, and most sites strip them.",
        "A single encoding with scene cuts at a steady rhythm looks like two.",
    ),
    cap=0.0,
)

SOFTWARE = {
    "lavf": "FFmpeg's muxer",
    "lavc": "FFmpeg's encoder",
    "x264": "the x264 encoder",
    "handbrake": "HandBrake",
    "adobe": "an Adobe program",
    "premiere": "Adobe Premiere",
    "isomedia": "Google's file writer",
    "google": "Google's file writer",
    "gpac": "GPAC",
    "moviepy": "MoviePy",
    "opencv": "OpenCV",
    "quicktime": "QuickTime",
}
CAMERA_TAGS = ("com.apple.quicktime.make", "com.apple.quicktime.model", "com.android.version", "make", "model")
LONGEST_WRITER = 80
LEAST_PERIODS = 4
SHORTEST_PERIOD = 8
SPIKE = 1.6
COMB_SHARE = 0.7


def examine(media: Media) -> Evidence:
    """Sentences about a file's past; always without a probability."""
    sentences = [_container(media), *_origin(media), *_video(media), *media.warnings]
    measured = {"edit_list": float(media.edit_list)}
    rhythm = earlier_rhythm(media.video) if media.video else None
    if rhythm:
        measured["earlier_key_frame_distance_frames"] = float(rhythm)
    return Evidence.abstain(CARD.name, "context-only", *sentences, measured=measured)


def earlier_rhythm(video: VideoStream) -> int | None:
    """Distance in frames of size peaks that are no key frames: key frames of an earlier encoding.

    Args:
        video: Stream facts with packet sizes and key frame times.

    Returns:
        The distance, or None when no steady rhythm stands out.
    """
    sizes = np.array(video.packet_bytes, np.float64)
    if len(sizes) < LEAST_PERIODS * SHORTEST_PERIOD or not video.frame_rate:
        return None
    keys = {round(seconds * video.frame_rate) for seconds in video.keyframe_seconds}
    around = np.array([np.median(sizes[max(0, k - 6) : k + 7]) for k in range(len(sizes))])
    peaks = [
        k
        for k in np.flatnonzero(sizes > SPIKE * np.maximum(around, 1))
        if not any(abs(int(k) - key) <= 2 for key in keys)
    ]
    gaps = [int(b - a) for a, b in pairwise(peaks) if b - a >= SHORTEST_PERIOD]
    if len(gaps) < LEAST_PERIODS:
        return None
    period = round(float(np.median(gaps)))
    fitting = sum(abs(gap - period) <= 1 for gap in gaps)
    return period if fitting >= COMB_SHARE * len(gaps) else None


def _container(media: Media) -> str:
    streams = [stream.codec for stream in (media.video, media.audio) if stream]
    brand = media.tags.get("major_brand", "").strip()
    of_brand = f" of brand '{brand}'" if brand else ""
    return f"The container is {media.container}{of_brand}, holding {' and '.join(streams) or 'no stream'}."


def _origin(media: Media) -> list[str]:
    writers = " ".join((media.tags.get("encoder", ""), (media.video.encoder or "") if media.video else "")).strip()
    known = [text for key, text in SOFTWARE.items() if key in writers.lower()]
    sentences = []
    if writers:
        by = f", that is {known[0]}" if known else ""
        sentences.append(f"It was last written by '{_shortened(writers)}'{by}: not straight from a camera.")
    elif media.kind == "video":
        sentences.append("It does not say which program wrote it.")
    cameras = [media.tags[tag] for tag in CAMERA_TAGS if tag in media.tags]
    if cameras:
        sentences.append(f"Its tags name a device: {', '.join(cameras)}.")
        if known:
            sentences.append(
                "A camera's tags beside a program's mark mean that the file was written again after filming."
            )
    elif media.kind == "video":
        sentences.append("Its tags name no camera.")
    return sentences


def _shortened(writers: str) -> str:
    """Programs that list their options in the tag are named without them."""
    name = writers.split(" - options:", maxsplit=1)[0].split(" - Copyleft", maxsplit=1)[0]
    return name if len(name) <= LONGEST_WRITER else f"{name[:LONGEST_WRITER]}…"


def _video(media: Media) -> list[str]:
    video = media.video
    if video is None or media.kind != "video":
        return []
    sentences = []
    if media.edit_list:
        sentences.append("It has an edit list: encoders write one to shift the start, editors to cut.")
    if video.variable_frame_rate:
        sentences.append("Its frames come at uneven times, as from a phone, a screen recording or an edit.")
    rhythm = earlier_rhythm(video)
    if rhythm:
        sentences.append(
            f"Packet sizes peak every {rhythm} frames apart from the key frames, as an earlier encoding leaves them."
        )
    if media.audio and media.audio.duration_seconds and video.duration_seconds:
        apart = abs(media.audio.duration_seconds - video.duration_seconds)
        if apart > 0.5:
            sentences.append(f"Picture and sound differ in length by {apart:.1f} s.")
    return sentences
