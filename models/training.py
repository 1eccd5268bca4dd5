"""Callbacks of a training: rule of rises, cooldown, time limit, curve, seeds by step."""

import math
import signal
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import Timer
from torch import Tensor

from files.atomic import write_atomic
from models.saving import is_validated


class RuleOfRises(pl.Callback):
    """Acts on rises of the validation loss (PL-CRNN, section 4.3).

    The learning rate is multiplied by `factor` once the loss has risen in `halve_after` successive
    epochs, and the training stops once it has risen more than `stop_after` times in all. A rise is
    relative to the epoch before, not to the best epoch: this differs from ReduceLROnPlateau. After
    a reduction the count of successive rises begins anew. With `halve_after` None the rate stays.
    Raises ValueError for a rule without effect or with a growing rate, and for a loss of NaN.
    """

    def __init__(self, halve_after: int | None = 3, stop_after: int = 10, factor: float = 0.5):
        never = halve_after is None
        if not (never or halve_after >= 1) or stop_after < 0 or not 0 < factor < 1:
            raise ValueError(
                f"halve_after={halve_after} must be at least 1, stop_after={stop_after} at least 0 "
                f"and factor={factor} between 0 and 1"
            )
        self.halve_after = halve_after
        self.stop_after = stop_after
        self.factor = factor
        self.previous = float("inf")
        self.in_a_row = 0
        self.in_all = 0

    def has_stopped(self) -> bool:
        """Whether the loss has risen so often that the training has ended."""
        return self.in_all > self.stop_after

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Stop a resumed training that the rule had stopped before."""
        trainer.should_stop = trainer.should_stop or self.has_stopped()

    def on_validation_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Apply the rule to the validation loss of the epoch."""
        if trainer.sanity_checking:
            return
        loss = float(trainer.callback_metrics["validation_loss"])
        if not math.isfinite(loss):
            raise ValueError(
                f"validation_loss={loss} after epoch {trainer.current_epoch}: "
                "the training diverged; lower recipe.optimizer.lr or set recipe.gradient_clip"
            )
        if loss > self.previous:
            self.in_a_row += 1
            self.in_all += 1
        else:
            self.in_a_row = 0
        self.previous = loss
        if self.in_a_row == self.halve_after:
            self.in_a_row = 0
            _scale_rate(trainer, self.factor)
        if self.has_stopped():
            trainer.should_stop = True

    def state_dict(self) -> dict[str, Any]:
        """The state that a checkpoint keeps."""
        return {"previous": self.previous, "in_a_row": self.in_a_row, "in_all": self.in_all}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the state of a checkpoint."""
        vars(self).update(state)


class Cooldown(pl.Callback):
    """Reduces the learning rate in equal steps towards zero over the last `epochs` epochs.

    It begins at the present rate. The epochs are counted back from the trainer's
    max_epochs, so a training that is resumed with another end cools down before that end. Raises
    ValueError for a negative number of epochs.
    """

    def __init__(self, epochs: int):
        if epochs < 0:
            raise ValueError(f"recipe.cooldown_epochs={epochs}: must be at least 0")
        self.epochs = epochs

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Reduce the rate by a step in each of the last epochs."""
        left = trainer.max_epochs - trainer.current_epoch  # with this epoch
        if left <= self.epochs:
            _scale_rate(trainer, left / (left + 1))


def _scale_rate(trainer: pl.Trainer, factor: float) -> None:
    """Multiply the learning rate by `factor`."""
    for group in trainer.optimizers[0].param_groups:
        group["lr"] *= factor


class TimeLimit(Timer):
    """Ends the training after the epoch in which `duration` passes.

    duration: in Lightning's form, DD:HH:MM:SS or a mapping. It is counted from the start of this
    process, not of the first process that trained the run. No epoch is cut.
    """

    def __init__(self, duration: str | dict[str, int]):
        super().__init__(duration, interval="epoch", verbose=False)

    def state_dict(self) -> dict[str, Any]:
        """Nothing: a resumed training has all of its time."""
        return {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Nothing."""

    def is_up(self) -> bool:
        """Whether the time has passed."""
        left_s = self.time_remaining() or 0
        return left_s <= 0


class Curve(pl.Callback):
    """Writes one row per epoch to `path`: epoch, step, train_loss, validation_loss, learning_rate.

    A last column, rows, is a hash of the plan's rows in each of its steps, see models.consumed.
    validation_loss is empty for an epoch without validation (trainer.check_val_every_n_epoch).
    Checkpoints store the rows of the curve, so a resumed training writes the same curve as an
    uninterrupted training.
    """

    def __init__(self, path: Path):
        self.path = path
        self.rows = []

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Add the epoch that ends."""
        measured = trainer.callback_metrics
        validation_loss = float("nan")
        if is_validated(trainer):
            validation_loss = measured.get("validation_loss", validation_loss)
        group = trainer.optimizers[0].param_groups[0]
        row = {
            "epoch": trainer.current_epoch,
            "step": trainer.global_step,
            "train_loss": pl_module.train_loss.mean(),
            "validation_loss": float(validation_loss),
            "learning_rate": float(group["lr"]),
            "rows": pl_module.consumed.digest(),
        }
        self.rows.append(row)
        if trainer.is_global_zero:
            table = pd.DataFrame(self.rows)
            write_atomic(self.path, table.to_csv(index=False))

    def state_dict(self) -> dict[str, Any]:
        """The state that a checkpoint keeps."""
        return {"rows": self.rows}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the state of a checkpoint."""
        self.rows = state["rows"]


class SeedByStep(pl.Callback):
    """Seeds each batch by its epoch and its number in it.

    So the random numbers of a batch do not depend on earlier batches or on an interruption, and no
    random state has to be stored.
    """

    def __init__(self, seed: int):
        self.seed = seed

    def on_train_batch_start(
        self,
        trainer: pl.Trainer,
        pl_module: pl.LightningModule,
        batch: dict[str, Tensor],
        batch_idx: int,
    ) -> None:
        """Seed the generators for this batch in this process."""
        place = [self.seed, trainer.current_epoch, batch_idx, trainer.global_rank]
        (seed,) = np.random.SeedSequence(place).generate_state(1, np.uint64)
        torch.manual_seed(int(seed))


class OwnSignals(pl.Callback):
    """Restores the handler of SIGTERM from before the training's setup.

    Lightning's own handler first contacts the other processes of the training, and would wait for
    processes that may have ended.
    """

    def setup(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        """Store the present handler."""
        self.handler = signal.getsignal(signal.SIGTERM)

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Restore the handler."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self.handler)
