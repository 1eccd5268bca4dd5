"""The page of a report: its marks, cells, intervals and tables, and text from outside."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from score_tables import HOSTILE, many, run, scores

from reporting.pages.report import Beside, finding, write_report
from reporting.tables.grid import grid
from reporting.tables.overview import overview
from reporting.tables.published import PUBLISHED
from reporting.tables.summary import MEAN, SUMMARISED, headline, summarise


@pytest.fixture(autouse=True)
def _without_figures(monkeypatch):
    """They take most of a report's time, and have tests of their own."""
    monkeypatch.setattr("reporting.pages.report._drawn", lambda *_: [])


@pytest.mark.parametrize("place", ["system", "failed", "about", "caution"])
def test_what_comes_from_outside_is_escaped(tmp_path, place):
    table = scores(HOSTILE if place == "system" else "net")
    if place == "failed":
        table.loc[0, "failed"] = HOSTILE
    write_report(
        table,
        {"runs": HOSTILE if place == "about" else ""},
        tmp_path,
        Beside(caution=HOSTILE if place == "caution" else None),
    )
    page = (tmp_path / "report.html").read_text()
    assert page.count("<script") == 2  # its own
    assert "&lt;script&gt;" in page


def test_the_best_is_marked_and_so_is_what_is_not_significantly_below():
    table = many()
    twin = table[table.system == "better"].assign(system="twin")
    twin["sdr"] -= 0.001
    under = summarise(pd.concat([table, twin])).query("noise == 'seen'")
    seen = grid("", {what: headline(under, what) for what in SUMMARISED})
    marks = {row.name: row.cells[-1].mark for row in seen.rows}
    assert marks == {"mixture": "", "oracle": "", "worse": "", "better": "best", "twin": ""}
    marks = {row.name: row.cells[2].mark for row in seen.rows}  # PESQ, all equal in the twin
    assert marks == {"mixture": "", "oracle": "", "worse": "", "better": "best", "twin": "level"}


