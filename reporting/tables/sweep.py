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

TITLED = ("network", "target")  # with the names of papers
PARTS = (*TITLED, "level", "recipe", "plan")  # parts that are chosen from a folder of conf/


def runs_of(folder: Path) -> tuple[list[Path], list[Path]]:
    """The trained runs directly below `folder`, by name, and the runs without a finished epoch.

    The latter cannot be tested. Raises FileNotFoundError if there is no trained run.
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
    """System x option, values as text: the options that differ between these configs.

    Network and target come first, by name, then other PARTS that all runs took unchanged from
    conf/. Options that follow from one of these, or always equal an earlier option, are left out.
    An option that a run lacks is empty.
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
    """The names of parts of the configs; a column for each part that has a name in all of them."""
    names = {}
    for part in PARTS:
        call = title if part in TITLED else exactly
        nodes = [content.get(part) for content in contents]
        called = [call(part, node) if isinstance(node, Mapping) else "" for node in nodes]
        if all(called):
            names[part] = called
    return pd.DataFrame(names, index)


def _is_class(option: str) -> bool:
    """Whether an option is the class of a part, which has a name."""
    part, _, name = option.partition(".")
    return part in PARTS and name == TARGET


def _follows(table: pd.DataFrame, option: str, causes: Sequence[str]) -> bool:
    """Whether all runs with equal `causes` have an equal `option`."""
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
    """Mean improvement of all runs with the same value of a parameter.

    The columns are parameter, value, runs (their number) and the scores.
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
