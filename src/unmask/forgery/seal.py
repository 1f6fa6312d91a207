"""The seal: what the lab made becomes media only with its label, its mark and its ground truth.

``SealedMedia`` is the only thing that ``unmask.forgery.writing`` writes, and only the functions here make one. Each picture that
leaves it has been labelled and marked; nothing in it can be replaced, and it is written once. Where its pictures are shown
while they are made, as in a live session, each is a ``SealedFrame``: likewise labelled and marked, and made here alone.
"""

import weakref
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, NoReturn, final

from unmask.errors import UsageError
from unmask.forgery.lab import Sealer
from unmask.forgery.label import Label, burnt_in, label_for
from unmask.forgery.truth import Truth
from unmask.provenance.ledger import new_clip
from unmask.provenance.watermark.embed import PictureMarker
from unmask.types import Boxes, Frame, Mask, Media, MonoAudio, Payload, RgbImage

_SEAL = object()
_GENUINE: "weakref.WeakSet[SealedMedia]" = weakref.WeakSet()
_GENUINE_FRAMES: "weakref.WeakSet[SealedFrame]" = weakref.WeakSet()


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """One picture as the lab made it.

    Attributes:
        image: The picture.
        mask: Which of its pixels were made; None when all or none were, as the kind says.
    """

    image: RgbImage
    mask: Mask | None = None


Change = Callable[[Frame], Made]


@dataclass(frozen=True, slots=True)
class Film:
    """The film whose pictures are changed; its times are kept, its sound is carried through."""

    path: Path
    media: Media


@dataclass(frozen=True, slots=True, eq=False)
class Pace:
    """How pictures without a film before them are shown.

    Attributes:
        frame_rate: Frames a second.
        audio: Sound from time zero on, None for a silent film.
        audio_rate_hz: Samples a second of the sound.
        seconds: Length of the film as far as it is known, for progress.
        even: Whether the pictures come at that rate; else each is shown at its own time, and the rate guides the coder.
    """

    frame_rate: float | Fraction
    audio: MonoAudio | None = None
    audio_rate_hz: int = 16_000
    seconds: float | None = None
    even: bool = True


@final
class SealedMedia:
    """A film or still of the lab, each of whose pictures leaves it labelled and marked.

    Attributes:
        truth: What is known of it because the lab made it.
        sealer: Whose keys it is sealed with.
        clip: The number that its mark carries.
        film: The film that is changed, None when there is none.
        pace: How its pictures are shown, None for a film that is changed and for a still.
    """

    truth: Truth
    sealer: Sealer
    clip: int
    film: Film | None
    pace: Pace | None
    _inner: "_Inner"

    def __init__(
        self, seal: object, inner: "_Inner", truth: Truth, sealer: Sealer, *, film: Film | None, pace: Pace | None
    ) -> None:
        if seal is not _SEAL:
            raise TypeError("Only unmask.forgery.seal makes sealed media: seal_film, seal_reel and seal_still.")
        values = {"truth": truth, "sealer": sealer, "clip": inner.clip, "film": film, "pace": pace, "_inner": inner}
        for name, value in values.items():
            object.__setattr__(self, name, value)
        _GENUINE.add(self)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise TypeError("Sealed media cannot be changed; seal what is wanted anew.")

    def __delattr__(self, name: str) -> NoReturn:
        raise TypeError("Sealed media cannot be changed; seal what is wanted anew.")

    def __init_subclass__(cls, **kwargs: Any) -> NoReturn:
        raise TypeError("Nothing inherits from sealed media.")

    def __copy__(self) -> NoReturn:
        raise TypeError("Sealed media cannot be copied; it is written once.")

    def __deepcopy__(self, memo: dict[int, Any]) -> NoReturn:
        raise TypeError("Sealed media cannot be copied; it is written once.")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("Sealed media cannot be stored but by unmask.forgery.writing.")

    @property
    def payload(self) -> Payload:
        """What the mark in its pictures says."""
        return Payload(self.sealer.marks.institution, self.clip)

    def changed(self, frame: Frame) -> Made:
        """A picture of the film as the lab changed it, labelled and marked.

        Raises:
            UsageError: There is no film.
        """
        return self._inner.changed(frame)

    def pictures(self) -> Iterator[tuple[float, Made]]:
        """All pictures with their times in seconds, labelled and marked.

        Raises:
            UsageError: They were taken already, or are those of a film that is changed.
        """
        return self._inner.pictures()

    def frames(self) -> "Iterator[SealedFrame]":
        """The same pictures, each as it may be shown while the others are still made.

        Raises:
            UsageError: They were taken already, or are those of a film that is changed.
        """
        return (SealedFrame(_SEAL, self, made, seconds) for seconds, made in self._inner.pictures())


