"""Means, improvements and intervals of scores, with failed ones counted."""

import numpy as np
import pandas as pd
import pytest
from score_tables import many

from reporting.tables.grid import grid
from reporting.tables.improvement import improved, improvements, ranked
from reporting.tables.summary import (
    MEAN,
    SUMMARISED,
    failures,
    headline,
    headline_text,
    in_order,
    summarise,
    summarise_by,
    wide,
)


@pytest.fixture
def scores() -> pd.DataFrame:
    """Two systems on four mixtures; values chosen so that every mean is known."""
    rows = []
    for system, offset in (("mixture", 0.0), ("net", 2.0)):
        for number, (snr, seen) in enumerate(
            [(-5.0, True), (10.0, True), (-5.0, False), (10.0, False)]
        ):
            rows.append(
                {
                    "system": system, "mixture_id": f"test-{number}", "snr_db": snr, "noise_seen": seen,
                    "noise_type": "white", "noise_id": "n", "speech_id": "a", "speaker": f"{number // 2}", "sex": "",
                    "pesq_nb_raw": 1.0 + offset, "stoi": 0.5 + offset / 10,
                    "sdr": snr + offset, "failed": "",
                }
            )  # fmt: skip
    return pd.DataFrame(rows).assign(sample_rate=16000, fold="")


def _mean(summary: pd.DataFrame, **where) -> pd.Series:
    for column, value in where.items():
        summary = summary[summary[column] == value]
    (row,) = summary.to_dict("records")
    return row


def test_means_are_by_system_noise_snr_and_score_and_over_all_snrs(scores):
    summary = summarise(scores)
    assert _mean(summary, system="net", noise="seen", snr_db="-5", score="sdr")["mean"] == -3.0
    assert _mean(summary, system="net", noise="unseen", snr_db=MEAN, score="sdr")["mean"] == 4.5
    assert len(summary) == 2 * 2 * 3 * 3  # systems x noises x (two SNRs and their mean) x scores


def test_a_failed_score_is_counted_and_left_out_of_the_mean(scores):
    scores.loc[(scores.system == "net") & (scores.mixture_id == "test-0"), ["sdr", "failed"]] = [
        np.nan,
        "sdr: silent",
    ]
    row = _mean(summarise(scores), system="net", noise="seen", snr_db=MEAN, score="sdr")
    assert (row["mean"], row["scored"], row["failed"]) == (12.0, 1, 1)
    assert failures(scores).to_dict("records") == [
        {"system": "net", "failed": "sdr: silent", "mixtures": 1}
    ]


def test_improvement_is_over_the_mixtures_that_both_have_a_score_for(scores):
    scores.loc[(scores.system == "mixture") & (scores.mixture_id == "test-1"), "sdr"] = np.nan
    gains = improvements(scores)
    assert list(gains.index) == ["net"]
    assert gains.sdr["net"] == 2.0
    assert gains.stoi["net"] == pytest.approx(0.2)


def test_an_improvement_in_the_summary_is_over_the_same_mixtures(scores):
    """Without its hardest mixture the net's mean rises by far more than what it adds to any mixture."""
    scores.loc[(scores.system == "net") & (scores.mixture_id == "test-0"), "sdr"] = np.nan
    row = _mean(summarise(scores), system="net", noise="seen", snr_db=MEAN, score="sdr")
    assert (row["mean"], row["gain"]) == (12.0, 2.0)
    base = _mean(summarise(scores), system="mixture", noise="seen", snr_db=MEAN, score="sdr")
    assert (base["mean"], base["gain"]) == (2.5, 0.0)


def test_the_interval_of_an_improvement_knows_what_mixtures_share(scores):
    """Speakers differ by 15 dB, what the net adds by nothing."""
    row = _mean(
        summarise(scores.assign(speaker=scores.mixture_id)),
        system="net",
        noise="seen",
        snr_db=MEAN,
        score="sdr",
    )
    half = 12.706 * 7.5  # Student's t with one degree of freedom, of -3 and 12 dB
    assert (row["low"], row["high"]) == pytest.approx((4.5 - half, 4.5 + half), rel=1e-4)
    assert (row["gain_low"], row["gain_high"]) == (2.0, 2.0)


def test_a_mixture_is_compared_with_itself_at_its_own_rate(scores):
    other = scores.assign(sample_rate=8000)
    other["sdr"] += np.where(other.system == "net", 5.0, 100.0)
    both = improved(pd.concat([scores, other], ignore_index=True))
    assert both[both.system == "net"].groupby("sample_rate").sdr.mean().to_dict() == {
        16000: 2.0,
        8000: -93.0,
    }
    assert (both[both.system == "mixture"].sdr == 0).all()


