"""What a metric says of itself is all that tables, figures, pages and the memory of scores know of it."""

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from metric_names import comparing
from omegaconf import OmegaConf
from score_tables import many

from command.about import versions
from files.fingerprint import of_modules
from metrics.facts import Facts
from metrics.known import computed_by, facts, kind_of
from metrics.metric import Metric
from metrics.pesq_wb import PESQWideband
from options.build import build
from reporting.figures.overview_figure import overview_figure
from reporting.pages.page import definitions
from reporting.pages.report import write_report
from reporting.tables.finding import finding
from reporting.tables.headline import headlines, ranking, showing
from reporting.tables.improvement import ranked
from reporting.tables.summary import headline, summarise
from reporting.tables.weaknesses import least_improved

CONF = Path(__file__).parent.parent / "conf" / "metric"
NAMES = sorted(path.stem for path in CONF.glob("*.yaml"))
NAMES = [name for name in NAMES if not name.startswith("dnsmos")]  # see tests/test_dnsmos.py


def metric(name):
    return build(OmegaConf.load(CONF / f"{name}.yaml"), Metric)


@pytest.mark.parametrize("name", NAMES)
def test_every_metric_is_known_by_the_name_of_its_yaml_and_says_all_of_itself(name):
    assert kind_of(name) == (type(metric(name)), "")
    known = facts(name)
    assert known.label and known.definition and known.digits and known.lowest < known.highest
    assert "none" not in versions(known.packages).values()
    assert known.described() in definitions([name]).values()


@pytest.mark.parametrize("name", sorted({*comparing("speech")} & {*NAMES}))
def test_a_score_lies_within_the_range_that_its_metric_states(name):
    noise = np.random.default_rng(0).standard_normal((2, 16000))
    for estimate in (noise[0] + 0.01 * noise[1], noise[1]):
        value = metric(name)(noise[0], estimate, 16000)
        assert facts(name).lowest - 1e-9 <= value <= facts(name).highest + 1e-9


def test_only_what_a_metric_imports_decides_what_its_scores_are_remembered_by():
    assert of_modules("metrics.stoi") == of_modules("metrics.stoi", "metrics.third_octaves")
    assert of_modules("metrics.stoi") != of_modules("metrics.stoi", "metrics.sdr")


def test_a_metric_without_a_reference_is_called_without_one():
    class Level(Metric):
        facts = Facts("level", needs_reference=False)

        def score(self, reference, estimate, sample_rate):
            assert reference is None
            return float(np.mean(estimate**2))

    assert Level()(None, np.ones(4000), 16000) == 1.0
    assert Level()(np.zeros(3), np.ones(4000), 16000) == 1.0  # nor does it look at one


@pytest.fixture
def distances():
    """Scores whose last column is better the lower it is: `better` has the lowest."""
    table = many()
    return table.assign(lsd=10 - table.sdr, failed=table.pop("failed"))


def test_the_lower_is_the_better_where_a_metric_says_so(distances):
    with showing(["lsd"]):
        assert ranked(distances)[0] == "better"
        seen = summarise(distances).query("noise == 'seen'")
        marks = headline(seen, "mark")["lsd"]["mean"]
        assert marks["better"] == "best" and marks["worse"] == ""
        said = finding(distances)
        assert "better" in said and "LSD -3.00 dB" in said
        drawn = overview_figure(summarise(distances), ["better", "worse"])
        assert ">change (lower is better), LSD dB<" in drawn.svg
        least = least_improved(distances, "better", "snr_db")
        assert least.lsd.is_monotonic_decreasing


def test_a_report_chooses_its_headline_scores_and_their_order(distances, tmp_path):
    names = ["pesq_nb_raw", "stoi", "sdr", "lsd"]
    assert headlines(names) == ["pesq_nb_raw", "stoi", "sdr"] and ranking(names) == "sdr"
    assert headlines(["lsd", "si_sdr"]) == ["lsd", "si_sdr"]  # better those than none
    with showing(["lsd", "stoi"]):
        assert headlines(names) == ["lsd", "stoi"] and ranking(names) == "lsd"
        write_report(distances, {}, tmp_path, figures=False)
    latex = (tmp_path / "tables.tex").read_text()
    assert "LSD dB" in latex and "SDR dB" not in latex
    assert latex.index("LSD dB") < latex.index(r"STOI \%")
    for page in ("report.md", "report.html"):
        text = (tmp_path / page).read_text()
        for name in names:
            assert facts(name).described().split(";")[0] in text.replace("&#39;", "'"), name
    assert headlines(names) == ["pesq_nb_raw", "stoi", "sdr"]


@pytest.fixture
def corrected(monkeypatch):
    """Wide-band PESQ by a package that stands in for pesqc2."""
    package = SimpleNamespace(pesq=lambda rate, *pair: 4.0, PesqError=RuntimeError)
    monkeypatch.setitem(sys.modules, "pesqc2", package)
    return PESQWideband("pesqc2")


def test_a_report_names_the_pesq_that_it_has(corrected, tmp_path):
    noise = np.random.default_rng(0).standard_normal((2, 16000))
    assert corrected(*noise, 16000) == 4.0 != PESQWideband()(*noise, 16000)
    assert corrected.facts.packages[0] == "pesqc2"
    table = many().rename(columns={"stoi": "pesq_wb"})
    with computed_by({"pesq_wb": corrected}):
        write_report(table, {}, tmp_path, figures=False)
        assert facts("pesq_wb").label == "PESQ-WB C2"
    for page in ("report.md", "report.html"):
        assert "with Corrigendum 2" in (tmp_path / page).read_text()
    assert facts("pesq_wb").label == "PESQ-WB" and "without" in facts("pesq_wb").definition


def test_an_engine_of_pesq_that_is_missing_is_refused_in_a_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "pesqc2", None)
    with pytest.raises(ValueError, match="the package pesqc2 is not installed") as caught:
        PESQWideband("pesqc2")
    assert "engine=pesq" in str(caught.value) and "\n" not in str(caught.value)


def test_a_score_of_which_nothing_is_known_is_called_by_its_name(tmp_path):
    table = many().rename(columns={"stoi": "of_another_version"})
    write_report(table, {}, tmp_path)
    assert ">of_another_version, seen noise<" in (tmp_path / "figures/other_scores.svg").read_text()
    assert "of_another_version" in (tmp_path / "report.html").read_text()
    assert pd.read_csv(tmp_path / "scores.csv").of_another_version.eq(0.5).all()
