"""Batches of mixtures, as a training's config has them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from omegaconf import DictConfig

from datagen import from_config
from datagen.datamodule import PlanData
from datagen.library import Library
from datagen.plan import Plan, load_plan
from datagen.pool import build_pool
from datagen.recordings import Hearing, corrections
from datagen.route import Route
from options.build import maker


def mixtures(cfg: DictConfig, heard: Hearing) -> PlanData:
    """What the config trains and validates on, by its route; heard: called with its recordings."""
    plan, route = _plan_and_route(cfg, heard)
    return PlanData(
        plan,
        route,
        sample_rate=cfg.sample_rate,
        seed=cfg.seed,
        batch_size=cfg.data.batch_size,
        max_padding=cfg.data.max_padding,
        workers=cfg.data.workers,
        steps_per_epoch=cfg.data.steps_per_epoch,
    )


def _plan_and_route(cfg: DictConfig, heard: Hearing) -> tuple[Plan, Callable[..., Route]]:
    """The plan, and what makes the data set of a table of its rows."""
    route = maker(cfg.data.route, Route)
    if cfg.data.folder is not None:
        plan = load_plan(Path(cfg.data.folder))
        heard(plan.speech, plan.noise, 0)
        return plan, partial(route, folder=cfg.data.folder, sample_rate=cfg.sample_rate)
    drawer = from_config.drawer(cfg)
    heard(drawer.speech, drawer.noise, drawer.left_out)
    plan = from_config.plan(cfg, drawer, "train", "validation")
    return plan, partial(route, library=_library(cfg, plan, drawer.library))


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