def test_systems_are_ranked_by_what_they_add_to_the_sdr_else_to_the_first_score_there_is():
    table = many(("mixture", "oracle", "a", "b", "c"))
    assert ranked(table) == ["c", "b", "a"]
    table.loc[table.system == "a", "pesq_nb_raw"] = 9.0
    assert ranked(table) == ["c", "b", "a"]
    assert ranked(table.drop(columns="sdr")) == ["a", "c", "b"]


def test_those_with_few_scores_come_last():
    table = many(("mixture", "a", "b", "c", "nothing"))
    best = table[table.system == "c"].index
    table.loc[best[:21], "sdr"] = np.nan
    table.loc[table.system == "nothing", "sdr"] = np.nan
    assert ranked(table) == ["b", "a", "c", "nothing"]
    table.loc[best[:20], "sdr"] = 10.0
    assert ranked(table)[0] == "c"


def test_headline_has_snrs_in_order_and_stoi_in_per_cent(scores):
    table = headline(summarise(scores.sample(frac=1, random_state=0)).query("noise == 'seen'"))
    assert table.columns.tolist()[:3] == [
        ("pesq_nb_raw", "-5"),
        ("pesq_nb_raw", "10"),
        ("pesq_nb_raw", MEAN),
    ]
    assert table.loc["net", ("stoi", MEAN)] == pytest.approx(70.0)


def test_text_has_seen_and_unseen_apart_and_a_dash_for_what_is_missing(scores):
    scores.loc[scores.system == "net", "pesq_nb_raw"] = np.nan
    text = headline_text(summarise(scores))
    assert "Seen noise" in text
    assert "Unseen noise" in text
    assert " - " in next(line for line in text.splitlines() if "net" in line)
    assert "nan" not in text


def test_a_system_scored_on_easy_mixtures_alone_is_not_best_for_it():
    scores = many(("mixture", "net"))
    lucky = scores[scores.system == "net"].assign(system="lucky", sdr=scores.snr_db + 0.5)
    lucky.loc[lucky.snr_db < 0, "sdr"] = np.nan
    seen = summarise(pd.concat([scores, lucky], ignore_index=True)).query("noise == 'seen'")
    means = {what: headline(seen, what) for what in SUMMARISED}
    marks = {row.name: row.cells[-1] for row in grid("", means).rows}
    assert marks["lucky"].number > marks["net"].number  # over 10 dB alone
    assert (marks["lucky"].mark, marks["net"].mark) == ("", "best")
    assert (marks["lucky"].partial, marks["net"].partial) == (True, False)


def test_other_columns_have_the_same_numbers_intervals_counts_and_marks():
    table = many(("mixture", "worse", "better"))
    by_sex, by_noise = (summarise_by(table, column) for column in ("sex", "noise_type"))
    assert by_sex.sex.tolist().count("F") == 3 * 3 and set(by_noise.noise_type) == {"white"}
    for sex, rows in table.groupby("sex"):
        cell = _mean(by_sex, sex=sex, system="better", score="sdr")
        assert cell["mean"] == pytest.approx(rows[rows.system == "better"].sdr.mean())
        assert (cell["gain"], cell["gain_low"], cell["gain_high"]) == (2.0, 2.0, 2.0)
        assert (cell["scored"], cell["failed"], cell["speakers"]) == (20, 0, 5)
        assert cell["mark"] == "undecided"  # by five speakers
    marks = by_noise[by_noise.score == "sdr"].set_index("system").mark
    assert marks.to_dict() == {"mixture": "", "worse": "", "better": "best"}  # by ten
    wide_table = wide(by_sex, "sex", ["gain"])["gain"]
    assert wide_table.columns.tolist()[:2] == [("pesq_nb_raw", "F"), ("pesq_nb_raw", "M")]
    assert wide_table.loc["better", ("stoi", "M")] == 0.0


def test_values_stand_in_the_order_of_numbers_before_words():
    assert sorted(["mean", "10", "-5", "9.5", "b", "a"], key=in_order) == [
        "-5",
        "9.5",
        "10",
        "a",
        "b",
        "mean",
    ]


def test_an_interval_of_a_mean_stays_within_the_limits_of_its_score(scores):
    uneven = scores.assign(speaker=scores.mixture_id, stoi=np.where(scores.snr_db > 0, 1.0, 0.5))
    rows = summarise(uneven).query("score == 'stoi' and system == 'net' and snr_db == @MEAN")
    assert rows["mean"].tolist() == pytest.approx([0.75] * len(rows)) and (rows.high == 1.0).all()
    assert (rows.low < 0.5).all()
