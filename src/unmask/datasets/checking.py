"""A look into every clip of a data set: does it decode, is it there twice, does it look like another?"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256 as sha256_of_bytes
from itertools import islice
from pathlib import Path

import numpy as np
from jaxtyping import Bool, Float32, Int64

from unmask.datasets.clip import SPLITS, Clip, DataSet, Split, below, gathered
from unmask.datasets.files import STILLS, files_in
from unmask.errors import InputError, UsageError
from unmask.media.probe import probe
from unmask.media.source import open_source, sha256_of, shown
from unmask.media.video import Film, open_frames, open_stretches
from unmask.provenance.fingerprint import cell_means
from unmask.settings import Settings
from unmask.types import Media, PixelBox, RgbImage

GRID = 16
"""Rows and columns of cells."""
MOMENTS = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Shares of a clip after which a picture is taken."""
ALIKE = 0.95
"""Cosine from which two prints are of one recording; a swap and its original lie well above, two rooms well below."""
FLAT_LEVELS = 1.0
"""Pictures whose brightness changes less than this from cell to cell have no print."""
MOST_SAID = 100
ROWS_AT_ONCE = 1024

Print = Float32[np.ndarray, " steps"]
"""Steps of brightness from cell to cell over the mean of a few pictures, of length one."""
Prints = Float32[np.ndarray, "clips steps"]
Numbers = Int64[np.ndarray, " clips"]
"""Equal where clips have something in common, -1 where they have not got it."""
Progress = Callable[[int, int], None]
"""Called with the clips looked at and their number."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Two clips that look nearly the same, and the cosine of their prints."""

    one: Clip
    other: Clip
    cosine: float


@dataclass(slots=True)
class _Seen:
    """What was found so far."""

    kept: list[Clip] = field(default_factory=list)
    prints: list[Print | None] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    by_bytes: dict[str, Clip] = field(default_factory=dict)


def checked(
    data_set: DataSet, settings: Settings, *, alike: bool = True, on_progress: Progress | None = None
) -> DataSet:
    """The clips that can be read, with a remark for each that cannot, and for each two that look nearly the same.

    Two clips are compared where one is real and the other fake, or where they lie in different splits. A fake looks like
    its own original, so clips of one pair or one source are not.

    Args:
        data_set: What is to be looked at.
        settings: Limits, and the least sandbox.
        alike: Whether clips are compared by their looks; this decodes five pictures of each.
        on_progress: Told how far it is.

    Raises:
        UsageError: The same bytes are called real and fake.
        MissingComponent: The sandbox wanted is not to be had.
    """
    seen = _Seen()
    for done, clip in enumerate(data_set.clips, 1):
        _look(clip, data_set.folder, seen, settings, alike=alike)
        if on_progress is not None:
            on_progress(done, len(data_set.clips))
    found = alike_among(seen.kept, seen.prints) if alike else []
    remarks = (*data_set.remarks, *seen.remarks, *_sentences(found, data_set.folder))
    return gathered(data_set.name, data_set.folder, seen.kept, remarks)


def require_classes(data_set: DataSet, splits: Sequence[Split] = ()) -> None:
    """Refuse a data set without real or without fake clips.

    Args:
        data_set: What is to be trained or tested on.
        splits: In each of these there must be both, too.

    Raises:
        UsageError: One of the two is missing.
    """
    for name in (None, *splits):
        labels = {clip.label for clip in data_set.clips if name in {None, clip.split}}
        missing = sorted({"real", "fake"} - labels, reverse=True)
        if missing:
            place = shown(data_set.folder) if name is None else f"The split '{name}' of {shown(data_set.folder)}"
            raise UsageError(f"{place} has no {' and no '.join(missing)} clip; real and fake ones are needed.")


def alike_among(clips: Sequence[Clip], prints: Sequence[Print | None]) -> list[Alike]:
    """Clips that look nearly the same and should not, in their order.

    Args:
        clips: Those looked at.
        prints: Theirs; None is like no other.
    """
    there = [index for index, one in enumerate(prints) if one is not None]
    if len(there) < 2:
        return []
    of = [clips[index] for index in there]
    every: Prints = np.stack([one for one in prints if one is not None])
    found = []
    for begin in range(0, len(of), ROWS_AT_ONCE):
        cosines = every[begin : begin + ROWS_AT_ONCE] @ every.T
        near = (cosines >= ALIKE) & _comparable(of, begin, len(cosines))
        for row, column in np.argwhere(near).tolist():
            found.append(Alike(of[begin + row], of[column], float(cosines[row, column])))
    return found


def print_of(pictures: Sequence[RgbImage]) -> Print | None:
    """What a clip looks like by a few of its pictures; None where there is nothing to see.

    Args:
        pictures: RGB, 0–255, of any sizes.
    """
    if not pictures:
        return None
    mean = np.mean([cell_means(picture, GRID, GRID) for picture in pictures], axis=0)
    steps = np.concatenate([np.diff(mean, axis=0).ravel(), np.diff(mean, axis=1).ravel()])
    length = float(np.linalg.norm(steps))
    return (steps / length).astype(np.float32) if length >= FLAT_LEVELS * np.sqrt(len(steps)) else None


