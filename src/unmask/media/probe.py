"""Facts of a file, read without decoding more than its first picture."""

from pathlib import Path

from unmask.errors import BrokenMedia, OverLimit
from unmask.media.boxes import Boxes, read_boxes
from unmask.media.decoder import STILLS, Decoder, request_for
from unmask.media.facts import FileFacts, PictureFacts, SoundFacts
from unmask.media.source import format_of, is_animation, open_source, sha256_of, shown
from unmask.settings import Settings
from unmask.types import AudioStream, Media, VideoStream

HDR_TRANSFERS = frozenset({"smpte2084", "arib-std-b67"})
CONTAINERS = {
    "mov": "mp4",
    "jpeg_pipe": "jpeg",
    "png_pipe": "png",
    "webp_pipe": "webp",
    "bmp_pipe": "bmp",
    "tiff_pipe": "tiff",
}
UNDECLARED = frozenset({"mpeg", "mpegts"})
"""Containers without a header for the duration; what FFmpeg gives for them is a guess."""
CLOCKWISE = {1: 0, 2: 0, 3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270}
"""EXIF orientation → clockwise turn in degrees; 2, 4, 5 and 7 are mirrored as well."""
FASTEST_RATE = 1000.0
UNEVEN_GAP = 0.1
MISSING_SECONDS = 0.3
"""A film whose packets end this much before its header says is cut short."""


def probe(path: Path, settings: Settings, *, name: str | None = None) -> Media:
    """Facts of a file, measured where its header may lie.

    Args:
        path: The file.
        settings: Limits, and the least sandbox.
        name: The name to report; ``path`` as given when None.

    Returns:
        Its facts.

    Raises:
        Unreadable: It cannot be opened or is no regular file.
        NotMedia: It is no video, image or sound that unmask reads.
        BrokenMedia: Nothing in it can be decoded.
        OverLimit: It is larger, longer or slower than the settings allow.
        MissingComponent: The sandbox wanted is not to be had.
    """
    with open_source(path, settings) as source:
        form = format_of(source, path)
        boxes = read_boxes(source) if form == "mov" else Boxes()
        refuse_long(path, boxes, settings)
        animated = is_animation(source, form)
        sha256, size = sha256_of(source)
        with Decoder(request_for("facts", form, settings), source, path, settings) as decoder:
            facts = next(decoder.records())
            if not isinstance(facts, FileFacts):
                raise decoder.liar()
    video = video_of(facts) if facts.video and facts.video.decoded else None
    audio = audio_of(facts.audio) if facts.audio and facts.audio.packets else None
    refuse_empty(path, facts, form, seen=bool(video or audio))
    is_still = video is not None and form in STILLS and facts.video is not None and facts.video.packets == 1
    return Media(
        file=(name or str(path)).encode("utf-8", "backslashreplace").decode(),
        sha256=sha256,
        bytes=size,
        kind="image" if is_still else "video" if video else "audio",
        container=CONTAINERS.get(form, form),
        duration_seconds=None if is_still else length_of(facts),
        video=video,
        audio=audio,
        tags=facts.tags,
        boxes=boxes.names,
        edit_list=boxes.edit_list,
        sandbox=decoder.level,
        warnings=tuple(oddities(facts, boxes, is_still=is_still, animated=animated)),
    )


def refuse_long(path: Path, boxes: Boxes, settings: Settings) -> None:
    """Refuse an MP4 file whose header states more time than allowed.

    Raises:
        OverLimit: It does.
    """
    if boxes.declared_seconds > settings.max_seconds:
        raise OverLimit(
            f"{shown(path)} says that it lasts {boxes.declared_seconds:.0f} s, over the limit of {settings.max_seconds:g} s; raise UNMASK_MAX_SECONDS to read it."
        )


def refuse_empty(path: Path, facts: FileFacts, form: str, *, seen: bool) -> None:
    """Refuse a file in which nothing decodes.

    Raises:
        BrokenMedia: Nothing does.
    """
    if seen:
        return
    form = CONTAINERS.get(form, form)
    if facts.video is None or facts.video.packets == 0:
        raise BrokenMedia(f"{shown(path)} is a {form} file without a single picture or sound that can be decoded.")
    raise BrokenMedia(
        f"{shown(path)} holds {facts.video.codec} pictures, but none can be decoded; it is damaged or cut off."
    )


