"""Comparisons whose outcome is known, and how often systems that are alike are told apart."""

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest

from reporting.tables.comparison import FEWEST, decidable, flipped, holm, level_with_best

SPEAKERS = np.repeat(np.arange(12), 5)


def scores(**offsets):
    """Systems that differ by their offsets, over a spread that they share: 60 items x system."""
    rng = np.random.default_rng(1)
    base = rng.normal(0, 5, 60)
    return pd.DataFrame(
        {name: base + offset + rng.normal(0, 0.1, 60) for name, offset in offsets.items()}
    )


def test_a_clear_difference_is_seen_through_a_spread_that_is_shared():
    assert level_with_best(scores(a=0.0, b=0.5), SPEAKERS) == ["b"]


def test_no_difference_is_no_difference():
    table = scores(a=0.0)
    assert level_with_best(table.assign(b=table.a), SPEAKERS) == ["a", "b"]


def test_chances_are_those_of_all_flips_gone_through_one_by_one():
    rng = np.random.default_rng(0)
    speakers = np.repeat(np.arange(6), 3)
    differences = rng.normal(0.3, 1.0, 18)
    totals = [differences[speakers == one].sum() for one in range(6)]
    flips = [abs(np.dot(signs, totals)) for signs in product((1, -1), repeat=6)]
    expected = np.mean([flip >= abs(sum(totals)) - 1e-9 for flip in flips])
    assert flipped(differences[:, None], speakers) == pytest.approx([expected])


@pytest.mark.parametrize(("speakers", "told"), [(5, False), (6, True)])
def test_six_speakers_who_agree_are_the_fewest_that_prove_anything(speakers, told):
    table = scores(a=0.0, b=0.5).head(5 * speakers)
    of_rows = SPEAKERS[: len(table)]
    chance = flipped((table.b - table.a).to_numpy()[:, None], of_rows)
    assert chance == pytest.approx([2 / 2**speakers]) and decidable(speakers) is told
    assert level_with_best(table, of_rows) == (["b"] if told else [])


def test_a_thousand_mixtures_of_two_speakers_decide_nothing():
    table = pd.concat([scores(a=0.0, b=0.5)] * 20)
    assert level_with_best(table, np.arange(len(table)) % 2) == []


def test_of_many_comparisons_more_is_asked():
    """What six of eight speakers say suffices against one other system, not among twelve."""
    rng = np.random.default_rng(3)
    speakers = np.arange(8)
    table = pd.DataFrame(rng.normal(0, 1, (8, 12)))
    lead = np.array([1.0, 1.1, 0.9, 1.2, 1.0, 0.8, -0.1, -0.4])
    one = flipped(lead[:, None], speakers)
    others = [table[i] - table[j] for i, j in combinations(table, 2)]
    among = flipped(np.column_stack([lead, *others]), speakers)
    assert one[0] < 0.05 < among[0]


def test_holm_is_as_computed_by_hand():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.9]) == pytest.approx([0.9]) and holm([]).size == 0


def told_apart(speakers, correlation, systems, seed):
    """Whether a table of alike systems tells any from the one that happens to be best."""
    rng = np.random.default_rng(seed)
    of_rows = np.repeat(np.arange(speakers), 10)
    shared = rng.normal(size=(speakers, systems))[of_rows]
    own = rng.normal(size=(len(of_rows), systems))
    table = np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own
    if not decidable(speakers):
        return bool(level_with_best(pd.DataFrame(table), of_rows))
    pairs = list(combinations(range(systems), 2))
    differences = np.column_stack([table[:, one] - table[:, other] for one, other in pairs])
    best = table.mean(0).argmax()
    chances = flipped(differences, of_rows)
    return any(chance <= 0.05 for pair, chance in zip(pairs, chances, strict=True) if best in pair)


@pytest.mark.parametrize("speakers", [4, 8, 20])
def test_alike_systems_are_told_apart_in_one_table_of_twenty(speakers):
    """Two systems, over three correlations together; never where too few speakers decide nothing."""
    tables = 300
    rates = []
    for correlation in (0.0, 0.1, 0.3):
        alarms = sum(told_apart(speakers, correlation, 2, seed) for seed in range(tables))
        rates.append(alarms / tables)
    expected = {4: 0.0, 8: 12 / 256, 20: 0.05}[speakers]  # of 8 speakers 12 of 256 flips are 4.7 %
    assert rates == pytest.approx([expected] * 3, abs=0.038)  # three standard errors
    assert np.mean(rates) == pytest.approx(expected, abs=0.01)


def test_that_the_best_of_several_was_chosen_is_allowed_for():
    alarms = sum(told_apart(8, 0.3, 4, seed) for seed in range(200))
    assert alarms / 200 <= 0.06


def test_systems_that_differ_do_not_make_two_that_are_alike_differ():
    alarms = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        table = pd.DataFrame(rng.normal(size=(80, 4))) - [0.0, 0.0, 5.0, 9.0]
        level = level_with_best(table, np.repeat(np.arange(8), 10))
        assert set(level) <= {0, 1}
        alarms += len(level) < 2
    assert alarms / 200 <= 0.09


def test_noises_that_are_a_sample_take_marks_away():
    """b is better in four of five noises, and worse in one, whoever speaks."""
    noises = np.tile(np.arange(5), 12)
    table = scores(a=0.0, b=0.0)
    table["b"] += np.array([1.0, 1.2, 0.9, 1.1, -0.7])[noises]
    assert level_with_best(table, SPEAKERS) == ["b"]
    assert level_with_best(table, SPEAKERS, noises) == ["b", "a"]
    assert level_with_best(table, SPEAKERS, noises % 2) == []
    clear = table.assign(b=table.a + 1.0 + 0.1 * (noises - 2))
    assert level_with_best(clear, SPEAKERS, noises) == ["b"]
    assert not decidable(FEWEST["speakers"], FEWEST["noises"] - 1)


def test_items_without_a_score_are_left_out_and_systems_without_any_too():
    table = scores(a=0.0, b=0.5)
    table.loc[::2, "a"] = np.nan
    assert level_with_best(table, SPEAKERS) == ["b"]
    assert level_with_best(table.assign(c=np.nan), SPEAKERS) == ["b"]
    assert level_with_best(table[["a"]] * np.nan, SPEAKERS) == []


def test_a_system_with_a_score_for_fewer_than_half_of_the_items_takes_no_part():
    table = scores(a=0.0, b=0.5)
    rows = table.index.to_numpy()
    table["lucky"] = table.a.where(rows < 29) + 100
    assert level_with_best(table, SPEAKERS) == ["b"]
    lucky = table.assign(lucky=table.a.where(rows < 30) + 100)
    assert level_with_best(lucky, SPEAKERS) == ["lucky"]
