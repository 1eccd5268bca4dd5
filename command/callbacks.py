"""The callbacks of a training, from its config."""

from pathlib import Path
from typing import NamedTuple

import pytorch_lightning as pl
from omegaconf import DictConfig

from command.about import machine
from command.launch import job
from command.process import Ended
from command.pruning import pruning_of
from files.owner import works
from models.averaging import Averaging
from models.interruption import MidEpoch
from models.layouts import BEST, CURVE, LAST, TIMES, WITHIN
from models.planned_rate import PlannedRate
from models.saving import Saver
from models.schedules.schedule import Schedule
from models.times import Times
from models.training import Cooldown, Curve, OwnSignals, RuleOfRises, SeedByStep
from options.build import build

EVERY_MIN = 10  # minutes between checkpoints of older runs, whose config lacks the option
CUT = "within a step that takes longer than it leaves, so without what came after the last save"


class Callbacks(NamedTuple):
    """The callbacks of a training, in the order in which they act."""

    rule: RuleOfRises
    cooldown: Cooldown
    seeds: SeedByStep
    signals: OwnSignals
    curve: Curve
    times: Times
    within: MidEpoch  # the state to resume from, within an epoch
    best: Saver  # the best epoch on validation
    last: Saver  # the state to resume from


def callbacks_of(cfg: DictConfig, run: Path, remedy: str) -> Callbacks:
    """The callbacks of the training of `cfg` in `run`; remedy: the command that resumes it."""
    return Callbacks(
        rule=rule_of(cfg),
        cooldown=Cooldown(cfg.recipe.cooldown_epochs),
        seeds=SeedByStep(cfg.seed),
        signals=OwnSignals(),
        curve=Curve(run / CURVE),
        times=Times(run / TIMES, machine()),
        within=_within(cfg, run, remedy),
        best=Saver(run / BEST, monitor="validation_loss"),
        last=Saver(run / LAST),
    )


def rule_of(cfg: DictConfig) -> RuleOfRises:
    """The rule of rises; it leaves the learning rate unchanged if a schedule plans it."""
    options = {}
    if cfg.recipe.schedule is not None:
        options["halve_after"] = None
    return build(cfg.recipe.rule_of_rises, RuleOfRises, within="models.training", **options)


def _within(cfg: DictConfig, run: Path, remedy: str) -> MidEpoch:
    this_job = job()
    return MidEpoch(
        run / WITHIN,
        cfg.get("checkpoint_minutes", EVERY_MIN),
        last_line=lambda number: f"train.py: {Ended(number, remedy, CUT)}",
        is_over=lambda: not works(run, this_job),
    )


def optional_callbacks(cfg: DictConfig) -> list[pl.Callback]:
    """The callbacks of a training that its recipe or search adds; they act before the others."""
    callbacks = pruning_of(cfg)
    if cfg.recipe.schedule is not None:
        schedule = build(cfg.recipe.schedule, Schedule)
        callbacks.append(PlannedRate(schedule))
    if cfg.recipe.averaging.decay is not None:
        callbacks.append(Averaging(cfg.recipe.averaging.decay))
    return callbacks
