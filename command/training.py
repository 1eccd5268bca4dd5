"""From a training config to a run folder, or on from where a run was interrupted."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytorch_lightning as pl
import torch
from omegaconf import DictConfig
from pytorch_lightning.utilities.exceptions import MisconfigurationException

from command import data
from command.about import machine
from command.audit import tell
from command.entry import save_config
from command.launch import job
from command.process import Ended, is_first
from command.resume import require_unused, steps_done
from command.trainer import build_trainer, quiet
from datagen.datamodule import PlanData
from datagen.dataset import Route
from datagen.library import Library
from datagen.plan import Plan, load_plan
from datagen.pool import build_pool
from datagen.recordings import corrections
from files.atomic import clear_unfinished
from files.owner import joined, owned
from models.averaging import Averaging
from models.layouts import BEST, CURVE, LAST, TIMES
from models.learner import Learner, build_learner
from models.planned_rate import PlannedRate
from models.run import keep_ancestors, load_weights
from models.saving import Saver
from models.schedules.schedule import Schedule
from models.times import Times
from models.training import Cooldown, Curve, OwnSignals, RuleOfRises, SeedByEpoch, TimeLimit
from options.build import build, maker
from options.typed import typed


def train(cfg: DictConfig, run: Path) -> str:
    """Train as `cfg` says, into `run`, which is this job's alone; returns how it ended, in a line.

    With `resume` from the last epoch that it finished, if it finished one. Raises ValueError where
    another process works in `run`, or where `run` holds what a new training would replace.
    """
    if not cfg.resume:
        require_unused(run)
    pl.seed_everything(cfg.seed, workers=True, verbose=False)
    steps = steps_done(run) if cfg.resume else None
    module = _module(cfg, run, steps)
    callbacks = _callbacks(cfg, run)
    optional = _optional(cfg)
    # All that every process refuses alike comes before one of them owns the folder and the others
    # wait for that.
    with quiet(), _one_line(run):
        trainer = build_trainer(cfg, run, [*optional, *callbacks], steps)
        if is_first():
            with owned(run, job()):
                _fit(cfg, run, trainer, module)
        else:
            joined(run, job())
            _fit(cfg, run, trainer, module)
    return _outcome(trainer, run, callbacks, began=steps or 0)


class Callbacks(NamedTuple):
    """What accompanies a training."""

    rule: RuleOfRises
    cooldown: Cooldown
    seeds: SeedByEpoch
    signals: OwnSignals
    curve: Curve
    times: Times
    best: Saver  # the best epoch on validation
    last: Saver  # the state to resume from


def _callbacks(cfg: DictConfig, run: Path) -> Callbacks:
    return Callbacks(
        rule=_rule(cfg),
        cooldown=Cooldown(cfg.recipe.cooldown_epochs),
        seeds=SeedByEpoch(cfg.seed),
        signals=OwnSignals(),
        curve=Curve(run / CURVE),
        times=Times(run / TIMES, machine()),
        best=Saver(run / BEST, monitor="validation_loss"),
        last=Saver(run / LAST),
    )


def _rule(cfg: DictConfig) -> RuleOfRises:
    """The rule of rises; it leaves the rate alone where a schedule plans it."""
    options = {}
    if cfg.recipe.schedule is not None:
        options["halve_after"] = None
    return build(cfg.recipe.rule_of_rises, RuleOfRises, within="models.training", **options)


def _optional(cfg: DictConfig) -> list[pl.Callback]:
    """What accompanies a training whose recipe asks for it."""
    callbacks = []
    if cfg.recipe.schedule is not None:
        schedule = build(cfg.recipe.schedule, Schedule)
        callbacks.append(PlannedRate(schedule))
    if cfg.recipe.averaging.decay is not None:
        callbacks.append(Averaging(cfg.recipe.averaging.decay))
    return callbacks


def _fit(cfg: DictConfig, run: Path, trainer: pl.Trainer, module: Learner) -> None:
    if not cfg.resume:
        require_unused(run)  # now that nobody else can put a training there
    batches = plan_data(cfg)
    if is_first():
        _prepare(cfg, run, batches.plan)
    last = run / LAST
    begun = last if cfg.resume and last.exists() else None
    trainer.fit(module, batches, ckpt_path=begun, weights_only=True)


def _module(cfg: DictConfig, run: Path, steps: int | None) -> Learner:
    """The network, with the weights that it begins or goes on with."""
    module = build_learner(cfg)
    module.configure_optimizers()  # so that what it refuses is said before any data is read
    if steps is not None:
        load_weights(module, run, LAST)
    elif cfg.get("start_from"):
        load_weights(module, Path(cfg.start_from))
    if cfg.resume and steps is None and is_first():
        print(f"{run}: finished no epoch; it begins anew", file=sys.stderr)
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


def _outcome(trainer: pl.Trainer, run: Path, callbacks: Callbacks, began: int) -> str:
    """How a training ended, and how to go on where it can."""
    rule = callbacks.rule
    epochs = len(callbacks.curve.rows)
    most = trainer.max_epochs
    went_on = trainer.global_step > began
    if rule.has_stopped():
        ended = "trained" if went_on else "was trained before"
        limit = f"recipe.rule_of_rises.stop_after={rule.stop_after}"
        why = f"the validation loss rose more than {limit} times"
        return f"{ended}: {run}, {epochs} of {most} epochs: {why}"
    if epochs < most:
        why = "trainer.max_time is up" if _time_is_up(trainer) else "stopped"
        return f"{why} after epoch {epochs} of {most}; go on with {typed('resume', run)}"
    if not went_on:
        remedy = "trainer.max_epochs=N with more than that goes on"
        return f"was trained before: {run}, all {epochs} epochs; {remedy}"
    return f"trained: {run}"


def _time_is_up(trainer: pl.Trainer) -> bool:
    limits = [callback for callback in trainer.callbacks if isinstance(callback, TimeLimit)]
    return any(limit.is_up() for limit in limits)


@contextmanager
def _one_line(run: Path) -> Iterator[None]:
    """What a user can mend, as a ValueError of one line.

    That is a setting of the trainer, or a file that a worker met.
    """
    try:
        yield
    except (KeyboardInterrupt, SystemExit) as error:  # Lightning makes the latter of the former
        remedy = f"go on with {typed('resume', run)}"
        raise Ended(_signal_number(error), remedy) from None
    except torch.OutOfMemoryError as error:
        raise ValueError(
            "the device is out of memory; give a smaller data.batch_size or plan.segment_s"
        ) from error
    except MisconfigurationException as error:
        words = str(error).split()
        raise ValueError(f"trainer: {' '.join(words)} Give others, or trainer=cpu") from error
    except (ValueError, OSError) as error:
        if "Original Traceback" not in str(error):
            raise
        last_line = str(error).strip().splitlines()[-1]
        _, _, problem = last_line.partition(": ")
        raise ValueError(problem) from error


def _signal_number(error: BaseException) -> int:
    """The number of the signal that ended a training, as `error` or before it."""
    for cause in (error, error.__context__):
        if isinstance(cause, Ended):
            return cause.number
    return signal.SIGINT


def plan_data(cfg: DictConfig) -> PlanData:
    """The batches that the config trains and validates on, by its route."""
    route = maker(cfg.data.route, Route)
    if cfg.data.folder is not None:
        plan = load_plan(Path(cfg.data.folder))
        tell(cfg, plan.speech, plan.noise)
        route = partial(route, folder=cfg.data.folder, sample_rate=cfg.sample_rate)
    else:
        drawer = data.drawer(cfg)
        tell(cfg, drawer.speech, drawer.noise, drawer.left_out)
        plan = data.plan(cfg, drawer, "train", "validation")
        library = _library(cfg, plan, drawer.library)
        route = partial(route, library=library)
    return PlanData(
        plan,
        route,
        seed=cfg.seed,
        batch_size=cfg.data.batch_size,
        max_padding=cfg.data.max_padding,
        workers=cfg.data.workers,
        steps_per_epoch=cfg.data.steps_per_epoch,
    )


def _library(cfg: DictConfig, plan: Plan, files: Library) -> Library:
    """The library that training reads: `files`, or a pool of all its samples."""
    if cfg.data.cache == "none":
        return files
    noise = plan.noise
    speech = plan.speech[plan.speech.split != "test"]
    paths = [*speech.path, *noise.path]
    corrected = corrections(speech, noise)
    pool = build_pool(paths, cfg.sample_rate, Path(cfg.cache), corrected)
    return Library(speech, noise, pool)
