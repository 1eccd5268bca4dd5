"""generate.py: the files of a plan and of its audio, of every corpus, and bad input."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import forked
import numpy as np
import pandas as pd
import pytest
import soundfile
from corpora import timit_tree, write

import generate
from command.entry import start
from files.owner import owned

SCRIPT = Path(generate.__file__)
SMALL = ("experiment=librispeech", "plan.train=6", "plan.validation=4", "plan.test=8", "jobs=1")
PARTS = ("mixture", "clean", "noise")


@pytest.fixture
def run(monkeypatch, isolated_cache, data_root, tmp_path):
    """generate.py in this process, over the tiny corpora unless told otherwise; its output folder."""

    def run(*overrides: str, output: Path = tmp_path / "out") -> Path:
        monkeypatch.setenv("HYDRA_FULL_ERROR", "0")  # start() sets it
        given = [*SMALL, f"data_root={data_root}", f"output={output}", *overrides]
        monkeypatch.setattr(sys, "argv", [str(SCRIPT), *given])
        start(generate.main, "generate", alone=True)
        return output

    return run


@pytest.fixture
def refused(run, tmp_path):
    """The one line that generate.py ends in."""

    def refused(*overrides: str) -> str:
        with pytest.raises(SystemExit) as caught:
            run(*overrides)
        message = caught.value.code
        assert isinstance(message, str)  # a text as exit code is printed, and the status is 1
        assert message.startswith("generate.py: ")
        assert "\n" not in message
        assert not list(tmp_path.glob("out/*.csv"))
        return message

    return refused


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_folder_that_another_process_writes_to_is_refused_at_once(refused, tmp_path):
    with owned(tmp_path / "out"):
        assert "another process works there" in refused("render=true")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("sample_rate", "suffix"), [(16000, "flac"), (8000, "wav")])
def test_the_artefacts_are_as_fixed(run, capsys, sample_rate, suffix):
    folder = run("render=true", f"sample_rate={sample_rate}", f"render_format={suffix}")
    assert {path.name for path in folder.iterdir()} == {
        *("plan.csv", "speech.csv", "noise.csv", "rendered.csv", "SHA256SUMS"),
        *("train", "validation", "test"),
    }
    plan, rendered = pd.read_csv(folder / "plan.csv"), pd.read_csv(folder / "rendered.csv")
    assert plan.split.value_counts().to_dict() == {"train": 6, "validation": 4, "test": 8}
    assert rendered.mixture_id.tolist() == plan.mixture_id.tolist()
    assert (rendered.achieved_snr_db - plan.snr_db).abs().max() < 0.01
    for row in plan.itertuples():
        parts = [folder / row.split / part / f"{row.mixture_id}.{suffix}" for part in PARTS]
        (mixture, clean, noise), rates = zip(
            *(soundfile.read(path, dtype="int32") for path in parts), strict=True
        )
        assert set(rates) == {sample_rate}
        assert len(mixture) == row.length
        np.testing.assert_array_equal(mixture, clean + noise)
    assert len(list(folder.rglob(f"*.{suffix}"))) == 18 * 3
    assert (
        f"18 mixtures, {plan.length.sum() / sample_rate / 3600:.2f} h: {folder}"
        in capsys.readouterr().out
    )


def test_without_render_there_is_the_plan_alone(run):
    assert {path.name for path in run().iterdir()} == {
        "plan.csv",
        "speech.csv",
        "noise.csv",
        "SHA256SUMS",
    }


def test_the_papers_protocol_runs_on_timit(run, tmp_path, data_root):
    root = tmp_path / "root"
    timit_tree(root / "speech" / "timit", ("SA1", "SX37", "SI648", "SX127"))
    (root / "noise").mkdir()
    for name in ("nonspeech115", "noisex92"):
        (root / "noise" / name).symlink_to(data_root / "noise" / name)
    limits = [
        f"plan.utterances.{split}={count}"
        for split, count in (("train", 9), ("validation", 3), ("test", 2))
    ]
    names = "noise.unseen.noisex92.names=[babble,white]"
    folder = run("experiment=timit", f"data_root={root}", *limits, "plan.test=16", names)
    plan, speech = pd.read_csv(folder / "plan.csv"), pd.read_csv(folder / "speech.csv")
    assert not speech.id.str.contains("/sa").any()
    assert (
        plan[plan.split == "test"].groupby(["speech_id", "snr_db", "noise_seen"]).size().tolist()
        == [1] * 16
    )


def test_ones_own_folders_need_no_code(run, tmp_path, data_root):
    root = tmp_path / "own"
    (root / "noise").mkdir(parents=True)
    (root / "speech").symlink_to(data_root / "speech/librispeech/train-clean-100")
    for role, name in (("seen", "nonspeech115"), ("unseen", "noisex92")):
        (root / "noise" / role).symlink_to(data_root / "noise" / name)
    folder = run("experiment=folders", f"data_root={root}")
    speech = pd.read_csv(folder / "speech.csv")
    assert (speech.groupby("source").split.nunique() == 1).all()
    assert set(speech.split) == {"train", "validation", "test"}


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        (
            ["data_root=nowhere"],
            "nowhere/speech/librispeech: no such folder; expected LibriSpeech: SUBSET/",
        ),
        (
            ["speech.test.librispeech.subsets=[dev-other]"],
            "no dev-other; there are test-other, train-clean-100",
        ),
        (["speech.test.librispeech.root=5"], "root=5: Input should be a valid string"),
        (["plan.trian=5"], "plan.trian"),
        (["+plan.trian=5"], "plan.trian: no such option"),
        (["nosuch=5"], "nosuch"),
        (["+speech.train.librispeech.foo=1"], "'foo'; it takes root, subsets"),
        (["experiment=nosuch"], "nosuch"),
        (["plan=nosuch"], "nosuch"),
        (["plan.train=-1"], "plan.train=-1: "),
        (["plan.train=many"], "plan.train='many': "),
        (["plan.test=5"], "plan.test=5: not a multiple of 8"),
        (["sample_rate=44100"], "sample_rate=44100: Input should be 8000 or 16000"),
        (["render_format=mp3"], "render_format='mp3': "),
        (["plan.gain_db=[3,-3]"], "the lower end comes first"),
        (["plan.snr_db.train=[]"], "plan.snr_db.train=[]"),
        (["plan.snr_db.train=[99]"], "99 dB is out of reach of 16-bit audio (at most"),
        (["plan.utterances.train=1000"], "plan.utterances.train=1000: there are only"),
        (["plan.shortest_s=100"], "plan.shortest_s=100; lower it"),
        (["~noise.seen.esc50", "~noise.seen.nonspeech115"], "noise.seen is empty"),
        (["noise.unseen.noisex92.names=[f16]"], "no f16; there are babble, buccaneer1"),
        (["noise.seen.esc50.categories=[cat]"], "no cat; there are clock_tick"),
        (
            ["speech.train.librispeech._target_=os.system"],
            "_target_='os.system' is not a class or function of",
        ),
        (["output=/dev/null/x"], "/dev/null"),
    ],
)
def test_bad_input_ends_in_one_line(refused, overrides, told):
    assert told in refused(*overrides)


def test_an_empty_corpus_is_named(refused, tmp_path):
    (tmp_path / "root/speech/librispeech/train-clean-100").mkdir(parents=True)
    assert "train-clean-100: holds no audio; expected LibriSpeech" in refused(
        f"data_root={tmp_path / 'root'}"
    )


def test_too_few_utterances_are_named(refused, tmp_path, data_root):
    speaker = data_root / "speech/librispeech/train-clean-100/14"
    for number, path in enumerate(sorted(speaker.rglob("*.flac"))[:2]):
        (tmp_path / "speech" / f"s{number}").mkdir(parents=True)
        (tmp_path / "speech" / f"s{number}" / "u.flac").symlink_to(path)
    own = ["experiment=folders", f"speech.train.folder.root={tmp_path}/speech"]
    noises = [
        f"noise.{r}.folder.root={data_root}/noise/{n}"
        for r, n in (("seen", "esc50"), ("unseen", "noisex92"))
    ]
    assert "too few speakers and utterances: 2 (" in refused(*own, *noises)


def test_bad_files_are_listed_together(refused, tmp_path, data_root):
    write(tmp_path / "bad" / "silent.wav", np.zeros(16000))
    write(tmp_path / "bad" / "text.wav", np.zeros(0)).write_text("no audio")
    told = refused(f"noise.seen.nonspeech115.root={tmp_path / 'bad'}")
    assert f"2 bad audio file(s): {tmp_path}/bad/silent.wav (silent); " in told
    assert f"{tmp_path}/bad/text.wav (unreadable: is no audio" in told


def test_another_plan_is_not_written_over(run):
    before = tree(run())
    with pytest.raises(SystemExit, match="holds another plan"):
        run("seed=1")
    assert tree(run()) == before


MANY = (
    "experiment=librispeech",
    "plan.train=120",
    "plan.validation=4",
    "plan.test=8",
    "jobs=2",
    "render=true",
)


@pytest.mark.slow
def test_a_killed_generation_continues_to_the_same_bytes(data_root, tmp_path, isolated_cache):
    def started(name: str) -> forked.Script:
        typed = [*MANY, f"data_root={data_root}", f"output={tmp_path / name}"]
        return forked.Script("generate", tmp_path / "told", typed)

    for enough in (10, 150):
        generation = started("cut")
        while generation.is_running() and len(list(tmp_path.glob("cut/*/*/*.flac"))) < enough:
            time.sleep(0.005)
        assert generation.kill() == 128 + signal.SIGKILL
        assert not (tmp_path / "cut" / "rendered.csv").exists()
    for name in ("cut", "whole"):
        generation = started(name)
        assert generation.wait() == 0
        first, *rest = generation.told.read_text().splitlines()
        assert first.startswith("Renders ")
        assert len(rest) == 1 and rest[0].endswith(f" h: {tmp_path / name}")
    assert tree(tmp_path / "cut") == tree(tmp_path / "whole")


def test_a_refusal_has_exit_status_1_and_one_line_and_comes_before_torch(
    data_root, tmp_path, isolated_cache
):
    typed = [*MANY, f"data_root={data_root}", f"output={tmp_path / 'out'}", "plan.train=-1"]
    without_torch = "import runpy, sys; sys.modules['torch'] = None; sys.argv.pop(0)\n"
    without_torch += "sys.path.insert(0, sys.argv[0].rpartition('/')[0])\n"
    without_torch += "runpy.run_path(sys.argv[0], run_name='__main__')"
    bad = [sys.executable, "-c", without_torch, str(SCRIPT), *typed]
    done = subprocess.run(bad, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("generate.py: plan.train=-1: ")
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.glob("out/*")) == []
