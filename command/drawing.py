"""Draws a plan, here or on the machines of a cluster."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from omegaconf import DictConfig

from command.same_disk import workers_on_this_disk
from datagen import from_config
from datagen.draw import Drawer
from datagen.plan import Plan
from datagen.split import SPLITS

PACKAGES = ("datagen",)  # sent to a process that draws, with the packages that they import


def draw(cfg: DictConfig, drawer: Drawer) -> Plan:
    """The config's plan of all splits; missing parts are drawn on the config's cluster, if any."""
    paths = [drawer.speech.path.iloc[0], drawer.noise.path.iloc[0]]

    def on_cluster(work: Callable, parts: Iterable) -> Iterator[Any]:
        cache = Path(cfg.cache)
        with workers_on_this_disk(cfg.scheduler, PACKAGES, work, cache, paths) as spread:
            yield from spread(work, parts)

    spread = on_cluster if cfg.scheduler else None
    return from_config.plan(cfg, drawer, *SPLITS, spread=spread)
