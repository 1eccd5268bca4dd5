"""Draws a plan, here or on the machines of a cluster."""

from functools import partial
from pathlib import Path

from omegaconf import DictConfig

from command.cluster import workers
from command.same_disk import require_same_disk
from datagen import from_config
from datagen.draw import Drawer
from datagen.draw_parts import PART, anywhere
from datagen.plan import Plan
from datagen.split import SPLITS

PACKAGES = ("datagen",)  # sent to a process that draws, with the packages that they import


def draw(cfg: DictConfig, drawer: Drawer) -> Plan:
    """The config's plan of all splits; its many rows are drawn on the config's cluster.

    Raises ValueError for a cluster that has nothing to do.
    """
    many = any(cfg.plan[split] > PART for split in SPLITS)
    if cfg.scheduler and not (many or cfg.render):
        raise ValueError(
            f"scheduler={cfg.scheduler}: draws splits of more than {PART} rows, and renders; add "
            "render=true, or leave it out"
        )
    require = partial(
        require_same_disk,
        work=anywhere(drawer, SPLITS[0], Path(cfg.cache)),
        folder=Path(cfg.cache),
        paths=[drawer.speech.path.iloc[0], drawer.noise.path.iloc[0]],
    )
    with workers(cfg.scheduler if many else None, PACKAGES, require) as spread:
        return from_config.plan(cfg, drawer, *SPLITS, spread=spread)
