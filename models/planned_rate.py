"""The learning rate of a training that follows a schedule."""

import math

import pytorch_lightning as pl
from torch import Tensor

from models.interruption import batches_done
from models.schedules.schedule import Schedule


class PlannedRate(pl.Callback):
    """Sets the learning rate before each step to what `schedule` says.

    The end is that of the trainer's max_epochs: steps of the epochs that are done, and as many for
    each one that is left as an epoch has now. So the end moves with max_epochs, batches to an
    update and devices, which may be others when a training is resumed. The rate that the optimiser
    began with stays in its state, as PyTorch's own schedulers keep it.
    """

    def __init__(self, schedule: Schedule):
        self.schedule = schedule
        self.steps = 0

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Find where a training ends that goes on within an epoch."""
        self.steps = _last_step(trainer, batches_done(trainer))

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Find where the training ends."""
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
    """The last step of a training in whose epoch so many batches are done."""
    batches, to_an_update = trainer.num_training_batches, trainer.accumulate_grad_batches
    in_an_epoch = math.ceil(batches / to_an_update)
    in_this_one = math.ceil((batches - done) / to_an_update)
    later = trainer.max_epochs - trainer.current_epoch - 1
    return trainer.global_step + in_this_one + later * in_an_epoch
