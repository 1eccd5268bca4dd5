"""Test sets of others: what a tree of files says becomes a plan, what does not fit is told."""

import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import tiny_run
import torch
from omegaconf import OmegaConf
from pair_trees import RATE, by_name, dns, noise, noizeus, samples, voice, voicebank, wav

import evaluate
import generate
from command.about_evaluation import title
from command.check import check
from command.evaluate_schema import EvaluateConfig
from datagen import from_config
from datagen.pairs.log import read_log
from datagen.pairs.matching import Named, joining
from datagen.pairs.pairs import Pairs
from datagen.plan import Plan, load_plan
from options.build import build
from reporting.scoring.bench import Bench
from reporting.scoring.leaks import refuse_leaks


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


def config(cache, *typed, name="evaluate"):
    common = ["experiment=pairs", f"sample_rate={RATE}", f"cache={cache}", "jobs=1"]
    return tiny_run.config(name, [*common, *typed], cache.parent / "out")


def judged(cache, *typed):
    """What a tree is as a test."""
    return from_config.test(config(cache, *typed))


def folders(root):
    return f"clean={root / 'clean'}", f"mixture={root / 'mixture'}"


def known(test):
    """SNR, noise and speaker of every mixture."""
    bench = Bench(test.plan, test.audio, RATE)
    rows = [mixture.identity for mixture in bench.mixtures()]
    return [(row["mixture_id"], row["snr_db"], row["noise_type"], row["speaker"]) for row in rows]


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


def test_half_a_match_is_told_with_the_nearest_names_and_the_rest_is_judged(tmp_path, cache):
    root = by_name(tmp_path)
    wav(root / "mixture/a33.wav", voice(0))
    wav(root / "clean/b1.wav", voice(0))
    test = judged(cache, *folders(root))
    assert len(test.plan.rows) == 3
    assert "Left out: 1 mixtures have no clean file (a33, nearest is a" in test.notes[0]
    assert "Left out: 1 clean files have no mixture (b1" in test.notes[1]


def test_a_log_that_lacks_lines_says_for_how_many_the_snr_is_measured(tmp_path, cache):
    log = voicebank(tmp_path) / "log_testset.txt"
    log.write_text("p232_001 bus 2.5\n")
    test = judged(cache, "pairs=voicebank", f"pairs.root={tmp_path}")
    assert [row[2] for row in known(test)] == ["bus", "unknown", "unknown"]
    assert test.plan.rows.snr_db[0] == 2.5
    assert set(test.plan.rows.snr_db[1:]) <= {5.0, 10.0, 15.0, 20.0}
    assert "lacks 2 of 3 mixtures (p232_002, ...)" in test.notes[0]


def _shorter(root):
    wav(root / "mixture/a0.wav", voice(0, 0.9))


def _same(root):
    wav(root / "mixture/a0.wav", voice(0))


def _silent(root):
    wav(root / "clean/a0.wav", np.zeros(RATE))


def _nan(root):
    wav(root / "mixture/a0.wav", np.full(RATE, np.nan), subtype="FLOAT")


def _twice(root):
    wav(root / "clean/deeper/a0.wav", voice(0))


def _in_other_folders(root):
    for folder in ("b", "c"):
        wav(root / "clean" / folder / "a0.wav", voice(0))
    for name in ("a0", "a1", "a2"):
        (root / f"clean/{name}.wav").unlink()


def _two_forms(root):
    wav(root / "mixture/a0.flac", voice(0))


def _others(root):
    for path in (root / "clean").glob("*.wav"):
        path.rename(path.with_name(f"x{path.stem}_clean.wav"))


PATTERN = "pairs.clean_pattern='(?P<clean>.+)'"


@pytest.mark.parametrize(
    ("spoil", "typed", "said"),
    [
        (_shorter, [], "1 of 3 pairs do not fit (a0: 7200 samples, its clean file 8000); mend"),
        (_same, [], "the mixture is the clean file"),
        (_silent, [], "clean/a0.wav (silent"),
        (_nan, [], "NaN"),
        (_in_other_folders, [], "two clean files match it"),
        (None, ["mixture=${clean}"], "3 of 3 pairs do not fit (a0: the mixture is the clean file"),
        (_twice, [PATTERN], "two clean files match it"),
        (_two_forms, [], "has the name of"),
        (_others, [], "no pair matches among 3 mixtures and 3 clean files (no clean file for a0"),
        (None, ["pairs.pattern='('"], "is no regular expression"),
        (
            None,
            [r"pairs.pattern='(?=(?P<snr>a))(?P<clean>.+)'"],
            "'a', the SNR by pairs.pattern, is no",
        ),
        (None, ["pairs.pattern='a'"], "has no group (?P<clean>...)"),
        (
            None,
            ["pairs.pattern='(?P<clean>b.+)'"],
            "mixture, such as a0; give another pairs.pattern",
        ),
        (None, ["pairs.unfit=maybe"], "must be refuse or leave_out"),
        (None, ["pairs.log=list.txt", "pairs.root=/"], "list.txt: no such file"),
        (None, ["clean=nowhere"], "nowhere: no such folder; give clean=DIR"),
        (None, [f"clean={__file__}"], "is a file, and a folder is expected; give clean=DIR"),
        (None, ["pairs=dns", "pairs.root=nowhere"], "clean: no such folder; give pairs.root=DIR"),
        (None, ["mixture=null"], "add mixture=DIR"),
        (None, ["clean=null", "mixture=null"], "add clean=DIR mixture=DIR"),
    ],
)
def test_what_does_not_fit_is_refused_in_a_line(tmp_path, cache, spoil, typed, said):
    root = by_name(tmp_path)
    if spoil:
        spoil(root)
    with pytest.raises((ValueError, OSError)) as error:
        judged(cache, *folders(root), *typed)
    assert said in str(error.value) and "\n" not in str(error.value)


