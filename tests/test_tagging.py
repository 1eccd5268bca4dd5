"""Tones are classes: a tagger names them all, guessing names one, and what is no class is said."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
import tiny_run
import torch
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf
from tiny_run import RATE, ROOT

import enhance
import evaluate
import train
from command.check import check
from command.entry import start
from command.evaluate_schema import EvaluateConfig
from command.trial import Built, Trial, built
from datagen import from_config
from datagen.clips import clip_plan
from datagen.corpora.demo_noises import GENERATORS, DemoNoises
from datagen.plan import load_plan
from datagen.recordings import COLUMNS
from models.baselines.unprocessed import Unprocessed
from models.tagging.network import TaggingNetwork
from options.build import build
from parallel.spread import over_processes
from reporting.figures.confusion_figure import matrix
from reporting.scoring.memory import Memory
from tasks.tagging import namer
from tasks.task import system_of, task_of

TONES = {"cat": 300.0, "cow": 900.0, "crow": 2000.0}  # Hz
NETWORKS = sorted(path.stem for path in (ROOT / "conf/tagger").glob("*.yaml"))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Five folds in ESC-50's layout: two clips of each tone, of half a second, and more of cows."""
    root = tmp_path_factory.mktemp("tones")
    rng = np.random.default_rng(0)
    lines = []
    for fold in range(1, 6):
        for number, (name, hz) in enumerate([*TONES.items()] * 2 + [("cow", 900.0)]):
            clip = f"{fold}-{fold}{number}-A-{list(TONES).index(name)}.wav"
            time = np.arange(RATE // 2) / RATE
            tone = np.sin(2 * np.pi * hz * time + rng.random()) + 0.3 * rng.standard_normal(
                len(time)
            )
            tiny_run.wav(root / "noise/esc50/audio" / clip, tone)
            lines.append({"filename": clip, "fold": fold, "category": name})
    (root / "noise/esc50/meta").mkdir()
    pd.DataFrame(lines).to_csv(root / "noise/esc50/meta/esc50.csv", index=False)
    return root


def typed(data, *more):
    return [
        "experiment=esc50_tagging", f"data_root={data}", f"cache={data / 'cache'}", "jobs=1",
        f"sample_rate={RATE}", f"task.classes=[{','.join(TONES)}]", *more,
    ]  # fmt: skip


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    runs = {network: tmp_path_factory.mktemp(network) / "run" for network in NETWORKS}
    return {network: learned(data, run, network) for network, run in runs.items()}


def learned(data, run, network, *more):
    options = typed(
        data, "recipe=tagging", "trainer.max_epochs=12", "recipe.schedule.warmup_steps=2",
        "data.batch_size=4", "data.workers=0", "recipe.optimizer.lr=0.01",
        f"tagger@task.network={network}", f"output={run}", *more,
    )  # fmt: skip
    train.main(tiny_run.config("train", options, run))
    return run


def test_tones_are_named_and_guessing_names_the_commonest(data, trained, tmp_path):
    cfg = tiny_run.config("evaluate", typed(data, f"output={tmp_path}"), tmp_path)
    scores = Trial(cfg, built(cfg, trained)).scores(over_processes(1))
    accuracy = scores.groupby("system").accuracy.mean()
    assert accuracy["conv_lstm"] == accuracy["linear"] == accuracy["oracle"] == 1
    assert accuracy["commonest"] == pytest.approx(3 / 7)  # cows
    assert accuracy["mixture"] == pytest.approx(2 / 7)
    assert scores.snr_db.isna().all()  # there is no speech
    assert set(scores.noise_type) == {*TONES} and len(scores) == 7 * len(accuracy)


def test_folds_are_put_together_each_answered_by_the_run_that_has_not_heard_it(
    data, trained, tmp_path
):
    other = learned(data, tmp_path / "fold2", "commonest", "noise.unseen.esc50.folds=[2]")
    runs = f"runs=[{trained['commonest']},{other}]"
    report = tmp_path / "report"
    evaluate.main(tiny_run.config("evaluate", [runs, "examples=false", "jobs=1"], report))
    scores = pd.read_csv(report / "scores.csv")
    own = scores[scores.system == "Commonest"]
    assert own.groupby("fold").size().to_dict() == {"folds=1": 7, "folds=2": 7}
    assert all(own.mixture_id.str[6] == own.fold.str[-1])
    text = (report / "report.md").read_text()
    assert "On 14 clips of 14 sources, Commonest reached on average" in text
    assert "Unseen clips, by the fold that tests them" in text
    answers = pd.read_csv(report / "transcripts.csv").query("system == 'Commonest'")
    table = matrix(answers)
    assert table.cow.tolist() == [4, 6, 4] and table.to_numpy().sum() == 14
    assert (report / "figures/confusion_1.svg").exists()
    alone = f"runs=[{trained['commonest']},{trained['linear']},{other}]"
    with pytest.raises(ValueError, match=r"Linear.*: has no run for folds=2"):
        evaluate.main(tiny_run.config("evaluate", [alone], report))


def test_no_clip_serves_two_splits_and_a_fold_is_the_test(trained):
    plan = load_plan(trained["linear"])
    assert plan.rows.groupby("noise_id").split.nunique().max() == 1
    assert plan.rows.mixture_id.is_unique
    folds = plan.rows.mixture_id.str.extract(r"esc50/(\d)")[0]
    assert set(folds[plan.rows.split == "test"]) == {"1"}


def test_a_clip_from_a_pool_is_that_of_its_file(data, tmp_path):
    def first(cache):
        options = typed(data, f"data.cache={cache}", "data.workers=0", f"cache={tmp_path}")
        cfg = tiny_run.config("train", options, tmp_path)
        return task_of(cfg).batches(cfg, lambda *_: None).sets["train"]

    files, pool = first("none"), first("pool")
    assert list(tmp_path.glob("pools/*/samples.pcm"))
    assert len(files) == len(pool) > 1
    assert torch.equal(files[1]["mixture"], pool[1]["mixture"])
    assert files[1]["label"] == pool[1]["label"]


@pytest.mark.parametrize("name", NETWORKS)
def test_a_clip_is_scored_alike_whatever_stands_beside_it(name):
    torch.manual_seed(0)
    node = OmegaConf.load(ROOT / f"conf/tagger/{name}.yaml")
    network = build(node, TaggingNetwork, features=5, classes=3).eval()
    clips = torch.randn(2, 20, 5)
    frames = torch.tensor([20, 13])
    clips[1, 13:] = 0
    together = network(clips, frames)
    alone = network(clips[1:, :13], frames[1:])
    assert together.shape == (2, 3)
    torch.testing.assert_close(together[1:], alone)


def test_multiply_adds_are_those_of_the_layers():
    network = build(
        OmegaConf.load(ROOT / "conf/tagger/conv_lstm.yaml"), TaggingNetwork, features=5, classes=3
    )
    convolved, recurrent, out = 64 * 5 * 3, 4 * 128 * (64 + 128), 128 * 3
    assert network.multiply_adds(100) == 100 * convolved + 50 * recurrent + out


def test_a_run_is_opened_by_the_call_of_every_task(trained):
    run = system_of(trained["conv_lstm"])
    time = torch.arange(RATE // 2) / RATE
    tones = torch.stack([torch.sin(2 * torch.pi * hz * time) for hz in TONES.values()])
    length = torch.full((3,), RATE // 2)
    assert run.answers({"mixture": 0.3 * tones, "length": length}) == [*TONES]


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("task.classes=[cat]", "give two or more, each once"),
        ("task.classes=[cat,cow]", r"has 'crow', none of task.classes"),
        ("task.clip_s=0", "must be above 0"),
        ("tagger.kernel=2", "no such option|Could not"),
        ("noise.seen.esc50.without_folds=[2]", "in training|leave them out of one of the two"),
    ],
)
def test_what_cannot_be_learned_is_one_line(data, tmp_path, monkeypatch, option, said):
    command = tiny_run.Command(monkeypatch, tmp_path / "run")
    with pytest.raises(SystemExit, match=said):
        command(*typed(data, "recipe=tagging", option))


def test_the_experiment_has_the_classes_of_esc50():
    with initialize_config_dir(str(ROOT / "conf"), version_base="1.3"):
        cfg = compose("train", ["experiment=esc50_tagging"])
    assert len(cfg.task.classes) == len({*cfg.task.classes}) == 50


def test_a_run_of_another_task_is_one_line(trained, tmp_path, data):
    cfg = tiny_run.config("evaluate", typed(data, f"output={tmp_path}"), tmp_path)
    with pytest.raises(ValueError, match="is a run of task=enhancement, and no answer to task=tag"):
        task_of(cfg).system(ROOT / "pretrained", "cpu")


def test_enhance_names_the_likeliest_noises_of_every_file(trained, tmp_path, monkeypatch, capsys):
    """Whatever their rate and channels; a file of several clips is named by all of them."""
    time = np.arange(3 * 12000) / 12000
    tone = np.sin(2 * np.pi * 900 * time) + 0.1 * np.random.default_rng(0).standard_normal(36000)
    (tmp_path / "in").mkdir()
    soundfile.write(tmp_path / "in/a.wav", 0.3 * np.stack([tone, tone], 1), 12000)
    soundfile.write(tmp_path / "in/b.wav", np.zeros(100), RATE)
    monkeypatch.setenv("HYDRA_FULL_ERROR", "0")

    def typed_at_enhance(*options):
        typed = ["enhance.py", f"input={tmp_path / 'in'}", f"output={tmp_path / 'out'}", *options]
        monkeypatch.setattr(sys, "argv", typed)
        start(enhance.main, "enhance")

    typed_at_enhance(f"tag={trained['conv_lstm']}", "jobs=1")
    said = capsys.readouterr().out.splitlines()
    assert [line for line in said if line.startswith("a.wav: cow ")]
    assert "b.wav: nothing to hear" in said and said[-1] == "1 enhanced, 1 copied"
    with pytest.raises(SystemExit, match="is a run of task=enhancement and names no noises; give"):
        typed_at_enhance(f"tag={ROOT / 'pretrained'}")
    with pytest.raises(SystemExit, match="names the noises of files; leave it out"):
        typed_at_enhance("input=-", "output=-", "rate=8000", f"tag={trained['conv_lstm']}")


def test_chances_are_means_over_clips_however_a_signal_is_cut_into_blocks(trained):
    hears = namer(trained["linear"])
    hears.clip = RATE // 2
    signal = np.random.default_rng(0).standard_normal(RATE + 7)  # the last clip is below a frame
    whole = hears.probabilities([signal])
    cut = hears.probabilities(np.split(signal, [5, 3000, 4001]))
    assert whole == pytest.approx(cut) and sum(whole.values()) == pytest.approx(1)
    assert [*whole.values()] == sorted(whole.values(), reverse=True)
    assert hears.probabilities([]) == {}


def test_scores_of_recordings_are_grouped_by_the_noise_that_a_tagger_hears(trained, tmp_path):
    time = np.arange(RATE // 2) / RATE
    for name, hz in TONES.items():
        tiny_run.wav(tmp_path / f"in/{name}.wav", np.sin(2 * np.pi * hz * time))
    options = [
        "experiment=recordings", f"mixture={tmp_path / 'in'}", f"sample_rate={RATE}", "jobs=1",
        f"cache={tmp_path / 'cache'}", f"tag={trained['conv_lstm']}", f"output={tmp_path}",
    ]  # fmt: skip
    cfg = tiny_run.config("evaluate", options, tmp_path)
    tried = Trial(
        cfg, Built({"mixture": Unprocessed(RATE)}, {}, Memory.empty(), namer(trained["conv_lstm"]))
    )
    kinds = {
        one.identity["mixture_id"]: one.identity["noise_type"] for one in tried.bench.mixtures()
    }
    assert kinds == {name: name for name in TONES}
    with pytest.raises(ValueError, match="groups recordings by the noise that it predicts; choose"):
        check(tiny_run.config("evaluate", [f"tag={tmp_path}"], tmp_path), EvaluateConfig)


def test_speech_music_and_noise_are_classes_of_whole_corpora():
    with initialize_config_dir(str(ROOT / "conf"), version_base="1.3"):
        cfg = compose("train", ["experiment=sound_tagging"])
        demo = compose("train", ["experiment=demo_tagging"])
    assert {*cfg.task.class_of.values()} == {*cfg.task.classes}
    assert {*demo.task.classes} == {*GENERATORS}


def test_a_class_trains_before_it_validates_and_one_that_only_tests_is_refused():
    def table(prefix, kinds):
        ids = [f"{prefix}/{number}" for number in range(len(kinds))]
        facts = {"path": ids, "source": ids, "kind": kinds, "sex": "", "only": "train", "text": ""}
        columns = {name: facts.get(name, "") for name in COLUMNS}
        numbers = {"sample_rate": RATE, "samples": 9 * RATE, "gain": 1.0, "offset": 0}
        return pd.DataFrame(columns | numbers | {"id": ids})

    seen = table("a", ["rain", "wind", *["cow"] * 3])
    plan = from_config.protocol(OmegaConf.create({"plan": plan_of("paper")}))
    for seed in range(8):
        made = clip_plan(seen, table("b", ["cow", "rain"]), plan, 5.0, RATE, seed)
        assert {*made.speech.kind[made.speech.split == "train"]} == {"rain", "wind", "cow"}
        assert made.rows.groupby("speech_id").length.sum().eq(9 * RATE).all()
        assert made.rows.length.max() == 5 * RATE
    with pytest.raises(ValueError, match=r"class 'dog': its 1 source\(s\) are all in the test"):
        clip_plan(seen, table("b", ["dog"]), plan, 5.0, RATE, 0)


def plan_of(name):
    with initialize_config_dir(str(ROOT / "conf"), version_base="1.3"):
        return compose("train", [f"plan={name}"]).plan


def test_demo_noises_are_the_same_every_time_and_other_ones_in_the_test(tmp_path):
    def made(part, root):
        parts = {"count": 1, "seconds": 1.0, "kinds": ["hum", "rain"], "part": part}
        return DemoNoises(str(tmp_path / root), **parts).recordings()

    train, again, test = made("train", "a"), made("train", "b"), made("test", "a")
    assert [one.kind for one in train] == ["hum", "rain"]
    contents = [[Path(one.path).read_bytes() for one in each] for each in (train, again, test)]
    assert contents[0] == contents[1] and len({*contents[0], *contents[2]}) == 4
    with pytest.raises(ValueError, match="kinds of demo_noise: no cat; there are alarm"):
        DemoNoises(str(tmp_path), kinds=["cat"])
