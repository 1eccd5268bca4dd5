"""From a training config to a run folder, from the beginning or from an interruption."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
from omegaconf import DictConfig

from command.audit import tell
from command.callbacks import callbacks_of, optional_callbacks
from command.entry import save_config
from command.launch import job
from command.outcome import Outcome, one_line, outcome
from command.process import is_first
from command.state import State, require_unused, state_of
from command.trainer import build_trainer, note_unsynchronised, quiet
from datagen.plan import Plan
from files.atomic import clear_unfinished
from files.owner import await_ready, joined, owned
from models.layouts import LAST
from models.learner import Learner
from models.run import keep_ancestors, load_weights
from options.typed import typed
from parallel.ending import never
from tasks.task import task_of


def train(cfg: DictConfig, run: Path, again: bool = False) -> Outcome:
    """Train as `cfg` says, into `run`, which is this job's alone; returns how it ended.

    With `resume` from where it was saved last. again: the same command goes on where this one is
    interrupted. Raises ValueError where another process works in `run`, or where `run` holds what a
    new training would replace.
    """
    if not cfg.resume:
        require_unused(run)
    pl.seed_everything(cfg.seed, workers=True, verbose=False)
    state = state_of(run) if cfg.resume else None
    steps = state.step if state else None
    module = _module(cfg, run, state)
    remedy = "the same command goes on" if again else f"go on with {typed('resume', run)}"
    callbacks = callbacks_of(cfg, run, remedy)
    optional = optional_callbacks(cfg)
    # All that every process refuses alike comes before one of them owns the folder and the others
    # wait for that.
    with quiet(), one_line(remedy):
        trainer = build_trainer(cfg, run, [*optional, *callbacks], steps)
        if is_first():
            note_unsynchronised(trainer, module)
            with owned(run, job()) as ready:
                _fit(cfg, run, trainer, module, ready)
        else:
            joined(run, job())
            await_ready(run, job())  # what it has scanned and drawn is in the cache now
            _fit(cfg, run, trainer, module)
    return outcome(trainer, run, callbacks, began=steps or 0)


def _fit(
    cfg: DictConfig,
    run: Path,
    trainer: pl.Trainer,
    module: Learner,
    ready: Callable[[], Any] = never,
) -> None:
    """Train; ready: called once the data lies ready for other processes."""
    if not cfg.resume:
        require_unused(run)  # now that nobody else can put a training there
    batches = task_of(cfg).batches(cfg, partial(tell, cfg))
    if is_first():
        _prepare(cfg, run, batches.plan)
        ready()
    state = state_of(run) if cfg.resume else None
    if cfg.resume and state is None and is_first():
        print(f"{run}: finished no epoch; it begins anew", file=sys.stderr)
    begun = run / state.name if state else None
    trainer.fit(module, batches, ckpt_path=begun, weights_only=True)


def _module(cfg: DictConfig, run: Path, state: State | None) -> Learner:
    """The network, with the weights that it begins or goes on with."""
    module = task_of(cfg).learner(cfg)
    module.configure_optimizers()  # so that what it refuses is said before any data is read
    if state is not None:
        load_weights(module, run, state.name)
    elif cfg.get("start_from"):
        load_weights(module, Path(cfg.start_from))
    return module


def _prepare(cfg: DictConfig, run: Path, plan: Plan) -> None:
    """Write to `run` what says how it is trained, and on what."""
    plan.save(run)
    if not cfg.resume:
        if cfg.start_from:
            keep_ancestors(run, Path(cfg.start_from))
        save_config(cfg, run)
    for folder in (run, run / LAST.parent):
        clear_unfinished(folder)
