"""A recogniser is trained and judged like an enhancer, and judges enhancers by what it hears."""

import math
import re
import sys

import jiwer
import pandas as pd
import pytest
import tiny_run
import torch

import evaluate
import train
from models.run import load_run
from reporting.scoring.work import ToAnswer
from tasks.task import system_of

SPEECH = (
    "experiment=folders",
    "plan=recognition",
    f"sample_rate={tiny_run.RATE}",
    "plan.train=8",
    "plan.validation=4",
    "plan.test=8",
    "plan.shortest_s=0.3",
    "jobs=1",
)
TINY = (
    "task=recognition",
    "recipe=short",
    "recipe.batch_size=4",
    "data.workers=0",
    "trainer.max_epochs=1",
    "recipe.steps_per_epoch=2",
    "task.network.hidden=4",
    "task.network.layers=1",
    "task.alphabet=' abc'",
    "task.features.mels=20",
    "task.features.coefficients=12",
)
RATES = ("+metric@metric.cer=cer", "+metric@metric.wer=wer")
SAID = "Abc, a cab!"


def spoken(root):
    data = tiny_run.corpus(root)
    for path in (data / "speech").rglob("*.flac"):
        path.with_suffix(".txt").write_text(SAID)
    return data


def typed(data, folder, *more):
    return [*SPEECH, f"data_root={data}", f"cache={data / 'cache'}", f"output={folder}", *more]


def evaluated(data, report, *more):
    options = typed(data, report, "figures=false", *more)
    evaluate.main(tiny_run.config("evaluate", options, report))
    return pd.read_csv(report / "scores.csv"), pd.read_csv(
        report / "transcripts.csv", keep_default_na=False
    )


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recognition")
    data, run = spoken(folder / "data"), folder / "run"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["train.py"])
        train.main(tiny_run.config("train", typed(data, run, *TINY), run))
    return data, run


def test_a_run_folder_is_the_recogniser_and_knows_its_transcripts(trained):
    _, run = trained
    assert set(pd.read_csv(run / "speech.csv").text) == {SAID}
    heard = system_of(run)
    assert heard.gives == "text" and heard.decoder.ngram is not None
    assert math.isfinite(pd.read_csv(run / "curve.csv").validation_loss.iloc[0])


def test_a_recogniser_is_judged_by_what_it_writes_of_mixtures_and_of_clean_speech(
    trained, tmp_path
):
    data, run = trained
    more = ("task=recognition", f"runs=[{run}]", *RATES, "task.decoder=greedy", "examples=false")
    scores, heard = evaluated(data, tmp_path / "report", *more)
    assert scores.system.unique().tolist() == [
        "mixture",
        "RecognitionLSTM",
        "RecognitionLSTM, clean",
    ]
    assert (scores[scores.system == "mixture"].cer == 1).all()  # which writes nothing
    rows = scores.merge(heard, on=["mixture_id", "system"])
    assert len(rows) == len(scores) == 24
    for row in rows.itertuples():
        assert row.cer == pytest.approx(jiwer.cer("abc a cab", row.answer))
        assert row.wer == pytest.approx(jiwer.wer("abc a cab", row.answer))


