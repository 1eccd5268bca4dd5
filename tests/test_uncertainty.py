"""Intervals against their theory, and comparisons whose outcome is known."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from reporting.tables.uncertainty import interval, level_with_best


def test_an_interval_of_independent_items_is_that_of_the_normal_law():
    values = np.random.default_rng(0).normal(3.0, 2.0, 400)
    low, high = interval(values, np.arange(400))
    half = norm.ppf(0.975) * values.std() / np.sqrt(400)
    assert (low, high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.03)


def test_items_of_one_cluster_count_as_one():
    speakers = np.repeat(np.arange(20), 30)
    values = np.random.default_rng(0).normal(0, 1, 20)[speakers]  # 30 copies of every speaker
    one_each = interval(values[::30], np.arange(20))
    assert interval(values, speakers) == pytest.approx(one_each, abs=1e-12)
    low, high = interval(values, np.arange(600))
    assert high - low < 0.3 * (one_each[1] - one_each[0])


def test_nineteen_of_twenty_intervals_hold_the_truth():
    speakers = np.repeat(np.arange(40), 4)
    held = 0
    for seed in range(300):
        rng = np.random.default_rng(seed)
        low, high = interval(rng.normal(0, 1, 40)[speakers] + rng.normal(0, 1, 160), speakers)
        held += low <= 0 <= high
    assert 0.90 < held / 300 < 0.99


def test_missing_values_are_left_out_and_one_cluster_has_no_interval():
    values = np.array([1.0, np.nan, 2.0, 3.0, np.nan, 5.0])
    clusters = np.array(["a", "a", "b", "b", "c", "d"])
    kept = ~np.isnan(values)
    assert interval(values, clusters) == interval(values[kept], clusters[kept])
    assert np.isnan(interval(np.ones(5), np.zeros(5))).all()
    assert np.isnan(interval(np.full(4, np.nan), np.arange(4))).all()


def scores(**offsets):
    """Systems that differ by their offsets, over a spread that they share; the same at every call."""
    rng = np.random.default_rng(1)
    base = rng.normal(0, 5, 60)
    return pd.DataFrame(
        {name: base + offset + rng.normal(0, 0.1, 60) for name, offset in offsets.items()}
    )


def test_a_clear_difference_is_seen_through_a_spread_that_is_shared():
    assert level_with_best(scores(a=0.0, b=0.5)) == ["b"]


def test_no_difference_is_no_difference():
    table = scores(a=0.0)
    assert level_with_best(table.assign(b=table.a)) == ["a", "b"]


def test_few_pairs_prove_nothing():
    assert level_with_best(scores(a=0.0, b=0.5).head(4)) == ["b", "a"]


def test_holm_asks_more_of_many_comparisons():
    """Five pairs give 1/32 at best: enough against one other system, not against two."""
    table = scores(a=0.0, b=0.5, c=0.5).head(5)
    better = table.assign(b=table.a + 1.0, c=table.a - 1.0)
    assert level_with_best(better[["a", "b"]]) == ["b"]
    assert level_with_best(better) == ["b", "a", "c"]


def test_false_alarms_are_as_rare_as_promised_over_all_others():
    alarms = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        table = pd.DataFrame(rng.normal(0, 1, (40, 6)), columns=list("abcdef"))
        alarms += len(level_with_best(table)) < 6
    assert (
        alarms / 200 < 0.2
    )  # one-sided against the best of six, chosen by looking: more than 5 %, not much more


def test_items_without_a_score_are_left_out_and_systems_without_any_too():
    table = scores(a=0.0, b=0.5)
    table.loc[::2, "a"] = np.nan
    assert level_with_best(table) == ["b"]
    assert level_with_best(table.assign(c=np.nan)) == ["b"]
    assert level_with_best(pd.DataFrame({"a": [np.nan]})) == []


def test_a_system_with_a_score_for_fewer_than_half_of_the_items_takes_no_part():
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"a": rng.normal(0.0, 0.1, 60), "b": rng.normal(0.5, 0.1, 60)})
    table["lucky"] = table.a.where(table.index < 29) + 100
    assert level_with_best(table) == ["b"]
    assert level_with_best(table.assign(lucky=table.a.where(table.index < 30) + 100)) == ["lucky"]
