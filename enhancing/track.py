"""A signal that arrives in blocks and is read in pieces of other lengths."""

from collections.abc import Iterable, Iterator

import numpy as np


class Track:
    """Blocks [time, channel] as one signal, followed by zeros."""

    def __init__(self, blocks: Iterable[np.ndarray]):
        self._blocks = iter(blocks)
        self._held: np.ndarray | None = None
        self.ended = False  # whether the last piece was only zeros

    def some(self, limit: int) -> np.ndarray:
        """At least one and at most `limit` of the next samples: [up to limit, channel].

        Reads no block while samples are held. Raises ValueError if there are no blocks.
        """
        while self._held is None or not len(self._held):
            block = next(self._blocks, None)
            if block is None:
                return self.take(limit)
            self._held = block
        return self.take(min(limit, len(self._held)))

    def take(self, count: int) -> np.ndarray:
        """The next `count` samples: [count, channel].

        Raises ValueError if there are no blocks.
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


def side_by_side(
    blocks: Iterable[np.ndarray], track: Track, limit: int | None = None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pieces of `blocks` and the same samples of `track`; no sample waits for later samples.

    limit: largest number of samples of a piece. Shapes: [time, channel] each.
    """
    for block in blocks:
        begin = 0
        while begin < len(block):
            there = track.some(min(len(block) - begin, limit or len(block)))
            yield block[begin : begin + len(there)], there
            begin += len(there)
