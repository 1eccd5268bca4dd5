"""The page of results: its numbers are those of the reports, in the places that it marks."""

import shutil
import sys

import pandas as pd
import pytest
import tiny_run
from score_tables import many

from reporting.tables.published import pl_crnn_paper
from reporting.tables.summary import headline

sys.path.insert(0, str(tiny_run.ROOT / "docs"))

import results
import trials


def test_the_papers_values_are_as_printed():
    """Table 3, seen noise, TMS; Table 4, unseen noise, IAM with SA."""
    table = pl_crnn_paper()
    assert headline(table.query("noise == 'seen'")).loc["CRNN TMS"]["pesq_nb_raw"].tolist() == [
        2.29,
        2.67,
        2.98,
        3.25,
        2.80,
    ]
    unseen = headline(table.query("noise == 'unseen'")).loc["PL-CRNN IAM"]
    assert unseen["stoi"]["mean"] == pytest.approx(84.8, abs=0.1)
    gains = headline(table.query("noise == 'seen'"), "gain")
    assert gains.loc["CRNN TMS"]["pesq_nb_raw"]["-5"] == pytest.approx(2.29 - 1.43)
    assert (gains.loc["mixture"] == 0).all()
    assert table.groupby("noise").system.nunique().tolist() == [
        13,
        13,
    ]  # six networks x two targets, and the mixture


def report(folder, systems):
    """A report whose systems each add 0.5 to the PESQ, 0.1 to the STOI and 5 dB to the SDR of the one before."""
    rows = [
        (noise, system, snr, score, first + number * step, number * step)
        for noise in ("seen", "unseen")
        for number, system in enumerate(systems)
        for snr in ("-5", "0", "5", "10", "mean")
        for score, first, step in (("pesq_nb_raw", 1.5, 0.5), ("stoi", 0.6, 0.1), ("sdr", 2.0, 5.0))
    ]
    folder.mkdir()
    columns = ["noise", "system", "snr_db", "score", "mean", "gain"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "summary.csv", index=False)
    return str(folder)


def scored(folder, systems):
    """A report with scores; each system scores 1 more than the one before, on every mixture."""
    folder.mkdir()
    many(systems).to_csv(folder / "scores.csv", index=False)
    return folder


def cells_of(table):
    return [[cell.strip() for cell in row.split("|")[1:-1]] for row in table.splitlines()[2:]]


def test_the_page_holds_what_the_reports_hold(tmp_path):
    page = tmp_path / "results.md"
    shutil.copy(results.PAGE, page)
    steps = scored(tmp_path / "steps", ("mixture", "PL-LSTM TMS"))
    typed = [f"long={report(tmp_path / 'long', ['mixture', 'own_run'])}", f"steps={steps}"]
    results.main(*typed, f"page={page}")
    text = page.read_text()
    (row,) = [line for line in text.splitlines() if line.strip("| ").startswith("own_run ")]
    assert cells_of(f"\n\n{row}")[0][1:] == ["2.00 (+0.50)", "70.0 (+10.0)", "7.00 (+5.00)"] * 2
    assert text.count("Clarion, LibriSpeech") == 2
    assert text.count("(+1.00 [+1.00, +1.00])") == 4  # of PESQ and SDR in both kinds of noise
    results.main(*typed, f"page={page}")
    assert page.read_text() == text


def test_runs_that_differ_in_their_seed_alone_are_a_row(tmp_path):
    """The mean over both seeds adds 1.5, on every speaker."""
    seeds = ("mixture", "CRNN IAM, seed=0", "CRNN IAM, seed=12", "UNet IAM")
    cells = cells_of(results.over_seeds(many(seeds), "seen"))
    assert [row[0] for row in cells] == ["mixture", "CRNN IAM", "UNet IAM"]
    mean = float(cells[0][1]) + 1.5
    assert cells[1][1] == f"{mean:.2f} (+1.50 [+1.50, +1.50]; seeds +1.00 to +2.00)"
    assert cells[2][1].endswith("(+3.00 [+3.00, +3.00])")
    assert [row[2] for row in cells] == ["50.0"] * 3  # STOI in percent, and never improved


def test_what_has_no_place_or_no_name_is_refused(tmp_path):
    (tmp_path / "page.md").write_text("# Empty\n")
    with pytest.raises(ValueError, match="no place <!-- paper -->"):
        results.main(f"page={tmp_path / 'page.md'}")
    with pytest.raises(ValueError, match="brief=: no such report; there are long, steps, time,"):
        results.main("brief=report")


def test_of_peers_every_score_stands_in_its_unit(tmp_path):
    rows = [
        ("unseen", system, snr, score, value)
        for system, value in (("mixture", 0.5), ("rnnoise", 0.625))
        for snr in ("-5", "mean")
        for score in results.CHOSEN["peers"]
    ]
    columns = ["noise", "system", "snr_db", "score", "mean"]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "summary.csv", index=False)
    table = results.tables({"peers": tmp_path})["peers"].splitlines()
    assert [cell.strip() for cell in table[-1].split("|")[1:-1]] == [
        "rnnoise",
        "0.62",
        "0.62",
        "62.5",
        "62.5",
        "0.62",
        "0.62",
    ]


def test_trials_are_paired_differences_to_one_of_them(tmp_path):
    """Each system of the table scores 1 more than the one before, on every mixture."""
    table = many(("mixture", "oracle", "short", "long"))
    odd = (table.system == "long") & table.speaker.isin(["s0", "s1"])
    table.loc[odd, "sdr"] -= 1.0  # two of ten speakers gain nothing
    report = tmp_path / "report"
    report.mkdir()
    table.to_csv(report / "scores.csv", index=False)
    runs = pd.DataFrame({"system": ["long", "short"], "steps": [80, 40], "training_minutes": 1.5})
    runs.to_csv(report / "runs.csv", index=False)
    page = tmp_path / "page.md"
    page.write_text("<!-- trials -->\n<!-- end -->\n")
    trials.main(report, "short", page)
    head, _, base, long = page.read_text().strip().splitlines()[2:6]
    cells = [[cell.strip() for cell in row.split("|")[1:-1]] for row in (head, base, long)]
    assert cells[0][:4] == ["run", "steps", "minutes", "seen: PESQ-NB raw"]
    assert cells[1][:4] == ["short (less the mixture)", "40", "1.5", "+2.00 (+2.00 to +2.00)"]
    assert cells[2][:4] == ["long", "80", "1.5", "+1.00 (+1.00 to +1.00)"]
    sdr = cells[2][cells[0].index("seen: SDR dB")]
    half = 2.262 * (0.16 / 9) ** 0.5  # Student's t with 9 degrees of freedom: 0.302
    assert sdr == f"+0.80 (+{0.8 - half:.2f} to +{0.8 + half:.2f})"
    with pytest.raises(ValueError, match="'net' is no run of the report; there are long, short"):
        trials.main(report, "net")
    assert "unseen: SDR dB" in page.read_text()
    table[table.noise_seen.astype(bool)].to_csv(report / "scores.csv", index=False)
    trials.main(report, "short", page)
    assert "unseen" not in page.read_text()  # as of a validation
