"""Streams as they are coded: what they are, and their packets, not decoded."""

from fractions import Fraction
from typing import Any

import av
import av.audio.stream
import av.container
import av.stream
import av.video.stream

from .opening import Request, open_file, picture_of, sound_of
from .pictures import Decoding
from .wire import CODED, NO_STAMP, PACKET, STAMPS, Refusal, send, send_json


def coded(request: Request) -> dict[str, Any]:
    """Tell how picture and sound are coded."""
    with open_file(request) as container:
        picture, sound = picture_of(container), sound_of(container)
        send_json(
            CODED,
            {
                "picture": picture and coded_picture(picture),
                "sound": sound and coded_sound(sound),
                "tracks": len(container.streams),
            },
        )
    return {"end": "complete"}


def coded_stream(stream: Any) -> dict[str, Any]:
    """What pictures and sounds have in common."""
    context = stream.codec_context
    return {
        "codec": context.codec.canonical_name,
        "preface": (context.extradata or b"").hex(),
        "tick": ratio(stream.time_base, Fraction(1, 1000)),
        "start": stream.start_time,
    }


def coded_picture(stream: av.video.stream.VideoStream) -> dict[str, Any]:
    """How the picture is coded."""
    context = stream.codec_context
    return {
        **coded_stream(stream),
        "width": context.width,
        "height": context.height,
        "pixel_format": context.pix_fmt or "",
        "pixel_aspect": ratio(context.sample_aspect_ratio, Fraction(1)),
        "range": context.color_range,
        "primaries": context.color_primaries,
        "transfer": context.color_trc,
        "matrix": context.colorspace,
    }


def coded_sound(stream: av.audio.stream.AudioStream) -> dict[str, Any]:
    """How the sound is coded."""
    context = stream.codec_context
    return {
        **coded_stream(stream),
        "rate_hz": context.sample_rate,
        "layout": context.layout.name,
        "packet_samples": context.frame_size,
    }


def ratio(number: Fraction | None, otherwise: Fraction) -> list[int]:
    """Numerator and denominator of a number above 0."""
    sane = number if number is not None and number > 0 else otherwise
    return [sane.numerator, sane.denominator]


def packets(request: Request) -> dict[str, Any]:
    """Send the packets of the picture or of the sound, in decoding order.

    Raises:
        Refusal: There is no such stream, or it is longer than allowed.
    """
    decoding = Decoding()
    with open_file(request) as container:
        stream = picture_of(container) if request["of"] == "picture" else sound_of(container)
        if stream is None:
            raise Refusal(f"no {request['of']} that can be decoded")
        for packet in decoding.packets(container, stream):
            if packet.size:
                refuse_late(packet, stream, request)
                send_packet(packet)
    return {"end": "complete", "fault": decoding.fault}


def refuse_late(packet: "av.Packet[Any]", stream: av.stream.Stream, request: Request) -> None:
    """Refuse a packet that lies beyond the longest film.

    Raises:
        Refusal: It does.
    """
    stamp = packet.pts if packet.pts is not None else packet.dts
    if stamp is None or stream.time_base is None:
        return
    if (stamp - (stream.start_time or 0)) * stream.time_base > request["max_seconds"]:
        raise Refusal(f"it still runs after {request['max_seconds']:g} s", "max_seconds")


def send_packet(packet: "av.Packet[Any]") -> None:
    """One packet with its stamps."""
    stamps = [stamp if stamp is not None else NO_STAMP for stamp in (packet.pts, packet.dts)]
    head = STAMPS.pack(*stamps, max(0, packet.duration or 0), packet.is_keyframe)
    send(PACKET, head + bytes(packet))
