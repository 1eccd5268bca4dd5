"""Interruption of a training at any step; a resumed training gives the same result."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytorch_lightning as pl

from models.saving import write_checkpoint
from parallel.ending import Ending, current, never, silent


class Stopped(KeyboardInterrupt):
    """A signal has ended a training after `step` steps, whose state is saved."""

    def __init__(self, number: int, step: int):
        super().__init__()
        self.number = number
        self.step = step


class MidEpoch(pl.Callback):
    """Keeps the state within an epoch at `path`, and ends the training where a signal asks for it.

    It saves every `minutes` (0: after every step; None: never), and before such an end. The place
    is between two steps of the optimiser, or within a validation, which then begins anew.

    The first process saves for all, and the others end when it ends. Weights, optimiser and the
    running mean of the loss are the same in all processes, and random draws follow from the step
    (models.training.SeedByStep). This callback must stand behind those that act after a step.

    last_line: the message on a signal where a step takes longer than the time that is left.
    is_over: whether the first process has ended, where this is another one.
    """

    def __init__(
        self,
        path: Path,
        minutes: float | None,
        last_line: Callable[[int], str] = silent,
        is_over: Callable[[], bool] = never,
    ):
        self.path = path
        self.minutes = minutes
        self.last_line = last_line
        self.is_over = is_over
        self.ending: Ending | None = None

    def setup(self, trainer: pl.Trainer, pl_module: pl.LightningModule, stage: str) -> None:
        """Remember who handles signals: Lightning is about to put itself there."""
        self.ending = current()

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """From here on a signal requests the end and does not force it.

        Raises ValueError for an epoch that is now shorter than its finished part.
        """
        batches, done = trainer.num_training_batches, batches_done(trainer)
        if done > batches:
            raise ValueError(
                f"{self.path}: was saved after {done} batches of an epoch that now has {batches}; "
                "give the trainer options that it was begun with"
            )
        self.saved_s = time.monotonic()
        if self.ending:
            is_over = never if trainer.is_global_zero else self.is_over
            last_line = self.last_line if trainer.is_global_zero else silent
            self.ending.defer(last_line, is_over)

    def on_train_epoch_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """End where a signal has asked for it since the last step; the last epoch is saved."""
        self.saved_s = time.monotonic()
        self._end_if_asked(trainer, save=False)

    def on_train_batch_end(
        self,
        trainer: pl.Trainer,
        pl_module: pl.LightningModule,
        outputs: Any,
        batch: Any,
        batch_idx: int,
    ) -> None:
        """Save or end, if it is time and the optimiser has just taken its step."""
        number = batch_idx + 1
        is_last = number >= trainer.num_training_batches
        if number % trainer.accumulate_grad_batches and not is_last:
            return
        self._end_if_asked(trainer, save=True)
        if self.minutes is None or time.monotonic() - self.saved_s < 60 * self.minutes:
            return
        self._save(trainer)
        self.saved_s = time.monotonic()

    def on_validation_batch_end(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, *batch: Any
    ) -> None:
        """End where a signal has asked for it."""
        if not trainer.sanity_checking:
            self._end_if_asked(trainer, save=True)

    def on_train_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """From here on a signal ends the process again; a deferred signal does so now."""
        self.path.unlink(missing_ok=True)  # the last checkpoint has all of it
        self._end_if_asked(trainer, save=False)
        if self.ending:
            self.ending.release()

    def on_exception(
        self, trainer: pl.Trainer, pl_module: pl.LightningModule, exception: BaseException
    ) -> None:
        """After a failure a signal may end the process anywhere."""
        if self.ending:
            self.ending.release()

    def _end_if_asked(self, trainer: pl.Trainer, save: bool) -> None:
        """End the first process where a signal has asked for it; the others end with it."""
        asked = self.ending and self.ending.number
        if not asked or not trainer.is_global_zero:
            return
        if save:
            self._save(trainer)
        raise Stopped(asked, trainer.global_step)

    def _save(self, trainer: pl.Trainer) -> None:
        # Without Lightning's own saving, which waits for all processes.
        if trainer.is_global_zero:
            content = trainer._checkpoint_connector.dump_checkpoint(weights_only=False)
            _between_steps(content["loops"]["fit_loop"], trainer)
            write_checkpoint(content, self.path)


def batches_done(trainer: pl.Trainer) -> int:
    """The number of finished batches in the epoch that a training begins or continues."""
    loop = trainer.fit_loop
    return loop.epoch_loop.batch_progress.current.ready if loop.restarting else 0


def _between_steps(loops: dict[str, Any], trainer: pl.Trainer) -> None:
    """Change Lightning's counters from the end of a step to the place between two steps.

    After the last step of an epoch they stand before the validation, which Lightning's own counters
    would leave out.
    """
    batches = loops["epoch_loop.batch_progress"]
    for count in (batches["total"], batches["current"]):
        count["completed"] = count["processed"]
    if batches["current"]["ready"] < trainer.num_training_batches:
        loops["epoch_loop.state_dict"]["_batches_that_stepped"] += 1
        return
    begun = {"ready": 1, "started": 1, "processed": 0, "completed": 0}
    validation = {"total": begun, "current": {**begun}, "is_last_batch": False}
    loops["epoch_loop.val_loop.batch_progress"] = validation
