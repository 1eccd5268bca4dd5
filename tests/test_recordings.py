"""Recordings of the world are judged by scores that need no reference, through the same tables and pages."""

import numpy as np
import pandas as pd
import pytest
import tiny_run
from pair_trees import noise, voice, wav

import evaluate
from datagen.plan import load_plan
from metrics.dnsmos import ratings

NAMES = ("sig_mos", "bak_mos", "ovrl_mos", "p808_mos")


@pytest.fixture(autouse=True)
def rated_by_power(monkeypatch):
    """What stands in for the extra `mos`: the louder, the better."""

    def rated(samples, rate, is_personalized_MOS):  # noqa: N803
        return dict.fromkeys(NAMES, 1 + float(np.mean(samples**2)))

    monkeypatch.setattr("metrics.dnsmos._required", lambda module: None)
    monkeypatch.setattr("metrics.dnsmos._networks", lambda: rated)
    ratings.cache_clear()
    yield
    ratings.cache_clear()


@pytest.fixture
def recordings(tmp_path):
    for number, speaker in enumerate(["ann", "ann", "bob"]):
        clean = voice(number)
        wav(tmp_path / f"street/{speaker}_{number}.wav", clean + noise(clean, 5.0, number))
    return tmp_path / "street"


def judged(recordings, tmp_path, *typed):
    common = ["experiment=recordings", f"mixture={recordings}", "jobs=1"]
    common += [f"cache={tmp_path / 'cache'}", f"output={tmp_path / 'out'}"]
    evaluate.main(tiny_run.config("evaluate", [*common, *typed], tmp_path / "out"))
    return tmp_path / "out"


def test_a_report_of_recordings_has_its_tables_and_players_and_no_oracle(recordings, tmp_path):
    tool = tmp_path / "tool"
    for path in recordings.glob("*.wav"):
        wav(tool / path.name, 0.5 * voice(int(path.stem[-1])))
    report = judged(
        recordings, tmp_path, "+baseline@baselines.wiener=wiener",
        "+baseline@baselines.tool=files", f"baselines.tool.folder={tool}",
        "pairs.pattern='(?P<speaker>[a-z]+)_.*'", "figures=false",
    )  # fmt: skip
    scores = pd.read_csv(report / "scores.csv")
    assert set(scores.system) == {"mixture", "wiener", "tool"} and scores.snr_db.isna().all()
    assert scores.speaker.tolist() == ["ann"] * 6 + ["bob"] * 3
    power = scores.pivot(index="mixture_id", columns="system", values="dnsmos_ovrl")
    assert (power.wiener < power.mixture).all()
    rows = load_plan(report).rows
    assert set(rows.snr_from) == {"unknown"}
    assert rows.mixture_id.tolist() == ["ann_0", "ann_1", "bob_2"]
    files = pd.read_csv(report / "files.csv")
    assert files.problem.isna().all() and files.delay.tolist() == [0, 0, 0]
    page = (report / "report.html").read_text()
    assert "Unseen noise, means (3 mixtures)" in page and "spectrogram of wiener" in page
    assert "spectrogram of clean" not in page and "nan dB" not in page
    assert "clean speech" not in page and "Ideal masks" not in page
    assert "Greatest losses to hear" in page and 'href="#worst-0"' in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["mixture=null"], "recordings need a folder: add mixture=DIR"),
        (["mixture=nowhere"], "nowhere: no such folder; give mixture=DIR"),
        (["pairs.pattern='x'"], "street, such as ann_0; give another pairs.pattern"),
        (["pairs.pattern='('"], "is no regular expression"),
        (["+metric@metric.lsd=lsd"], "no clean speech to compare with; leave out ~metric.lsd"),
    ],
)
def test_what_cannot_be_judged_is_told_in_a_line(recordings, tmp_path, typed, said):
    with pytest.raises((ValueError, OSError)) as caught:
        judged(recordings, tmp_path, *typed)
    assert said in str(caught.value) and "\n" not in str(caught.value)
