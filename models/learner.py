"""The learner of every task: makes the loss of a batch."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

import pytorch_lightning as pl
import torch
from torch import Tensor

from models.consumed import Consumed, of_step
from models.running_mean import RunningMean

Batch = Mapping[str, Tensor]


class Learner(pl.LightningModule, ABC):
    """A network that learns.

    A derived class sets its attribute `network` and defines `summed_loss`. The task decides the
    content of its batches; all have "row" and "counts", see datagen.dealing. optimizer: called with
    the parameters.
    """

    def __init__(self, optimizer: Callable[..., torch.optim.Optimizer] | None = None):
        super().__init__()
        self.optimizer = optimizer
        # Of the current epoch: the mean of the loss, and a hash of the rows so far.
        self.train_loss, self.consumed = RunningMean(), Consumed()
        self._units: list[Tensor] = []  # units of each batch of the current update

    @abstractmethod
    def summed_loss(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The loss summed over the units of `batch`, and the number of units.

        The mean loss is a mean over units: frames, characters or clips. An item with a "counts" of
        0 has no units.
        """

    def loss(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The mean loss over the units of `batch`, and their number."""
        summed, units = self.summed_loss(batch)
        return summed / units, units

    def training_step(self, batch: Batch, batch_index: int) -> Tensor:
        """The loss of a batch: the mean over the units of all processes.

        It is multiplied by the number of processes, because their gradients are averaged. Where an
        update has several batches (trainer.accumulate_grad_batches), the loss of each is divided by
        the units of the first; see `on_before_optimizer_step`.
        """
        own, units = self.summed_loss(batch)
        summed = self._of_all(torch.stack([own.detach(), units.to(own.dtype)]))
        # Weighted by units, the mean over an epoch is the mean over its units.
        self.train_loss.add(summed)
        self.consumed.add(self._of_all(of_step(batch["row"], batch["counts"], batch_index)))
        self.log("train_loss_step", summed[0] / summed[1], prog_bar=True)
        self._units.append(summed[1])
        return own * self.trainer.world_size / self._units[0]

    def on_before_optimizer_step(self, optimizer: torch.optim.Optimizer) -> None:
        """Scale the gradients of several batches to those of a single batch with all units.

        Lightning has divided each by the number of batches of a full update. The last update of an
        epoch may have fewer batches.
        """
        units, self._units = self._units, []
        batches = self.trainer.accumulate_grad_batches
        if batches == 1:
            return
        share = units[0] * batches / torch.stack(units).sum()
        for weights in self.parameters():
            if weights.grad is not None:
                weights.grad.mul_(share)

    def _of_all(self, numbers: Tensor) -> Tensor:
        """The sum of `numbers` over all processes."""
        if self.trainer.world_size == 1:
            return numbers
        return self.trainer.strategy.reduce(numbers, reduce_op="sum")

    def validation_step(self, batch: Batch, batch_index: int) -> Tensor:
        """The loss of a batch: the mean over the units of all processes."""
        own, units = self.summed_loss(batch)
        # Lightning would divide a number of units by that of the processes, and drop the remainder.
        summed = self._of_all(torch.stack([own, units.to(own.dtype)]))
        loss = summed[0] / summed[1].clamp(min=1)
        self.log(
            "validation_loss",
            loss,
            on_step=False,
            on_epoch=True,
            prog_bar=True,
            batch_size=int(summed[1]),
            sync_dist=True,  # equal on all processes
        )
        return loss

    def on_train_epoch_end(self) -> None:
        """Log the mean of the epoch, and begin the mean of the next epoch."""
        self.log("train_loss_epoch", self.train_loss.mean())
        self.train_loss.reset()
        self.consumed.reset()

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep the mean so far."""
        checkpoint["train_loss"] = self.train_loss.state_dict()
        checkpoint["consumed"] = self.consumed.state_dict()

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Restore the mean; older checkpoints, of the end of an epoch, have none and need none."""
        if "train_loss" in checkpoint:
            self.train_loss.load_state_dict(checkpoint["train_loss"])
            self.consumed.load_state_dict(checkpoint["consumed"])

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """The optimiser; its rate follows models.training.RuleOfRises."""
        return self.optimizer(params=self.parameters())
