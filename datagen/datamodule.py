"""A plan as batches for Lightning: training and validation, by the route of the config."""

import math
import os
from collections.abc import Callable
from functools import cache, partial
from typing import Self

import numpy as np
import pytorch_lightning as pl
from omegaconf import DictConfig
from torch import Tensor
from torch.utils.data import DataLoader

from datagen.batches import LengthBatches, collate
from datagen.dealing import Dealt, DealtRows, with_rows
from datagen.plan import Plan
from datagen.route import Route
from parallel.children import end_with_parent
from parallel.shared_memory import InSharedMemory, workers_that_fit


class PlanData(pl.LightningDataModule):
    """Loaders over the training and validation rows of `plan`.

    route: makes the data set of a table of rows (see datagen.dataset). sample_rate: of the plan, in
    Hz. workers: number of loader processes; 0 if the machine has too little shared memory for them,
    with a note. batch_size: rows of a batch, over all processes (see datagen.dealing).
    steps_per_epoch: training batches per epoch, which continues in the plan after the last epoch;
    None: all. Raises ValueError if the plan has no training or no validation rows.
    """

    def __init__(
        self,
        plan: Plan,
        route: Callable[..., Route],
        sample_rate: int,
        batch_size: int = 16,
        max_padding: float = 0.1,
        workers: int = 0,
        seed: int = 0,
        steps_per_epoch: int | None = None,
    ):
        super().__init__()
        self.plan = plan
        self.sample_rate = sample_rate
        self.batch_size = batch_size
        self.max_padding = max_padding
        self.workers = workers
        self.seed = seed
        self.steps_per_epoch = steps_per_epoch
        rows = {split: plan.split(split) for split in ("train", "validation")}
        for split, table in rows.items():
            if table.empty:
                raise ValueError(
                    f"plan.{split}=0: the plan has no mixtures for it; draw a plan that has some"
                )
        self.sets = {split: route(table) for split, table in rows.items()}
        self.lengths = {split: table.length.to_numpy("int64") for split, table in rows.items()}

    @classmethod
    def of(cls, cfg: DictConfig, plan: Plan, route: Callable[..., Route]) -> Self:
        """Loaders with the options of a training's config; plan, route: see the class."""
        return cls(
            plan,
            route,
            sample_rate=cfg.sample_rate,
            seed=cfg.seed,
            batch_size=cfg.data.batch_size,
            max_padding=cfg.data.max_padding,
            workers=cfg.data.workers,
            steps_per_epoch=cfg.data.steps_per_epoch,
        )

    def described(self, split: str) -> str:
        """The number of mixtures of `split` and their duration, as text."""
        lengths = self.lengths[split]
        hours = lengths.sum() / self.sample_rate / 3600
        return f"{len(lengths):,} mixtures of {split} ({hours:.2f} h)"

    def train_dataloader(self) -> DataLoader:
        """Batches in another order every epoch."""
        return self._loader("train", shuffle=True)

    def val_dataloader(self) -> DataLoader:
        """The same batches every epoch."""
        return self._loader("validation", shuffle=False)

    def on_after_batch_transfer(
        self, batch: dict[str, Tensor], dataloader_idx: int
    ) -> dict[str, Tensor]:
        """Finish the batch on the device, if the route leaves work for the device."""
        return with_rows(batch, self.sets["train"])

    def _epoch(self) -> int:
        if not self.trainer:
            return 0
        # Not trainer.current_epoch: when a training is resumed, that still is the epoch before when
        # the loader starts.
        return self.trainer.fit_loop.epoch_progress.current.processed

    def _done(self) -> int:
        """The number of batches of the epoch that a resumed training has done before."""
        if not self.trainer:
            return 0
        loop = self.trainer.fit_loop
        return loop.epoch_loop.batch_progress.current.ready if loop.restarting else 0

    @cache  # noqa: B019 - one note for both loaders; a training has one of these
    def _workers(self) -> int:
        if not self.workers:
            return 0
        largest = [self._batch_bytes(split) for split in self.sets]
        processes = self.trainer.world_size if self.trainer else 1
        return workers_that_fit(self.workers, largest, processes)

    def _batch_bytes(self, split: str) -> int:
        """Bytes of the largest batch that `split` may have."""
        items = self.sets[split]
        longest = int(np.argmax(self.lengths[split]))
        batch_of_one = collate([items[longest]])
        item_bytes = sum(tensor.nbytes for tensor in batch_of_one.values())
        processes = self.trainer.world_size if self.trainer else 1
        most_items = min(math.ceil(self.batch_size / processes), len(items))
        return most_items * item_bytes

    def _loader(self, split: str, shuffle: bool) -> DataLoader:
        trainer = self.trainer
        workers = self._workers()
        batches = LengthBatches(
            self.lengths[split],
            self.batch_size,
            self.max_padding,
            shuffle,
            self.seed,
            epoch=self._epoch,
            steps=self.steps_per_epoch if split == "train" else None,
            done=self._done if split == "train" else lambda: 0,
        )
        dealt = Dealt(
            batches,
            self.lengths[split],
            rank=trainer.global_rank if trainer else 0,
            world=trainer.world_size if trainer else 1,
        )
        return DataLoader(
            DealtRows(self.sets[split]),
            batch_sampler=dealt,
            collate_fn=InSharedMemory(collate),
            num_workers=workers,
            persistent_workers=workers > 0,
            worker_init_fn=partial(_begin, os.getpid()),
            pin_memory=bool(trainer) and trainer.strategy.root_device.type == "cuda",
        )


def _begin(training: int, worker: int) -> None:
    """The first step of a loader worker."""
    end_with_parent(training)
