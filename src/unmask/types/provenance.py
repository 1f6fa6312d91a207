"""Where a file comes from: its Content Credentials, and the keyed marks in its picture and sound."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from jaxtyping import Float32, Float64

CredentialState = Literal["trusted", "valid", "altered", "unreadable", "absent"]
MarkState = Literal["intact", "altered", "undecidable", "absent"]


@dataclass(frozen=True, slots=True)
class Payload:
    """The 64 bits of a mark: who filmed it, and which clip it is.

    Attributes:
        institution: 32 bits that stand for an institution's keys.
        clip: 32 bits that stand for one clip of it.
    """

    institution: int
    clip: int

    def __str__(self) -> str:
        """Both numbers in hexadecimal, as ``1a2b3c4d-00000007``.

        >>> str(Payload(0x1A2B3C4D, 7))
        '1a2b3c4d-00000007'
        """
        return f"{self.institution:08x}-{self.clip:08x}"


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed, as the certificate says.

    Attributes:
        issuer: Common name of the certificate's issuer.
        serial: Serial number of the certificate, in decimal digits.
        algorithm: Signature algorithm, such as ``Es256``.
        signed_at: Time of signing in ISO 8601 if a time stamp or the claim tells, else None.
    """

    organization: str | None
    common_name: str | None
    issuer: str | None
    serial: str | None
    algorithm: str | None
    signed_at: str | None


