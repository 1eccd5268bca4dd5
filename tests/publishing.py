"""Publishes and evaluates tiny runs, in this process."""

from pathlib import Path

import pandas as pd
import tiny_run
from tiny_run import config

import evaluate
import publish
from datagen.plan import Plan
from models.trained import TrainedRun
from reporting.scoring.systems import refuse_trained_on_test, trained


def published_of(run: Path, output: Path, cache: Path, *typed: str) -> Path:
    """The folder that `publish.py` with what is typed makes of `run`."""
    typed = [f"run={run}", f"output={output}", f"cache={cache}", *typed]
    publish.main(config("publish", typed, output))
    return output


def evaluated(data: Path, report: Path, run: Path, *more: str) -> pd.DataFrame:
    """The scores of `run` in its `report`."""
    typed = tiny_run.common(data, report, f"runs=[{run}]", *tiny_run.TABLES_ALONE, *more)
    evaluate.main(config("evaluate", typed, report))
    return pd.read_csv(report / "scores.csv")


def opened(run: Path, plan: Plan) -> list[str]:
    """The notes on `run` before a test of `plan`."""
    return refuse_trained_on_test(trained({"run": run}, TrainedRun.load), plan)
