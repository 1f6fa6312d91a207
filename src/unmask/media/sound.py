"""A block of sound of any number of channels, and the names of speaker layouts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np
from jaxtyping import Float32

from unmask.errors import UsageError
from unmask.media.child.wire import LAYOUTS

Channels = Float32[np.ndarray, "channels samples"]
"""Sound of one or more channels, −1 to 1 (beyond where a coder overshoots)."""


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """Sound, or a block of it.

    Attributes:
        samples: One row a channel.
        rate_hz: Samples a second.
        layout: Where the speakers stand, as FFmpeg names it (``stereo``, ``5.1(side)``); empty goes by their number.
    """

    samples: Channels
    rate_hz: int
    layout: str = ""

    @property
    def speakers(self) -> str:
        """The layout's name, also where none was given.

        >>> Sound(np.zeros((2, 0), np.float32), 48_000).speakers
        'stereo'
        """
        return self.layout or LAYOUTS.get(len(self.samples), "")


def alike(blocks: Iterable[Sound]) -> tuple[Sound | None, Iterator[Sound]]:
    """The first block, and all of them; a block of another kind than the first is refused when it comes.

    Raises:
        UsageError: There are no channels, or more than have names.
    """
    coming = iter(blocks)
    first = next(coming, None)
    if first is None:
        return None, iter(())
    if not first.speakers:
        raise UsageError(f"Sound of {len(first.samples)} channels cannot be written; give 1 to {max(LAYOUTS)}.")
    return first, _like(first, chain([first], coming))


def _like(first: Sound, blocks: Iterable[Sound]) -> Iterator[Sound]:
    """The blocks, as long as they are of the first one's kind.

    Raises:
        UsageError: One is of another kind.
    """
    for block in blocks:
        if (len(block.samples), block.rate_hz) != (len(first.samples), first.rate_hz):
            raise UsageError(
                f"A block of {len(block.samples)} channels at {block.rate_hz} Hz follows one of {len(first.samples)} at {first.rate_hz} Hz; give all blocks one kind."
            )
        yield block
