"""What accompanies a training: rule of rises, cooldown, time limit, curve, seeds by step."""

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
    """Acts on a validation loss that goes up (PL-CRNN, section 4.3).

    The learning rate is halved (times `factor`) once the loss has risen `halve_after` epochs in a
    row, and training stops once it has risen more than `stop_after` times in all. A rise is against
    the epoch before, not against the best: this is not ReduceLROnPlateau. After halving, rises in a
    row are counted anew; with `halve_after` None nothing is halved. Raises ValueError for a rule
    that would do nothing or grow the rate, and for a loss that is no number.
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
        """Whether the loss has risen so often that the training is at its end."""
        return self.in_all > self.stop_after

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """A training that was stopped stays so when it is resumed."""
        trainer.should_stop = trainer.should_stop or self.has_stopped()

    def on_validation_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Take in the validation loss of one more epoch."""
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
        """What a checkpoint keeps."""
        return {"previous": self.previous, "in_a_row": self.in_a_row, "in_all": self.in_all}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up where a checkpoint was made."""
        vars(self).update(state)


class Cooldown(pl.Callback):
    """Brings the learning rate down to nothing over the last `epochs` epochs.

    In equal steps, from wherever it stands. Counted back from the trainer's max_epochs, so that a
    training resumed with another end cools down before that one. Raises ValueError for fewer than
    no epochs.
    """

    def __init__(self, epochs: int):
        if epochs < 0:
            raise ValueError(f"recipe.cooldown_epochs={epochs}: must be at least 0")
        self.epochs = epochs

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Take one step down, if this is one of the last epochs."""
        left = trainer.max_epochs - trainer.current_epoch  # this one included
        if left <= self.epochs:
            _scale_rate(trainer, left / (left + 1))


def _scale_rate(trainer: pl.Trainer, factor: float) -> None:
    """Multiply the learning rate with `factor`."""
    for group in trainer.optimizers[0].param_groups:
        group["lr"] *= factor


class TimeLimit(Timer):
    """Ends the training after the epoch in which `duration` passes.

    duration: in Lightning's words, DD:HH:MM:SS or a mapping. Counted from the start of this
    process, not from the first one that trained the run; no epoch is cut.
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

    And rows, a hash of the rows of the plan that each of its steps had, see models.consumed.
    validation_loss is empty for an epoch that was not validated (trainer.check_val_every_n_epoch).
    The rows travel in the checkpoint, so a resumed training writes the curve that an uninterrupted
    one would have.
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
        """What a checkpoint keeps."""
        return {"rows": self.rows}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Take up where a checkpoint was made."""
        self.rows = state["rows"]


class SeedByStep(pl.Callback):
    """Seeds each batch by its epoch and its number in it.

    What it draws does not depend on what came before it, nor on whether training was interrupted
    there, and no random state has to be kept.
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
        """Seed this batch and this process."""
        place = [self.seed, trainer.current_epoch, batch_idx, trainer.global_rank]
        (seed,) = np.random.SeedSequence(place).generate_state(1, np.uint64)
        torch.manual_seed(int(seed))


class OwnSignals(pl.Callback):
    """Leaves SIGTERM to who had it when the training was set up.

    Lightning's own handler speaks to the other processes of the training first, and waits for ones
    that may be gone.
    """

    def setup(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        """Remember whose it is."""
        self.handler = signal.getsignal(signal.SIGTERM)

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Give it back."""
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self.handler)
