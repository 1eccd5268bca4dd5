"""Batches of like length, so that little of them is padding."""

from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice

import numpy as np
import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import Sampler


class LengthBatches(Sampler[list[int]]):
    """Batches of at most `size` items, in which padding to the longest stays within `max_padding` of all samples.

    Items are sorted by length, equal lengths in an order drawn for each epoch, and cut into batches; batches come in
    an order drawn for each epoch, or sorted where `shuffle` is off. All follows from `seed` and `epoch()`, so a resumed
    training sees the batches it would have seen. Of `world` processes each gets every world-th batch and as many as the
    others, for which the first ones may come twice; every item comes at least once.
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
    ):
        self.lengths = np.asarray(lengths)
        self.shuffle, self.seed, self.epoch, self.rank, self.world = shuffle, seed, epoch, rank, world
        self.bounds = _bounds(np.sort(self.lengths), size, max_padding)

    def __len__(self) -> int:
        return -(-(len(self.bounds) - 1) // self.world)

    def __iter__(self) -> Iterator[list[int]]:
        rng = np.random.default_rng([self.seed, self.epoch()])
        ties = rng.permutation(len(self.lengths)) if self.shuffle else np.arange(len(self.lengths))
        order = ties[np.argsort(self.lengths[ties], kind="stable")]
        batches = [order[a:b].tolist() for a, b in zip(self.bounds[:-1], self.bounds[1:], strict=True)]
        batches = list(islice(cycle(batches), len(self) * self.world))
        turns = rng.permutation(len(self)) if self.shuffle else range(len(self))
        return (batches[turn * self.world + self.rank] for turn in turns)


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


def _bounds(lengths: np.ndarray, size: int, max_padding: float) -> list[int]:
    """Where to cut ascending `lengths` into batches."""
    bounds, begin = [0], 0
    for stop in range(1, len(lengths) + 1):
        if stop - begin > size or padding(lengths[begin:stop]) > max_padding:
            begin = stop - 1
            bounds.append(begin)
    return [*bounds, len(lengths)] if len(lengths) else bounds
