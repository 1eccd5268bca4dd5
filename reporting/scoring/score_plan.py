"""Every system on every mixture of a test plan: one row of scores each."""

import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from itertools import chain, islice
from typing import Any, NamedTuple

import joblib
import numpy as np
import pandas as pd
from tqdm import tqdm

from datagen.library import Library
from datagen.plan import Plan
from datagen.render import render
from datagen.row import scored_by
from metrics.guard import NotComputable
from metrics.table import reasons, scores_of
from parallel.children import end_with_parent
from reporting.scoring.score_cache import Score, ScoreCache, of_signal
from reporting.scoring.systems import System

IDENTITY = ["system", "mixture_id", "sample_rate", "snr_db", "noise_seen", "noise_type", "speech_id", "speaker", "sex"]
IDENTITY += [name for name in scored_by() if name not in IDENTITY]
Spread = Callable[[Callable, Iterable], Iterator]  # a function and its arguments, to its results as they come
TOGETHER = 4  # pairs of signals in a job: most share their reference, which is then sent and prepared once


class Memory(NamedTuple):
    """What need not be done again. systems, metrics: versions by name; a system without one is run every time."""

    cache: ScoreCache
    systems: Mapping[str, str]
    metrics: Mapping[str, str]

    def content(self, name: str, mixture: str, enhance: Callable[[], np.ndarray]) -> str:
        """Name of the content of what the system `name` makes of `mixture`, by asking or by doing."""
        version = self.systems.get(name)
        content = self.cache.enhanced(version, mixture) if version else None
        if content is None:
            content = of_signal(enhance())
            if version:
                self.cache.put_enhanced(version, mixture, content)
        return content


def over_processes(jobs: int) -> Spread:
    """Over `jobs` processes of this machine, which end with this one; few arguments wait for them at any time."""

    def spread(function: Callable, items: Iterable) -> Iterator[Any]:
        # Processes: PESQ holds the interpreter lock.
        parallel = joblib.Parallel(
            n_jobs=jobs,
            return_as="generator_unordered",
            pre_dispatch="2*n_jobs",
            batch_size=1,
            initializer=end_with_parent,
            initargs=(os.getpid(),),
        )
        results = parallel(joblib.delayed(function)(item) for item in items)
        try:
            for found in results:  # noqa: UP028 - `yield from` would close them first
                yield found
        finally:
            with warnings.catch_warnings(action="ignore"):  # about results that nobody takes any more
                results.close()

    return spread


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
    plan: Plan,
    library: Library,
    systems: Mapping[str, System],
    metrics: Mapping[str, Callable],
    sample_rate: int,
    jobs: int,
    device: str = "cpu",
    memory: Memory | None = None,
    spread: Spread | None = None,
) -> pd.DataFrame:
    """One row per test mixture and system, in the plan's order: IDENTITY, one column per metric, `failed`.

    Systems run here, one mixture at a time; scores are computed over `jobs` processes, or wherever `spread` has
    them computed, and only a few signals wait for that at any time. A score that cannot be computed is NaN, with its
    reason in `failed`. What `memory` knows is not enhanced or scored again, and what is found is put there as it comes.
    """
    memory = memory or Memory(ScoreCache(None), {}, {name: name for name in metrics})
    total, rows = len(plan.split("test")) * len(systems), {}
    with tqdm(desc="scoring", total=total, unit="signal", leave=False, disable=None) as bar:

        def lacking() -> Iterator[tuple]:
            """Signals and metrics whose scores are not known; rows that are known all over are put aside."""
            pairs = _pairs(plan, library, systems, sample_rate, device, memory)
            for number, (identity, pair, signals) in enumerate(pairs):
                known = memory.cache.scores(pair, memory.metrics)
                rows[number] = identity, pair, known
                if missing := {name: metric for name, metric in metrics.items() if name not in known}:
                    yield number, *signals(), missing
                else:
                    bar.update()

        scored = partial(scores_of, sample_rate=sample_rate)
        for number, found in chain.from_iterable((spread or over_processes(jobs))(scored, _some(lacking()))):
            identity, pair, known = rows[number]
            memory.cache.put_scores(pair, memory.metrics, found)
            rows[number] = identity, pair, {**known, **found}
            bar.update()
    return pd.DataFrame([_row(identity, found, metrics) for _, (identity, _, found) in sorted(rows.items())])


def _some(items: Iterator) -> Iterator[list]:
    """TOGETHER of them at a time."""
    while some := list(islice(items, TOGETHER)):
        yield some


def _pairs(
    plan: Plan, library: Library, systems: Mapping[str, System], sample_rate: int, device: str, memory: Memory
) -> Iterator[tuple[dict, str, Callable]]:
    """Identity of every row, the name of its pair of signals, and what gives the two: [time] each."""
    speech = plan.speech.set_index("id")
    for row in plan.split("test").to_dict("records"):
        batch = {part: signal.unsqueeze(0).to(device) for part, signal in render(row, library).items()}
        shared = {name: row[name] for name in scored_by()}
        shared["noise_type"] = library.noise_type(row["noise_id"], row["noise_start"], row["length"])
        shared |= {"speaker": speech.source[row["speech_id"]], "sex": speech.sex[row["speech_id"]]}
        shared["sample_rate"] = sample_rate
        parts = {name: batch[name][0].double().cpu().numpy() for name in ("clean", "mixture")}
        reference, mixture = parts["clean"], of_signal(np.stack(list(parts.values())))
        wanted = of_signal(reference)
        for name, system in systems.items():
            enhance = cache(lambda system=system, batch=batch: system(batch)[0].double().cpu().numpy())
            content = memory.content(name, mixture, enhance)
            identity = {key: {"system": name, **shared}[key] for key in IDENTITY}
            yield (
                identity,
                f"{wanted}-{content}",
                lambda enhance=enhance, clean=reference: (clean, enhance()),
            )


def _row(identity: dict, found: dict[str, Score], metrics: Mapping[str, Callable]) -> dict:
    ordered = {name: found[name] for name in metrics}
    return {**identity, **{name: value for name, (value, _) in ordered.items()}, "failed": reasons(ordered)}
