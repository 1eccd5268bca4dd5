"""Figures of a report, and the sections of its runs."""

import re

import pandas as pd
from score_tables import HOSTILE, many, run, scores

from reporting.figures.mixed_back_figure import mixed_back_drawing
from reporting.figures.stage_figures import stage_drawings
from reporting.gains_table import COLUMNS as LINE_COLUMNS
from reporting.gains_table import Studies
from reporting.pages.report import Beside, write_report
from reporting.scores_table import shares_mixed_back
from reporting.tables.summary import summarise

FILES = (
    "figures",
    "report.html",
    "report.md",
    "scores.csv",
    "summary.csv",
    "summary.json",
    "tables.tex",
)


def test_the_folder_holds_every_number_and_csv_equals_what_was_given(tmp_path):
    write_report(scores(), {"command": "evaluate.py"}, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(FILES)
    read = pd.read_csv(tmp_path / "scores.csv", keep_default_na=False)
    pd.testing.assert_frame_equal(read, scores())


def test_scores_are_drawn_over_the_share_of_the_mixture_that_is_added_back():
    names = ("mixture", "net, 0.5 of the mixture", "net", "net, 0.2 of the mixture", "other")
    table = many(names)
    assert shares_mixed_back(names) == {
        "net": {0.0: "net", 0.2: "net, 0.2 of the mixture", 0.5: "net, 0.5 of the mixture"}
    }
    drawn = mixed_back_drawing(summarise(table))
    assert drawn.name == "mixed_back" and drawn.svg.count("share of the mixture<") == 6
    assert "SDR dB, unseen noise" in drawn.svg and ">net<" in drawn.svg
    assert mixed_back_drawing(summarise(many())) is None


def test_runs_have_their_figures_and_sections(tmp_path):
    runs = {"worse": run(1), "better": run(2, HOSTILE)}
    write_report(many(), {}, tmp_path, Beside(runs=runs, swept=list(runs)))
    page = (tmp_path / "report.html").read_text()
    names = {"overview", "scores", "cost", "training", "stages", "after_over_before"}
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {
        f"{name}.{suffix}" for name in names for suffix in ("svg", "png")
    }
    assert page.count("<svg") == len(names) and page.count("<script") == 2
    for position, name in enumerate(runs):
        assert (
            f'<a href="#run-{position}">{name}</a>' in page
            and f'<section id="run-{position}"><h3>{name}' in page
        )
    assert "SDR +3.00 dB over the mixture" in page and "best validation loss 2 in epoch 2" in page
    assert "<dd>network(stages=2) at 8000 Hz</dd>" in page
    assert pd.read_csv(tmp_path / "runs.csv").to_dict("records") == [
        {
            "system": name,
            **one.costs,
            "steps": 10,
            "training_minutes": 1.6,  # 93 s
            "weights": one.weights,
        }
        for name, one in runs.items()
    ]
    assert "training steps" in page and "minutes of training" in page


def test_a_report_leaves_nothing_of_an_earlier_one_in_its_folder(tmp_path):
    write_report(
        many(),
        {},
        tmp_path,
        Beside(runs={"better": run(1)}, costs=pd.DataFrame({"network": ["x"]})),
    )
    assert (tmp_path / "figures" / "cost.svg").exists() and (tmp_path / "costs.csv").exists()
    write_report(many(), {}, tmp_path)
    left = {path.stem for path in tmp_path.glob("figures/*")}
    assert left == {"overview", "scores", "after_over_before"}
    assert not (tmp_path / "runs.csv").exists() and not (tmp_path / "costs.csv").exists()


def test_only_runs_that_differ_by_their_stages_alone_are_joined(tmp_path):
    gains = pd.DataFrame({"sdr": [1.0, 2.0, 3.0]}, index=["a", "b", "c"])
    runs = {"a": run(1), "b": run(3), "c": run(5)}
    assert [one.name for one in stage_drawings(runs, gains, {})] == ["stages"]
    for position, one in enumerate(runs.values()):
        one.config.network.channels = [position]
    assert stage_drawings(runs, gains, {}) == []


def test_runs_joined_by_their_stages_are_called_by_what_their_names_share():
    gains = pd.DataFrame({"sdr": [1.0, 2.0]}, index=["net TMS, stages=1", "net TMS, stages=3"])
    (drawn,) = stage_drawings(dict(zip(gains.index, [run(1), run(3)], strict=True)), gains, {})
    assert ">net TMS<" in drawn.svg and "stages=" not in drawn.svg


def test_a_run_of_another_network_is_a_level_line_over_the_number_of_stages():
    gains = pd.DataFrame({"sdr": [1.0, 2.0, 1.5, 3.0]}, index=["q1", "q2", "crnn", "other"])
    runs = {"q1": run(1), "q2": run(2), "crnn": run(1), "other": run(1)}
    runs["crnn"].config.network = {"_target_": "some.network", "stages": 1, "hidden": 1024}
    runs["other"].config.network.hidden = 512
    runs["other"].config.target = {"_target_": "some.other"}
    (drawn,) = stage_drawings(runs, gains, {})
    assert ">crnn<" in drawn.svg and ">other<" not in drawn.svg
    assert "differs from those by its network" in drawn.note


def test_every_score_has_its_curves(tmp_path):
    table = many().rename(columns={"stoi": "estoi"}).assign(si_sdr=1.0, pesq_wb=float("nan"))
    write_report(table, {}, tmp_path)
    drawn = (
        (tmp_path / "figures" / "scores.svg").read_text(),
        (tmp_path / "figures" / "other_scores.svg").read_text(),
    )
    for score, figure in (("PESQ-NB raw", 0), ("SDR dB", 0), ("ESTOI %", 1), ("SI-SDR dB", 1)):
        assert [f">{score}, seen noise<" in one for one in drawn] == [figure == 0, figure == 1]
    assert "pesq_wb" not in drawn[1]  # none could be computed


def test_of_many_systems_the_best_are_drawn_and_the_page_says_so(tmp_path):
    names = [f"network-{number:02d}" for number in range(14)]
    scores = many(("mixture", *names))
    scores = scores[scores.noise_seen].drop(columns=["stoi", "pesq_nb_raw"])
    write_report(scores, {}, tmp_path, Beside(runs={name: run(1) for name in names}))
    for figure in ("scores", "training", "cost"):
        drawn = (tmp_path / "figures" / f"{figure}.svg").read_text()
        assert [f">{name}<" in drawn for name in names] == [False] * 4 + [True] * 10
    page = (tmp_path / "report.html").read_text()
    assert page.count("The best 10 of 14 systems, without mixture and ideal systems.") == 2
    assert "Light grey: runs that are not among the best 10 systems." in page


def test_names_of_any_length_stay_in_their_figure(tmp_path):
    """Long ones are cut into lines: a legend is as wide as its text."""
    long = "_and".join(f"option{number}-{number}" for number in range(12))
    write_report(many(("mixture", long)), {}, tmp_path)
    drawn = (tmp_path / "figures" / "scores.svg").read_text()
    assert long not in drawn  # over several lines
    assert all(len(text) <= 64 for text in re.findall(r">([^<\n]+)</text>", drawn))


def test_names_are_drawn_to_the_letter(tmp_path):
    names = [r"a$\frac$b$", "_hidden", "$x$"]
    write_report(
        many(("mixture", *names)), {}, tmp_path, Beside(runs={name: run(1) for name in names})
    )
    drawn = (tmp_path / "figures" / "scores.svg").read_text()
    assert all(name in drawn for name in names)


def test_stages_are_drawn_where_they_were_scored():
    gains = pd.DataFrame({"sdr": [1.0, 2.0, 3.0]}, index=["first", "second", "a"])
    (alone,) = stage_drawings({"a": run(2)._replace(outputs=["first", "second"])}, gains, {})
    assert alone.name == "stage_outputs" and "stage" in alone.svg
    assert stage_drawings({"a": run(2)}, gains.loc[["a"]], {}) == []


def test_line_studies_stand_in_the_same_report(tmp_path):
    gains = pd.DataFrame(
        [["snr", "lms", snr, None, 2.0, None, 0, 5.0, 5.0, 0.05] for snr in (-24.0, -15.0)],
        columns=LINE_COLUMNS,
    )
    write_report(scores(), {}, tmp_path, Beside(lines=Studies(gains, {"snr": b"picture"})))
    page = (tmp_path / "report.html").read_text()
    assert "Line enhancement, study snr: gain over SNR" in page and page.count("<svg") == 5
    assert "data:image/png;base64,cGljdHVyZQ==" in page
    for name in ("report.html", "report.md"):
        assert "Bi-LSTM at -24 dB: gain 12.58 dB" in (tmp_path / name).read_text()
    assert (tmp_path / "figures" / "lines_snr.png").read_bytes().startswith(b"\x89PNG")
