"""task=separation as it is typed: trained, judged, and put to work on recordings."""

import sys

import numpy as np
import pandas as pd
import pytest
import soundfile
import tiny_run
import torch
from tiny_run import RATE, ROOT, wav

import enhance
import evaluate
import train
from audio.channels import BLOCK
from command.entry import start
from metrics.talkers_sdr import TalkersSDR
from models.trained_separation import load_separator
from tasks.task import enhancers_of

TINY = (
    "experiment=two_talkers",
    "plan.train=6",
    "plan.validation=3",
    "plan.test=6",
    "plan.segment_s={train:0.5,validation:0.5,test:0.5}",
    "plan.shortest_s=0.3",
)
TRAINED = (
    "recipe=separation",
    "task.network.hidden=4",
    "data.batch_size=3",
    "data.steps_per_epoch=2",
    "data.workers=0",
    "trainer.max_epochs=1",
    "recipe.schedule.warmup_steps=0",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two speakers for each split in the layout of LibriSpeech, each of one pitch."""
    folder = tmp_path_factory.mktemp("talkers")
    time = np.arange(RATE) / RATE
    rng = np.random.default_rng(0)
    for number in range(6):
        subset = "test-other" if number > 3 else "train-clean-100"
        for utterance in range(2):
            voice = sum(np.sin(2 * np.pi * 150 * (number + 1) * k * time) / k for k in (1, 2, 3))
            wav(
                folder / f"data/speech/librispeech/{subset}/{number}/1/{number}-1-{utterance}.flac",
                voice + 0.01 * rng.standard_normal(RATE),
            )
    return folder


def typed(folder, output, *more):
    return [
        *TINY,
        f"data_root={folder / 'data'}",
        f"cache={folder / 'cache'}",
        "jobs=1",
        f"output={output}",
        *more,
    ]


@pytest.fixture(scope="module")
def run(folder):
    run = folder / "run"
    train.main(tiny_run.config("train", typed(folder, run, *TRAINED), run))
    return run


def test_a_run_is_judged_with_its_own_test_beside_the_mixture_and_the_ideal_mask(
    folder, run, tmp_path
):
    report = tmp_path / "report"
    options = [f"runs=[{run}]", f"cache={folder / 'cache'}", "jobs=1", f"output={report}"]
    options.append("figures=false")
    evaluate.main(tiny_run.config("evaluate", options, report))
    scores = pd.read_csv(report / "scores.csv")
    by_system = scores.groupby("system").talkers_sdr.mean()
    assert set(by_system.index) == {"mixture", "oracle", "MaskLSTM"}
    assert by_system["oracle"] > by_system["mixture"] + 3
    assert {"talkers_pesq", "talkers_stoi", "talkers_si_sdr"} <= {*scores}
    assert "sdr" not in scores and not scores.noise_seen.any()
    page = (report / "report.html").read_text(encoding="utf-8")
    for player in ("clean, talker 2", "oracle, talker 1", "MaskLSTM, talker 2"):
        assert player in page


def typed_at_enhance(monkeypatch, *options):
    monkeypatch.setenv("HYDRA_FULL_ERROR", "0")
    monkeypatch.setattr(sys, "argv", [str(ROOT / "enhance.py"), "jobs=1", *options])
    start(enhance.main, "enhance")


def test_enhance_writes_a_file_for_each_talker_that_is_the_whole_separated(
    run, tmp_path, monkeypatch, capsys
):
    noise = 0.1 * np.random.default_rng(0).standard_normal(BLOCK + RATE)  # of two blocks
    for name in ("in/a.wav", "in/deep/b.wav"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(tmp_path / name, noise, RATE, subtype="FLOAT")
    typed_at_enhance(
        monkeypatch, f"run={run}", f"input={tmp_path / 'in'}", f"output={tmp_path / 'out'}"
    )
    typed_at_enhance(monkeypatch, f"run={run}", f"input={tmp_path / 'in/a.wav'}")
    assert "4 enhanced" in capsys.readouterr().out
    whole = load_separator(run).separate(torch.from_numpy(noise).float()[None])[0].numpy()
    for number in (1, 2):
        for place in ("out", "out/deep", "in"):
            stem = "b" if place == "out/deep" else "a"
            made, rate = soundfile.read(tmp_path / place / f"{stem}.talker{number}.wav")
            assert rate == RATE
            np.testing.assert_allclose(made, whole[number - 1], atol=1e-5)
    assert not np.allclose(whole[0], whole[1], atol=1e-4)
    assert not (tmp_path / "out/a.wav").exists()


def test_what_is_one_stream_takes_no_run_of_separation(run, monkeypatch):
    with pytest.raises(SystemExit, match=r"makes 2 signals of one \(talker1, talker2\), and a str"):
        typed_at_enhance(monkeypatch, f"run={run}", "input=-", "output=-", "rate=8000")


def test_a_run_of_enhancement_is_one_enhancer(whole):
    assert list(enhancers_of(whole)) == [""]


def test_what_cannot_be_learned_is_refused_before_any_data_is_read(folder, tmp_path):
    wrong = typed(folder, tmp_path, *TRAINED, "plan.second_talker=false")
    with pytest.raises(ValueError, match="no second talker; choose experiment=two_talkers"):
        train.main(tiny_run.config("train", wrong, tmp_path))


def test_an_answer_of_other_talkers_than_the_mixture_has_is_no_score():
    noise = np.random.default_rng(0).standard_normal((3, RATE))
    with pytest.raises(ValueError, match="2 talkers of 8000 samples in the answer, 3 talkers"):
        TalkersSDR()(noise, noise[:2], RATE)
