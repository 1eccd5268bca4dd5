"""How sure a mean is, and which systems cannot be told from the best one."""

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
    sums, counts = np.bincount(codes, values[known]), np.bincount(codes)
    drawn = np.random.default_rng(SEED).multinomial(len(names), np.full(len(names), 1 / len(names)), RESAMPLES)
    low, high = np.quantile((drawn @ sums) / (drawn @ counts), [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)


def level_with_best(values: pd.DataFrame) -> set[str]:
    """The systems that are not significantly below the best one, itself among them.

    values: item x system, paired: items that any system has no score for are left out. The best has the highest mean;
    every other is compared with it by a one-sided Wilcoxon signed-rank test, at 5 % after Holm's correction for the
    number of others. Empty where there is nothing to compare.
    """
    paired = values.dropna(axis="columns", how="all").dropna()
    if paired.empty:
        return set()
    best = paired.mean().idxmax()
    chances = {name: _chance(paired[best] - paired[name]) for name in paired if name != best}
    return set(paired) - _rejected(chances)


def _chance(differences: pd.Series) -> float:
    """How likely differences this far above zero are where there is none."""
    differences = differences[differences != 0]
    return float(wilcoxon(differences, alternative="greater").pvalue) if len(differences) else 1.0


def _rejected(chances: dict[str, float]) -> set[str]:
    """Holm's step-down: the smallest against the full number, each next against one fewer, until one is too likely."""
    rejected = set()
    for number, (name, chance) in enumerate(sorted(chances.items(), key=lambda pair: pair[1])):
        if chance > (1 - CONFIDENCE) / (len(chances) - number):
            break
        rejected.add(name)
    return rejected
