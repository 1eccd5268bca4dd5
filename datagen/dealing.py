"""The batches of a training, and the share of them that each of its processes has.

A step of the training learns from the same rows, whatever the number of processes.
"""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from datagen.route import Route

OF_THE_ROW = ("row", "counts")  # beside what the route gives


class Turn(NamedTuple):
    """A row to read. longest: samples of the longest one of the batch of all processes.

    counts: False where it stands in for a row that there is not, so that a process has one.
    """

    row: int
    longest: int
    counts: bool


class Dealt(Sampler[list[Turn]]):
    """The share of process `rank` of `world` in `batches`, whose rows are dealt round-robin.

    A batch of fewer rows than processes gives its first row once more to each of the others, which
    does not count.
    """

    def __init__(self, batches: Sampler, lengths: Sequence[int], rank: int, world: int):
        self.batches = batches
        self.lengths = np.asarray(lengths)
        self.rank = rank
        self.world = world

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[list[Turn]]:
        for batch in self.batches:
            longest = int(self.lengths[batch].max())
            share = batch[self.rank :: self.world]
            if share:
                yield [Turn(row, longest, counts=True) for row in share]
            else:
                yield [Turn(batch[0], longest, counts=False)]


class DealtRows(Dataset):
    """The items of `route` by turns, each with OF_THE_ROW: which row it is, and 1 if it counts.

    Signals have the length of the longest one of the batch, so that a process pads as one alone
    would.
    """

    def __init__(self, route: Route):
        self.route = route

    def __len__(self) -> int:
        return len(self.route)

    def __getitem__(self, turn: Turn) -> dict:
        item = self.route.padded(turn.row, turn.longest)
        item["row"] = _name(self.route.row(turn.row)["mixture_id"])
        item["counts"] = int(turn.counts)
        return item


def _name(mixture_id: str) -> int:
    """A mixture as a number of 63 bits."""
    digest = blake2b(str(mixture_id).encode(), digest_size=8).digest()
    return int.from_bytes(digest) >> 1


def with_rows(batch: dict[str, Tensor], route: Route) -> dict[str, Tensor]:
    """`batch` as `route` finishes it on the device, OF_THE_ROW left as they are."""
    kept = {name: batch[name] for name in OF_THE_ROW if name in batch}
    rest = {name: value for name, value in batch.items() if name not in kept}
    return route.on_device(rest) | kept
