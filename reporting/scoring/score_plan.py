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

# Pairs of signals in a job: most share their reference, which is then sent and prepared once.
TOGETHER = 4


def require_usable(metrics: Mapping[str, Callable], sample_rate: int) -> None:
    """Try every metric once, before hours of scoring.

    Raises ValueError naming a metric that its own options break.
    """
    generator = np.random.default_rng(0)
    reference, noise = generator.standard_normal((2, sample_rate)) * 0.1
    estimate = reference + noise
    for name, metric in metrics.items():
        try:
            metric(reference, estimate, sample_rate)
        except NotComputable:
            continue  # its own word on this pair of signals, not on its options
        except (TypeError, ValueError) as error:
            raise ValueError(f"metric.{name}: {error}") from error


def score_plan(
    bench: Bench, systems: Mapping[str, System], metrics: Mapping[str, Callable], spread: Spread
) -> pd.DataFrame:
    """A row per test mixture and system, in the plan's order.

    The columns are IDENTITY, one per metric, and `failed`. Systems run here, one mixture at a time;
    scores are computed wherever `spread` has them computed, and only a few signals wait for that at
    any time. A score that cannot be computed is NaN, with its reason in `failed`. What the bench's
    memory knows is not enhanced or scored again, and new scores are put there as they come.
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
    """A row of the table under way.

    identity: see IDENTITY. pair: names its two signals. scores: those known by now.
    """

    identity: dict[str, Any]
    pair: str
    scores: dict[str, Score]


# What a row lacks scores for: its number, reference and estimate (float64 [time]), and metrics. A
# plain tuple, for it goes to processes that know nothing of this package.
Lacking = tuple[int, np.ndarray, np.ndarray, dict[str, Callable]]


class Scoring:
    """The table under way: rows in the plan's order, whose scores come in any order."""

    def __init__(
        self,
        bench: Bench,
        systems: Mapping[str, System],
        metrics: Mapping[str, Callable],
        progress: tqdm,
    ):
        self.bench = bench
        self.systems = systems
        self.metrics = metrics
        self.progress = progress
        self.rows: list[Row] = []

    def lacking(self) -> Iterator[Lacking]:
        """Every row that lacks scores, as its signals are made."""
        for mixture in self.bench.mixtures():
            for name, system in self.systems.items():
                enhanced = self.bench.enhanced(system, mixture)
                row = self._begun(name, enhanced)
                missing = self._missing(row)
                if missing:
                    number = len(self.rows) - 1
                    yield number, mixture.samples("clean"), enhanced.samples(), missing
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
        mixture = enhanced.mixture
        pair = f"{mixture.clean_content}-{enhanced.content}"
        known = self.bench.memory.scores(pair, self.metrics)
        row = Row({"system": system, **mixture.identity}, pair, known)
        self.rows.append(row)
        return row

    def _missing(self, row: Row) -> dict[str, Callable]:
        """The metrics whose scores `row` lacks."""
        return {name: metric for name, metric in self.metrics.items() if name not in row.scores}

    def _cells(self, row: Row) -> dict[str, Any]:
        cells = dict(row.identity)
        scores = {name: row.scores[name] for name in self.metrics}
        for name, (value, _) in scores.items():
            cells[name] = value
        cells["failed"] = reasons(scores)
        return cells


def _groups(items: Iterator[Lacking]) -> Iterator[list[Lacking]]:
    """TOGETHER of them at a time."""
    while group := list(islice(items, TOGETHER)):
        yield group
