"""Reads a report: its scores, its summary, and the name of a run among its systems."""

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from files.schema import OptionalFloat, Schema
from files.sums import TableError
from files.table import read_table
from reporting.scores_table import IDENTITY, KNOWING, MIXTURE
from reporting.tables.improvement import score_names
from reporting.tables.summary import NUMBERS

AGAIN = "evaluate the run again: what was scored before is remembered"
NOT_TEXT = {"sample_rate": int, "snr_db": float, "noise_seen": bool}
LATER = {"fold": ""}  # columns that older reports lack
SCORES = Schema({name: NOT_TEXT.get(name, str) for name in IDENTITY}, defaults=LATER, more=True)
SUMMARY = {
    "sample_rate": int,
    "noise": str,
    "snr_db": str,
    "system": str,
    "score": str,
    **dict.fromkeys(NUMBERS, OptionalFloat),
    "scored": int,
    "failed": int,
    "speakers": int,
    "noises": int,
    "mark": str,
}
RUNS = Schema({"system": str}, more=True)


class Evaluated(NamedTuple):
    """A run in a report, by the name `system`. scores, summary: also of mixture and baselines."""

    system: str
    scores: pd.DataFrame
    summary: pd.DataFrame


def read_evaluated(folder: Path, weights: str, run: Path) -> Evaluated:
    """The results of the `run` with these `weights` in the report in `folder`.

    Raises FileNotFoundError or ValueError, in one line, if there is no report, it is damaged, or it
    tested other weights.
    """
    runs = read_table(folder / "runs.csv", RUNS, AGAIN)
    scores = _numbers(read_table(folder / "scores.csv", SCORES, AGAIN), folder)
    summary = read_table(folder / "summary.csv", SUMMARY, AGAIN)
    tested = runs.system[runs.weights == weights] if "weights" in runs else runs.system[:0]
    if tested.empty:
        raise ValueError(f"{folder}: tested no run with the weights that {run} has now; {AGAIN}")
    system = tested.iloc[0]
    shown = [MIXTURE, *_baselines(summary, runs), system]
    (rate,) = scores.sample_rate[scores.system == system].unique()
    return Evaluated(system, _of(scores, shown, rate), _of(summary, shown, rate))


def _of(table: pd.DataFrame, systems: list[str], sample_rate: int) -> pd.DataFrame:
    chosen = table.system.isin(systems) & (table.sample_rate == sample_rate)
    return table[chosen].reset_index(drop=True)


def _baselines(summary: pd.DataFrame, runs: pd.DataFrame) -> list[str]:
    """Systems that are not trained beforehand and see the mixture alone."""
    baselines = []
    for system in summary.system.unique():
        name, _, _ = system.rpartition(", stage ")
        if system not in (MIXTURE, *KNOWING) and not {system, name} & set(runs.system):
            baselines.append(system)
    return baselines


def _numbers(scores: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """`scores` with numbers instead of the file's text."""
    try:
        values = {name: pd.to_numeric(scores[name]) for name in score_names(scores)}
    except ValueError as error:
        raise TableError(f"{folder / 'scores.csv'}: {error}", AGAIN) from error
    return scores.assign(**values)
