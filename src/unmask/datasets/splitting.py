"""Splits in which nobody and no recording is twice."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256 as sha256_of
from pathlib import Path

from unmask.datasets.clip import SPLITS, Clip, DataSet, Split, below
from unmask.errors import UsageError
from unmask.media.source import shown

SHARES = (0.7, 0.15, 0.15)
LEARNED: tuple[Split | None, ...] = ("train", None)
"""Splits of which a training may see the clips; None where a data set has none."""
Tie = tuple[str, str]
"""What ties clips to each other: the kind of tie, and its name."""


def split(
    data_set: DataSet, seed: int = 0, shares: tuple[float, float, float] = SHARES, *, anew: bool = False
) -> DataSet:
    """The data set with a split for every clip, so that no identity, source or pair is in two.

    Clips that share one of these hang together, and so do those tied by a third. What hangs together with a clip of an
    official split follows it. The rest is dealt out whole, in an order that depends on the seed and the paths below the
    folder only.

    Args:
        data_set: What is to be split.
        seed: Of the order in which clips are dealt out.
        shares: Of the clips in training, validation and test; they need not sum to one.
        anew: Whether official splits are dropped first.

    Raises:
        UsageError: The shares make no sense, or an identity, source or pair is in two official splits.
    """
    _require_shares(shares)
    if anew:
        data_set = replace(data_set, clips=tuple(replace(clip, split=None) for clip in data_set.clips))
    require_disjoint(data_set)
    groups = groups_of(data_set)
    fixed = {
        index: official
        for index, group in enumerate(groups)
        if (official := _official(group, data_set.folder)) is not None
    }
    open_groups = [index for index in range(len(groups)) if index not in fixed]
    order = sorted(open_groups, key=lambda index: _place(groups[index], data_set.folder, seed))
    sizes = [len(group) for group in groups]
    chosen = fixed | _dealt(order, sizes, fixed, shares)
    of_clip = {clip.path: chosen[index] for index, group in enumerate(groups) for clip in group}
    clips = tuple(replace(clip, split=of_clip[clip.path]) for clip in data_set.clips)
    was_open = any(clip.split is None for clip in data_set.clips)
    said = _empty_splits(set(chosen.values()), shares, len(groups)) if was_open else ()
    remarks = dict.fromkeys((*data_set.remarks, *said))
    return replace(data_set, clips=clips, remarks=tuple(remarks))


def to_learn_from(data_set: DataSet) -> DataSet:
    """The clips that a training may see: none of validation and test, and none that hangs together with one of those.

    A data set without splits is taken whole.

    Raises:
        UsageError: An identity, source or pair is in two splits, or nothing is left.
    """
    require_disjoint(data_set)
    seen = [clip for group in groups_of(data_set) if _official(group, data_set.folder) in LEARNED for clip in group]
    if not seen:
        raise UsageError(
            f"No clip of {shown(data_set.folder)} may be learned from: all lie in validation and test, or show who does; split anew with unmask datasets split."
        )
    apart = len(data_set.clips) - len(seen)
    if not apart:
        return data_set
    said = f"Of the {len(data_set.clips)} clips of {shown(data_set.folder)}, {apart} were not learned from: they lie in validation or test, or show who does."
    taken = tuple(clip for clip in data_set.clips if clip in set(seen))
    return replace(data_set, clips=taken, remarks=(*data_set.remarks, said))


def require_disjoint(data_set: DataSet) -> None:
    """Refuse a data set in which someone or something is in two splits; clips without a split tie, but lie in none.

    Raises:
        UsageError: It names the first identity, source or pair that is in two splits, and two of its clips.
    """
    seen: dict[Tie, Clip] = {}
    for clip in data_set.clips:
        for tie in _ties(clip) if clip.split is not None else ():
            other = seen.setdefault(tie, clip)
            if other.split != clip.split:
                files = " and ".join(f"'{below(one.path, data_set.folder)}' ({one.split})" for one in (other, clip))
                raise UsageError(f"The {tie[0]} '{tie[1]}' is in two splits: {files}; split anew, or leave one out.")


def groups_of(data_set: DataSet) -> list[list[Clip]]:
    """Clips that hang together by identities, sources or pairs, whether directly or through others."""
    root = list(range(len(data_set.clips)))

    def top(index: int) -> int:
        while root[index] != index:
            root[index] = root[root[index]]
            index = root[index]
        return index

    first: dict[Tie, int] = {}
    for index, clip in enumerate(data_set.clips):
        for tie in _ties(clip):
            root[top(index)] = top(first.setdefault(tie, index))
    groups: defaultdict[int, list[Clip]] = defaultdict(list)
    for index, clip in enumerate(data_set.clips):
        groups[top(index)].append(clip)
    return list(groups.values())


def _ties(clip: Clip) -> Iterator[Tie]:
    yield from (("identity", name) for name in clip.identities)
    yield "source", clip.source
    if clip.pair is not None:
        yield "pair", clip.pair


def _official(group: Sequence[Clip], folder: Path) -> Split | None:
    """The split that a group has already.

    Raises:
        UsageError: It has two, by clips that only clips without a split tie to each other.
    """
    found: dict[Split, Clip] = {}
    for clip in group:
        if clip.split is not None:
            found.setdefault(clip.split, clip)
    if len(found) > 1:
        one, other, *_ = (f"'{below(clip.path, folder)}' ({clip.split})" for clip in found.values())
        raise UsageError(
            f"{one} and {other} hang together by clips without a split, which fit in neither; leave those out, or split all anew."
        )
    return next(iter(found), None)


def _place(group: Sequence[Clip], folder: Path, seed: int) -> str:
    """Where a group stands in the order of a seed."""
    names = sorted(below(clip.path, folder) for clip in group)
    return sha256_of("\n".join([str(seed), *names]).encode("utf-8", "surrogateescape")).hexdigest()


def _dealt(
    order: Sequence[int], sizes: Sequence[int], fixed: dict[int, Split], shares: Sequence[float]
) -> dict[int, Split]:
    """A split for each group in the order: the one that lacks most, and none stays empty that could be filled."""
    total, whole = sum(sizes), sum(shares)
    missing = {name: total * share / whole for name, share in zip(SPLITS, shares, strict=True) if share > 0}
    for index, name in fixed.items():
        missing[name] = missing.get(name, 0.0) - sizes[index]
    wanted = [name for name, share in zip(SPLITS, shares, strict=True) if share > 0]
    empty = [name for name in wanted if name not in fixed.values()]
    chosen: dict[int, Split] = {}
    for left, index in zip(range(len(order), 0, -1), order, strict=True):
        name = max(empty if left <= len(empty) and empty else wanted, key=missing.__getitem__)
        chosen[index] = name
        missing[name] -= sizes[index]
        empty = [one for one in empty if one != name]
    return chosen


def _require_shares(shares: Sequence[float]) -> None:
    if not all(math.isfinite(share) and share >= 0 for share in shares) or sum(shares) <= 0:
        told = ", ".join(f"{share:g}" for share in shares)
        raise UsageError(f"Shares of {told} make no splits; take three numbers from 0 on, not all 0.")


def _empty_splits(filled: set[Split], shares: Sequence[float], groups: int) -> Iterator[str]:
    for name, share in zip(SPLITS, shares, strict=True):
        if share > 0 and name not in filled:
            yield f"Nothing is in {name}: by people, sources and pairs the clips hang together in {groups} group{'s' if groups != 1 else ''}."
