"""Test sets of others: what a tree of files says becomes a plan, what does not fit is told."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tiny_run
import torch
from judged_pairs import config, folders, judged, known
from pair_trees import RATE, by_name, dns, noise, noizeus, samples, voice, voicebank, wav

import evaluate
import generate
from command.check import check
from command.evaluate_schema import EvaluateConfig
from datagen.pairs.pairs import Pairs
from datagen.plan import Plan, load_plan
from options.build import build
from reporting.scoring.leaks import refuse_leaks


def test_voicebank_has_noise_snr_and_speaker_from_its_log_and_names(tmp_path, cache):
    test = judged(cache, "pairs=voicebank", f"pairs.root={voicebank(tmp_path)}")
    assert known(test) == [
        ("p232_001", 2.5, "bus", "p232"),
        ("p232_002", 7.5, "cafe", "p232"),
        ("p257_001", 17.5, "bus", "p257"),
    ]
    assert not test.notes
    assert set(test.plan.rows.snr_from) == {"the set"}


def test_a_dns_set_is_matched_by_its_file_ids(tmp_path, cache):
    test = judged(cache, "pairs=dns", f"pairs.root={dns(tmp_path)}")
    assert [row[1:] for row in known(test)] == [
        (15.0, "unknown", "unknown"),
        (-3.0, "unknown", "unknown"),
        (0.0, "unknown", "unknown"),
    ]
    ids = zip(test.plan.rows.mixture_id, test.plan.rows.speech_id, strict=True)
    assert all(mixture.split("_")[-1] == clean.split("_")[-1] for mixture, clean in ids)


def test_in_noizeus_several_mixtures_share_a_clean_file_that_lies_among_them(tmp_path, cache):
    test = judged(cache, "pairs=noizeus", f"pairs.root={noizeus(tmp_path)}")
    assert known(test) == [
        ("airport_5dB/sp01_airport_sn5", 5.0, "airport", "unknown"),
        ("airport_5dB/sp02_airport_sn5", 5.0, "airport", "unknown"),
        ("train_10dB/sp01_train_sn10", 10.0, "train", "unknown"),
        ("train_10dB/sp02_train_sn10", 10.0, "train", "unknown"),
    ]
    assert test.plan.speech.id.tolist() == ["clean/sp01", "clean/sp02"]


def test_the_audio_is_that_of_the_files_and_an_unsaid_snr_is_measured_and_grouped(tmp_path, cache):
    root = by_name(tmp_path, snr_db=7.0)
    quiet = 0.1 * voice(2)
    wav(root / "clean/a2.wav", quiet)
    wav(root / "mixture/a2.wav", quiet + noise(quiet, -13.0) + 0.001)  # an offset stays
    test = judged(cache, *folders(root))
    assert test.plan.rows.snr_db.tolist() == [5.0, 5.0, -15.0]
    assert test.plan.rows.snr_from.tolist()[0] == "measured: 7.00 dB"
    assert "SNR of 3 of 3 mixtures is measured" in test.notes[0]
    assert "The speaker of 3 of 3 mixtures is unknown" in test.notes[1]
    for row in test.plan.rows.to_dict("records"):
        parts = test.audio.signals(row)
        for part in ("clean", "mixture"):
            there = samples(root / part / f"{row['mixture_id']}.wav")
            assert np.array_equal(parts[part].numpy(), there)
        assert torch.equal(parts["mixture"] - parts["clean"], parts["noise"])


def test_what_exceeds_full_scale_is_scaled_in_both_files(tmp_path, cache):
    root = by_name(tmp_path, 1)
    wav(root / "clean/a0.wav", 2 * voice(0), subtype="FLOAT")
    wav(root / "mixture/a0.wav", 2 * voice(0) + 2 * noise(voice(0), 0.0), subtype="FLOAT")
    test = judged(cache, *folders(root))
    (row,) = test.plan.rows.to_dict("records")
    parts = test.audio.signals(row)
    assert float(parts["mixture"].abs().max()) == pytest.approx(1.0, abs=0.01)
    assert row["snr_from"] == "measured: 0.00 dB"


def test_files_that_are_not_read_are_counted_and_named(tmp_path, cache, caplog):
    root = by_name(tmp_path, 1)
    (root / "mixture/list.csv").write_text("a0")
    (root / "mixture/.a1.wav").write_bytes(b"")
    judged(cache, *folders(root))
    assert "mixture: 1 hidden (.a1.wav), 1 no audio (list.csv)" in caplog.text


def test_other_rates_and_stereo_are_brought_to_one_and_said(tmp_path, cache, caplog):
    root = by_name(tmp_path, 2)
    clean = voice(1)
    doubled = np.repeat(clean, 2)  # at twice the rate
    wav(root / "clean/a1.wav", np.stack([doubled, doubled], axis=1), rate=2 * RATE)
    test = judged(cache, *folders(root))
    assert test.plan.rows.length.tolist() == [RATE, RATE]
    assert "resampled to 8000 Hz" in caplog.text and "several channels" in caplog.text


def test_a_run_that_heard_the_clean_files_is_refused(tmp_path, cache):
    test = judged(cache, *folders(by_name(tmp_path)))
    heard = test.plan.speech.assign(
        id=["x/1", "x/2", "x/3"], path=["/1", "/2", "/3"], source="other", split="train"
    )
    silent = test.plan.noise.assign(content="").iloc[:0]
    Plan(test.plan.rows, heard, silent).save(tmp_path / "run")
    with pytest.raises(ValueError, match="3 recordings of the test were in its training under"):
        refuse_leaks(tmp_path / "run", test.plan, tmp_path / "run")


def test_what_was_rendered_is_judged_by_its_own_plan(tmp_path, cache):
    folder = tiny_run.corpus(tmp_path / "data")
    typed = [*tiny_run.common(folder, tmp_path / "out"), "plan.train=0", "plan.validation=0"]
    typed = [item for item in typed if not item.startswith(("data.", "trainer.", "network."))]
    cfg = tiny_run.config("generate", [*typed, "render=true"], tmp_path / "out")
    generate.main(cfg)
    test = judged(cache, "pairs=rendered", f"pairs.root={tmp_path / 'out'}")
    plan = load_plan(tmp_path / "out")
    pd.testing.assert_frame_equal(test.plan.rows, plan.split("test"))
    assert set(test.plan.rows.noise_seen) == {True, False}
    row = test.plan.rows.iloc[0].to_dict()
    there = samples(tmp_path / "out" / "test" / "mixture" / f"{row['mixture_id']}.flac")
    assert np.array_equal(test.audio.signals(row)["mixture"].numpy(), there)
    with pytest.raises(ValueError, match="add sample_rate=8000"):
        judged(cache, "pairs=rendered", f"pairs.root={tmp_path / 'out'}", "sample_rate=16000")


def test_a_report_of_pairs_has_its_tables_and_says_what_was_judged(tmp_path, cache, capsys):
    root = noizeus(tmp_path / "set")
    cfg = config(
        cache, "pairs=noizeus", f"pairs.root={root}", f"output={tmp_path / 'out'}",
        "~metric.pesq_nb_raw", "~metric.pesq_nb", "~metric.pesq_wb", *tiny_run.TABLES_ALONE,
    )  # fmt: skip
    evaluate.main(cfg)
    scores = pd.read_csv(tmp_path / "out" / "scores.csv")
    assert sorted(set(scores.snr_db)) == [5.0, 10.0]
    assert set(scores.noise_type) == {"airport", "train"}
    assert set(load_plan(tmp_path / "out").rows.snr_from) == {"the set"}
    assert str(root) in (tmp_path / "out" / "report.md").read_text()
    assert "by its kind" in (tmp_path / "out" / "report.md").read_text()


def test_folders_of_pairs_are_refused_where_no_pairs_are_judged(tmp_path):
    cfg = tiny_run.config("evaluate", ["clean=x"], tmp_path)
    with pytest.raises(ValueError, match="clean='x': is read by experiment=pairs alone"):
        check(cfg, EvaluateConfig)
    cfg = tiny_run.config("evaluate", ["mixture=x"], tmp_path)
    with pytest.raises(ValueError, match="by experiment=recordings and experiment=pairs alone"):
        check(cfg, EvaluateConfig)
    for typed in (["experiment=recordings", "mixture=y"], ["pairs=rendered", "pairs.root=y"]):
        with pytest.raises(ValueError, match="clean='x': this test has other folders"):
            check(config(tmp_path, "clean=x", *typed), EvaluateConfig)
    with pytest.raises(ValueError, match=r"add pairs\.root=DIR, which holds clean_testset_wav and"):
        check(config(tmp_path, "pairs=voicebank"), EvaluateConfig)
    paired = config(tmp_path, "clean=x", "mixture=y", "split=validation")
    with pytest.raises(ValueError, match="pairs of files are a test"):
        check(paired, EvaluateConfig)


LAYOUTS = sorted(path.stem for path in Path(tiny_run.ROOT / "conf" / "pairs").glob("*.yaml"))


@pytest.mark.parametrize("name", [name for name in LAYOUTS if name != "none"])
def test_every_layout_has_a_yaml_that_names_a_set_of_pairs(name, cache):
    root = [] if name == "recordings" else ["pairs.root=x"]
    cfg = config(cache, f"pairs={name}", *root, "clean=a", "mixture=b")
    assert build(cfg.pairs, Pairs)
