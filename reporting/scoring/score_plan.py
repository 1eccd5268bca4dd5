"""Scores every system on every mixture of a test plan, in one row each."""

import math
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import chain, islice
from typing import Any

import pandas as pd

from metrics.guard import NotComputable
from metrics.metric import Metric
from metrics.table import reasons, scores_of
from models.system import Answer, System
from parallel.progress import progress
from parallel.spread import Spread
from reporting.scoring.bench import Bench
from reporting.scoring.mixture import Enhanced
from reporting.scoring.score_cache import Score
from reporting.scoring.work import Done, Job, ToAnswer, together, work

# Pairs of signals per job: most share their reference, which is sent and prepared once.
TOGETHER = 4


def require_usable(metrics: Mapping[str, Metric], sample_rate: int) -> None:
    """Try every metric once, before hours of scoring.

    Raises ValueError naming a metric whose options are wrong.
    """
    for name, metric in metrics.items():
        try:
            metric(*metric.trial(sample_rate), sample_rate)
        except NotComputable:
            continue  # the metric refuses this pair of signals, not its options
        except (TypeError, ValueError) as error:
            raise ValueError(f"metric.{name}: {error}") from error


def score_plan(
    bench: Bench,
    systems: Mapping[str, System],
    metrics: Mapping[str, Metric],
    spread: Spread,
    answer_there: bool = False,
) -> pd.DataFrame:
    """A row per test mixture and system, in the plan's order.

    The columns are IDENTITY, one per metric, and `failed`. Scores are computed in the processes of
    `spread`; only a few signals wait for them at any time. Systems run here, one mixture at a time,
    or with `answer_there` in the processes of `spread`, if they can be identified. A score that
    cannot be computed is NaN, with its reason in `failed`. Cached signals and scores are reused,
    and new ones are cached as they come. Raises ValueError for a system that fails on every
    mixture.
    """
    job = partial(work if answer_there else scores_of, sample_rate=bench.sample_rate)
    total = len(bench.rows) * len(systems)
    with progress("scoring", total, "signal") as count:
        scoring = Scoring(bench, systems, metrics, count, answer_there)
        lacking = scoring.lacking()
        if not answer_there:  # other processes may lack this package
            lacking = chain.from_iterable(map(scoring.plain, lacking))
        for done in chain.from_iterable(spread(job, _groups(lacking))):
            scoring.put(done if answer_there else Done(done[0], "", done[1]))
    return scoring.table()


class Row:
    """A row of the unfinished table.

    identity: see IDENTITY. enhanced: its answer, until it has all scores. pairs: names of answer
    and reference, by kind of the reference, once they are known. scores: those known so far.
    problem: why its system has failed.
    """

    def __init__(self, identity: dict[str, Any], enhanced: Enhanced):
        self.identity = identity
        self.enhanced: Enhanced | None = enhanced
        self.pairs: dict[str, str] = {}
        self.scores: dict[str, Score] = {}
        self.problem = ""

    def named(self, content: str) -> None:
        """Set the content name of its answer."""
        contents = self.enhanced.mixture.contents
        self.pairs = {kind: f"{reference}-{content}" for kind, reference in contents.items()}


