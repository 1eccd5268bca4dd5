"""The display of a training: a progress bar, and a line at the end of each epoch."""

import time
from typing import Any

import pytorch_lightning as pl
from tqdm import tqdm

from models.saving import is_validated


class Progress(pl.Callback):
    """A bar over all steps of a training, on a terminal, and a line per finished epoch anywhere.

    The bar shows the time left of the whole training. It is estimated by the mean duration of a
    step so far, which includes its share of the validations.
    """

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Begin the bar, at the step where the training begins or continues."""
        self.began = time.monotonic()
        self.bar = tqdm(
            initial=trainer.fit_loop.epoch_loop.batch_progress.total.ready,
            total=trainer.max_epochs * trainer.num_training_batches,
            unit="step",
            smoothing=0,
            leave=False,
            disable=None if trainer.is_global_zero else True,
        )
        self._tell(trainer)

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Show the number of the epoch."""
        self.began = time.monotonic()
        self._tell(trainer)

    def on_train_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, *batch: Any
    ) -> None:
        """Advance the bar by a step."""
        if not self.bar.disable:
            loss = float(trainer.callback_metrics["train_loss_step"])
            self.bar.set_postfix(loss=f"{loss:.4g}", refresh=False)
        self.bar.update()

    def on_validation_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Show that the validation runs."""
        if hasattr(self, "bar"):
            self._tell(trainer, ", validation")

    def on_train_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Print the line of the epoch, above the bar."""
        if not trainer.is_global_zero:
            return
        rate = trainer.optimizers[0].param_groups[0]["lr"]
        took_s = time.monotonic() - self.began
        self.bar.clear()
        print(
            f"epoch {trainer.current_epoch + 1} of {trainer.max_epochs}: "
            f"{_losses(trainer, pl_module)}, "
            f"rate {rate:.3g}, {took_s:.0f} s",
            flush=True,
        )
        self.bar.refresh()

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Close the bar before the next message."""
        self.bar.close()

    def on_exception(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, exception: BaseException
    ) -> None:
        """Close the bar before the error message."""
        if hasattr(self, "bar"):
            self.bar.close()

    def _tell(self, trainer: pl.Trainer, what: str = "") -> None:
        """Show the epoch and `what` beside the bar."""
        self.bar.set_description(f"epoch {trainer.current_epoch + 1} of {trainer.max_epochs}{what}")


def _losses(trainer: pl.Trainer, pl_module: pl.LightningModule) -> str:
    """The losses that were measured in the epoch that ends."""
    measured = trainer.callback_metrics
    losses = [f"train loss {pl_module.train_loss.mean():.4g}"]
    if "validation_loss" in measured and is_validated(trainer):
        losses.append(f"validation loss {float(measured['validation_loss']):.4g}")
    return ", ".join(losses)
