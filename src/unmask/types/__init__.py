"""The nouns that flow through unmask, each array named once by meaning, shape and dtype.

    media → frames → faces → tracks → signals → evidence → verdict → report

Arrays carry their shape in a jaxtyping alias, which the tests check at run time. Times are presentation
seconds, boxes are ``left, top, right, bottom`` in pixels, images are RGB, angles are degrees.
"""

from unmask.types.arrays import (
    MESH_STEPS,
    Boxes,
    CellColors,
    ColorTrace,
    Flags,
    Landmarks,
    Mask,
    Mesh,
    MonoAudio,
    PerFrame,
    PoseTrack,
    RgbImage,
    Seconds,
    Waveform,
)
from unmask.types.evidence import Card, Evidence, Map, Overlay, Reason, Segment, Trace
from unmask.types.faces import Changes, Crop, Face, Track
from unmask.types.media import AudioStream, Frame, Media, MediaKind, VideoStream
from unmask.types.provenance import (
    Action,
    Alignment,
    Credentials,
    CredentialState,
    FaceMark,
    Manifest,
    MarkMap,
    MarkState,
    Payload,
    PictureMark,
    Provenance,
    Region,
    Signer,
    SoundMark,
)
from unmask.types.reference import Comparison, Reference
from unmask.types.report import Engine, Person, ProfileUse, Report, Verdict, Vitals, VitalsReport, Word

__all__ = [
    "MESH_STEPS",
    "Action",
    "Alignment",
    "AudioStream",
    "Boxes",
    "Card",
    "CellColors",
    "Changes",
    "ColorTrace",
    "Comparison",
    "CredentialState",
    "Credentials",
    "Crop",
    "Engine",
    "Evidence",
    "Face",
    "FaceMark",
    "Flags",
    "Frame",
    "Landmarks",
    "Manifest",
    "Map",
    "MarkMap",
    "MarkState",
    "Mask",
    "Media",
    "MediaKind",
    "Mesh",
    "MonoAudio",
    "Overlay",
    "Payload",
    "PerFrame",
    "Person",
    "PictureMark",
    "PoseTrack",
    "ProfileUse",
    "Provenance",
    "Reason",
    "Reference",
    "Region",
    "Report",
    "RgbImage",
    "Seconds",
    "Segment",
    "Signer",
    "SoundMark",
    "Trace",
    "Track",
    "Verdict",
    "VideoStream",
    "Vitals",
    "VitalsReport",
    "Waveform",
    "Word",
]
