"""A sweep's runs: what differs between them, and what that did to the scores."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from omegaconf import DictConfig, OmegaConf

from metrics.known import facts
from models.layouts import BEST, CONFIG
from options.run_options import compared
from reporting.tables.headline import headlines
from reporting.tables.improvement import improvements, ranked
from reporting.tables.summary import in_order


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

    Options that always have the same values as each other (one follows the other) stand in one
    column, "a = b". An option that a run lacks is empty.
    """
    options = {}
    for name, cfg in configs.items():
        content = OmegaConf.to_container(cfg, resolve=True)
        options[name] = compared(content)
    table = pd.DataFrame.from_dict(options, orient="index").fillna("")
    alike: dict[tuple, list[str]] = {}
    for option in table.columns[table.nunique() > 1]:
        values = tuple(table[option])
        alike.setdefault(values, []).append(option)
    columns = {" = ".join(names): values for values, names in alike.items()}
    return pd.DataFrame(columns, index=table.index)


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
