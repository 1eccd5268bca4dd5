"""How sure a mean is, and which systems cannot be told from the best one."""

from functools import cache, lru_cache

import numpy as np
import pandas as pd
from scipy.stats import wilcoxon

RESAMPLES, SEED = 2000, 0
CONFIDENCE = 0.95


def interval(values: np.ndarray, clusters: np.ndarray) -> tuple[float, float]:
    """95 % interval of the mean of `values` by the bootstrap over `clusters`, both [item]; NaN values are left out.

    Whole clusters are drawn with replacement (2000 times, percentiles): utterances of one speaker are alike, and so
    many of them say less than as many speakers. (nan, nan) for fewer than two clusters with a value.
    """
    known = ~np.isnan(values)
    codes, names = pd.factorize(np.asarray(clusters)[known])
    if len(names) < 2:
        return float("nan"), float("nan")
    sums, counts, drawn = np.bincount(codes, values[known]), np.bincount(codes), _drawn(len(names))
    low, high = np.quantile((drawn @ sums) / (drawn @ counts), [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)


@cache
def _drawn(clusters: int) -> np.ndarray:
    """How often each cluster is in every resample: [resample, cluster]."""
    return np.random.default_rng(SEED).multinomial(clusters, np.full(clusters, 1 / clusters), RESAMPLES)


def level_with_best(values: pd.DataFrame) -> list[str]:
    """The best system, and after it those that are not significantly below it.

    values: item x system, NaN where a system has no score for an item; a system takes part that has one for half of the
    items at least. The best has the highest mean; every other is compared with it, on the items that both have a score
    for, by a one-sided Wilcoxon signed-rank test, at 5 % after Holm's correction for the number of others. Empty where
    there is nothing to compare.
    """
    scored = values.loc[:, 2 * values.count() >= len(values)].dropna(axis="columns", how="all")
    if scored.empty:
        return []
    best = scored.mean().idxmax()
    above = {name: (scored[best] - scored[name]).dropna() for name in scored if name != best}
    chances = {name: _chance(differences.to_numpy(float).tobytes()) for name, differences in above.items()}
    rejected = _rejected(chances)
    return [best, *(name for name in chances if name not in rejected)]


@lru_cache(maxsize=10_000)  # ties take long, and equal differences stand in several tables
def _chance(differences: bytes) -> float:
    """How likely differences (float64) this far above zero are where there is none."""
    values = np.frombuffer(differences)
    values = values[values != 0]
    return float(wilcoxon(values, alternative="greater").pvalue) if len(values) else 1.0


def _rejected(chances: dict[str, float]) -> set[str]:
    """Holm's step-down: the smallest against the full number, each next against one fewer, until one is too likely."""
    rejected = set()
    for number, (name, chance) in enumerate(sorted(chances.items(), key=lambda pair: pair[1])):
        if chance > (1 - CONFIDENCE) / (len(chances) - number):
            break
        rejected.add(name)
    return rejected