class Scoring:
    """The unfinished table: rows in the plan's order, whose scores arrive in any order."""

    def __init__(
        self,
        bench: Bench,
        systems: Mapping[str, System],
        metrics: Mapping[str, Metric],
        count: Callable[[int], None],
        answer_there: bool,
    ):
        self.bench = bench
        self.systems = systems
        self.metrics = metrics
        self.count = count
        self.answer_there = answer_there
        self.rows: list[Row] = []
        bench.failures.clear()  # failures of an earlier table

    def lacking(self) -> Iterator[Job]:
        """Every row that lacks scores, as its signals are computed."""
        for mixture in self.bench.mixtures():
            for name, system in self.systems.items():
                enhanced = self.bench.enhanced(system, mixture)
                row = self._begun(name, enhanced)
                missing = self._missing(row)
                answer = self._answer(enhanced) if missing else None
                row.problem = enhanced.problem
                if missing and not row.problem:
                    yield Job(len(self.rows) - 1, mixture.references, answer, missing)
                else:
                    self._tell(row)

    def put(self, done: Done) -> None:
        """Add scores of a row, and the content name of its answer, if it is new."""
        row = self.rows[done.number]
        row.problem = done.problem
        if done.content and not row.pairs:
            row.enhanced.put_content(done.content)
            row.named(done.content)
        for name, text in done.texts.items():
            row.enhanced.put_text(self.metrics[name], text, self.bench.sample_rate)
        row.scores.update(done.scores)
        for kind, metrics in self._by_kind(
            {name: self.metrics[name] for name in done.scores}
        ).items():
            scores = {name: done.scores[name] for name in metrics}
            self.bench.memory.put_scores(row.pairs[kind], scores)
        self._tell(row)

    def plain(self, job: Job) -> Iterator[tuple]:
        """The arguments of `metrics.table.scores_of` for each reference of a job.

        Transcripts are made here.
        """
        enhanced = self.rows[job.number].enhanced
        for kind, metrics in job.metrics.items():
            for name, alike in together(metrics):
                taken = enhanced.taken_by(metrics[name], self.bench.sample_rate)
                plain = {one: metric.portable() for one, metric in alike.items()}
                yield job.number, job.references[kind], taken, plain

    def table(self) -> pd.DataFrame:
        """All rows, after all scores have arrived."""
        for name in self.systems:
            problems = [row.problem for row in self.rows if row.identity["system"] == name]
            if problems and all(problems):
                raise ValueError(f"{name}: failed on all {len(problems)} mixtures: {problems[0]}")
        return pd.DataFrame([self._cells(row) for row in self.rows])

    def _begun(self, system: str, enhanced: Enhanced) -> Row:
        """A new row, with its cached scores and its impossible scores."""
        row = Row({"system": system, **enhanced.mixture.identity}, enhanced)
        for kind, metrics in self._by_kind(self.metrics).items():
            row.scores.update(_impossible(metrics, kind, enhanced))
        possible = self._missing(row)
        if possible:
            content = enhanced.known_content() if self._travels(enhanced) else enhanced.content
            if content and not enhanced.problem:
                row.named(content)
        for kind, metrics in possible.items() if row.pairs else ():
            row.scores.update(self.bench.memory.scores(row.pairs[kind], metrics))
        self.rows.append(row)
        return row

    def _answer(self, enhanced: Enhanced) -> Answer | ToAnswer:
        return enhanced.waiting() if self._travels(enhanced) else enhanced.answer

    def _travels(self, enhanced: Enhanced) -> bool:
        """Whether the system runs where scores are computed; without an identity it runs here."""
        return self.answer_there and enhanced.system.made_of is not None

    def _missing(self, row: Row) -> dict[str, dict[str, Metric]]:
        """The metrics whose scores `row` lacks, by kind of their reference."""
        names = [name for name in self.metrics if name not in row.scores]
        return self._by_kind({name: self.metrics[name] for name in names})

    @staticmethod
    def _by_kind(metrics: Mapping[str, Metric]) -> dict[str, dict[str, Metric]]:
        by_kind = {}
        for name, metric in metrics.items():
            by_kind.setdefault(metric.facts.compares, {})[name] = metric
        return by_kind

    def _tell(self, row: Row) -> None:
        """Count the row once it has all scores, or cannot get them."""
        if row.problem:
            system = self.systems[row.identity["system"]]
            self.bench.failures[system, row.identity["mixture_id"]] = row.problem
        if row.problem or len(row.scores) == len(self.metrics):
            row.enhanced = None  # frees its signals, which are large
            self.count(1)

    def _cells(self, row: Row) -> dict[str, Any]:
        cells = dict(row.identity)
        failed = math.nan, row.problem
        scores = {name: row.scores.get(name, failed) for name in self.metrics}
        for name, (value, _) in scores.items():
            cells[name] = value
        cells["failed"] = reasons(scores)
        return cells


def _impossible(metrics: Mapping[str, Metric], kind: str, enhanced: Enhanced) -> dict[str, Score]:
    """The scores that an answer cannot have: NaN, and the reasons."""
    scores = {}
    for name, metric in metrics.items():
        gives = enhanced.system.gives
        if kind not in enhanced.mixture.contents:
            scores[name] = (math.nan, f"the test has no {kind} of this mixture")
        elif metric.takes != gives:
            scores[name] = (math.nan, f"compares {metric.takes}, and the system gives {gives}")
    return scores


def _groups(items: Iterator) -> Iterator[list]:
    """Groups of TOGETHER items."""
    while group := list(islice(items, TOGETHER)):
        yield group
