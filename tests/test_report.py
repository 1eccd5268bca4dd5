import re

import numpy as np
import pandas as pd
import pytest

from reporting.report import finding, write_report
from reporting.scoring import IDENTITY

HOSTILE = "<script>alert('\"é')</script>"


def scores(system: str = "net") -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = [
        [name, f"test-{number}", snr, seen, HOSTILE, "a", 1.5, 0.7, snr + rng.random(), ""]
        for name in ("mixture", "oracle", system)
        for number, (snr, seen) in enumerate([(-5.0, True), (10.0, True), (-5.0, False), (10.0, False)])
    ]
    return pd.DataFrame(rows, columns=[*IDENTITY, "pesq_nb_raw", "stoi", "sdr", "failed"])


def test_the_folder_holds_every_number_and_csv_equals_what_was_given(tmp_path):
    write_report(scores(), {"command": "evaluate.py"}, None, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.html", "report.md", "scores.csv", "summary.csv"]
    read = pd.read_csv(tmp_path / "scores.csv", keep_default_na=False)
    pd.testing.assert_frame_equal(read, scores())


@pytest.mark.parametrize("place", ["system", "failed", "about", "caution"])
def test_what_comes_from_outside_is_escaped(tmp_path, place):
    table = scores(HOSTILE if place == "system" else "net")
    if place == "failed":
        table.loc[0, "failed"] = HOSTILE
    write_report(
        table, {"runs": HOSTILE if place == "about" else ""}, HOSTILE if place == "caution" else None, tmp_path
    )
    page = (tmp_path / "report.html").read_text()
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_the_page_asks_nothing_of_the_network(tmp_path):
    write_report(scores(), {}, None, tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert not re.search(r"(src|href)\s*=\s*[\"'](?!#)", page)
    assert "@import" not in page
    assert "url(" not in re.sub(r"url\(#[^)]*\)", "", page)


def test_a_missing_score_is_a_dash_and_its_reason_is_counted(tmp_path):
    table = scores()
    table.loc[table.system == "net", ["pesq_nb_raw", "failed"]] = [np.nan, "pesq_nb_raw: no utterance found"]
    write_report(table, {}, None, tmp_path)
    for name in ("report.html", "report.md"):
        text = (tmp_path / name).read_text()
        assert "nan" not in text
        assert "4 of 12 signals lack a score" in text
        assert "net, 4 mixtures: pesq_nb_raw: no utterance found" in text


def test_the_caution_stands_before_the_numbers(tmp_path):
    write_report(scores(), {}, "Demo data, no benchmark.", tmp_path)
    for name in ("report.html", "report.md"):
        text = (tmp_path / name).read_text()
        assert text.index("Demo data, no benchmark.") < text.index("PESQ")


def test_the_finding_is_about_the_best_run_not_the_oracle():
    table = pd.concat([scores(), scores("better").query("system == 'better'")], ignore_index=True)
    known = {"mixture": 0.0, "oracle": 9.0, "net": 1.0, "better": 3.25}
    table["sdr"] = table.snr_db + table.system.map(known)
    assert "better changed the mixture on average by" in finding(table)
    assert "SDR +3.25 dB" in finding(table)


def test_without_a_run_the_finding_says_so():
    assert "No trained system" in finding(scores().query("system != 'net'"))
