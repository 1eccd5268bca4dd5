"""Batches of items with similar lengths, which need little padding."""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import Sampler


class LengthBatches(Sampler[list[int]]):
    """Batches of at most `size` items; at most the share `max_padding` of their samples is padding.

    Items are sorted into bands of similar length: all batches within a band keep the limit. Each
    lap over the items draws a new order of the items within a band, and of the batches; without
    `shuffle` both are sorted. Every item comes once per lap. An epoch is a lap, or the next `steps`
    batches of the laps. Everything follows from `seed` and `epoch()`, so a resumed training has the
    same batches; it skips the first `done()` batches of its first epoch.
    """

    def __init__(
        self,
        lengths: Sequence[int],
        size: int,
        max_padding: float,
        shuffle: bool,
        seed: int = 0,
        epoch: Callable[[], int] = lambda: 0,
        steps: int | None = None,
        done: Callable[[], int] = lambda: 0,
    ):
        self.done = done
        self.size = size
        self.shuffle = shuffle
        self.seed = seed
        self.epoch = epoch
        self.steps = steps
        self.lengths = np.asarray(lengths)
        self.bands = _bands(self.lengths, max_padding)
        self._lap = sum(math.ceil(len(band) / size) for band in self.bands)  # batches

    def __len__(self) -> int:
        return self.steps or self._lap

    def __iter__(self) -> Iterator[list[int]]:
        done = self.done()
        turn = self.epoch() * len(self) + done  # number of batches since the first lap began
        left = len(self) - done
        while left > 0:
            lap, begin = divmod(turn, self._lap)
            count = min(self._lap - begin, left)
            yield from self._of_lap(lap, begin, count)
            turn += count
            left -= count

    def _of_lap(self, lap: int, begin: int, count: int) -> Iterator[list[int]]:
        """`count` batches of one lap from `begin` on; each list is made when it is needed."""
        rng = np.random.default_rng([self.seed, lap])
        orders = [rng.permutation(band) if self.shuffle else band for band in self.bands]
        starts = [range(0, len(order), self.size) for order in orders]
        band = np.repeat(np.arange(len(orders)), [len(of_band) for of_band in starts])
        start = np.concatenate([np.asarray(of_band, dtype=int) for of_band in starts])
        turns = rng.permutation(self._lap) if self.shuffle else np.arange(self._lap)
        for turn in turns[begin : begin + count]:
            first = start[turn]
            yield orders[band[turn]][first : first + self.size].tolist()


def padding(lengths: np.ndarray) -> float:
    """The share of padding in a batch of `lengths`."""
    samples = lengths.max() * len(lengths)
    return 1 - lengths.sum() / samples


def collate(items: Sequence[dict]) -> dict[str, Tensor]:
    """A batch of `items`.

    Shapes: signals [time] -> [batch, time], padded with zeros; numbers -> [batch], without loss of
    precision.
    """
    batch = {}
    for key in items[0]:
        batch[key] = _joined([item[key] for item in items])
    return batch


def _joined(values: list) -> Tensor:
    if torch.is_tensor(values[0]):
        return pad_sequence(values, batch_first=True)
    dtype = torch.float64 if isinstance(values[0], float) else None
    return torch.tensor(values, dtype=dtype)


def _bands(lengths: np.ndarray, max_padding: float) -> list[np.ndarray]:
    """Items by ascending length, divided where the longest would pad the shortest by too much."""
    order = np.argsort(lengths, kind="stable")
    ascending = lengths[order]
    order = order.astype(np.min_scalar_type(len(order)))  # saves memory for many millions of items
    bands = []
    begin = 0
    for stop in range(1, len(order)):
        if ascending[begin] < (1 - max_padding) * ascending[stop]:
            bands.append(order[begin:stop])
            begin = stop
    if len(order):
        bands.append(order[begin:])
    return bands
