"""Every system on every mixture of a test plan: one row of scores each."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import chain, islice
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from tqdm import tqdm

from metrics.guard import NotComputable
from metrics.table import reasons, scores_of
from models.system import System
from parallel.spread import Spread
from reporting.scoring.bench import Bench, Enhanced
from reporting.scoring.score_cache import Score

TOGETHER = (
    4  # pairs of signals in a job: most share their reference, which is then sent and prepared once
)


def require_usable(metrics: Mapping[str, Callable], sample_rate: int) -> None:
    """Try every metric once, before hours of scoring: raise ValueError naming one that its own options break."""
    reference, noise = np.random.default_rng(0).standard_normal((2, sample_rate)) * 0.1
    for name, metric in metrics.items():
        try:
            metric(reference, reference + noise, sample_rate)
        except NotComputable:
            continue  # its own word on this pair of signals, not on its options
        except (TypeError, ValueError) as error:
            raise ValueError(f"metric.{name}: {error}") from error


def score_plan(
    bench: Bench, systems: Mapping[str, System], metrics: Mapping[str, Callable], spread: Spread
) -> pd.DataFrame:
    """One row per test mixture and system, in the plan's order: IDENTITY, one column per metric, `failed`.

    Systems run here, one mixture at a time; scores are computed wherever `spread` has them computed, and only a few
    signals wait for that at any time. A score that cannot be computed is NaN, with its reason in `failed`. What the
    bench's memory knows is not enhanced or scored again, and what is found is put there as it comes.
    """
    job = partial(scores_of, sample_rate=bench.sample_rate)
    total = len(bench.rows) * len(systems)
    with tqdm(desc="scoring", total=total, unit="signal", leave=False, disable=None) as progress:
        scoring = Scoring(bench, systems, metrics, progress)
        results = spread(job, _groups(scoring.lacking()))
        for number, scores in chain.from_iterable(results):
            scoring.put(number, scores)
    return scoring.table()


class Row(NamedTuple):
    """A row of the table under way. identity: see IDENTITY. pair: names its two signals. scores: those known by now."""

    identity: dict[str, Any]
    pair: str
    scores: dict[str, Score]


class Scoring:
    """The table under way: rows in the plan's order, whose scores come in any order."""

    def __init__(
        self,
        bench: Bench,
        systems: Mapping[str, System],
        metrics: Mapping[str, Callable],
        progress: tqdm,
    ):
        self.bench, self.systems, self.metrics, self.progress = bench, systems, metrics, progress
        self.rows: list[Row] = []

    def lacking(self) -> Iterator[tuple[int, np.ndarray, np.ndarray, dict[str, Callable]]]:
        """Number, reference, estimate and metrics of every row that lacks scores, as its signals are made."""
        for mixture in self.bench.mixtures():
            for name, system in self.systems.items():
                enhanced = self.bench.enhanced(system, mixture)
                known = self._begun(name, enhanced).scores
                missing = {
                    metric: self.metrics[metric] for metric in self.metrics if metric not in known
                }
                if missing:
                    yield len(self.rows) - 1, mixture.samples("clean"), enhanced.samples(), missing
                else:
                    self.progress.update()

    def put(self, number: int, scores: Mapping[str, Score]) -> None:
        """Take in scores of a row."""
        row = self.rows[number]
        row.scores.update(scores)
        self.bench.memory.put_scores(row.pair, scores)
        self.progress.update()

    def table(self) -> pd.DataFrame:
        """All rows, once all have their scores."""
        return pd.DataFrame([self._cells(row) for row in self.rows])

    def _begun(self, system: str, enhanced: Enhanced) -> Row:
        """A new row, with the scores that are remembered."""
        pair = f"{enhanced.mixture.clean_content}-{enhanced.content}"
        identity = {"system": system, **enhanced.mixture.identity}
        self.rows.append(Row(identity, pair, self.bench.memory.scores(pair, self.metrics)))
        return self.rows[-1]

    def _cells(self, row: Row) -> dict[str, Any]:
        scores = {name: row.scores[name] for name in self.metrics}
        values = {name: value for name, (value, _) in scores.items()}
        return {**row.identity, **values, "failed": reasons(scores)}


def _groups(items: Iterator) -> Iterator[list]:
    """TOGETHER of them at a time."""
    while some := list(islice(items, TOGETHER)):
        yield some