@dataclass(frozen=True, slots=True)
class Action:
    """One step that a manifest says was taken.

    Attributes:
        name: As the standard names it, such as ``c2pa.opened``.
        source_type: Last part of the IPTC digitalSourceType, such as ``trainedAlgorithmicMedia``, None when not told.
        when: Time in ISO 8601, None when not told.
        software: Program that did it, None when not told.
        description: The signer's own words, None when there are none.
    """

    name: str
    source_type: str | None = None
    when: str | None = None
    software: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """One node in the tree of a file's making: what a manifest, or an ingredient without one, says.

    Attributes:
        label: The manifest's own name (``urn:c2pa:…``), None for an ingredient without a manifest.
        title: Name of the asset.
        form: Media type, such as ``video/mp4``, None when not told.
        relationship: How it was used: ``active`` for the file itself, ``parentOf``, ``componentOf`` or ``inputTo``.
        generator: Program that made the claim, None when not told.
        signer: None when it carries no signature.
        actions: Steps in their order.
        ingredients: What it was made from.
        problems: Failures of validation that belong to this node, a sentence each.
    """

    label: str | None
    title: str
    form: str | None
    relationship: str
    generator: str | None
    signer: Signer | None
    actions: tuple[Action, ...] = ()
    ingredients: "tuple[Manifest, ...]" = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Region:
    """A part of the picture during a stretch of time.

    Attributes:
        start: First presentation time in seconds; 0 for a still.
        end: Last presentation time in seconds, equal to the start for a still.
        box: left, top, right, bottom in pixels of the file that was examined.
    """

    start: float
    end: float
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the Content Credentials (C2PA) of a file say, and whether they hold.

    Attributes:
        state: ``trusted``: intact, by a signer on the user's trust list; ``valid``: intact, signer unknown; ``altered``:
            changed since signing; ``unreadable``: there is a manifest that cannot be read; ``absent``: none.
        sentence: The state explained in one sentence.
        manifest: The tree, None when absent or unreadable.
        problems: What validation found wrong, a sentence each.
        essence: Whether picture and sound, without their container, are those that were signed; None when the manifest
            does not tell or they were not compared.
        payload: The mark that the manifest says is in the file, None when it names none.
        regions: Where the picture differs from the signed fingerprint, None when it was not compared.
        found_in: ``file``, ``sidecar`` or ``ledger``, None when absent.
        differing: Share (0–1) of picture and time that differs from the signed fingerprint, None when not compared; near 1
            after a crop, or when it is another picture.
    """

    state: CredentialState
    sentence: str
    manifest: Manifest | None = None
    problems: tuple[str, ...] = ()
    essence: Literal["same", "different"] | None = None
    payload: Payload | None = None
    regions: tuple[Region, ...] | None = None
    found_in: Literal["file", "sidecar", "ledger"] | None = None
    differing: float | None = None


@dataclass(frozen=True, slots=True)
class Alignment:
    """How the examined picture lies in the marked one.

    Attributes:
        scale: Pixels of the examined picture to one of the marked picture, across and down.
        offset: Position of the marked picture's top left corner in the examined picture, x and y in pixels.
        start_seconds: Time in the marked film at which the examined one begins.
        gain: Contrast of the examined picture over that of the marked one.
    """

    scale: tuple[float, float]
    offset: tuple[float, float]
    start_seconds: float
    gain: float


@dataclass(frozen=True, slots=True, eq=False)
class MarkMap:
    """How much of the mark is alive in each block and stretch of time.

    Attributes:
        times: Start of each stretch, presentation seconds of the examined file.
        alive: 1 where the mark is as strong as expected, 0 where it is gone; NaN where nothing can be said.
        altered: Probability that the block was made anew, 0–1; NaN where nothing can be said.
        block: Width and height of a block in pixels of the examined picture.
        offset: Position of the first block's top left corner in the examined picture, x and y in pixels.
    """

    times: Float64[np.ndarray, " stretches"]
    alive: Float32[np.ndarray, "stretches rows columns"]
    altered: Float32[np.ndarray, "stretches rows columns"]
    block: tuple[float, float]
    offset: tuple[float, float]


@dataclass(frozen=True, slots=True)
class FaceMark:
    """How much of the mark is alive in one person's face.

    Attributes:
        id: Number of the person, 1 for the main one.
        alive: 1 where the mark is as strong as expected, 0 where it is gone; None when too little can be expected.
        error: Standard error of ``alive``, None with it.
        altered: Stretches (start, end in seconds) in which the face was made anew.
        mouth_alive: The same for the mouth and what moves with it.
        mouth_error: Standard error of ``mouth_alive``, None with it.
    """

    id: int
    state: MarkState
    alive: float | None
    error: float | None
    altered: tuple[tuple[float, float], ...] = ()
    mouth_alive: float | None = None
    mouth_error: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class PictureMark:
    """What was read of the mark in the picture.

    Attributes:
        state: ``absent``: no mark of these keys; ``intact``: alive wherever it can be judged; ``altered``: gone in
            some regions; ``undecidable``: there, but too weak to judge.
        sentence: The state explained in one sentence.
        payload: None when no mark was read.
        organization: Name that the keys give to the institution, None when no mark was read.
        coherence: Mean agreement of the picture with the mark, −1 to 1; about 0 when there is none.
        regions: Where and when the picture was made anew.
        undecidable: Share (0–1) of blocks and stretches about which nothing can be said.
    """

    state: MarkState
    sentence: str
    payload: Payload | None = None
    organization: str | None = None
    coherence: float = 0.0
    alignment: Alignment | None = None
    regions: tuple[Region, ...] = ()
    faces: tuple[FaceMark, ...] = ()
    undecidable: float = 1.0
    map: MarkMap | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class SoundMark:
    """What was read of the mark in the sound.

    Attributes:
        state: As for the picture.
        sentence: The state explained in one sentence.
        payload: None when no mark was read.
        seconds: Start of each second that was judged, in presentation seconds.
        integrity: 1 where the mark is as strong as expected, 0 where it is gone; NaN where nothing can be said.
        altered: Stretches (start, end in seconds) from which the mark is gone.
    """

    state: MarkState
    sentence: str
    payload: Payload | None = None
    seconds: Float64[np.ndarray, " judged"] = field(default_factory=lambda: np.empty(0), repr=False)
    integrity: Float64[np.ndarray, " judged"] = field(default_factory=lambda: np.empty(0), repr=False)
    altered: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Provenance:
    """Everything known of where a file comes from.

    Attributes:
        credentials: Its Content Credentials, None when they were not looked for.
        picture: The mark in its picture, None when no key was given or it has no picture.
        sound: The mark in its sound, None when no key was given or it has no sound.
        trust: Sentence on whom the reader trusts; the default trusts nobody.
        damaged_pictures: How many pictures could not be decoded; what a decoder makes of the gap reads as altered.
        touched: Numbers of the people whose face lies where the picture differs from the signed fingerprint; None when
            that was not compared or no face was seen.
    """

    credentials: Credentials | None = None
    picture: PictureMark | None = None
    sound: SoundMark | None = None
    trust: str = "No trust list was given, so no signer is trusted; name one with --trust."
    damaged_pictures: int = 0
    touched: tuple[int, ...] | None = None
