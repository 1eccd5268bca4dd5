"""Makes the corpora, the drawer and the plan that a config describes."""

from collections.abc import Callable
from pathlib import Path

import joblib
import pandas as pd
from omegaconf import DictConfig, OmegaConf

from datagen.corpora.corpus import Corpus
from datagen.draw import Drawer
from datagen.draw_plan import draw_plan
from datagen.pairs.pairs import PairedTest, Pairs
from datagen.plan import Plan
from datagen.prepare import make_drawer, scan_all
from datagen.protocol import Protocol
from datagen.render import Rendering
from datagen.roles import ROLES, SPEECH
from options.build import build
from parallel.spread import Spread

# The recordings of a role that serve, of its table, its name, and the plan's rate in Hz.
Suited = Callable[[pd.DataFrame, str, int], pd.DataFrame]


def jobs(cfg: DictConfig) -> int:
    """Parallel jobs: as configured, or one per core that this process may use."""
    return cfg.jobs or joblib.cpu_count()


def corpora(cfg: DictConfig) -> dict[str, dict[str, Corpus]]:
    """The config's corpora by role and name."""
    by_role = {}
    for role in ROLES:
        nodes = OmegaConf.select(cfg, role)
        by_role[role] = {name: build(node, Corpus) for name, node in nodes.items()}
        for name, corpus in by_role[role].items():
            corpus.option = f"{role}.{name}"
    return by_role


def protocol(cfg: DictConfig) -> Protocol:
    """The protocol by which the config's plan is drawn."""
    options = OmegaConf.to_container(cfg.plan, resolve=True)
    return Protocol.model_validate(options)


def scanned(cfg: DictConfig) -> dict[str, pd.DataFrame]:
    """The recordings of the config's corpora by role, each corpus scanned once."""
    return scan_all(corpora(cfg), cfg.sample_rate, Path(cfg.cache), jobs(cfg), cfg.check_audio)


def drawer(cfg: DictConfig, suited: Suited | None = None) -> Drawer:
    """The drawer of the config's protocol over its corpora, each scanned once.

    suited: of the speech of a role what serves; None: all.
    """
    tables = scanned(cfg)
    if suited is not None:
        for role in SPEECH:
            tables[role] = suited(tables[role], role, cfg.sample_rate)
    return make_drawer(tables, protocol(cfg), cfg.sample_rate, cfg.seed)


def test(cfg: DictConfig, suited: Suited | None = None) -> PairedTest:
    """The test of the config's systems: its pairs of files, or mixtures of its plan.

    suited: as of `drawer`; pairs are all used.
    """
    if cfg.get("pairs"):
        pairs = build(cfg.pairs, Pairs)
        return pairs.test(cfg.sample_rate, Path(cfg.cache), jobs(cfg), cfg.check_audio)
    made = drawer(cfg, suited)
    return PairedTest(plan(cfg, made, cfg.split), Rendering(made.library), [])


def plan(cfg: DictConfig, drawer: Drawer, *splits: str, spread: Spread | None = None) -> Plan:
    """The config's plan of `splits`; spread: see `draw_plan`."""
    counts = {split: cfg.plan[split] for split in splits}
    return draw_plan(drawer, counts, Path(cfg.cache), jobs(cfg), spread)
