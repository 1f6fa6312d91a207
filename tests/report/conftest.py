"""Reports drawn on the fly: two persons, a sound, no face, a film that broke off."""

from collections.abc import Mapping
from dataclasses import replace

import cv2
import numpy as np
import pytest

from unmask.types import (
    Action,
    Alignment,
    AudioStream,
    Card,
    Credentials,
    Crop,
    Engine,
    Evidence,
    FaceMark,
    Manifest,
    Map,
    MarkMap,
    Media,
    Payload,
    Person,
    PictureMark,
    Provenance,
    Reason,
    Region,
    Report,
    RgbImage,
    Segment,
    Signer,
    SoundMark,
    Trace,
    Track,
    Verdict,
    VideoStream,
)

HOSTILE = "<script>alert(1)</script>\n\u202e.mp4"
FRAME_RATE = 25.0


def drawn_face(side: int, tint: int) -> RgbImage:
    """A puppet's head and shoulders before a grey wall."""
    image = np.full((side, side, 3), (150, 160, 168), np.uint8)
    middle, unit = side // 2, side / 256
    skin = (224 - tint, 178 - tint, 150 - tint)
    cv2.ellipse(image, (middle, side + int(20 * unit)), (int(110 * unit), int(80 * unit)), 0, 0, 360, (60, 72, 96), -1)
    cv2.ellipse(image, (middle, int(88 * unit)), (int(76 * unit), int(80 * unit)), 0, 180, 360, (70, 50, 40), -1)
    cv2.ellipse(image, (middle, int(128 * unit)), (int(66 * unit), int(86 * unit)), 0, 0, 360, skin, -1, cv2.LINE_AA)
    for x in (-26, 26):
        eye = (middle + int(x * unit), int(112 * unit))
        cv2.ellipse(image, eye, (int(12 * unit), int(6 * unit)), 0, 0, 360, (250, 250, 250), -1, cv2.LINE_AA)
        cv2.circle(image, eye, int(5 * unit), (50, 60, 40), -1, cv2.LINE_AA)
    cv2.ellipse(image, (middle, int(172 * unit)), (int(24 * unit), int(8 * unit)), 0, 0, 180, (170, 80, 84), -1)
    return image


def crop(seconds: float, sharpness: float, tint: int = 0, side: int = 256) -> Crop:
    return Crop(
        drawn_face(side, tint), seconds, np.zeros((468, 3), np.float32), sharpness, 1.2, np.zeros((4, 2), np.float32)
    )


def track(person: int, start: float, end: float, gap: tuple[float, float] | None = None) -> Track:
    times = np.arange(start, end, 1 / FRAME_RATE)
    if gap is not None:
        times = times[(times < gap[0]) | (times > gap[1])]
    frames = len(times)
    left = 200.0 + 300 * (person - 1)
    boxes = np.tile(np.array([left, 120, left + 182, 360], np.float32), (frames, 1))
    return Track(
        id=person,
        times=times,
        boxes=boxes,
        mesh=np.zeros((frames, 468, 3), np.int16),
        pose=np.zeros((frames, 3), np.float32),
        colors=np.full((frames, 2, 3), 128, np.float32),
        cells=("brow", "cheek"),
        sharpness=np.full(frames, 90, np.float32),
        clipped=np.zeros(frames, np.float32),
        scores=np.ones(frames, np.float32),
        eyes=np.full((frames, 2), 0.3, np.float32),
        lips=np.zeros(frames, np.float32),
        crops=(crop(start, 40.0, 10 * person), crop(start + 1, 95.0, 30 * person)),
        bits_per_pixel=0.09,
    )


def pulse_trace() -> Trace:
    seconds = np.arange(0, 62, 1 / FRAME_RATE)
    wave = np.sin(2 * np.pi * 1.2 * seconds) * (1 + 0.3 * np.sin(seconds / 5))
    wave[(seconds > 21) & (seconds < 26)] = np.nan
    return Trace("Pulse wave of the cheeks", seconds, wave, "s", "")


def pulse_spectrum() -> Trace:
    rate = np.linspace(40, 180, 220)
    power = 0.05 + np.exp(-(((rate - 72) / 4) ** 2)) + 0.3 * np.exp(-(((rate - 144) / 5) ** 2))
    return Trace("Spectrum of the pulse", rate, power / power.max() * 6.2, "bpm", "dB", mark=72.0)


def cell_map() -> Map:
    rng = np.random.default_rng(3)
    values = np.clip(rng.normal(0.55, 0.2, (4, 8)), 0.02, 0.98)
    values[0, 0] = values[3, 7] = values[2, 3] = np.nan
    return Map("Agreement of each cell with the whole face", values, 0.0, 1.0, "correlation")


