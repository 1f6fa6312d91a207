"""A film written anew, picture by picture, with its times kept and its sound carried through."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from pathlib import Path

from unmask.errors import BrokenMedia, UsageError
from unmask.media.audio import open_sound
from unmask.media.encode import CLOCK_HZ
from unmask.media.facts import CodedFacts, CodedPicture, CodedSound
from unmask.media.muxing import MediaFile, media_file, why_not_sound
from unmask.media.packets import left_out, packets_of, read_coded, start_of
from unmask.media.sound import Sound
from unmask.media.source import shown
from unmask.media.tracks import BT709, HLG, PQ, CarriedSound, PictureTrack, SoundTrack, encoded_sound
from unmask.media.video import Film, open_frames
from unmask.settings import Settings
from unmask.types import Frame, Media, RgbImage, VideoStream

SLOWEST_CLOCK_HZ, FASTEST_CLOCK_HZ = 10_000, 10_000_000
USUAL_RATE = 25.0
KEPT_BITS = 8
COLORS = {"smpte2084": PQ, "arib-std-b67": HLG}

Change = Callable[[Frame], RgbImage]
Progress = Callable[[float, float | None], None]
"""Told the seconds that are done, and those that the film lasts if that is known."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What became of a film.

    Attributes:
        frames: How many were written.
        seconds: When the last one ends, by the film's own time.
        remarks: Sentences on what is not as it was, such as sound that was coded anew; often none.
    """

    frames: int
    seconds: float
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """A changed picture, its time in the film, and how long it is shown, in seconds."""

    image: RgbImage
    seconds: float
    length: float


@dataclass(frozen=True, slots=True)
class Plan:
    """How the tracks lie in the new film.

    Attributes:
        zero: What its time zero reads on the old film's clock, in seconds.
        lead: Seconds after which the picture begins, above 0 where carried sound begins before it.
        carried: The sound that is carried through as it is coded, None when there is none such.
    """

    zero: Fraction
    lead: Fraction
    carried: CodedSound | None


def rewrite_video(
    source: Path,
    destination: Path,
    media: Media,
    settings: Settings,
    change: Change,
    *,
    crf: int = 18,
    preset: str = "medium",
    codec: str = "libx264",
    audio: Iterable[Sound] | None = None,
    on_progress: Progress | None = None,
) -> Rewritten:
    """Write a film anew as MP4: each picture changed, its time kept, its sound carried through.

    Pictures come upright and are written so. Sound that MP4 takes is copied packet by packet, in step with the
    picture; other sound is coded anew as AAC. Memory stays bounded, however long the film.

    Args:
        source: The film; it is read behind the walls of the sandbox alone.
        destination: Where to; it appears only when it is complete.
        media: What ``probe`` found in the source.
        settings: Limits, and the least sandbox.
        change: Frame → picture, of one size for all frames.
        crf: Quality of the coder, 0 (without loss) to 51.
        preset: Speed of the coder, as x264 names it.
        codec: The encoder, as FFmpeg names it.
        audio: Sound that takes the place of the film's, in blocks of one kind; its first sample is heard with the
            first picture, as ``open_sound`` gives it. It is coded as AAC.
        on_progress: Told how far the film is written.

    Returns:
        What became of it.

    Raises:
        UsageError: The source is no film, or the changed pictures differ in size.
        InputError: The source cannot be decoded to its end; nothing is written then.
        OutputError: The film cannot be written.
    """
    video = media.video
    if video is None or media.kind != "video":
        raise UsageError(f"{shown(source)} is no film; name a file with moving pictures.")
    coded = read_coded(source, media, settings)
    if coded.picture is None:
        raise BrokenMedia(f"{shown(source)} holds no picture that can be decoded.")
    replaced = audio is not None
    plan = plan_for(source, coded, settings, replaced=replaced)
    with ExitStack() as stack:
        film = stack.enter_context(open_frames(source, media, settings, exact=True))
        shots = shots_of(whole(film, source), video, change)
        first = next(shots)
        file = stack.enter_context(media_file(destination))
        options = {"crf": str(crf), "preset": preset}
        picture = picture_track(file, first.image, coded.picture, video, codec=codec, options=options)
        if audio is None and plan.carried is None and media.audio is not None:
            audio = stack.enter_context(open_sound(source, media, settings))
        sound: SoundTrack = encoded_sound(file, audio or ())
        if plan.carried is not None:
            packets = stack.enter_context(closing(packets_of(source, media, settings, plan.carried)))
            sound = CarriedSound(file, plan.carried, packets, plan.zero)
        frames, last = 0, first
        for shot in chain([first], shots):
            seconds = float(plan.lead) + shot.seconds
            picture.write(shot.image, seconds, shot.length)
            sound.write_until(seconds)
            frames, last = frames + 1, shot
            if on_progress is not None:
                on_progress(shot.seconds, media.duration_seconds)
        picture.finish()
        sound.finish()
    said = remarks(coded, plan, video, film.skipped, replaced=replaced)
    return Rewritten(frames, last.seconds + last.length, tuple(said))


def plan_for(source: Path, coded: CodedFacts, settings: Settings, *, replaced: bool) -> Plan:
    """How the tracks are to lie.

    Raises:
        BrokenMedia: Sound and picture begin further apart than a film may last.
    """
    carried = coded.sound if not replaced and coded.sound is not None and why_not_sound(coded.sound) is None else None
    begins = start_of(coded.picture) if coded.picture is not None else Fraction(0)
    zero = min(begins, start_of(carried)) if carried is not None and carried.start is not None else begins
    if begins - zero > settings.max_seconds:
        raise BrokenMedia(
            f"{shown(source)} has sound that begins {float(begins - zero):.0f} s before its picture; cut it first."
        )
    return Plan(zero, begins - zero, carried)


def whole(film: Film, source: Path) -> Iterator[Frame]:
    """The frames of a film to its end, all of one size.

    Raises:
        BrokenMedia: It breaks off, or changes its size.
    """
    shape: tuple[int, ...] | None = None
    for frame in film:
        height, width = frame.image.shape[:2]
        if shape is not None and frame.image.shape != shape:
            raise BrokenMedia(
                f"{shown(source)} changes its picture from {shape[1]}×{shape[0]} to {width}×{height} at {frame.seconds:.1f} s; cut it there into two films."
            )
        shape = frame.image.shape
        yield frame
    if film.broken_off is not None:
        raise BrokenMedia(
            f"{film.broken_off} {shown(source)} is not rewritten by halves; mend it or cut it there first."
        )


def shots_of(frames: Iterator[Frame], video: VideoStream, change: Change) -> Iterator[Shot]:
    """The changed pictures, each shown up to the next, the last up to the end that the film states."""
    frame = next(frames)
    usual = 1 / (video.frame_rate or USUAL_RATE)
    length = usual
    for following in frames:
        length = following.seconds - frame.seconds
        yield Shot(change(frame), frame.seconds, length)
        frame = following
    rest = (video.duration_seconds or 0.0) - frame.seconds
    yield Shot(change(frame), frame.seconds, rest if rest > 0 else min(length, usual))


def picture_track(
    file: MediaFile, first: RgbImage, coded: CodedPicture, video: VideoStream, *, codec: str, options: dict[str, str]
) -> PictureTrack:
    """A track with the old one's clock, pixel shape and transfer curve."""
    aspect = Fraction(*coded.pixel_aspect)
    return PictureTrack(
        file,
        shape=first.shape,
        codec=codec,
        rate=Fraction(video.frame_rate or USUAL_RATE).limit_denominator(1001),
        options=options,
        clock_hz=clock_of(Fraction(*coded.tick)),
        pixel_aspect=1 / aspect if video.rotation_degrees in {90, 270} else aspect,
        colors=COLORS.get(video.color_transfer or "", BT709),
    )


def clock_of(tick: Fraction) -> int:
    """Ticks a second of a clock on which the stamps of another are whole numbers.

    >>> clock_of(Fraction(1, 12_800)), clock_of(Fraction(1, 1000)), clock_of(Fraction(1001, 30_000))
    (12800, 16000, 30000)
    """
    hertz = tick.denominator
    while hertz < SLOWEST_CLOCK_HZ:
        hertz *= 2
    return hertz if hertz <= FASTEST_CLOCK_HZ else CLOCK_HZ


def remarks(coded: CodedFacts, plan: Plan, video: VideoStream, skipped: int, *, replaced: bool) -> Iterator[str]:
    """Sentences on what is not as it was."""
    if coded.sound is not None and plan.carried is None and not replaced:
        yield f"The sound is coded anew as AAC, since {why_not_sound(coded.sound)}."
    yield from left_out(coded, [coded.picture, coded.sound])
    if video.bit_depth > KEPT_BITS:
        yield f"Of {video.bit_depth} bits a channel {KEPT_BITS} are kept."
    if skipped:
        yield f"{skipped} pictures that cannot be decoded are left out."
