"""A signal that comes in blocks and is taken in pieces of other lengths."""

from collections.abc import Iterable, Iterator

import numpy as np


class Track:
    """Blocks [time, channel] as one signal; after its end come zeros."""

    def __init__(self, blocks: Iterable[np.ndarray]):
        self._blocks = iter(blocks)
        self._held: np.ndarray | None = None
        self.ended = False  # whether the last piece was zeros alone

    def some(self, limit: int) -> np.ndarray:
        """What there is of the next `limit` samples, at least one: [up to limit, channel].

        No block is asked for while samples are held. Raises ValueError where there are no blocks.
        """
        while self._held is None or not len(self._held):
            block = next(self._blocks, None)
            if block is None:
                return self.take(limit)
            self._held = block
        return self.take(min(limit, len(self._held)))

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


def side_by_side(
    blocks: Iterable[np.ndarray], track: Track, limit: int | None = None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Blocks and what a track has of the same samples, in pieces: no sample waits for later ones.

    limit: samples of a piece at most. Shapes: [time, channel] each.
    """
    for block in blocks:
        begin = 0
        while begin < len(block):
            there = track.some(min(len(block) - begin, limit or len(block)))
            yield block[begin : begin + len(there)], there
            begin += len(there)