def test_a_pattern_that_matches_by_chance_is_not_suggested():
    def files(*names):
        return [Named(name, Path(f"{name}.wav"), {}) for name in names]

    cleans = files("p232_010", "p232_011")
    assert joining(files("sp01_sn0", "sp02_sn0", "sp03_sn0"), cleans) == ""
    assert "clean>" in joining(files("sp01_p232_010", "sp01_p232_011"), cleans)


def test_leaving_out_is_no_remedy_where_no_pair_fits(tmp_path, cache):
    with pytest.raises(ValueError, match=r"; mend them$"):
        judged(cache, *folders(by_name(tmp_path)), "mixture=${clean}")


def _renamed(folder, name):
    """Files a0.wav, a1.wav, ... of a folder get other names."""

    def spoil(root):
        for path in sorted((root / folder).glob("*.wav")):
            target = root / folder / name.format(path.stem)
            target.parent.mkdir(exist_ok=True)
            path.rename(target)

    return spoil


@pytest.mark.parametrize(
    ("mixtures", "cleans"),
    [
        ("{}_noisy.wav", "{}.wav"),
        ("{}.wav", "clean_{}.wav"),
        ("noisy_{}.wav", "clean_{}.wav"),
        ("{}_noisy.wav", "{}_clean.wav"),
        ("0dB/{}.wav", "{}.wav"),
        ("0dB/{}-n.wav", "all/{}.wav"),
        ("{}+babble (5 dB).wav", "{}.wav"),
        ("0 dB, {}.wav", "{}.wav"),
    ],
)
def test_where_no_names_match_options_are_given_that_work_when_typed(
    tmp_path, cache, mixtures, cleans
):
    root = by_name(tmp_path)
    _renamed("mixture", mixtures)(root)
    _renamed("clean", cleans)(root)
    with pytest.raises(ValueError, match="no pair matches among 3") as error:
        judged(cache, *folders(root))
    typed = shlex.split(str(error.value).partition("; add ")[2].partition(", see ")[0])
    assert len(judged(cache, *folders(root), *typed).plan.rows) == 3


def test_the_options_that_are_given_are_those_by_which_most_files_match(tmp_path, cache):
    root = by_name(tmp_path, 4)
    for name, kind in enumerate(("babble_sn5", "car_sn0", "car_sn5", "car_sn15")):
        (root / f"mixture/a{name}.wav").rename(root / f"mixture/a{name}_{kind}.wav")
    with pytest.raises(ValueError, match="no pair matches among 4") as error:
        judged(cache, *folders(root))
    typed = shlex.split(str(error.value).partition("; add ")[2].partition(", see ")[0])
    assert len(judged(cache, *folders(root), *typed).plan.rows) == 4


def test_names_that_do_not_match_a_pattern_are_told(tmp_path, cache):
    test = judged(cache, *folders(by_name(tmp_path)), "pairs.pattern='(?P<clean>a[01])'")
    assert "Left out: 1 files have a name that does not match pairs.pattern (a2)." in test.notes
    mixed = ["pairs.pattern='(?P<clean>.+)m'", "pairs.clean_pattern='(?P<clean>.+)c'"]
    for name in "mc":
        wav(tmp_path / f"one/a0{name}.wav", voice(0) + (name == "m") * noise(voice(0), 5.0))
    one = [f"clean={tmp_path / 'one'}", f"mixture={tmp_path / 'one'}"]
    assert not any("Left out" in note for note in judged(cache, *one, *mixed).notes)


def test_files_that_cannot_be_used_are_left_out_with_their_pairs_and_told(tmp_path, cache):
    root = by_name(tmp_path, 4)
    _silent(root)
    wav(root / "mixture/a1.wav", np.full(RATE, np.nan), subtype="FLOAT")
    (root / "mixture/a2.wav").write_bytes(b"")
    with pytest.raises(ValueError, match=r"3 bad audio.*, or add pairs.unfit=leave_out$"):
        judged(cache, *folders(root))
    test = judged(cache, *folders(root), "pairs.unfit=leave_out")
    assert test.plan.rows.mixture_id.tolist() == ["a3"]
    assert "Left out: 3 of 4 pairs that do not fit (a0: " in test.notes[0]
    assert "clean/a0.wav (silent" in test.notes[0] and "NaN" in test.notes[0]
    (root / "clean/a3.wav").write_bytes(b"")
    with pytest.raises(ValueError, match=r"4 bad audio.*: replace or remove these files$"):
        judged(cache, *folders(root), "pairs.unfit=leave_out")


