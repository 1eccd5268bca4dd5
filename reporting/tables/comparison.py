"""Which systems cannot be told from the best one, by speakers, or by speakers and noises."""

from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd
from scipy.stats import t as student

from reporting.tables.uncertainty import CONFIDENCE, estimate

# What it takes to tell systems apart. Six speakers all agree by chance in 3 % of the cases, five in
# 6 %; by two noises, which leave one degree of freedom, next to nothing is significant.
FEWEST = {"speakers": 6, "noises": 3}
ENUMERATED = 12  # up to so many speakers all flips are gone through
FLIPS = 4096  # drawn where there are more
SEED = 0
AT_ONCE = 256  # flips, for what memory takes
TOLERANCE = 1e-9  # sums of the same numbers in another order are equal within it
DIFFERENT = 1 - CONFIDENCE  # differences that are likelier than this by chance are none


def decidable(speakers: int, noises: int | None = None) -> bool:
    """Whether so many speakers, and noises where these are a sample too, can tell systems apart."""
    enough_noises = noises is None or noises >= FEWEST["noises"]
    return speakers >= FEWEST["speakers"] and enough_noises


def level_with_best(
    values: pd.DataFrame, speakers: np.ndarray, noises: np.ndarray | None = None
) -> list[str]:
    """The best system, and after it those that are not significantly below it.

    values: item x system, NaN where a system has no score for an item; a system takes part that has
    one for half of the items at least. speakers, noises: of the items; noises where they are a
    sample too. The best has the highest mean. That it was chosen by looking is allowed for: each of
    all pairs of systems is compared, on the items that both have a score for, so that in 5 % of the
    tables at most any two are told apart that do not differ. Empty where there is nothing to
    compare, or too little to decide anything (see `decidable`).
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
    """How likely each of several differences is where there is none, all of them allowed for.

    differences: [item, pair of systems], NaN where one of the two has no score; speakers: [item].
    A sign-flip test: where two systems are alike, what a speaker tells of them is as likely to have
    the other sign. The largest of all differences, each over its root mean square, is held against
    the largest after every flip of speakers, then the next without it, and so on (the step-down of
    Westfall and Young, 1993). Exact for up to 12 speakers, by 4096 random flips for more.
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
        largest = np.maximum.accumulate(sums, axis=1)  # of a pair and those below it
        reached += np.sum(largest >= observed[ascending] - TOLERANCE, axis=0)
    chances = np.empty(len(observed))
    stepped = np.maximum.accumulate(reached[::-1])[::-1]  # no pair is surer than one above it
    chances[ascending] = stepped / len(signs)
    return chances


@cache
def _signs(speakers: int) -> np.ndarray:
    """Flips of so many speakers, none of them first: [flip, speaker].

    A flip and its opposite are one: differences go by their size.
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
    """How likely a mean difference of [item] is where there is none, by Student's t in two ways."""
    mean, error, freedom = estimate(differences, speakers, noises)
    if np.isnan(error) or mean == 0:
        return 1.0
    if error == 0:
        return 0.0
    return float(2 * student.sf(abs(mean) / error, freedom))


def holm(chances: list[float]) -> np.ndarray:
    """Chances that allow for how many there are, by Holm's step-down (1979)."""
    ascending = np.argsort(chances)
    remaining = np.arange(len(chances), 0, -1)
    stepped = np.maximum.accumulate(remaining * np.asarray(chances)[ascending])
    allowed = np.empty(len(chances))
    allowed[ascending] = np.minimum(stepped, 1.0)
    return allowed
