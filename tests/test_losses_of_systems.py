"""What a page says of the mixtures that a system makes worse, on scores whose answer is known."""

import numpy as np
import pandas as pd
import pytest
from score_tables import HOSTILE, many, scores

from reporting.figures.loss_figures import after_over_before
from reporting.pages.report import write_report
from reporting.tables.headline import showing
from reporting.tables.losses import before_and_after, how_often, lost, worst, worst_of


@pytest.fixture
def uneven():
    """A system that adds 3 dB to the SDR, and takes 1 to 12 dB of it in twelve of forty mixtures."""
    table = many(("mixture", "net"))
    rows = table.index[table.system == "net"]
    table.loc[rows, "sdr"] = table.sdr[table.system == "mixture"].to_numpy() + 3
    table.loc[rows[:12], "sdr"] -= 3 + np.arange(1, 13)
    return table


def test_the_ten_mixtures_with_the_greatest_loss_are_listed_the_worst_first(uneven):
    found = worst(uneven, ["net"])
    assert set(found.score) == {"SDR dB"}  # no other score is lower
    assert found.mixture_id.tolist() == [f"test-{number}" for number in range(11, 1, -1)]
    assert found.change.tolist()[0] == "-12.00"
    assert float(found.after[0]) == pytest.approx(float(found.before[0]) - 12, abs=0.011)


def test_players_go_to_the_greatest_losses_of_every_system_first(uneven):
    other = uneven[uneven.system == "net"].assign(system="other", sdr=lambda table: table.sdr - 20)
    table = pd.concat([uneven, other], ignore_index=True)
    found = lost(worst_of(table))
    listed = worst(table, ["net", "other"]).groupby("system", sort=False).mixture_id
    firsts = {rows.iloc[0] for _, rows in listed}
    assert {one.mixture_id for one in found[: len(firsts)]} == firsts
    assert {one.mixture_id for one in found} == {name for _, rows in listed for name in rows}
    assert len(found) == len({one.mixture_id for one in found})
    of_net = {one.mixture_id for one in found if "net" in one.losses}
    assert of_net == set(listed.get_group("net"))


def test_how_often_a_system_makes_mixtures_worse_counts_what_is_noticeable(uneven):
    uneven.loc[uneven.system == "net", "stoi"] -= 0.015
    uneven.loc[uneven.index[uneven.system == "net"][:4], "stoi"] = 0.4
    found = how_often(uneven, ["net"]).loc["net"]
    assert found.to_dict() == {
        "PESQ-NB raw by more than 0.10": 0.0,
        "STOI by more than 2.0 %": 10.0,
        "SDR": 30.0,
    }


def test_where_the_lower_is_better_a_rise_is_the_loss(uneven):
    table = uneven.assign(lsd=-uneven.sdr, failed=uneven.pop("failed"))
    with showing(["lsd"]):
        assert how_often(table, ["net"]).loc["net", "LSD"] == 30.0
        assert worst(table, ["net"]).change.tolist()[0] == "+12.00"


def test_every_mixture_is_a_dot_before_and_after(uneven):
    table = before_and_after(uneven, "net", "sdr")
    assert len(table) == 40
    assert (table.after - table.before).round(6).tolist()[12:] == [3.0] * 28
    uneven.loc[uneven.index[-1], "sdr"] = np.nan
    assert len(before_and_after(uneven, "net", "sdr")) == 39
    assert after_over_before(uneven, []) is None
    of_recordings = uneven.assign(snr_db=np.nan)
    assert len(before_and_after(of_recordings, "net", "sdr")) == 39


def test_a_page_lists_them_and_escapes_what_they_are_called(tmp_path):
    table = scores(HOSTILE)
    table.loc[table.index[table.system == HOSTILE], "sdr"] -= 5
    write_report(table, {}, tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert "What is made worse" in page and "its greatest losses" in page and HOSTILE not in page
    assert (tmp_path / "figures" / "after_over_before.png").stat().st_size
