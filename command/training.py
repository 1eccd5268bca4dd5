"""From a training config to a run folder, from the beginning or from an interruption."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytorch_lightning as pl
from omegaconf import DictConfig

from command.callbacks import callbacks_of, optional_callbacks
from command.entry import save_config
from command.launch import job
from command.outcome import Outcome, one_line, outcome
from command.process import is_first
from command.state import State, note_skipped, require_unused, state_of
from command.trainer import build_trainer, note_unsynchronised, quiet
from command.training_audio import tell
from datagen.plan import Plan
from files.atomic import clear_unfinished
from files.owner import await_ready, joined, owned
from models.layouts import LAST
from models.learner import Learner
from models.run import keep_ancestors, load_weights, start_from
from options.typed import typed
from parallel.ending import never
from reporting.scoring.leaks import leak_of_own_test
from tasks.task import task_of


def train(cfg: DictConfig, run: Path, again: bool = False) -> Outcome:
    """Train as `cfg` says, into `run`, which belongs to this job; returns the outcome.

    With `resume` it starts at the last checkpoint. again: whether the same command resumes an
    interrupted training. Raises ValueError if another process works in `run`, or if `run` holds
    files that a new training would replace.
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
    # Checks that every process makes come before one of them owns the folder and the others
    # wait for it.
    with quiet(), one_line(remedy):
        trainer = build_trainer(cfg, run, [*optional, *callbacks], steps)
        if is_first():
            note_unsynchronised(trainer, module)
            with owned(run, job()) as ready:
                _fit(cfg, run, trainer, module, ready)
        else:
            joined(run, job())
            await_ready(run, job())  # the recordings tables and the plan are in the cache now
            _fit(cfg, run, trainer, module)
    return outcome(trainer, run, callbacks, began=steps or 0)


def _fit(
    cfg: DictConfig,
    run: Path,
    trainer: pl.Trainer,
    module: Learner,
    ready: Callable[[], Any] = never,
) -> None:
    """Train; ready: called once the data is ready for other processes."""
    if not cfg.resume:
        require_unused(run)  # no other process can start a training there now
    batches = task_of(cfg).batches(cfg, partial(tell, cfg))
    if is_first():
        _prepare(cfg, run, batches.plan)
        ready()
    state = state_of(run) if cfg.resume else None
    if cfg.resume and state is None and is_first():
        print(f"{run}: finished no epoch; it begins anew", file=sys.stderr)
    if state is not None and is_first():
        note_skipped(state)
    begun = run / state.name if state else None
    trainer.fit(module, batches, ckpt_path=begun, weights_only=True)


def _module(cfg: DictConfig, run: Path, state: State | None) -> Learner:
    """The module, with the weights from which it begins or resumes."""
    module = task_of(cfg).learner(cfg)
    module.configure_optimizers()  # raises its errors before any data is read
    if state is not None:
        load_weights(module, run, state.name)
    elif cfg.get("start_from"):
        _start(module, Path(cfg.start_from))
    return module


def _start(module: Learner, run: Path) -> None:
    """Give `module` the weights of `run`; a note names the parts that `run` lacks."""
    for part in start_from(module, run):
        if is_first():
            print(f"note: {run} has no network.{part}; it starts untrained", file=sys.stderr)


def _note_leak(plan: Plan, parent: Path) -> None:
    """Say at the start, not after days, that a test of this plan will refuse the training."""
    reason = leak_of_own_test(parent, plan) if isinstance(plan, Plan) else ""
    if reason:
        print(
            f"note: evaluate.py will refuse this training on a test of its own plan: {reason}; "
            "start it with the audio and the seed of that run",
            file=sys.stderr,
        )


def _prepare(cfg: DictConfig, run: Path, plan: Plan) -> None:
    """Write the plan and the settings of the training to `run`."""
    plan.save(run)
    if not cfg.resume:
        if cfg.start_from:
            keep_ancestors(run, Path(cfg.start_from))
            _note_leak(plan, Path(cfg.start_from))
        save_config(cfg, run)
    for folder in (run, run / LAST.parent):
        clear_unfinished(folder)