def seam(fake: float, start: float, end: float) -> Evidence:
    edges = np.linspace(start, end, 6)
    steps = np.clip(fake + np.array([-0.12, 0.02, 0.05, -0.3, 0.03]), 0.01, 0.99)
    return Evidence(
        "seam",
        fake,
        (
            f"Noise inside the face is {0.4 + fake:.2f} times that of the skin of the neck; filmed faces lie between 0.8 and 1.3.",
            f"A step of {4 * fake:.1f} levels runs along the jaw in {44 * fake:.0f} of 60 sampled pictures.",
        ),
        interval=(max(fake - 0.09, 0.0), min(fake + 0.05, 1.0)),
        segments=tuple(Segment(float(a), float(b), float(p)) for a, b, p in zip(edges, edges[1:], steps, strict=False)),
        measured={"noise_ratio": 0.4 + fake, "step_levels": 3.1, "pictures": 60.0, "jaw_width_pixels": 5.25},
    )


def pulse() -> Evidence:
    return Evidence(
        "pulse",
        0.42,
        (
            "A pulse of 72 bpm is seen in the cheeks, 6.2 dB above the rest of the spectrum.",
            "A good swap keeps the driver's pulse, so this alone says little.",
        ),
        interval=(0.28, 0.57),
        segments=(Segment(0.4, 20.4, 0.38), Segment(26.0, 60.0, 0.47)),
        traces=(pulse_trace(), pulse_spectrum()),
        maps=(cell_map(),),
        measured={"heart_rate_bpm": 71.98, "quality_db": 6.2, "breath_rate_bpm": float("nan")},
    )


def abstention(detector: str, reason: Reason, sentence: str) -> Evidence:
    return Evidence(detector, None, (sentence,), abstained=reason)


def media(file: str = "interview.mp4") -> Media:
    return Media(
        file=file,
        sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        bytes=8_431_552,
        kind="video",
        container="mp4",
        duration_seconds=62.48,
        video=VideoStream(
            "h264",
            "High",
            1280,
            720,
            90,
            "yuv420p",
            8,
            25.0,
            False,
            1562,
            62.48,
            1_010_500.0,
            "bt709",
            "bt709",
            False,
            "Lavc61.3.100 libx264",
            keyframe_seconds=(0.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0),
            packet_bytes=(1000,) * 1562,
        ),
        audio=AudioStream("aac", 48000, 2, 62.46, 128_000.0),
        tags={"encoder": "Lavf61.1.100", "title": "</style><img src=x onerror=alert(1)>\u202e", "major_brand": "isom"},
        boxes=("ftyp", "free", "mdat", "moov"),
        edit_list=True,
        sandbox="bubblewrap",
        warnings=("The last packet is cut short.",),
    )


ENGINE = Engine(
    version="0.1.0",
    weights={"face_landmark": "2efcb4f4" + "0" * 52 + "5493", "blaze_full": "99bf9494" + "0" * 51 + "cfec3"},
    detectors=("seam", "pulse", "lips", "encoder", "tags"),
    settings={"max_people": 8, "sandbox": "auto", "max_seconds": 7200.0, "threads": 0},
)


def full_report(file: str = "interview.mp4") -> Report:
    """Two persons, the first one swapped; file findings; abstentions; provenance."""
    first = Person(
        track(1, 0.4, 62.0, gap=(21.0, 26.0)),
        (
            seam(0.93, 0.4, 62.0),
            pulse(),
            abstention(
                "lips",
                "no-speech",
                "Speech was heard for 0.8 s; the lips need 3 s of it to be compared with the sound.",
            ),
        ),
    )
    second = Person(
        track(2, 30.0, 41.0),
        (
            seam(0.12, 30.0, 41.0),
            abstention("pulse", "too-short", "The face is in view for 11.0 s; a pulse needs 20 s of a calm face."),
        ),
    )
    encoder = Evidence(
        "encoder",
        0.58,
        ("The rhythm of packet sizes shows an earlier encoding with a key frame every 12 pictures.",),
        interval=(0.41, 0.73),
        measured={"earlier_key_frame_pictures": 12.0},
    )
    tags = abstention(
        "tags", "context-only", "The container is mp4, written by FFmpeg's muxer; its tags name no camera."
    )
    verdict = Verdict(
        "manipulated",
        0.91,
        (0.79, 0.96),
        "The face of person 1 does not belong to the picture around it, in 4 of 5 stretches of the film.",
        (
            "The lips of person 1 were not compared with the sound: too little speech.",
            "The voice was not examined: no detector of this version listens to voices.",
            "3 more faces were in view at once than are followed; they were not examined.",
        ),
    )
    return Report(
        media(file),
        (first, second),
        (encoder, tags),
        verdict,
        ENGINE,
        seen_until=62.44,
        crowd=3,
        provenance=Provenance(
            Credentials("absent", "None found. Most films have none; this speaks neither for nor against the file.")
        ),
    )


