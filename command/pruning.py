"""Pruning: a training reports its losses to a search, and ends early if others are better."""

from pathlib import Path
from typing import Any

import pytorch_lightning as pl
from omegaconf import DictConfig

from command.study import open_study, reported, trial_of
from command.sweep import is_sweep


def median_pruner(options: DictConfig) -> Any:
    """The pruner of optuna, which decides which trials end early."""
    from optuna.pruners import MedianPruner, NopPruner

    if not options.prune:
        return NopPruner()
    return MedianPruner(options.startup_trials, n_warmup_steps=options.warmup_epochs)


class Pruning(pl.Callback):
    """Reports each validation loss to the study, and stops the training if the study prunes it.

    study: its folder. number: of the trial. options: of the search. Epochs count from 1.
    """

    def __init__(self, study: Path, number: int, options: DictConfig):
        self.study = study
        self.number = number
        self.options = options
        self.pruned = False

    def on_train_start(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Keep a pruned trial pruned when it is resumed."""
        if trainer.is_global_zero:
            opened = open_study(self.study, pruner=median_pruner(self.options))
            self.trial = trial_of(opened, self.number)
        self._stop_if_worse(trainer)

    def on_validation_epoch_end(self, trainer: pl.Trainer, pl_module: pl.LightningModule) -> None:
        """Report the loss of one more epoch."""
        if trainer.sanity_checking:
            return
        epoch = trainer.current_epoch + 1
        if trainer.is_global_zero and epoch not in reported(self.trial):
            loss = float(trainer.callback_metrics["validation_loss"])
            self.trial.report(loss, epoch)
        self._stop_if_worse(trainer)

    def _stop_if_worse(self, trainer: pl.Trainer) -> None:
        """Stop if the study prunes the trial; the first process decides for all processes."""
        worse = trainer.is_global_zero and bool(reported(self.trial)) and self.trial.should_prune()
        if trainer.strategy.broadcast(worse):
            self.pruned = True
            trainer.should_stop = True


def is_pruned(trainer: pl.Trainer) -> bool:
    """Whether a training has ended because its trial was pruned."""
    return any(isinstance(one, Pruning) and one.pruned for one in trainer.callbacks)


def pruning_of(cfg: DictConfig) -> list[pl.Callback]:
    """The callbacks that make the training of `cfg` a trial, if it is one."""
    options = _options_of_trial(cfg)
    if not options or not options.prune:
        return []
    return [Pruning(Path(cfg.output).absolute(), options.trial, options)]


def score_of(cfg: DictConfig) -> str | None:
    """The score by which a trial is compared; None if it is compared by its loss."""
    options = _options_of_trial(cfg)
    return options.get("score") if options else None


def _options_of_trial(cfg: DictConfig) -> DictConfig | None:
    """The options of the search if the training is a trial; None otherwise."""
    options = cfg.get("search")
    return options if options and options.trial is not None and is_sweep() else None