@final
class SealedFrame:
    """One picture of sealed media, labelled and marked: what may be shown before the whole is written.

    Attributes:
        media: Of which it is a picture.
        made: The picture, which cannot be written to, and its mask.
        seconds: When it is shown.
    """

    __slots__ = ("__weakref__", "made", "media", "seconds")
    media: SealedMedia
    made: Made
    seconds: float

    def __init__(self, seal: object, media: SealedMedia, made: Made, seconds: float) -> None:
        if seal is not _SEAL:
            raise TypeError("Only unmask.forgery.seal makes sealed frames: take them from SealedMedia.frames().")
        made.image.setflags(write=False)
        for name, value in {"media": media, "made": made, "seconds": seconds}.items():
            object.__setattr__(self, name, value)
        _GENUINE_FRAMES.add(self)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise TypeError("A sealed frame cannot be changed; seal what is wanted anew.")

    def __delattr__(self, name: str) -> NoReturn:
        raise TypeError("A sealed frame cannot be changed; seal what is wanted anew.")

    def __init_subclass__(cls, **kwargs: Any) -> NoReturn:
        raise TypeError("Nothing inherits from sealed frames.")

    def __copy__(self) -> NoReturn:
        raise TypeError("A sealed frame cannot be copied; it is shown as it is.")

    def __deepcopy__(self, memo: dict[int, Any]) -> NoReturn:
        raise TypeError("A sealed frame cannot be copied; it is shown as it is.")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A sealed frame cannot be stored but by unmask.forgery.writing.")


class _Inner:
    """The pictures before they are sealed, and what seals them."""

    def __init__(
        self, truth: Truth, sealer: Sealer, faces: Boxes | None, source: Change | Iterable[tuple[float, Made]]
    ) -> None:
        self.clip = new_clip(sealer.lab.ledger)
        self._text, self._faces = truth.known.label, faces
        self._marker = PictureMarker(sealer.marks.clip_key(self.clip), sealer.marks.payload_secret)
        self._source: Change | Iterable[tuple[float, Made]] | None = source
        self._label: Label | None = None
        self._shape: tuple[int, ...] = ()

    def changed(self, frame: Frame) -> Made:
        if not callable(self._source):
            raise UsageError("There is no film to change; take pictures().")
        return self._sealed(self._source(frame), frame.seconds)

    def pictures(self) -> Iterator[tuple[float, Made]]:
        if self._source is None or callable(self._source):
            raise UsageError("Its pictures were taken already, or are made from a film; seal it anew.")
        source, self._source = self._source, None
        return ((seconds, self._sealed(made, seconds)) for seconds, made in source)

    def _sealed(self, made: Made, seconds: float) -> Made:
        if (
            self._label is None or self._shape != made.image.shape
        ):  # a label laid out for another size might lie outside
            self._label, self._shape = label_for(self._text, made.image.shape, self._faces), made.image.shape
        labelled = burnt_in(made.image, self._label)
        return Made(self._marker.mark(Frame(labelled, seconds)), made.mask)


def seal_film(
    path: Path, media: Media, change: Change, truth: Truth, sealer: Sealer, *, faces: Boxes | None = None
) -> SealedMedia:
    """Seal a film that is made by changing another, picture by picture.

    Args:
        path: The film that is changed.
        media: What ``probe`` found in it.
        change: Frame → what the lab makes of it; called once for each frame, in order of time.
        truth: What is known of the result.
        sealer: The lab's keys.
        faces: Boxes of the faces in it, which the label is to leave free; None when they are not known.
    """
    return SealedMedia(_SEAL, _Inner(truth, sealer, faces, change), truth, sealer, film=Film(path, media), pace=None)


def seal_reel(
    pictures: Iterable[tuple[float, Made]], pace: Pace, truth: Truth, sealer: Sealer, *, faces: Boxes | None = None
) -> SealedMedia:
    """Seal a film whose pictures have no film before them.

    Args:
        pictures: Times in seconds and pictures, in order of time.
        pace: Frame rate and sound.
        truth: What is known of it.
        sealer: The lab's keys.
        faces: Boxes of the faces in it, which the label is to leave free; None when they are not known.
    """
    return SealedMedia(_SEAL, _Inner(truth, sealer, faces, pictures), truth, sealer, film=None, pace=pace)


def seal_still(made: Made, truth: Truth, sealer: Sealer, *, faces: Boxes | None = None) -> SealedMedia:
    """Seal a still.

    Args:
        made: The picture.
        truth: What is known of it.
        sealer: The lab's keys.
        faces: Boxes of the faces in it, which the label is to leave free; None when they are not known.
    """
    return SealedMedia(_SEAL, _Inner(truth, sealer, faces, [(0.0, made)]), truth, sealer, film=None, pace=None)


def require_genuine(media: object) -> SealedMedia:
    """The media, if a function of this module sealed it.

    Raises:
        TypeError: It is something else, or was put together by other means.
    """
    if type(media) is not SealedMedia or media not in _GENUINE:
        raise TypeError(f"Only sealed media is written, not {type(media).__name__}; seal it first.")
    return media


def require_genuine_frame(frame: object) -> SealedFrame:
    """The frame, if it left sealed media.

    Raises:
        TypeError: It is something else, or was put together by other means.
    """
    if type(frame) is not SealedFrame or frame not in _GENUINE_FRAMES:
        raise TypeError(f"Only sealed frames are shown, not {type(frame).__name__}; seal its media first.")
    return frame