def signer(name: str = "Example Broadcasting") -> Signer:
    return Signer(name, "Newsroom camera 3", "Example Intermediate", "4711", "Es256", "2025-03-01T10:00:00Z")


def manifest() -> Manifest:
    """A film that was opened and edited, made from a recording and an unsigned picture."""
    recording = Manifest(
        "urn:c2pa:0002",
        "recording.mp4",
        "video/mp4",
        "parentOf",
        "Camera firmware 2.1",
        signer("Example Camera Maker"),
        (Action("c2pa.created", "digitalCapture", "2025-02-27T08:12:00Z", "Camera firmware 2.1"),),
    )
    logo = Manifest(None, "logo.png", "image/png", "componentOf", None, None)
    return Manifest(
        "urn:c2pa:0001",
        "interview.mp4",
        "video/mp4",
        "active",
        "unmask 0.1.0",
        signer(),
        (
            Action("c2pa.opened", when="2025-03-01T09:55:00Z"),
            Action("c2pa.edited", "humanEdits", "2025-03-01T09:58:00Z", "Editor 5", "Logo in the corner."),
        ),
        (recording, logo),
        ("The hash of the film does not fit the file.",),
    )


def credentials() -> Credentials:
    return Credentials(
        "altered",
        "The file was changed after Example Broadcasting signed it.",
        manifest(),
        ("The hash of the film does not fit the file.",),
        "different",
        Payload(0x1A2B3C4D, 7),
        (Region(21.0, 34.0, (500.0, 130.0, 740.0, 430.0)),),
        "file",
    )


def picture_mark(width: int = 1280, height: int = 720, seconds: float = 62.0) -> PictureMark:
    """A marked film in which the face of person 1 was made anew for some seconds."""
    rng = np.random.default_rng(5)
    times = np.arange(0.0, seconds, 8 / FRAME_RATE)
    rows, columns = height // 16, width // 16
    alive = rng.normal(0.95, 0.12, (len(times), rows, columns)).astype(np.float32)
    box = (0.39 * width, 0.18 * height, 0.58 * width, 0.6 * height)
    start, end = 0.34 * seconds, 0.55 * seconds
    left, top, right, bottom = (round(edge / 16) for edge in box)
    when = (times >= start) & (times <= end)
    alive[when, top:bottom, left:right] = rng.normal(0.03, 0.1, (int(when.sum()), bottom - top, right - left))
    altered = np.clip(1.1 - alive, 0, 1) ** 3
    alive[:, :3, -8:] = altered[:, :3, -8:] = np.nan
    return PictureMark(
        "altered",
        "The mark of Example Broadcasting is gone from one region for 13 s.",
        Payload(0x1A2B3C4D, 7),
        "Example Broadcasting",
        0.61,
        Alignment((1.0, 1.0), (0.0, 0.0), 3.2, 0.98),
        (Region(start, end, box),),
        (FaceMark(1, "altered", 0.04, 0.03, ((start, end),)), FaceMark(2, "intact", 0.97, 0.04)),
        0.06,
        MarkMap(times, alive, altered, (16.0, 16.0), (0.0, 0.0)),
    )


def sound_mark(seconds: float = 62.0) -> SoundMark:
    judged = np.arange(0.0, seconds, 1.0)
    integrity = np.clip(np.random.default_rng(6).normal(0.96, 0.05, len(judged)), 0, 1.1)
    integrity[22:33] = 0.02
    integrity[50:53] = np.nan
    sentence = "The mark is gone from the sound for 11 s."
    return SoundMark("altered", sentence, Payload(0x1A2B3C4D, 7), judged, integrity, ((22.0, 33.0),))


def marked_report() -> Report:
    """The full report of a film that was signed, marked, and then altered."""
    origin = Provenance(credentials(), picture_mark(), sound_mark(), "Signers of anchors.pem are trusted.")
    return replace(full_report(), provenance=origin)


def sound_report() -> Report:
    """A sound file, for which nobody answered."""
    facts = replace(
        media("call.wav"), kind="audio", container="wav", video=None, tags={}, boxes=(), edit_list=False, warnings=()
    )
    verdict = Verdict(
        "cannot-tell",
        None,
        None,
        "Nothing in this file could be measured: it has no picture.",
        ("No picture was examined: the file holds sound only.",),
    )
    return Report(facts, (), (abstention("seam", "no-video", "The file holds sound only."),), verdict, ENGINE)


