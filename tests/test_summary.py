import numpy as np
import pandas as pd
import pytest

from reporting.summary import MEAN, failures, headline, headline_text, improvements, summarise


@pytest.fixture
def scores() -> pd.DataFrame:
    """Two systems on four mixtures; values chosen so that every mean is known."""
    rows = []
    for system, offset in (("mixture", 0.0), ("net", 2.0)):
        for number, (snr, seen) in enumerate([(-5.0, True), (10.0, True), (-5.0, False), (10.0, False)]):
            rows.append(
                {
                    "system": system, "mixture_id": f"test-{number}", "snr_db": snr, "noise_seen": seen,
                    "noise_type": "white", "speech_id": "a", "speaker": f"{number // 2}", "sex": "",
                    "pesq_nb_raw": 1.0 + offset, "stoi": 0.5 + offset / 10,
                    "sdr": snr + offset, "failed": "",
                }
            )  # fmt: skip
    return pd.DataFrame(rows).assign(sample_rate=16000)


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
    scores.loc[(scores.system == "net") & (scores.mixture_id == "test-0"), ["sdr", "failed"]] = [np.nan, "sdr: silent"]
    row = _mean(summarise(scores), system="net", noise="seen", snr_db=MEAN, score="sdr")
    assert (row["mean"], row["scored"], row["failed"]) == (12.0, 1, 1)
    assert failures(scores).to_dict("records") == [{"system": "net", "failed": "sdr: silent", "mixtures": 1}]


def test_improvement_is_over_the_mixtures_that_both_have_a_score_for(scores):
    scores.loc[(scores.system == "mixture") & (scores.mixture_id == "test-1"), "sdr"] = np.nan
    gains = improvements(scores)
    assert list(gains.index) == ["net"]
    assert gains.sdr["net"] == 2.0
    assert gains.stoi["net"] == pytest.approx(0.2)


def test_headline_has_snrs_in_order_and_stoi_in_per_cent(scores):
    table = headline(summarise(scores.sample(frac=1, random_state=0)), "seen")
    assert table.columns.tolist()[:3] == [("pesq_nb_raw", "-5"), ("pesq_nb_raw", "10"), ("pesq_nb_raw", MEAN)]
    assert table.loc["net", ("stoi", MEAN)] == pytest.approx(70.0)


def test_text_has_seen_and_unseen_apart_and_a_dash_for_what_is_missing(scores):
    scores.loc[scores.system == "net", "pesq_nb_raw"] = np.nan
    text = headline_text(summarise(scores))
    assert "Seen noise" in text
    assert "Unseen noise" in text
    assert " - " in next(line for line in text.splitlines() if "net" in line)
    assert "nan" not in text