def test_more_characters_than_steps_are_a_failed_row_with_its_reason(trained):
    _, run = trained
    heard = system_of(run)
    half = {"mixture": torch.randn(1, 4000), "length": torch.tensor([4000])}
    steps = heard.recogniser.steps(4000)
    answer, problem = ToAnswer(heard, half | {"text": ["ab" * (steps // 2)]}).attempt()
    assert isinstance(answer, str) and not problem
    answer, problem = ToAnswer(heard, half | {"text": ["a" * steps]}).attempt()
    assert f"{steps} characters are said in 4000 samples" in problem
    assert f"it takes {2 * steps - 1} to write them" in problem


def test_enhancers_are_judged_by_what_a_recogniser_hears(trained, tmp_path):
    data, run = trained
    asked = [part.format(run) for part in ("metric.cer.run={}", "metric.wer.run={}")]
    fast = [f"~metric.{name}" for name in ("pesq_nb_raw", "pesq_nb", "pesq_wb", "estoi")]
    scores, heard = evaluated(data, tmp_path / "report", *RATES, *asked, *fast)
    assert scores.system.unique().tolist() == [
        "mixture",
        "ideal amplitude mask",
        "phase-sensitive mask",
        "clean speech",
    ]
    rows = scores.merge(heard, on=["mixture_id", "system"])
    assert len(rows) == len(scores) == 32
    for row in rows.itertuples():
        assert row.cer == pytest.approx(jiwer.cer("abc a cab", row.answer))
    report = (tmp_path / "report" / "report.html").read_text()
    assert "CER" in report and f"reference: \u201c{SAID}\u201d" in report
    assert re.search("transcript: \u201c[ abc]*\u201d", report)


def test_a_run_of_the_other_task_is_named_as_that(trained, tmp_path):
    data, run = trained
    named = f"{run}: is a run of task=recognition, and "
    with pytest.raises(ValueError, match=named + r"no answer to task=enhancement; .*evaluate.py"):
        evaluated(data, tmp_path / "report", f"runs=[{run}]")
    other_rate = ("sample_rate=16000", f"runs=[{run}]")
    with pytest.raises(ValueError, match=named + "no answer to task=enhancement"):
        evaluated(data, tmp_path / "report", *other_rate)
    with pytest.raises(ValueError, match=named + r"one of task=enhancement is needed; give one of"):
        load_run(run)
    with pytest.raises(
        ValueError, match=r"metric.cer: enhancers give speech, .*metric.cer.run=RUN"
    ):
        evaluated(data, tmp_path / "report", RATES[0])
    with pytest.raises(ValueError, match=r"metric.cer: by='no': no such recogniser"):
        evaluated(data, tmp_path / "report", RATES[0], "metric.cer.by=no")
    with pytest.raises(FileNotFoundError, match=r"nowhere: not a training run"):
        evaluated(data, tmp_path / "report", RATES[0], "metric.cer.run=nowhere")


def test_transcripts_that_are_missing_or_cut_are_told_in_a_line(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["train.py"])
    data = spoken(tmp_path / "data")
    cut = "plan.segment_s={train:0.3,validation:0.3,test:0.3}"
    with pytest.raises(ValueError, match=r"hold only a part of an utterance.*plan=recognition"):
        train.main(
            tiny_run.config("train", typed(data, tmp_path / "a", *TINY, cut), tmp_path / "a")
        )
    for path in (data / "speech").rglob("*.txt"):
        path.unlink()
    with pytest.raises(ValueError, match=r"speech.train: no recording .*\(no transcript\)"):
        train.main(tiny_run.config("train", typed(data, tmp_path / "b", *TINY), tmp_path / "b"))


def test_a_run_is_judged_on_its_test_where_some_speech_has_no_transcript(tmp_path, monkeypatch):
    """Training and test leave the same recordings out, so they split the same speakers."""
    monkeypatch.setattr(sys, "argv", ["train.py"])
    data, run = spoken(tmp_path / "data"), tmp_path / "run"
    for speaker in ("s0", "s3"):
        for path in (data / "speech" / speaker).glob("*.txt"):
            path.unlink()
    train.main(tiny_run.config("train", typed(data, run, *TINY), run))
    options = (
        "task=recognition",
        f"runs=[{run}]",
        RATES[0],
        "task.decoder=greedy",
        "examples=false",
    )
    scores, _ = evaluated(data, tmp_path / "report", *options)
    used = pd.read_csv(run / "speech.csv")
    of_training = used.source[used.split != "test"]
    assert not {*scores.speaker} & {*of_training.str.rpartition("/")[2], *of_training}
    assert scores.cer.notna().all()
