"""The model card of a published run: what it is, what it was trained on, and its scores."""

import shutil
import sys

import pytest
from damages import damage, refused
from omegaconf import OmegaConf
from publishing import evaluated, published_of
from tiny_run import ROOT, fit

import publish
from command.entry import start
from models.run import content_of
from reporting.tables.runs import read_run


def test_a_report_on_the_validation_gives_a_card_no_scores(data, whole, tmp_path):
    folder = tmp_path / "report"
    evaluated(data, folder, whole, "split=validation")
    with pytest.raises(ValueError, match="a report on the validation"):
        published_of(whole, tmp_path / "pretrained", tmp_path / "cache", f"scores={folder}")


def test_the_card_tells_what_it_is_and_what_it_was_trained_on(published, whole):
    card = (published / "README.md").read_text()
    costs = read_run(whole, published.parent / "cache").costs
    for told in (
        "# CRNN, speech enhancement",
        "- sample rate: 8000 Hz",
        f"- parameters: {costs['parameters']:,}",
        f"- multiply-adds per second of audio: {costs['macs_per_second']:,}",
        "- latency: 20 ms, one window",
        "- seed: 0",
        "12 mixtures of train, 4 mixtures of validation",
        "- trained: 3 epochs, 15 steps; best validation loss",
        "licence not stated",
        "No report was given when it was published.",
    ):
        assert told in card
    assert " h on " in card


def test_the_scores_of_the_card_are_those_of_the_report_and_say_what_it_is_bad_at(
    whole, report, tmp_path
):
    out = published_of(whole, tmp_path / "out", tmp_path / "cache", f"scores={report}")
    card = (out / "README.md").read_text()
    ours = [line for line in card.splitlines() if line.startswith("| CRNN TMS")]
    theirs = (report / "report.md").read_text()
    plain = {
        line.replace("**", "").replace("\N{DEGREE SIGN}", "").replace(" ", "")
        for line in theirs.splitlines()
    }
    assert len(ours) == 4 and {line.replace(" ", "") for line in ours} <= plain
    assert "| filter" in card and "| mixture" in card and "| oracle" not in card
    assert "Of 8 mixtures it makes worse: " in card
    assert "Smallest improvements, by kind of noise:" in card


def test_scores_of_another_state_of_the_run_or_of_none_are_refused(data, report, whole, tmp_path):
    other = fit(data, tmp_path / "other", "trainer.max_epochs=1")
    cache = tmp_path / "cache"
    refused(
        lambda: published_of(other, tmp_path / "out", cache, f"scores={report}"),
        f"{report}: tested no run with the weights that {other} has now; evaluate the run again",
    )
    refused(
        lambda: published_of(whole, tmp_path / "out", cache, f"scores={whole}"),
        "runs.csv: no such file",
    )
    refused(
        lambda: published_of(whole, tmp_path / "out", cache, f"scores={tmp_path}"),
        "not a report, it has",
    )
    spoilt = shutil.copytree(report, tmp_path / "spoilt")
    for name in ("scores.csv", "summary.csv", "runs.csv"):
        for kind in ("empty", "of semicolons", "cut within a row"):
            damage(spoilt / name, kind)
            refused(
                lambda: published_of(whole, tmp_path / "out", cache, f"scores={spoilt}"),
                f"{name}: ",
            )
            shutil.copy(report / name, spoilt / name)
    assert not (tmp_path / "out").exists()


def test_text_from_outside_stands_to_the_letter_in_the_card(data, tmp_path):
    """Licences and titles, whoever wrote them."""
    said = "speech.train.folder.title='<b>*x*|y'", "speech.train.folder.licence='`CC0` | [a](b)'"
    run = fit(data, tmp_path / "run", "trainer.max_epochs=1", *said)
    card = (published_of(run, tmp_path / "out", tmp_path / "cache") / "README.md").read_text()
    assert r"&lt;b>\*x\*\|y" in card and r"\`CC0\` \| \[a\](b)" in card


def test_a_run_from_before_times_and_licences_is_published_with_what_its_experiment_says(
    whole, tmp_path, monkeypatch
):
    run = shutil.copytree(whole, tmp_path / "run")
    (run / "times.csv").unlink()
    path = run / ".hydra" / "config.yaml"
    older = OmegaConf.load(path)
    for node in (older.speech.train.folder, older.noise.seen.folder):
        node.pop("licence")
        node.pop("title")
    older.noise.seen.berlin = older.noise.seen.pop("folder")
    path.write_text(OmegaConf.to_yaml(older))
    typed = [
        f"run={run}",
        "licences=pretrained",
        f"output={tmp_path / 'out'}",
        f"cache={tmp_path}",
    ]
    monkeypatch.setattr(sys, "argv", [str(ROOT / "publish.py"), *typed])
    monkeypatch.setenv("HYDRA_FULL_ERROR", "0")
    start(publish.main, "publish")
    card = (tmp_path / "out" / "README.md").read_text()
    assert "streets of Berlin" in card and "CC BY 4.0" in card and "- time: not recorded" in card
    assert not (tmp_path / "out" / "times.csv").exists()
    assert content_of(tmp_path / "out") == content_of(run)