def _look(clip: Clip, folder: Path, seen: _Seen, settings: Settings, *, alike: bool) -> None:
    """Take a clip in, or say why not."""
    place = below(clip.path, folder)
    try:
        read = _of_folder if clip.path.is_dir() else _of_file
        sha256, pictures = read(clip.path, settings, clip.label_box, decode=alike)
    except InputError as error:
        seen.remarks.append(f"'{place}' was left out: {error}")
        return
    twin = seen.by_bytes.setdefault(sha256, clip)
    if twin.label != clip.label:
        raise UsageError(
            f"'{below(twin.path, folder)}' ({twin.label}) and '{place}' ({clip.label}) are the same, byte for byte; take one of them out."
        )
    seen.kept.append(clip)
    seen.prints.append(print_of(pictures))


def _of_file(path: Path, settings: Settings, blank: PixelBox | None, *, decode: bool) -> tuple[str, list[RgbImage]]:
    """Digest of a film or still, and some of its pictures."""
    media = probe(path, settings)
    if media.video is None:
        raise InputError(f"{shown(path)} has no picture.")
    if not decode:
        return media.sha256, []
    return media.sha256, pictures_of(path, media, settings, blank=blank)


def pictures_of(path: Path, media: Media, settings: Settings, *, blank: PixelBox | None = None) -> list[RgbImage]:
    """Some pictures of a film from its beginning to its end, or the one of a still.

    Args:
        path: The file.
        media: What ``probe`` found in it.
        settings: Limits.
        blank: A box of each that is painted over.

    Raises:
        InputError: It cannot be decoded.
    """
    with _glimpses(path, media, settings, blank) as film:
        return [frame.image for frame in islice(film, 2 * len(MOMENTS))]


def _of_folder(path: Path, settings: Settings, blank: PixelBox | None, *, decode: bool) -> tuple[str, list[RgbImage]]:
    """Digest of all pictures in a folder, and some of them."""
    files, digest = files_in(path, STILLS), sha256_of_bytes()
    if not files:
        raise InputError(f"{shown(path)} holds no picture.")
    for file in files:
        with open_source(file, settings) as source:
            digest.update(sha256_of(source)[0].encode())
    chosen = dict.fromkeys(files[int(len(files) * moment)] for moment in (MOMENTS if decode else MOMENTS[:1]))
    pictures = [picture for file in chosen for picture in _of_file(file, settings, blank, decode=decode)[1]]
    return digest.hexdigest(), pictures


def _glimpses(path: Path, media: Media, settings: Settings, blank: PixelBox | None) -> Film:
    """A picture or two at each of the moments; the beginning of a film that is short or does not say how long it is."""
    video = media.video
    seconds, rate = (video.duration_seconds, video.frame_rate) if video is not None else (None, None)
    if not seconds or not rate or seconds * rate < 4 * len(MOMENTS):
        return open_frames(path, media, settings, blank=blank)
    stretches = [(moment * seconds, moment * seconds + 1.5 / rate) for moment in MOMENTS]
    return open_stretches(path, media, settings, stretches, blank=blank)


def _comparable(clips: Sequence[Clip], begin: int, rows: int) -> Bool[np.ndarray, "rows clips"]:
    """Which clips of some rows should not look like which later ones."""
    labels, sources, pairs = (
        _numbered([clip.label for clip in clips]),
        _numbered([clip.source for clip in clips]),
        _numbered([clip.pair for clip in clips]),
    )
    splits = np.array([-1 if clip.split is None else SPLITS.index(clip.split) for clip in clips], np.int64)
    here = slice(begin, begin + rows)
    apart = (labels[here, None] != labels) | (
        (splits[here, None] != splits) & (splits[here, None] >= 0) & (splits >= 0)
    )
    own = (sources[here, None] == sources) | ((pairs[here, None] == pairs) & (pairs >= 0))
    later = np.arange(len(clips)) > np.arange(begin, begin + rows)[:, None]
    return apart & ~own & later


def _numbered(names: Sequence[str | None]) -> Numbers:
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([-1 if name is None else numbers[name] for name in names], np.int64)


def _sentences(found: Sequence[Alike], folder: Path) -> Iterator[str]:
    for pair in found[:MOST_SAID]:
        one, other = (f"'{below(clip.path, folder)}' ({_called(clip)})" for clip in (pair.one, pair.other))
        yield f"{one} and {other} look nearly the same (cosine {pair.cosine:.2f}); if they are of one recording, give them one source."
    if len(found) > MOST_SAID:
        yield f"{len(found) - MOST_SAID} more look nearly the same."


def _called(clip: Clip) -> str:
    return clip.label if clip.split is None else f"{clip.label}, {clip.split}"
