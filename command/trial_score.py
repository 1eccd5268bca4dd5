"""The score of a trial on the validation mixtures, for a search that compares trials by it."""

import math
from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from omegaconf import DictConfig, OmegaConf

from command.chosen import chosen_metrics, taking
from files.atomic import write_atomic
from files.table import csv_text
from metrics.known import facts
from metrics.metric import Metric
from models.run import task_name
from options.choices import CONF
from reporting.scoring.bench import Bench
from reporting.scoring.score_plan import require_usable, score_plan
from tasks.task import task_of

FILE = "search_score.csv"  # in the folder of a trial
ORACLE = "target/iam.yaml"  # an evaluation has this system by default; its score is not used


def require_score(cfg: DictConfig, name: str) -> None:
    """Raise ValueError if a trial could not be scored by `name`; called before its training."""
    if cfg.data.folder is not None:
        raise ValueError(
            f"search.score={name}: trials are scored on mixtures of their plan, and data=rendered "
            "reads others; choose data=worker, or leave search.score out"
        )
    metrics = _metrics(name)
    beside = {"device": "cpu", "oracle": OmegaConf.load(CONF / ORACLE)}
    gives = next(iter(task_of(cfg).beside(OmegaConf.merge(cfg, beside)).values())).gives
    try:
        taking(gives, metrics)
        require_usable(metrics, cfg.sample_rate)
    except ValueError as error:
        raise ValueError(
            f"search.score={name}: is no score of what task={task_name(cfg)} gives ({gives}); "
            "choose another one of conf/metric"
        ) from error


def keep_score(cfg: DictConfig, name: str, run: Path, anew: bool) -> None:
    """Write the mean score `name` of the trained `run` to its folder.

    anew: also if the score was written before. Raises ValueError if no mixture has a score.
    """
    if not anew and kept_score(run, name) is not None:
        return
    metrics = _metrics(name)
    task = task_of(cfg)
    test = task.test(OmegaConf.merge(cfg, {"split": "validation", "pairs": None}))
    bench = Bench(test.plan, test.audio, cfg.sample_rate)
    scores = score_plan(bench, {"trial": task.system(run, "cpu")}, metrics, map)
    computed = scores[name].dropna()
    if computed.empty:
        raise ValueError(f"search.score={name}: {scores.failed.iloc[0]}, and so for every mixture")
    row = {"score": name, "mean": repr(float(computed.mean())), "mixtures": len(computed)}
    write_atomic(run / FILE, csv_text(pd.DataFrame([row])))


def kept_score(run: Path, name: str) -> float | None:
    """The score that `keep_score` wrote; None if it did not, or wrote another score."""
    try:
        (row,) = pd.read_csv(run / FILE).to_dict("records")
    except (OSError, ValueError):
        return None
    mean = float(row["mean"])
    return mean if row["score"] == name and math.isfinite(mean) else None


def sign_of(name: str | None) -> int:
    """The factor that makes the smallest value the best; name: of a score; None: a loss."""
    return 1 if name is None else -facts(name).sign


def require_known(name: str | None) -> None:
    """Raise ValueError unless `name` is None or the name of a score."""
    known = sorted(path.stem for path in (CONF / "metric").glob("*.yaml"))
    if name is not None and name not in known:
        raise ValueError(
            f"search.score={name}: is none of {', '.join(known)}; null: the validation loss"
        )


def _metrics(name: str) -> Mapping[str, Metric]:
    node = OmegaConf.load(CONF / "metric" / f"{name}.yaml")
    return chosen_metrics(OmegaConf.create({"metric": {name: node}, "device": "cpu"}))
