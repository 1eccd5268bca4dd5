"""A sweep's runs: what differs between them, and what that did to the scores."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from omegaconf import DictConfig, OmegaConf

from models.run import BEST, CONFIG
from options.run_options import compared
from reporting.tables.headline import HEADLINE, headlines
from reporting.tables.improvement import improvements, ranked
from reporting.tables.summary import in_order


def runs_of(folder: Path) -> tuple[list[Path], list[Path]]:
    """The trained runs right below `folder`, by name, and those that have finished no epoch, which cannot be tested.

    Raises FileNotFoundError where there is no trained one.
    """
    found = sorted(path.parent.parent for path in folder.glob(f"*/{CONFIG}"))
    trained = [run for run in found if (run / BEST).exists()]
    if not trained:
        raise FileNotFoundError(
            f"sweep={folder}: holds no trained run; give the output folder of train.py -m"
        )
    return trained, [run for run in found if run not in trained]


def differing(configs: Mapping[str, DictConfig]) -> pd.DataFrame:
    """System x option, values as text: what tells runs apart and is not the same in all configs of a sweep.

    Options that always have the same values as each other (one follows the other) stand in one column, "a = b". An
    option that a run lacks is empty.
    """
    options = {
        name: compared(OmegaConf.to_container(cfg, resolve=True)) for name, cfg in configs.items()
    }
    table = pd.DataFrame.from_dict(options, orient="index").fillna("")
    alike: dict[tuple, list[str]] = {}
    for option in table.columns[table.nunique() > 1]:
        alike.setdefault(tuple(table[option]), []).append(option)
    return pd.DataFrame(
        {" = ".join(options): values for values, options in alike.items()}, index=table.index
    )


def leaderboard(parameters: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Runs, best first (see reporting.tables.improvement.ranked): parameters, then improvements; STOI in per cent."""
    gains = improvements(scores).loc[parameters.index]
    shown, order = headlines(gains), [name for name in ranked(scores) if name in parameters.index]
    return parameters.join(gains[shown] * [HEADLINE[score].factor for score in shown]).loc[order]


def effects(parameters: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Mean improvement of all runs that share one value of one parameter: parameter, value, runs, scores."""
    table = leaderboard(parameters, scores)
    shown = headlines(table)
    rows = [
        {"parameter": name, "value": value, "runs": len(rows), **rows[shown].mean()}
        for name in parameters
        for value, rows in sorted(table.groupby(name), key=lambda pair: in_order(pair[0]))
    ]
    return pd.DataFrame(rows, columns=["parameter", "value", "runs", *shown])
