"""What a data set holds, in numbers: clips, people, pairs, splits, and what is wrong with it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from unmask.datasets.clip import SPLITS, Clip, DataSet, Split
from unmask.datasets.splitting import groups_of, require_disjoint
from unmask.errors import UsageError


@dataclass(frozen=True, slots=True)
class Part:
    """The clips of one split.

    Attributes:
        split: Its name, None for clips of which the data set does not say where they lie.
        real: Clips that were filmed.
        fake: Clips that were made.
        people: How many are seen in them, or lend them their faces.
    """

    split: Split | None
    real: int
    fake: int
    people: int


@dataclass(frozen=True, slots=True)
class Description:
    """A data set in numbers.

    Attributes:
        real: Clips that were filmed.
        fake: Clips that were made.
        kinds: Fakes of each manipulation, by its name.
        people: How many are seen, or lend their faces; 0 where nobody knows.
        recordings: How many originals all clips come from.
        pairs: Fakes that have their own original beside them.
        masks: Clips with a film of the pixels that were made.
        label_boxes: Clips with a visible label that is painted over.
        groups: Parts that share no person, recording or pair, so that they may lie in different splits.
        largest_group: Clips in the largest of these.
        splits: Those that hold a clip, the one of open clips last.
        problems: A sentence for all that was left out or does not fit.
        sha256: Of paths, labels, people, sources, kinds and splits.
    """

    real: int
    fake: int
    kinds: Mapping[str, int]
    people: int
    recordings: int
    pairs: int
    masks: int
    label_boxes: int
    groups: int
    largest_group: int
    splits: tuple[Part, ...]
    problems: tuple[str, ...]
    sha256: str


def describe(data_set: DataSet) -> Description:
    """Numbers and problems of a data set; splits that share somebody are a problem and no error."""
    clips, groups = data_set.clips, groups_of(data_set)
    whole = _part(None, clips)
    originals = {clip.pair for clip in clips if clip.label == "real"} - {None}
    return Description(
        real=whole.real,
        fake=whole.fake,
        kinds=dict(sorted(Counter(clip.kind for clip in clips if clip.label == "fake").items())),
        people=whole.people,
        recordings=len({clip.source for clip in clips}),
        pairs=sum(clip.label == "fake" and clip.pair in originals for clip in clips),
        masks=sum(clip.mask is not None for clip in clips),
        label_boxes=sum(clip.label_box is not None for clip in clips),
        groups=len(groups),
        largest_group=max(map(len, groups), default=0),
        splits=parts_of(clips),
        problems=(*_shared(data_set), *data_set.remarks),
        sha256=data_set.sha256,
    )


def parts_of(clips: Sequence[Clip]) -> tuple[Part, ...]:
    """The splits that hold a clip, in their order, and open clips last."""
    names: tuple[Split | None, ...] = (*SPLITS, None)
    within = [(name, [clip for clip in clips if clip.split == name]) for name in names]
    return tuple(_part(name, inside) for name, inside in within if inside)


def _part(name: Split | None, clips: Sequence[Clip]) -> Part:
    fakes = sum(clip.label == "fake" for clip in clips)
    return Part(name, len(clips) - fakes, fakes, len({person for clip in clips for person in clip.identities}))


def _shared(data_set: DataSet) -> Iterator[str]:
    try:
        require_disjoint(data_set)
    except UsageError as error:
        yield str(error)