def test_what_does_not_fit_can_be_left_out_and_is_told(tmp_path, cache):
    root = by_name(tmp_path)
    _same(root)
    wav(root / "mixture/a1.wav", voice(1, 0.9))
    test = judged(cache, *folders(root), "pairs.unfit=leave_out")
    assert test.plan.rows.mixture_id.tolist() == ["a2"]
    assert "Left out: 2 of 3 pairs that do not fit (a1: 7200 samples" in test.notes[0]
    assert "a0: the mixture is the clean file" in test.notes[0]
    assert "SNR of 1 of 1 mixtures is measured" in test.notes[1]


LOG = "p232_001 bus 2.5\np232_002 cafe 7.5\np257_001 bus 17.5\n"


@pytest.mark.parametrize(
    "log",
    [
        LOG.replace("\n", "\r\n").encode(),
        LOG.encode("utf-8-sig"),
        LOG.encode("utf-16"),
        LOG.replace(" ", "\t").encode(),
        LOG.replace(" bus", ".wav bus").encode(),
        (LOG + "\n" + LOG).encode(),
    ],
)
def test_a_log_is_read_however_it_was_saved(tmp_path, log):
    (tmp_path / "log.txt").write_bytes(log)
    assert read_log(tmp_path / "log.txt") == {
        "p232_001": ("bus", 2.5),
        "p232_002": ("cafe", 7.5),
        "p257_001": ("bus", 17.5),
    }


@pytest.mark.parametrize(
    ("log", "said"),
    [
        (b"p232_001 bus 2.5\np232_002 bus", "line 2, 'p232_002 bus', is not 'name noise snr_db'"),
        (b"p232_001 bus nan", "line 1, 'p232_001 bus nan', is not 'name noise snr_db'"),
        (b"p232_001 bus 2,5", "line 1, 'p232_001 bus 2,5', is not 'name noise snr_db'"),
        (b"a bus 2.5\na bus 5", "line 2, 'a bus 5', contradicts an earlier line of a"),
        (b"p232_001 caf\xe9 2.5", "is no text in UTF-8; save it as such"),
        (None, "no such file; put it there"),
    ],
)
def test_a_log_that_is_wrong_is_refused_with_a_remedy_that_works(tmp_path, cache, log, said):
    root = voicebank(tmp_path)
    (root / "log_testset.txt").unlink()
    if log is not None:
        (root / "log_testset.txt").write_bytes(log)
    typed = "pairs=voicebank", f"pairs.root={root}"
    with pytest.raises((ValueError, OSError)) as error:
        judged(cache, *typed)
    assert said in str(error.value) and "give pairs.log='' to measure" in str(error.value)
    assert len(judged(cache, *typed, "pairs.log=").plan.rows) == 3


def test_lines_of_a_log_and_mixtures_that_do_not_meet_are_told(tmp_path, cache):
    log = voicebank(tmp_path) / "log_testset.txt"
    log.write_text("p232_001 bus 2.5\np232_002 cafe 7.5\nq257_001 bus 17.5\n")
    lacks, more, _ = judged(cache, "pairs=voicebank", f"pairs.root={tmp_path}").notes
    assert "lacks 1 of 3 mixtures (p257_001, nearest is q257_001)" in lacks
    assert "has 1 lines of mixtures that are not there (q257_001)." in more
    log.write_text("")
    assert (
        "lacks 3 of 3 mixtures"
        in judged(cache, "pairs=voicebank", f"pairs.root={tmp_path}").notes[0]
    )


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


def test_a_report_on_files_is_titled_by_their_folder():
    config = {"speech": {"test": {}}, "noise": {"seen": {}}}
    on_dns = OmegaConf.create({**config, "pairs": {"root": "/sets/dns/no_reverb", "mixture": "n"}})
    assert title(on_dns) == "Enhancement of dns/no_reverb"
    by_folders = OmegaConf.create({**config, "pairs": {"root": None, "mixture": "/sets/a/noisy"}})
    assert title(by_folders) == "Enhancement of a/noisy"


def test_a_title_names_few_corpora_and_counts_the_others():
    def of(speech, noise):
        roles = {"speech": {"test": dict.fromkeys(speech)}, "noise": {"seen": dict.fromkeys(noise)}}
        return title(OmegaConf.create(roles))

    assert of("abc", "x") == "Enhancement of a, b, c in x"
    assert of("abcd", "xyzuvw") == "Enhancement of a, b and 2 more in x, y and 4 more"
