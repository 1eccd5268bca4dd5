"""Intervals against their theory, and against tables that were simulated."""

import numpy as np
import pytest
from scipy.stats import norm, ttest_1samp

from reporting.tables.uncertainty import estimate, interval

TABLES = 600  # of every number of speakers and correlation


def simulated(speakers, correlation, seed, noises=None):
    """Ten mixtures of every speaker, or one in each of `noises`: values, speakers, noises [item].

    Their mean is 0, their variance 1; correlation is that of two mixtures of one speaker, and of
    two in one noise.
    """
    rng = np.random.default_rng([seed, speakers, round(10 * correlation)])
    speaker = np.repeat(np.arange(speakers), noises or 10)
    noise = np.tile(np.arange(noises or 10), speakers)
    shared = rng.normal(size=speakers)[speaker]
    rest = 1 - correlation
    values = np.sqrt(correlation) * shared
    if noises:
        values += np.sqrt(correlation) * rng.normal(size=noises)[noise]
        rest -= correlation
    return values + np.sqrt(rest) * rng.normal(size=len(values)), speaker, noise


def held(tables, arguments):
    """The share of intervals that hold the truth."""
    count = 0
    for seed in range(tables):
        low, high = interval(*arguments(seed))
        count += low <= 0 <= high
    return count / tables


def test_an_interval_of_many_independent_items_is_that_of_the_normal_law():
    values = np.random.default_rng(0).normal(3.0, 2.0, 400)
    low, high = interval(values, np.arange(400))
    half = norm.ppf(0.975) * values.std() / np.sqrt(400)
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.01)


def test_of_as_many_items_each_it_is_students_of_the_speakers_means():
    values, speakers, _ = simulated(5, 0.3, 0)
    means = [values[speakers == speaker].mean() for speaker in range(5)]
    theirs = ttest_1samp(means, 0).confidence_interval(0.95)
    assert interval(values, speakers) == pytest.approx((theirs.low, theirs.high))
    assert estimate(values, speakers).freedom == pytest.approx(4)


def test_items_of_one_cluster_count_as_one():
    speakers = np.repeat(np.arange(20), 30)
    values = np.random.default_rng(0).normal(0, 1, 20)[speakers]  # 30 copies of every speaker
    one_each = interval(values[::30], np.arange(20))
    assert interval(values, speakers) == pytest.approx(one_each, abs=1e-12)
    low, high = interval(values, np.arange(600))
    assert high - low < 0.3 * (one_each[1] - one_each[0])


def test_a_speaker_with_most_of_the_items_leaves_few_degrees_of_freedom():
    values = np.random.default_rng(0).normal(size=48)
    even, uneven = np.repeat(np.arange(8), 6), np.array([0] * 41 + list(range(1, 8)))
    assert estimate(values, even).freedom == pytest.approx(7)
    assert estimate(values, uneven).freedom < 2


@pytest.mark.parametrize("speakers", [4, 8, 20])
def test_nineteen_of_twenty_intervals_hold_the_truth(speakers):
    """Within 1 point over three correlations together, which so many tables can tell."""
    shares = []
    for correlation in (0.0, 0.1, 0.3):
        share = held(TABLES, lambda seed, icc=correlation: simulated(speakers, icc, seed)[:2])
        assert share == pytest.approx(0.95, abs=0.027)  # three standard errors of 600 tables
        shares.append(share)
    assert np.mean(shares) == pytest.approx(0.95, abs=0.01)


def test_where_noises_are_a_sample_too_only_intervals_by_both_hold_the_truth():
    both = held(300, lambda seed: simulated(20, 0.3, seed, noises=5))
    speakers_alone = held(300, lambda seed: simulated(20, 0.3, seed, noises=5)[:2])
    assert 0.94 < both < 0.99 and speakers_alone < 0.75


def test_by_two_ways_a_mean_is_never_surer_than_by_one():
    for seed in range(20):
        values, speakers, noises = simulated(6, 0.0, seed, noises=5)
        error = estimate(values, speakers, noises).error
        assert error >= max(estimate(values, one).error for one in (speakers, noises)) - 1e-12


def test_missing_values_are_left_out_and_one_cluster_has_no_interval():
    values = np.array([1.0, np.nan, 2.0, 3.0, np.nan, 5.0])
    clusters = np.array(["a", "a", "b", "b", "c", "d"])
    kept = ~np.isnan(values)
    assert interval(values, clusters) == interval(values[kept], clusters[kept])
    assert np.isnan(interval(np.ones(5), np.zeros(5))).all()
    assert np.isnan(interval(np.arange(5.0), np.arange(5), np.zeros(5))).all()
    assert np.isnan(interval(np.full(4, np.nan), np.arange(4))).all()
