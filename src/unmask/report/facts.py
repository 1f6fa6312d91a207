"""What a file says of itself and what made the report, as rows of name and value."""

import math
import shlex
from collections.abc import Mapping

from unmask.report.wording import KINDS, clock, number, visible
from unmask.types import AudioStream, Card, Engine, Media, Report, VideoStream
from unmask.verdict.fuse import MANIPULATED_FROM

Rows = list[tuple[str, str]]


def in_brief(report: Report) -> Rows:
    """The three or four facts that tell which file this is."""
    media = report.media
    rows = [(KINDS[media.kind], ", ".join(_brief_parts(media))), ("SHA-256", media.sha256)]
    if report.crowd:
        rows.append(("crowd", f"{report.crowd} more faces were seen but not followed"))
    return rows


def _brief_parts(media: Media) -> list[str]:
    parts = [media.container]
    if media.video:
        video = media.video
        parts += [] if video.codec == media.container else [video.codec]
        parts += [f"{video.width} × {video.height}"]
        if video.frame_rate and math.isfinite(video.frame_rate) and media.kind == "video":
            parts.append(f"{number(video.frame_rate)} frames/s")
    if media.audio:
        parts.append(f"sound {media.audio.codec}")
    if media.duration_seconds is not None and media.kind != "image":
        parts.append(clock(media.duration_seconds))
    return [*parts, _bytes(media.bytes)]


def of_media(media: Media) -> Rows:
    """The container's facts."""
    rows = [
        ("Kind", KINDS[media.kind]),
        ("Container", media.container),
        ("Size", f"{_bytes(media.bytes)} ({number(float(media.bytes))} bytes)"),
        ("SHA-256", media.sha256),
    ]
    if media.duration_seconds is not None:
        rows.append(("Duration", f"{clock(media.duration_seconds)} ({number(media.duration_seconds)} s)"))
    if media.boxes:
        rows.append(("Boxes in file order", ", ".join(media.boxes)))
    if media.edit_list:
        rows.append(("Edit list", "present: it shifts or cuts the film"))
    rows += [("Read inside", media.sandbox)] if media.sandbox else []
    return rows + [("Met while reading", sentence) for sentence in media.warnings]


def of_video(video: VideoStream) -> Rows:
    """The picture's facts."""
    rows = [
        ("Codec", f"{video.codec} {video.profile}" if video.profile else video.codec),
        ("Picture", f"{video.width} × {video.height} pixels"),
        ("Colour", _color(video)),
        ("Frames", number(float(video.frames))),
    ]
    if video.rotation_degrees:
        rows.append(("Rotation", f"{video.rotation_degrees}° clockwise"))
    if video.frame_rate and math.isfinite(video.frame_rate):
        steadiness = "variable" if video.variable_frame_rate else "steady"
        rows.append(("Frame rate", f"{number(video.frame_rate)} frames/s, {steadiness}"))
    if video.bit_rate:
        rows.append(("Bit rate", f"{number(video.bit_rate / 1000)} kbit/s"))
    if video.bits_per_pixel:
        rows.append(("Coded bits a pixel", number(video.bits_per_pixel)))
    if video.keyframe_seconds:
        rows.append(("Key frames", number(float(len(video.keyframe_seconds)))))
    return [*rows, ("Encoder", video.encoder or "not named")]


def _color(video: VideoStream) -> str:
    parts = [video.pixel_format, f"{video.bit_depth} bit", video.color_space, video.color_transfer]
    return ", ".join(part for part in parts if part) + (", HDR" if video.hdr else "")


def of_audio(audio: AudioStream) -> Rows:
    """The sound's facts."""
    channels = {1: "mono", 2: "stereo"}.get(audio.channels, f"{audio.channels} channels")
    rows = [("Codec", audio.codec), ("Sampling", f"{number(float(audio.sample_rate_hz))} Hz, {channels}")]
    if audio.duration_seconds is not None:
        rows.append(("Duration", clock(audio.duration_seconds)))
    if audio.bit_rate:
        rows.append(("Bit rate", f"{number(audio.bit_rate / 1000)} kbit/s"))
    return rows


def command(file: str, engine: Engine, cards: Mapping[str, Card]) -> str:
    """The command line that repeats the run; settings are given as variables of the environment.

    ``--only`` is named when not every detector on the cards was run, ``--threshold`` when it is not the usual one, or ``--profile``. Where
    a key or the clips of a person lay is not told, so a word stands for it.
    """
    every = {
        name for name, card in cards.items() if card.needs != "model"
    }  # that one stands for others, which are named
    only = [] if set(engine.detectors) >= every else ["--only", ",".join(engine.detectors)]
    asked = [*only, *_limit(engine), *_origin(engine)]
    return shlex.join(["unmask", "check", *asked, "--report", "reports", "--", visible(file)])


def _limit(engine: Engine) -> list[str]:
    """Option that names what the verdict was judged by, none for the usual threshold."""
    profile, limit = engine.settings.get("profile"), threshold(engine)
    if profile:
        return ["--profile", visible(str(profile))]
    return [] if limit == MANIPULATED_FROM else ["--threshold", f"{limit:g}"]


def _origin(engine: Engine) -> list[str]:
    """Options that name whom to trust, by which key marks were read and with whose clips people were compared."""
    trust = engine.settings.get("trust")
    options = ["--trust", visible(str(trust))] if trust else []
    options += ["--keys", "KEYS"] if engine.settings.get("keys") else []
    options += ["--clip-key", "KEY"] if engine.settings.get("clip_key") else []
    return options + (["--reference", "CLIPS"] if engine.settings.get("reference") else [])


def threshold(engine: Engine) -> float:
    """Probability from which this run called a file manipulated."""
    named = engine.settings.get("threshold")
    return float(named) if isinstance(named, int | float) else MANIPULATED_FROM


def _bytes(count: int) -> str:
    for unit, size in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= size:
            return f"{number(count / size)} {unit}"
    return f"{count} bytes"