def faceless_report() -> Report:
    """A still without a face, JSON's traps inside: NaN, infinity, a name that is no UTF-8."""
    video = media().video
    assert video is not None
    facts = replace(
        media("wall\udcff.png"),
        kind="image",
        container="png",
        audio=None,
        duration_seconds=None,
        video=replace(video, codec="png", frames=1, bit_rate=None, frame_rate=float("inf"), duration_seconds=None),
    )
    odd = Evidence(
        "encoder",
        0.5,
        ("The picture was saved once.",),
        segments=(Segment(0.0, float("inf"), float("nan")),),
        traces=(Trace("Nothing", np.full(3, np.nan), np.full(3, np.nan), "s"),),
        maps=(Map("Nothing", np.full((2, 2), np.nan), 0.0, 0.0),),
        measured={"entropy_bits": float("inf"), "blocks": float("nan")},
    )
    verdict = Verdict("cannot-tell", 0.5, (float("nan"), 0.9), "No face was found in the picture.", ())
    return Report(facts, (), (odd,), verdict, ENGINE)


def incomplete_report() -> Report:
    """The same film, broken off half-way, nothing found."""
    whole = full_report()
    verdict = Verdict("no-sign", 0.14, (0.06, 0.31), "The checks that could be made found nothing in person 2.", ())
    sentence = "The film breaks off at 41.2 s of 62.5 s; what came before was examined."
    return replace(
        whole,
        people=whole.people[1:],
        verdict=verdict,
        incomplete=sentence,
        seen_until=41.2,
        crowd=0,
        provenance=Provenance(),
    )


def card(name: str, question: str) -> Card:
    return Card(
        name=name,
        question=question,
        needs="track",
        kinds=("video", "image"),
        requires="A face at least 60 pixels wide, in view for 3 s.",
        answers="Above one half when face and surround were not filmed together.",
        paper="Example and Example, Journal of Examples 2020.",
        failures=("Heavy make-up looks like a seam.", "Strong compression hides it."),
        cap=2.0,
        weights=("face_landmark",),
    )


@pytest.fixture
def report() -> Report:
    return full_report()


def hostile_origin() -> Provenance:
    """Credentials in which every text that a signer may choose is an attack."""
    bad = "<svg onload=alert(1)>\x1b[2J\u202e[red]"
    node = Manifest(
        f"{bad}label",
        f"{bad}title",
        f"{bad}form",
        f"{bad}relationship",
        f"{bad}generator",
        Signer(*(f"{bad}{name}" for name in ("organization", "name", "issuer", "serial", "algorithm", "when"))),
        (Action(*(f"{bad}{name}" for name in ("action", "source", "day", "software", "description"))),),
        (Manifest(None, f"{bad}part", None, "componentOf", None, None),),
        (f"{bad}problem",),
    )
    found = Credentials("valid", f"{bad}sentence", node, (f"{bad}other",), found_in="file")
    mark = PictureMark("intact", f"{bad}mark", Payload(1, 2), f"{bad}institution", 0.5)
    return Provenance(found, mark, SoundMark("absent", f"{bad}sound"), f"{bad}trust")


def hostile_report() -> Report:
    """The full report under a name that is an attack, with a tag and a sentence that are too."""
    plain = full_report(HOSTILE)
    bad = Evidence("encoder", 0.7, ("The tag reads <b>\x1b[31mred\x07 & \u202eback</b>.",), segments=())
    return replace(
        plain,
        evidence=(bad,),
        provenance=hostile_origin(),
        incomplete="<p>cut\nhere</p>",
    )


@pytest.fixture
def marked() -> Report:
    return marked_report()


@pytest.fixture
def hostile() -> Report:
    return hostile_report()


@pytest.fixture
def sound() -> Report:
    return sound_report()


@pytest.fixture
def faceless() -> Report:
    return faceless_report()


@pytest.fixture
def incomplete() -> Report:
    return incomplete_report()


def sample_cards() -> Mapping[str, Card]:
    return {
        "seam": card("seam", "Do face and surround carry the same noise and edge?"),
        "pulse": card("pulse", "Does blood flow show in the skin?"),
        "lips": card("lips", "Do the lips move with the sound?"),
        "encoder": card("encoder", "Was the file encoded before?"),
    }


@pytest.fixture
def cards() -> Mapping[str, Card]:
    return sample_cards()
