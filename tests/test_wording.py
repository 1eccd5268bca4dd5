"""A report speaks of clips and sources, tunes and families, where these are what was tested."""

import re
from importlib import import_module

import numpy as np
import pytest
import tiny_run
from omegaconf import OmegaConf
from score_tables import many

from reporting.pages.report import write_report
from reporting.tables.finding import finding
from reporting.tables.summary import headline_text, summarise
from reporting.tables.wording import speaking
from text.words import ENHANCEMENT

TASKS = sorted(path.stem for path in (tiny_run.ROOT / "conf/task").glob("*.yaml"))


def words_of(task):
    node = OmegaConf.load(tiny_run.ROOT / f"conf/task/{task}.yaml")
    module, _, name = node["_target_"].rpartition(".")
    return getattr(import_module(module), name).words


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_words_of_its_own(task):
    words = words_of(task)
    assert words.task.lower() == task
    assert (words == ENHANCEMENT) == (task == "enhancement")


@pytest.mark.parametrize("task", ["tagging", "melody"])
def test_a_report_of_clips_or_tunes_names_no_mixtures_speakers_or_snr(task, tmp_path, monkeypatch):
    monkeypatch.setattr("reporting.pages.report.drawings", lambda *_: [])
    words = words_of(task)
    table = many(("mixture", "net")).assign(snr_db=np.nan, sex="", noise_seen=False)
    with speaking(words):
        summary = write_report(table, {}, tmp_path)
        said = finding(table, ["net"]) + headline_text(summary)
    for text in (said, (tmp_path / "report.md").read_text(), (tmp_path / "tables.tex").read_text()):
        assert not re.search("mixture|speaker|SNR|noise", text)
        assert words.base_name in text
    page = (tmp_path / "report.html").read_text().partition("</style>")[2].partition("<script>")[0]
    assert not re.search("mixture|speaker|SNR|noise", page)
    assert f"On 40 {words.rows} of 10 {words.speakers}, net reached on average" in said


def test_outside_of_a_task_a_report_speaks_of_enhancement(tmp_path):
    assert "changed the mixture on average" in finding(many(("mixture", "net")), ["net"])
    assert "Seen noise, by SNR in dB" in headline_text(summarise(many()))


def test_a_score_that_no_mixture_has_is_no_number_in_a_sentence():
    table = many(("mixture", "net")).assign(sdr=np.nan)
    for task in ("separation", "enhancement"):
        with speaking(words_of(task)):
            said = finding(table, ["net"])
        assert "SDR not computed" in said and "nan" not in said
