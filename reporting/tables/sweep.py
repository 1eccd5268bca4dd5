"""The runs of a sweep: the options that differ, and their effect on the scores."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from omegaconf import DictConfig, OmegaConf

from metrics.known import facts
from models.layouts import BEST, CONFIG
from options.choices import TARGET, exactly, title
from options.run_options import compared
from reporting.tables.headline import headlines
from reporting.tables.improvement import improvements, ranked
from reporting.tables.summary import in_order

TITLED = ("network", "target")  # as papers call them
PARTS = (*TITLED, "level", "recipe", "plan")  # chosen as a whole, from a folder of conf/ each


def runs_of(folder: Path) -> tuple[list[Path], list[Path]]:
    """The trained runs right below `folder`, by name, and those that have finished no epoch.

    The latter cannot be tested. Raises FileNotFoundError where there is no trained one.
    """
    configs = folder.glob(f"*/{CONFIG}")
    runs = sorted(config.parent.parent for config in configs)
    trained = [run for run in runs if (run / BEST).exists()]
    if not trained:
        raise FileNotFoundError(
            f"sweep={folder}: holds no trained run; give the output folder of train.py -m"
        )
    unfinished = [run for run in runs if run not in trained]
    return trained, unfinished


def differing(configs: Mapping[str, DictConfig]) -> pd.DataFrame:
    """System x option, values as text: what tells runs apart, and differs between these configs.

    Network and target come first, by what they are called, then other PARTS that all runs took from
    conf/ as they are. What follows from one of these, and what always has the value of an option
    before it, is left out. An option that a run lacks is empty.
    """
    contents = {name: OmegaConf.to_container(cfg, resolve=True) for name, cfg in configs.items()}
    options = {name: compared(content) for name, content in contents.items()}
    table = pd.DataFrame.from_dict(options, orient="index").fillna("").astype(str)
    table = _called(list(contents.values()), table.index).join(table)
    several = [option for option in table.columns[table.nunique() > 1] if not _is_class(option)]
    kept: list[str] = []
    for number, option in enumerate(several):
        part, _, _ = option.partition(".")
        causes = [cause for cause in kept if cause == part or cause.startswith(f"{part}.")]
        if part in causes and _follows(table, option, causes):
            continue
        if any(table[option].equals(table[before]) for before in several[:number]):
            continue
        kept.append(option)
    return table[kept]


def _called(contents: Sequence[Mapping[str, Any]], index: pd.Index) -> pd.DataFrame:
    """What the parts of configs are called; a column of each where all have a name."""
    names = {}
    for part in PARTS:
        call = title if part in TITLED else exactly
        nodes = [content.get(part) for content in contents]
        called = [call(part, node) if isinstance(node, Mapping) else "" for node in nodes]
        if all(called):
            names[part] = called
    return pd.DataFrame(names, index)


def _is_class(option: str) -> bool:
    """Whether it is the class of a part, which has a name."""
    part, _, name = option.partition(".")
    return part in PARTS and name == TARGET


def _follows(table: pd.DataFrame, option: str, causes: Sequence[str]) -> bool:
    """Whether no two runs that are alike in all `causes` differ in `option`."""
    return table.groupby(list(causes))[option].nunique().max() == 1


def leaderboard(parameters: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Runs, best first (see reporting.tables.improvement.ranked): improvements, then parameters.

    STOI is in per cent.
    """
    gains = improvements(scores).loc[parameters.index]
    shown = headlines(gains)
    factors = [facts(score).factor for score in shown]
    table = (gains[shown] * factors).join(parameters)
    order = [name for name in ranked(scores) if name in parameters.index]
    return table.loc[order]


def effects(parameters: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Mean improvement of all runs that share one value of one parameter.

    The columns are parameter, value, runs (how many) and the scores.
    """
    table = leaderboard(parameters, scores)
    shown = headlines(table)
    rows = []
    for parameter in parameters:
        groups = dict(list(table.groupby(parameter)))
        for value in sorted(groups, key=in_order):
            runs = groups[value]
            effect = {"parameter": parameter, "value": value, "runs": len(runs)}
            effect.update(runs[shown].mean())
            rows.append(effect)
    return pd.DataFrame(rows, columns=["parameter", "value", "runs", *shown])
