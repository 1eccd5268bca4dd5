"""A signal that comes in blocks and is taken in pieces of other lengths."""

from collections.abc import Iterable

import numpy as np


class Track:
    """Blocks [time, channel] as one signal; after its end come zeros."""

    def __init__(self, blocks: Iterable[np.ndarray]):
        self._blocks = iter(blocks)
        self._held: np.ndarray | None = None
        self.ended = False  # whether the last piece was zeros alone

    def take(self, count: int) -> np.ndarray:
        """The next `count` samples: [count, channel].

        Raises ValueError where there are no blocks.
        """
        pieces = [] if self._held is None else [self._held]
        have = sum(map(len, pieces))
        while have < count and (block := next(self._blocks, None)) is not None:
            pieces.append(block)
            have += len(block)
        if not pieces:
            raise ValueError("a signal without blocks has no channels")
        joined = np.concatenate(pieces)
        self._held = joined[count:]
        self.ended = have == 0
        return np.pad(joined[:count], ((0, max(0, count - have)), (0, 0)))
