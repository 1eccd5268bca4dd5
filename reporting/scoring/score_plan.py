"""Every system on every mixture of a test plan: one row of scores each."""

import math
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import chain, islice
from typing import Any, NamedTuple

import pandas as pd
from tqdm import tqdm

from metrics.guard import NotComputable
from metrics.metric import Metric
from metrics.table import reasons, scores_of
from models.system import Answer, System
from parallel.spread import Spread
from reporting.scoring.bench import Bench, Enhanced
from reporting.scoring.score_cache import Score

# Pairs of signals in a job: most share their reference, which is then sent and prepared once.
TOGETHER = 4


def require_usable(metrics: Mapping[str, Metric], sample_rate: int) -> None:
    """Try every metric once, before hours of scoring.

    Raises ValueError naming a metric that its own options break.
    """
    for name, metric in metrics.items():
        try:
            metric(*metric.trial(sample_rate), sample_rate)
        except NotComputable:
            continue  # its own word on this pair of signals, not on its options
        except (TypeError, ValueError) as error:
            raise ValueError(f"metric.{name}: {error}") from error


def score_plan(
    bench: Bench, systems: Mapping[str, System], metrics: Mapping[str, Metric], spread: Spread
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

    identity: see IDENTITY. pairs: names of the answer and what it is compared with, by the kind of
    that. scores: those known by now.
    """

    identity: dict[str, Any]
    pairs: dict[str, str]
    scores: dict[str, Score]


# What a row lacks scores for: its number, a reference and the answer, and the metrics that compare
# them. A plain tuple, for it goes to processes that know nothing of this package.
Lacking = tuple[int, Answer, Answer, dict[str, Metric]]


class Scoring:
    """The table under way: rows in the plan's order, whose scores come in any order."""

    def __init__(
        self,
        bench: Bench,
        systems: Mapping[str, System],
        metrics: Mapping[str, Metric],
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
                number = len(self.rows) - 1
                self._tell(row)
                for kind, missing in self._missing(row).items():
                    yield number, mixture.references[kind], enhanced.answer, missing

    def put(self, number: int, scores: Mapping[str, Score]) -> None:
        """Take in scores of a row."""
        row = self.rows[number]
        row.scores.update(scores)
        kind = self.metrics[next(iter(scores))].facts.compares
        self.bench.memory.put_scores(row.pairs[kind], scores)
        self._tell(row)

    def table(self) -> pd.DataFrame:
        """All rows, once all have their scores."""
        return pd.DataFrame([self._cells(row) for row in self.rows])

    def _begun(self, system: str, enhanced: Enhanced) -> Row:
        """A new row, with the scores that are remembered, and those that there cannot be."""
        mixture = enhanced.mixture
        row = Row({"system": system, **mixture.identity}, {}, {})
        for kind, metrics in self._by_kind(self.metrics).items():
            row.scores.update(_impossible(metrics, kind, enhanced))
            possible = metrics.keys() - row.scores.keys()
            if possible:
                row.pairs[kind] = f"{mixture.contents[kind]}-{enhanced.content}"
                row.scores.update(self.bench.memory.scores(row.pairs[kind], possible))
        self.rows.append(row)
        return row

    def _missing(self, row: Row) -> dict[str, dict[str, Metric]]:
        """The metrics whose scores `row` lacks, by the kind of what they compare."""
        names = [name for name in self.metrics if name not in row.scores]
        return self._by_kind({name: self.metrics[name] for name in names})

    @staticmethod
    def _by_kind(metrics: Mapping[str, Metric]) -> dict[str, dict[str, Metric]]:
        by_kind = {}
        for name, metric in metrics.items():
            by_kind.setdefault(metric.facts.compares, {})[name] = metric
        return by_kind

    def _tell(self, row: Row) -> None:
        """Count the row once it has all scores."""
        if len(row.scores) == len(self.metrics):
            self.progress.update()

    def _cells(self, row: Row) -> dict[str, Any]:
        cells = dict(row.identity)
        scores = {name: row.scores[name] for name in self.metrics}
        for name, (value, _) in scores.items():
            cells[name] = value
        cells["failed"] = reasons(scores)
        return cells


def _impossible(metrics: Mapping[str, Metric], kind: str, enhanced: Enhanced) -> dict[str, Score]:
    """The scores that an answer cannot have: none, and why."""
    scores = {}
    for name, metric in metrics.items():
        gives = enhanced.system.gives
        if kind not in enhanced.mixture.references:
            scores[name] = (math.nan, f"the test has no {kind} of this mixture")
        elif metric.takes != gives:
            scores[name] = (math.nan, f"compares {metric.takes}, and the system gives {gives}")
    return scores


def _groups(items: Iterator[Lacking]) -> Iterator[list[Lacking]]:
    """TOGETHER of them at a time."""
    while group := list(islice(items, TOGETHER)):
        yield group
