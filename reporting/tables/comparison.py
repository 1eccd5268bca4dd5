"""Tests which systems are significantly below the best, by speakers, or by speakers and noises."""

from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.special import stdtr  # of Student's t, without the checks of scipy.stats

from reporting.tables.uncertainty import CONFIDENCE, estimate

# The least sample for a test. Six speakers all agree by chance in 3 % of the cases, five in
# 6 %. With two noises, which give one degree of freedom, almost nothing is significant.
FEWEST = {"speakers": 6, "noises": 3}
ENUMERATED = 12  # all flips are enumerated up to this number of speakers
FLIPS = 4096  # number of random flips for more speakers
SEED = 0
AT_ONCE = 256  # number of flips computed at once, to save memory
TOLERANCE = 1e-9  # sums of the same numbers in different orders are equal within it
DIFFERENT = 1 - CONFIDENCE  # differences with a larger p-value are not significant


def decidable(speakers: int, noises: int | None = None) -> bool:
    """Whether this number of speakers, and noises if they are a sample too, allows a test."""
    enough_noises = noises is None or noises >= FEWEST["noises"]
    return speakers >= FEWEST["speakers"] and enough_noises


def level_with_best(
    values: pd.DataFrame, speakers: np.ndarray, noises: np.ndarray | None = None
) -> list[str]:
    """The best system, and the systems that are not significantly below it.

    values: item x system, NaN if a system has no score for an item; systems with scores for half of
    the items take part. speakers, noises: of the items; noises if they are a sample too. The best
    has the highest mean. The selection of the best is accounted for: all pairs of systems are
    tested, on the items that both have a score for, so that at most 5 % of tables separate any two
    equal systems. Empty without systems, or if the sample is too small for a test (see
    `decidable`).
    """
    several_noises = None if noises is None else len(set(noises))
    scored_for_half = 2 * values.count() >= len(values)
    scored = values.loc[:, scored_for_half].dropna(axis="columns", how="all")
    if scored.empty or not decidable(len(set(speakers)), several_noises):
        return []
    pairs = list(combinations(scored, 2))
    first = scored[[one for one, _ in pairs]].to_numpy(float)
    second = scored[[other for _, other in pairs]].to_numpy(float)
    differences = first - second
    if noises is None:
        chances = flipped(differences, speakers)
    else:
        chances = holm([_chance(column, speakers, noises) for column in differences.T])
    best = scored.mean().idxmax()
    level = [best]
    for pair, chance in zip(pairs, chances, strict=True):
        if best in pair and chance > DIFFERENT:
            one, other = pair
            level.append(other if one == best else one)
    return level


def flipped(differences: np.ndarray, speakers: np.ndarray) -> np.ndarray:
    """The p-values of several differences, corrected for multiple testing.

    differences: [item, pair of systems], NaN if one of the two has no score; speakers: [item]. A
    sign-flip test: if two systems are equal, the sign of each speaker's difference is random. The
    largest of all differences, each over its root mean square, is compared with the largest after
    every flip of speakers; then the next without it, and so on (the step-down procedure of Westfall
    and Young, 1993). Exact for up to 12 speakers, by 4096 random flips for more.
    """
    codes, names = pd.factorize(np.asarray(speakers))
    members = codes == np.arange(len(names))[:, None]
    totals = members @ np.nan_to_num(differences)  # [speaker, pair]
    spreads = np.sqrt(np.sum(totals**2, axis=0))
    totals = np.divide(totals, spreads, out=np.zeros_like(totals), where=spreads > 0)
    observed = np.abs(totals.sum(0))
    ascending = np.argsort(observed)
    signs = _signs(len(names))
    reached = np.zeros(len(observed))
    for begin in range(0, len(signs), AT_ONCE):
        sums = np.abs(signs[begin : begin + AT_ONCE] @ totals[:, ascending])
        largest = np.maximum.accumulate(sums, axis=1)  # of a pair and the pairs below it
        reached += np.sum(largest >= observed[ascending] - TOLERANCE, axis=0)
    chances = np.empty(len(observed))
    stepped = np.maximum.accumulate(reached[::-1])[::-1]  # makes p-values monotonic
    chances[ascending] = stepped / len(signs)
    return chances


@cache
def _signs(speakers: int) -> np.ndarray:
    """Flips of this number of speakers, beginning with no flip: [flip, speaker].

    A flip and its opposite count once, because only the size of differences matters.
    """
    if speakers <= ENUMERATED:
        numbers = np.arange(2 ** (speakers - 1))
        flips = (numbers[:, None] >> np.arange(speakers)) & 1
    else:
        rng = np.random.default_rng(SEED)
        flips = rng.integers(0, 2, (FLIPS, speakers))
        flips[0] = 0
    return 1.0 - 2.0 * flips


def _chance(differences: np.ndarray, speakers: np.ndarray, noises: np.ndarray) -> float:
    """The p-value of the mean of differences [item], by Student's t with two-way clusters."""
    mean, error, freedom = estimate(differences, speakers, noises)
    if np.isnan(error) or mean == 0:
        return 1.0
    if error == 0:
        return 0.0
    return float(2 * stdtr(freedom, -abs(mean) / error))


def holm(chances: list[float]) -> np.ndarray:
    """P-values after Holm's step-down correction (1979)."""
    ascending = np.argsort(chances)
    remaining = np.arange(len(chances), 0, -1)
    stepped = np.maximum.accumulate(remaining * np.asarray(chances)[ascending])
    allowed = np.empty(len(chances))
    allowed[ascending] = np.minimum(stepped, 1.0)
    return allowed
