"""The batches of a training, dealt round-robin to its processes.

A step of the training learns from the same rows, whatever the number of processes.
"""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from torch import Tensor
from torch.utils.data import Dataset, Sampler

from datagen.route import Route

OF_THE_ROW = ("row", "counts")  # entries in addition to those of the route


class Turn(NamedTuple):
    """A row to read. longest: samples of the longest row of the batch of all processes.

    counts: False for a repeated row of weight 0, for a process without a row.
    """

    row: int
    longest: int
    counts: bool


class Dealt(Sampler[list[Turn]]):
    """The share of process `rank` of `world` in `batches`, whose rows are dealt round-robin.

    If a batch has fewer rows than processes, the other processes repeat its first row, with weight
    0.
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
    """The items of `route` by turns, each with OF_THE_ROW: the row, and its weight (1 or 0).

    Signals are padded to the longest one of the batch, as in a single process.
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
    """`batch` as `route` finishes it on the device, with unchanged OF_THE_ROW."""
    kept = {name: batch[name] for name in OF_THE_ROW if name in batch}
    rest = {name: value for name, value in batch.items() if name not in kept}
    return route.on_device(rest) | kept
