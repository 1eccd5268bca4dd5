"""What a metric says of itself is all that tables, figures, pages and the memory of scores know of it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from omegaconf import OmegaConf
from score_tables import many

from command.about import versions
from files.fingerprint import of_modules
from metrics.facts import Facts
from metrics.known import facts, kind_of
from metrics.metric import Metric
from options.build import build
from reporting.pages.page import definitions
from reporting.pages.report import write_report
from reporting.tables.finding import finding
from reporting.tables.headline import headlines, ranking, showing
from reporting.tables.improvement import ranked
from reporting.tables.summary import headline, summarise
from reporting.tables.weaknesses import least_improved

CONF = Path(__file__).parent.parent / "conf" / "metric"
NAMES = sorted(path.stem for path in CONF.glob("*.yaml"))


def metric(name):
    return build(OmegaConf.load(CONF / f"{name}.yaml"), Metric)


@pytest.mark.parametrize("name", NAMES)
def test_every_metric_is_known_by_the_name_of_its_yaml_and_says_all_of_itself(name):
    assert kind_of(name) == (type(metric(name)), "")
    known = facts(name)
    assert known.label and known.definition and known.digits and known.lowest < known.highest
    assert "none" not in versions(known.packages).values()
    assert known.described() in definitions([name]).values()


@pytest.mark.parametrize("name", NAMES)
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
        least = least_improved(distances, "better", "snr_db")
        assert least.lsd.is_monotonic_decreasing


def test_a_report_chooses_its_headline_scores_and_their_order(distances, tmp_path):
    names = ["pesq_nb_raw", "stoi", "sdr", "lsd"]
    assert headlines(names) == ["pesq_nb_raw", "stoi", "sdr"] and ranking(names) == "sdr"
    assert headlines(["lsd", "si_sdr"]) == ["lsd", "si_sdr"]  # better those than none
    with showing(["lsd", "stoi"]):
        assert headlines(names) == ["lsd", "stoi"] and ranking(names) == "lsd"
        write_report(distances, {}, tmp_path)
    latex = (tmp_path / "tables.tex").read_text()
    assert "LSD dB" in latex and "SDR dB" not in latex
    assert latex.index("LSD dB") < latex.index(r"STOI \%")
    for page in ("report.md", "report.html"):
        text = (tmp_path / page).read_text()
        for name in names:
            assert facts(name).described().split(";")[0] in text.replace("&#39;", "'"), name
    assert headlines(names) == ["pesq_nb_raw", "stoi", "sdr"]


def test_a_score_of_which_nothing_is_known_is_called_by_its_name(tmp_path):
    table = many().rename(columns={"stoi": "of_another_version"})
    write_report(table, {}, tmp_path)
    assert ">of_another_version, seen noise<" in (tmp_path / "figures/other_scores.svg").read_text()
    assert "of_another_version" in (tmp_path / "report.html").read_text()
    assert pd.read_csv(tmp_path / "scores.csv").of_another_version.eq(0.5).all()
