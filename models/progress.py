"""What a person sees of a training: a bar while an epoch runs, a line when it ends."""

import time
from typing import Any

import pytorch_lightning as pl
from tqdm import tqdm

from models.interruption import batches_done
from models.saving import is_validated


class Progress(pl.Callback):
    """A bar over the steps of an epoch, on a terminal, and a line per finished epoch anywhere."""

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Go on within an epoch, if that is where a training goes on."""
        done = batches_done(trainer)
        if done:
            self._begin(trainer, done)

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Begin the bar."""
        self._begin(trainer, done=0)

    def _begin(self, trainer: pl.Trainer, done: int) -> None:
        self.began = time.monotonic()
        self.bar = tqdm(
            desc=f"epoch {trainer.current_epoch + 1}",
            initial=done,
            total=trainer.num_training_batches,
            unit="step",
            leave=False,
            disable=None if trainer.is_global_zero else True,
        )

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, *batch: Any
    ) -> None:
        """One step more."""
        if not self.bar.disable:
            loss = float(trainer.callback_metrics["train_loss_step"])
            self.bar.set_postfix(loss=f"{loss:.4g}", refresh=False)
        self.bar.update()

    def on_validation_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Say what takes the rest of the epoch."""
        if hasattr(self, "bar"):
            self.bar.set_description(f"epoch {trainer.current_epoch + 1}, validation")

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Replace the bar by the epoch's line."""
        self.bar.close()
        if not trainer.is_global_zero:
            return
        rate = trainer.optimizers[0].param_groups[0]["lr"]
        took_s = time.monotonic() - self.began
        print(
            f"epoch {trainer.current_epoch + 1} of {trainer.max_epochs}: "
            f"{_losses(trainer, pl_module)}, "
            f"rate {rate:.3g}, {took_s:.0f} s",
            flush=True,
        )

    def on_exception(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, exception: BaseException
    ) -> None:
        """Leave the terminal to the error."""
        if hasattr(self, "bar"):
            self.bar.close()


def _losses(trainer: pl.Trainer, pl_module: pl.LightningModule) -> str:
    """The losses that were measured in the epoch that ends."""
    measured = trainer.callback_metrics
    losses = [f"train loss {pl_module.train_loss.mean():.4g}"]
    if "validation_loss" in measured and is_validated(trainer):
        losses.append(f"validation loss {float(measured['validation_loss']):.4g}")
    return ", ".join(losses)