def test_cells_hold_value_improvement_and_interval(tmp_path):
    write_report(many(), {}, tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert '<span class="value">4.00</span><span class="gain">+3.00</span>' in page
    assert "95 % interval 4.00 to 4.00, of the improvement +3.00 to +3.00, 10 scored" in page
    for title in ("Seen noise, by SNR in dB (20 mixtures)", "All noise, by the speaker&#39;s sex"):
        assert title in page


def test_published_values_stand_in_muted_rows(tmp_path):
    write_report(many(), {}, tmp_path, Beside(published=PUBLISHED["pl_crnn"]()))
    page = (tmp_path / "report.html").read_text()
    assert (
        page.count('<tr class="muted">') == 2 * 13
    )  # twelve systems and their mixture, seen and unseen
    assert re.search(r'<tr class="muted"><th scope="row">CRNN IAM <small>published on TIMIT', page)
    latex, text = ((tmp_path / name).read_text() for name in ("tables.tex", "report.md"))
    assert latex.count(r"{}\raggedright CRNN IAM &") == 12  # no mean: ours is over other SNRs
    assert latex.count(r"\emph{published on TIMIT}") == 12
    assert text.count("| CRNN IAM (published on TIMIT)") == 4
    write_report(
        many().assign(sample_rate=8000), {}, tmp_path, Beside(published=PUBLISHED["pl_crnn"]())
    )
    assert not any(
        "TIMIT" in (tmp_path / name).read_text()
        for name in ("report.html", "tables.tex", "report.md")
    )


def test_published_costs_stand_below_ours_at_the_papers_rate(tmp_path):
    ours = {"network": "crnn", "parameters": 1234567, "macs_per_frame": 10, "macs_per_second": 1000}
    costs = pd.DataFrame([{**ours, "cpu_seconds_per_second": 0.5}])
    beside = Beside(published=PUBLISHED["pl_crnn"](), costs=costs)
    write_report(many(), {}, tmp_path, beside)
    text = (tmp_path / "report.md").read_text()
    assert re.search(r"\| crnn +\| +1,234,567 \| +10 \| +1,000 \| +0\.500 \|", text)
    assert re.search(
        r"\| pl_crnn, 5 stages \(published\) +\| +1,330,000 \| +9,940,000 \| +\| +\|", text
    )
    assert "<td>17,590,000</td>" in (tmp_path / "report.html").read_text()
    write_report(many().assign(sample_rate=8000), {}, tmp_path, beside)
    assert "17,590,000" not in (tmp_path / "report.html").read_text()


def test_json_and_latex_hold_the_same_numbers(tmp_path):
    summary = write_report(many(("mixture", "net_1 & 50%")), {}, tmp_path)
    read = pd.DataFrame(json.loads((tmp_path / "summary.json").read_text()))
    pd.testing.assert_frame_equal(read, summary, check_dtype=False)
    latex = (tmp_path / "tables.tex").read_text()
    assert latex.count(r"\begin{tabular}") == latex.count(r"\end{tabular}") == 7
    begin = r"{}\raggedright net\_1 \& 50\%"
    row = next(line for line in latex.splitlines() if line.startswith(begin))
    cells = [cell.strip() for cell in row.removesuffix(r" \\").split("&")[2:]]  # one in the name
    assert cells[:2] == [r"\textbf{2.00}", r"\textbf{$+$1.00}"]
    assert len(cells) == 6


def test_the_page_asks_nothing_of_the_network(tmp_path):
    write_report(scores(), {}, tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert not re.search(r"(src|href)\s*=\s*[\"'](?!#|data:)", page)
    assert "@import" not in page
    assert "url(" not in re.sub(r"url\(#[^)]*\)", "", page)


def test_a_missing_score_is_a_dash_and_its_reason_is_counted(tmp_path):
    table = scores()
    table.loc[table.system == "net", ["pesq_nb_raw", "failed"]] = [
        np.nan,
        "pesq_nb_raw: no utterance found",
    ]
    write_report(table, {}, tmp_path)
    for name in ("report.html", "report.md"):
        text = (tmp_path / name).read_text()
        assert not re.search(r"\bnan\b", text)
        assert "4 of 12 signals lack a score" in text
        assert "net, 4 mixtures: pesq_nb_raw: no utterance found" in text


def test_the_caution_stands_before_the_numbers(tmp_path):
    write_report(scores(), {}, tmp_path, Beside(caution="Demo data, no benchmark."))
    for name in ("report.html", "report.md"):
        text = (tmp_path / name).read_text()
        assert text.index("Demo data, no benchmark.") < text.index("PESQ")


def test_unseen_noise_that_resembles_that_of_the_training_is_told_apart(tmp_path):
    table = many()
    odd = (table.mixture_id.str.extract(r"(\d+)$")[0].astype(int) % 2 == 1) & ~table.noise_seen
    table.loc[odd, "noise_type"] = "babble"
    table.loc[odd & (table.system == "better"), "sdr"] += 4.0
    write_report(table, {}, tmp_path, Beside(resembling=["babble"]))
    titles, rows = [], {}
    for line in (tmp_path / "report.md").read_text().splitlines():
        if line.startswith("## "):
            titles.append(line)
        elif "better" in line and titles:
            rows.setdefault(titles[-1], line)
    (without,) = [title for title in titles if "without babble" in title]
    (alone,) = [title for title in titles if "babble alone" in title]
    assert "(10 mixtures)" in without and "(10 mixtures)" in alone
    assert " 5.50 |" in rows[without] and " 9.50 |" in rows[alone]  # of the SDR
    write_report(table, {}, tmp_path)
    assert "without babble" not in (tmp_path / "report.md").read_text()


def test_the_finding_is_about_the_best_run_not_the_oracle():
    table = pd.concat([scores(), scores("better").query("system == 'better'")], ignore_index=True)
    known = {"mixture": 0.0, "oracle": 9.0, "net": 1.0, "better": 3.25}
    table["sdr"] = table.snr_db + table.system.map(known)
    told = finding(table, ["net", "better"])
    assert told.startswith("Of 2 runs, better has the highest mean change of SDR. On 4 mixtures")
    assert "SDR +3.25 dB (+3.25 to +3.25)" in told


def test_a_best_run_that_lacks_scores_says_over_how_many_it_is():
    table = many()
    table.loc[table[table.system == "better"].index[:4], "sdr"] = np.nan
    assert "SDR +3.00 dB (+3.00 to +3.00; 36 of 40 scored)." in finding(table)


def test_the_finding_is_about_a_run_though_a_stage_of_it_or_a_baseline_does_more():
    table = many(("mixture", "net", "net, stage 1", "baseline"))
    told = finding(table, ["net"])
    assert "speakers, net changed the mixture" in told and "SDR +1.00 dB" in told


def test_speakers_that_a_set_does_not_name_are_not_counted_as_one():
    assert "On 40 mixtures of unknown speakers, " in finding(many().assign(speaker="unknown"))


def test_a_loss_is_called_one_and_what_is_undecided_so():
    table = many(("mixture", "net"))
    own = table.system == "net"
    table.loc[own, "sdr"] = table.snr_db[own] - 2.0
    table.loc[own, "stoi"] = 0.5 + np.where(table.speaker[own] < "s5", 0.1, -0.1)
    told = finding(table, ["net"])
    assert "SDR -2.00 dB" in told and told.endswith(
        " It made SDR worse. Whether it made STOI better or worse is undecided."
    )
    assert "improve" not in told and "adds" not in told


def test_one_speaker_is_said_to_be_one_and_has_no_interval():
    told = finding(many(("mixture", "net")).assign(speaker="s"), ["net"])
    assert told == (
        "On 40 mixtures of one speaker, net changed the mixture on average by "
        "PESQ-NB raw +1.00, STOI +0.0 points, SDR +1.00 dB."
    )


def test_too_few_speakers_decide_nothing_and_the_page_says_so(tmp_path):
    """By four, five of each sex, nothing is told apart; by all ten it is."""
    write_report(many(), {}, tmp_path)
    page, text = ((tmp_path / name).read_text() for name in ("report.html", "report.md"))
    by_sex = "Nothing is marked: 5 speakers cannot tell systems apart; at least 6 are needed"
    assert page.count(by_sex) == 1 == text.count(by_sex)
    four = many().query("speaker < 's4'")
    summary = write_report(four, {}, tmp_path)
    assert set(summary.mark[summary.system != "oracle"]) == {"undecided"}
    page = (tmp_path / "report.html").read_text()
    assert (
        "highest mean improvement" not in page
    )  # of a mark that is nowhere the page tells nothing
    assert 'class="best' not in page and 'class="level' not in page
    assert (
        page.count("4 speakers cannot tell systems apart; at least 6") == 3
    )  # the means, seen and unseen
    assert r"\textbf" not in (tmp_path / "tables.tex").read_text()


def test_noises_may_be_a_sample_too(tmp_path):
    """Ten speakers, but four noises: intervals are wider, and three degrees of freedom are left."""
    table = many(("mixture", "net"))
    harder = table.noise_id.isin(["n0", "n1"]) & (table.system == "net")
    table["sdr"] -= 0.5 * harder
    one = summarise(table).query("system == 'net' and score == 'sdr' and snr_db == 'mean'")
    two = summarise(table, "speakers_and_noises").query(
        "system == 'net' and score == 'sdr' and snr_db == 'mean'"
    )
    assert one.gain.tolist() == two.gain.tolist()
    assert ((two.gain_high - two.gain_low) > 1.5 * (one.gain_high - one.gain_low)).all()
    assert one.noises.tolist() == [4, 4] and one.speakers.tolist() == [10, 10]
    write_report(table, {}, tmp_path, Beside(clusters="speakers_and_noises"))
    page = (tmp_path / "report.html").read_text()
    assert "over speakers and noises, for other speakers and noises" in page
    single = table.query("noise_id in ['n0', 'n1']")
    write_report(single, {}, tmp_path, Beside(clusters="speakers_and_noises"))
    assert (
        "2 noises cannot tell systems apart; at least 3" in (tmp_path / "report.html").read_text()
    )


def test_a_system_without_a_single_score_is_reported_all_the_same(tmp_path):
    table = many(("mixture", "oracle", "a", "b"))
    table.loc[table.system.isin(["a", "b"]), ["sdr", "stoi", "pesq_nb_raw"]] = np.nan
    runs = {"a": run(1), "b": run(2)}
    write_report(table, {}, tmp_path, Beside(runs=runs, swept=list(runs)))
    page, text = ((tmp_path / name).read_text() for name in ("report.html", "report.md"))
    assert not any("nan" in one for one in (page[: page.index("<script>")], text))


def test_the_published_mean_is_left_out_where_it_is_over_other_snrs(tmp_path):
    published = PUBLISHED["pl_crnn"]()
    ours = summarise(many()).query("noise == 'seen'")  # -5 and 10 dB
    assert (
        MEAN not in published.beside(ours, "mean")["sdr"]
        and "-5" in published.beside(ours, "mean")["sdr"]
    )
    same = published.values.query("noise == 'seen'").assign(sample_rate=16000)
    assert MEAN in published.beside(same, "gain")["sdr"]


def test_many_kinds_of_noise_have_a_table_for_each_score(tmp_path):
    kinds = many().assign(
        noise_type=lambda table: "kind " + (table.mixture_id.str[5:].astype(int) % 8).astype(str)
    )
    write_report(kinds, {}, tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert "Seen noise, by its kind: STOI" in page and ">kind 7<" in page


def test_without_a_run_the_finding_says_so():
    assert "No trained system" in finding(scores().query("system != 'net'"))


def test_a_sex_is_compared_at_one_rate_only(tmp_path):
    both = pd.concat([many(("mixture", "a")).assign(sample_rate=8000), many(("mixture", "b"))])
    write_report(both, {}, tmp_path)
    page = (tmp_path / "report.html").read_text()
    for title in (
        "by the speaker&#39;s sex, 8000 Hz",
        "by the speaker&#39;s sex, 16000 Hz",
        "by sample rate in Hz",
    ):
        assert f"All noise, {title}" in page
    assert "Improvement over the mixture, 8000 Hz" in page
    assert finding(both).startswith("At 8000 Hz: On 40 mixtures of 10 speakers, a changed")
    assert "At 16000 Hz: On 40 mixtures of 10 speakers, b changed" in finding(both)


def test_the_first_screen_has_title_date_commit_finding_and_one_compact_table(tmp_path):
    about = {"date": "2020-02-03", "commit": "abc1234"}
    write_report(many(), about, tmp_path, Beside(title=f"A {HOSTILE} title"))
    page = (tmp_path / "report.html").read_text()
    title = "A &lt;script&gt;alert(&#39;&#34;é&#39;)&lt;/script&gt; title"
    assert f"<title>{title}</title>" in page and f"<h1>{title}</h1>" in page
    first = page[page.index("<main>") : page.index("</header>")]
    assert "2020-02-03, commit abc1234" in first and "On 40 mixtures of 10 speakers" in first
    assert first.count("<table") == 1 and first.index("highest mean") < first.index("<table")
    rows = re.findall(r'<th scope="row">(\w+)</th>(.*)</tr>', first)
    assert [name for name, _ in rows] == ["mixture", "better", "worse", "oracle"]
    cell = '<span>5.50</span> <i class="change">+3.00</i><small>+3.00 to +3.00</small>'
    assert dict(rows)["better"].count(cell) == 2  # seen and unseen
    text = (tmp_path / "report.md").read_text()
    assert text.startswith("# A &lt;script>") and "2020-02-03, commit abc1234" in text


def test_every_section_of_the_page_stands_in_its_contents(tmp_path):
    write_report(many(), {}, tmp_path)
    page = (tmp_path / "report.html").read_text()
    contents = page[page.index("<nav") : page.index("</nav>")]
    targets = re.findall(r'href="#([\w-]+)"', contents)
    assert targets[0] == "top" and len(targets) == page.count('<details class="part"') + 1
    assert all(page.count(f'id="{target}"') == 1 for target in targets)


def test_of_many_systems_the_first_table_has_the_best():
    names = [f"n{number:02d}" for number in range(11)]
    table = overview(summarise(many(("mixture", *names))), names[::-1])
    assert [row.name for row in table.rows] == ["mixture", *names[:2:-1]]
    assert table.title == "Means over all SNRs: the best 8 of 11 systems"


def test_a_column_has_as_many_digits_as_its_score_and_its_unit_in_the_head(tmp_path):
    table = many()
    table.loc[table.system == "better", "stoi"] = 0.625
    write_report(table, {}, tmp_path)
    page = (tmp_path / "report.html").read_text()
    row = re.search(r'<tr><th scope="row">better</th>((?:<td>.*</td>){3})</tr>', page)
    assert re.findall(r"<td>(.*?)</td>", row[1]) == ["+3.00", "+12.5", "+3.00"]
    assert '<th scope="col">STOI %</th>' in page
