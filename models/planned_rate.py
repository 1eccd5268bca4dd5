"""The learning rate of a training that follows a schedule."""

import math

import pytorch_lightning as pl
from torch import Tensor

from models.interruption import batches_done
from models.schedules.schedule import Schedule


class PlannedRate(pl.Callback):
    """Sets the learning rate before each step by `schedule`.

    The schedule ends with the trainer's max_epochs: after the finished steps, and the steps of the
    remaining epochs at today's number per epoch. So the end moves with max_epochs, the batches per
    update and the devices, which may change when a training is resumed. The optimiser's state keeps
    its initial rate, as with PyTorch's own schedulers.
    """

    def __init__(self, schedule: Schedule):
        self.schedule = schedule
        self.steps = 0

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Compute the last step of a training that continues within an epoch."""
        self.steps = _last_step(trainer, batches_done(trainer))

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Compute the last step of the training."""
        self.steps = _last_step(trainer, done=0)

    def on_train_batch_start(
        self,
        trainer: pl.Trainer,
        pl_module: pl.LightningModule,
        batch: dict[str, Tensor],
        batch_idx: int,
    ) -> None:
        """Set the rate of the step that this batch belongs to."""
        factor = self.schedule.factor(trainer.global_step, self.steps)
        for group in trainer.optimizers[0].param_groups:
            full = group.setdefault("initial_lr", group["lr"])
            group["lr"] = full * factor


def _last_step(trainer: pl.Trainer, done: int) -> int:
    """The last step of a training; done: the finished batches of its current epoch."""
    batches, to_an_update = trainer.num_training_batches, trainer.accumulate_grad_batches
    in_an_epoch = math.ceil(batches / to_an_update)
    in_this_one = math.ceil((batches - done) / to_an_update)
    later = trainer.max_epochs - trainer.current_epoch - 1
    return trainer.global_step + in_this_one + later * in_an_epoch
