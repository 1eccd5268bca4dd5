"""How sure a mean is, and which systems cannot be told from the best one."""

from functools import cache, lru_cache

import numpy as np
import pandas as pd
from scipy.stats import wilcoxon

RESAMPLES = 2000
SEED = 0
CONFIDENCE = 0.95


def interval(values: np.ndarray, clusters: np.ndarray) -> tuple[float, float]:
    """95 % interval of the mean of `values` by the bootstrap over `clusters`, both [item].

    NaN values are left out. Whole clusters are drawn with replacement (2000 times, percentiles):
    utterances of one speaker are alike, and so many of them say less than as many speakers. (nan,
    nan) for fewer than two clusters with a value.
    """
    known = ~np.isnan(values)
    clusters = np.asarray(clusters)
    codes, names = pd.factorize(clusters[known])
    if len(names) < 2:
        return float("nan"), float("nan")
    sums = np.bincount(codes, values[known])
    counts = np.bincount(codes)
    drawn = _drawn(len(names))
    means = (drawn @ sums) / (drawn @ counts)
    low = np.quantile(means, (1 - CONFIDENCE) / 2)
    high = np.quantile(means, (1 + CONFIDENCE) / 2)
    return float(low), float(high)


@cache
def _drawn(clusters: int) -> np.ndarray:
    """How often each cluster is in every resample: [resample, cluster]."""
    rng = np.random.default_rng(SEED)
    equally_likely = np.full(clusters, 1 / clusters)
    return rng.multinomial(clusters, equally_likely, RESAMPLES)


def level_with_best(values: pd.DataFrame) -> list[str]:
    """The best system, and after it those that are not significantly below it.

    values: item x system, NaN where a system has no score for an item; a system takes part that has
    one for half of the items at least. The best has the highest mean; every other is compared with
    it, on the items that both have a score for, by a one-sided Wilcoxon signed-rank test, at 5 %
    after Holm's correction for the number of others. Empty where there is nothing to compare.
    """
    scored_for_half = 2 * values.count() >= len(values)
    scored = values.loc[:, scored_for_half].dropna(axis="columns", how="all")
    if scored.empty:
        return []
    best = scored.mean().idxmax()
    chances = {}
    for name in scored:
        if name == best:
            continue
        differences = scored[best] - scored[name]
        known = differences.dropna().to_numpy(float)
        chances[name] = _chance(known.tobytes())
    rejected = _rejected(chances)
    level = [name for name in chances if name not in rejected]
    return [best, *level]


@lru_cache(maxsize=10_000)  # ties take long, and equal differences stand in several tables
def _chance(differences: bytes) -> float:
    """How likely differences (float64) this far above zero are where there is none."""
    values = np.frombuffer(differences)
    values = values[values != 0]
    if values.size == 0:
        return 1.0
    test = wilcoxon(values, alternative="greater")
    return float(test.pvalue)


def _rejected(chances: dict[str, float]) -> set[str]:
    """Holm's step-down, at 5 % in all.

    The smallest chance is held against the full number of comparisons, each next against one fewer,
    until one is too likely.
    """
    rejected = set()
    for name in sorted(chances, key=chances.get):
        comparisons = len(chances) - len(rejected)
        if chances[name] > (1 - CONFIDENCE) / comparisons:
            break
        rejected.add(name)
    return rejected
