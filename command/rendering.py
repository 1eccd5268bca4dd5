"""Renders a plan to disk; space and time are estimated first, and a full disk is refused."""

import sys
from pathlib import Path

from omegaconf import DictConfig

from command.same_disk import workers_on_this_disk
from datagen.forecast import Forecast, forecast
from datagen.from_config import jobs
from datagen.library import Library
from datagen.plan import Plan
from datagen.render_plan import anywhere, render_plan
from datagen.storage.stored import storage
from files.room import GB, require_room
from parallel.progress import in_words

PACKAGES = ("datagen",)  # sent to a process that renders, with the packages that they import
SMALLER = (
    "choose an output on a larger disk, a smaller plan (plan.train=...), or leave out render=true: "
    "training renders as it goes"
)


def render(cfg: DictConfig, plan: Plan, library: Library, folder: Path) -> None:
    """Render `plan` to `folder`, here or on the config's cluster.

    Raises OSError if the disk is too small, before anything is written.
    """
    store = storage(cfg.render_format, folder, cfg.sample_rate)
    needed = forecast(store.laid_out(plan.rows), library, store)
    free = require_room(needed.bytes, folder, "the rendered plan takes", SMALLER)
    _say(needed, free, cfg)
    plan.save(folder)
    work = anywhere(store, cfg.render_format)
    paths = [plan.speech.path.iloc[0], plan.noise.path.iloc[0]]
    with workers_on_this_disk(cfg.scheduler, PACKAGES, work, folder, paths) as spread:
        render_plan(plan, library, folder, cfg.sample_rate, cfg.render_format, jobs(cfg), spread)


def _say(needed: Forecast, free: float, cfg: DictConfig) -> None:
    """Print the planned work to standard error."""
    if not needed.mixtures:
        return
    hours = needed.samples / cfg.sample_rate / 3600
    took = in_words(needed.seconds / (1 if cfg.scheduler else jobs(cfg)))
    by = "for one processor" if cfg.scheduler else f"with jobs={jobs(cfg)}"
    print(
        f"Renders {needed.mixtures} mixtures, {hours:.2f} h: about {needed.bytes / GB:.2f} GB of "
        f"the {free / GB:.0f} GB that are free, {took} {by}",
        file=sys.stderr,
    )
