"""From a config to its corpora, its drawer and its plan."""

import os
from pathlib import Path

from omegaconf import DictConfig, OmegaConf

from datagen.draw import Drawer
from datagen.plan import Plan, draw_plan
from datagen.prepare import make_drawer, scan_all
from safety.build import build


def jobs(cfg: DictConfig) -> int:
    """Parallel jobs: as configured, or one per core that this process may use."""
    return cfg.jobs or len(os.sched_getaffinity(0))


def drawer(cfg: DictConfig) -> Drawer:
    """The drawer of the config's protocol over its corpora, each scanned once."""
    tables = {group: {role: _table(cfg, cfg[group][role]) for role in cfg[group]} for group in ("speech", "noise")}
    plan = OmegaConf.to_container(cfg.plan, resolve=True)
    return make_drawer(tables["speech"], tables["noise"], plan, cfg.sample_rate, cfg.seed)


def plan(cfg: DictConfig, drawer: Drawer, *splits: str) -> Plan:
    """The config's plan of `splits`."""
    return draw_plan(drawer, {split: cfg.plan[split] for split in splits}, Path(cfg.cache), jobs(cfg))


def _table(cfg: DictConfig, corpora: DictConfig):
    callables = {name: build(node, "datagen.corpora") for name, node in corpora.items()}
    return scan_all(callables, cfg.sample_rate, Path(cfg.cache), jobs(cfg), cfg.check_audio)