def video_of(facts: FileFacts) -> VideoStream | None:
    """The film's picture as types name it."""
    told = facts.video
    if told is None:
        return None
    lying = CLOCKWISE[told.turn] in {90, 270}
    duration = picture_length(facts, told)
    seconds = told.end if told.end and told.end > 0 else duration
    return VideoStream(
        codec=told.codec,
        profile=told.profile,
        width=told.height if lying else told.width,
        height=told.width if lying else told.height,
        rotation_degrees=CLOCKWISE[told.turn],
        pixel_format=told.pixel_format,
        bit_depth=told.bit_depth,
        frame_rate=rate_of(told),
        variable_frame_rate=is_uneven(told),
        frames=told.packets,
        duration_seconds=duration,
        bit_rate=8 * told.bytes / seconds if seconds and told.packets > 1 else None,
        color_transfer=told.transfer,
        color_space=told.space,
        hdr=told.transfer in HDR_TRANSFERS,
        encoder=told.encoder,
        keyframe_seconds=tuple(sorted(told.keys)),
        packet_bytes=tuple(told.sizes),
    )


def rate_of(told: PictureFacts) -> float | None:
    """Mean frames a second by the packets' times; the header's word only where they have none."""
    if told.packets < 2:
        return None
    if told.stamped >= 2 and told.span > 0:
        rate = (told.stamped - 1) / told.span
        return rate if rate <= FASTEST_RATE else None
    return told.rate


def is_uneven(told: PictureFacts) -> bool:
    """Whether gaps between pictures differ from the median gap by more than a tenth and a clock tick."""
    if told.gaps is None:
        return False
    shortest, median, longest = told.gaps
    tolerance = max(UNEVEN_GAP * median, 1.5 * told.tick)
    return longest - median > tolerance or median - shortest > tolerance


def picture_length(facts: FileFacts, told: PictureFacts) -> float | None:
    """Seconds that the picture should last: its header's word, the file's where that is cut short, else as measured."""
    if told.packets < 2:
        return None
    if facts.container in UNDECLARED:
        return told.end
    if told.duration:
        return told.duration
    if facts.duration and facts.end is not None and facts.duration - facts.end > MISSING_SECONDS:
        return facts.duration
    return told.end


def length_of(facts: FileFacts) -> float | None:
    """Seconds that the file lasts by its header or, without one, by its packets."""
    if facts.duration and facts.duration > 0 and facts.container not in UNDECLARED:
        return facts.duration
    return facts.end


def audio_of(told: SoundFacts) -> AudioStream:
    """The sound as types name it."""
    seconds = told.span or told.duration
    return AudioStream(
        codec=told.codec,
        sample_rate_hz=told.sample_rate_hz,
        channels=told.channels,
        duration_seconds=told.duration,
        bit_rate=8 * told.bytes / seconds if seconds and seconds > 0 else None,
    )


def oddities(facts: FileFacts, boxes: Boxes, *, is_still: bool, animated: bool) -> list[str]:
    """Sentences about what is odd, for the reader of the report."""
    said = []
    video = facts.video
    if boxes.cut_short:
        said.append("The file ends in the middle of its content.")
    if facts.fault:
        said.append(f"The decoder complains of damage: {facts.fault.rstrip('.')}.")
    if animated:
        said.append("It is an animation; only its first picture is examined.")
    if video and not is_still and video.end is not None:
        expected = picture_length(facts, video)
        if expected and expected - video.end > MISSING_SECONDS:
            said.append(f"The film should last {expected:.1f} s, but its pictures end after {video.end:.1f} s.")
    if video and not video.decoded:
        said.append("The file has a picture track, but none of its pictures can be decoded.")
    if video and not is_still and video.packets >= 2 and rate_of(video) is None:
        said.append("The times of its pictures are not believable, so no frame rate is given.")
    if video and abs(video.pixel_aspect - 1) > 0.01 and video.pixel_aspect > 0:
        said.append(f"Its pixels are not square (1:{video.pixel_aspect:.2f}); they are examined as stored.")
    if video and video.transfer in HDR_TRANSFERS:
        said.append(f"It is a high dynamic range film ({video.transfer}); its colours are read without tone mapping.")
    return said
