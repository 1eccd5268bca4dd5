"""Batches of like length, so that little of them is padding."""

from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, groupby, islice

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import Sampler


class LengthBatches(Sampler[list[int]]):
    """Batches of at most `size` items, in which padding to the longest stays within `max_padding` of all samples.

    Items are sorted into bands of like length: within a band any batch is within the limit. Each lap over the items
    draws anew which items of a band meet in a batch, and the order of the batches; where `shuffle` is off both are
    sorted. Of `world` processes each gets every world-th batch and as many as the others, for which the first ones may
    come twice; every item comes at least once a lap. An epoch is a lap, or the next `steps` batches of lap after lap.
    All follows from `seed` and `epoch()`, so a resumed training sees the batches it would have seen.
    """

    def __init__(
        self,
        lengths: Sequence[int],
        size: int,
        max_padding: float,
        shuffle: bool,
        seed: int = 0,
        epoch: Callable[[], int] = lambda: 0,
        rank: int = 0,
        world: int = 1,
        steps: int | None = None,
    ):
        self.lengths = np.asarray(lengths)
        self.shuffle, self.seed, self.epoch, self.rank, self.world = shuffle, seed, epoch, rank, world
        self.size, self.bands, self.steps = size, _bands(self.lengths, max_padding), steps
        self._lap = -(-sum(-(-len(band) // size) for band in self.bands) // world)

    def __len__(self) -> int:
        return self.steps or self._lap

    def __iter__(self) -> Iterator[list[int]]:
        first = self.epoch() * len(self)
        for lap, turns in groupby(range(first, first + len(self)), lambda turn: turn // self._lap):
            batches = self._of_lap(lap)
            yield from (batches[turn % self._lap] for turn in turns)

    def _of_lap(self, lap: int) -> list[list[int]]:
        rng = np.random.default_rng([self.seed, lap])
        batches = []
        for band in self.bands:
            order = rng.permutation(band) if self.shuffle else band
            batches += [order[begin : begin + self.size].tolist() for begin in range(0, len(order), self.size)]
        batches = list(islice(cycle(batches), self._lap * self.world))
        turns = rng.permutation(self._lap) if self.shuffle else range(self._lap)
        return [batches[turn * self.world + self.rank] for turn in turns]


def padding(lengths: np.ndarray) -> float:
    """Part of a batch of `lengths` that is padding."""
    return 1 - lengths.sum() / (lengths.max() * len(lengths))


def collate(items: Sequence[dict]) -> dict[str, Tensor]:
    """One batch: signals [time] padded with zeros to [batch, time], numbers to [batch] as exact as they were."""
    return {key: _joined([item[key] for item in items]) for key in items[0]}


def _joined(values: list) -> Tensor:
    if torch.is_tensor(values[0]):
        return pad_sequence(values, batch_first=True)
    return torch.tensor(values, dtype=torch.float64 if isinstance(values[0], float) else None)


def _bands(lengths: np.ndarray, max_padding: float) -> list[np.ndarray]:
    """Items by ascending length, cut where the longest would pad the shortest by more than `max_padding`."""
    order = np.argsort(lengths, kind="stable")
    bands, begin = [], 0
    for stop in range(1, len(order) + 1):
        if stop == len(order) or lengths[order[begin]] < (1 - max_padding) * lengths[order[stop]]:
            bands.append(order[begin:stop])
            begin = stop
    return bands
