"""Exported networks give what they give in PyTorch, wherever they run."""

import itertools
import json
import subprocess
import sys

import forked
import numpy as np
import pytest
import soundfile
import torch
from narrow_networks import LEVELS, NETWORKS, TARGETS
from test_stream import RATE, enhancer, stream
from tiny_run import config, corpus, fit

import export
from dsp.stft import STFT
from exporting.definition import definition
from exporting.proof import LARGEST_DB, built_in, differences_db, require_equal
from exporting.sherpa import SherpaStep
from exporting.step import FrameStep, onnx_bytes
from models.run import load_run
from models.stream import Stream

KINDS = itertools.cycle(zip(TARGETS, itertools.cycle(LEVELS), strict=False))
EACH = [(network, *next(KINDS)) for network in NETWORKS]  # every target and level once or more


def test_every_target_and_level_is_exported_with_some_network():
    causal = [kinds for kinds in EACH if kinds[0] != "unet"]
    assert {target for _, target, _ in causal} == set(TARGETS)
    assert {level for _, _, level in causal} == set(LEVELS)


@pytest.mark.parametrize(("network", "target", "level"), EACH)
def test_whole_hop_by_hop_and_exported_are_the_same_signal(network, target, level):
    step = FrameStep(stream(network, target, level))
    step.stream.enhancer.mixture_share = 0.25
    about = definition(step, "")
    differences = differences_db(step, onnx_bytes(step), about, built_in(RATE)[:7777])
    require_equal(differences, network)


@pytest.mark.parametrize(("network", "level"), [("dual_path", "running"), ("pl_dnn", "raw")])
def test_sherpa_onnx_streams_the_same_signal(network, level):
    pytest.importorskip("sherpa_onnx", reason="the extra 'sherpa' is not installed")
    rooted = STFT(RATE, window="sqrt_hann")
    step = SherpaStep(Stream(enhancer(network, "complex_mask", level, stft=rooted)))
    samples = built_in(RATE)[:7777]
    differences = differences_db(step, onnx_bytes(step), definition(step, ""), samples)
    assert list(differences) == ["stream", "sherpa-onnx", "onnxruntime"]
    require_equal(differences, network)


def test_sherpa_onnx_gets_no_window_that_it_cannot_stream():
    with pytest.raises(
        ValueError, match=r"stft\.window=hamming, .* train with stft\.window=sqrt_hann"
    ):
        SherpaStep(stream("dual_path", "complex_mask", "running"))


def test_the_state_is_told_number_by_number(folder):
    about = json.loads((folder / "model.json").read_text())
    parts = about["state"]
    assert sum(part["size"] for part in parts) == about["state_size"]
    names = [part["name"] for part in parts]
    assert len(set(names)) == len(names)
    total, count = parts[:2]  # of the running level
    assert total["name"] == "['level'][0]" and total["shape"] == [1, 1, 1]
    assert count == {"name": "['level'][1]", "shape": [], "type": "int64", "size": 2}
    assert about["level"]["rule"].startswith("sqrt(mean of |X|^2")


def test_an_export_for_sherpa_onnx_comes_with_its_example(run, tmp_path):
    pytest.importorskip("sherpa_onnx", reason="the extra 'sherpa' is not installed")
    folder = exported(run, tmp_path / "exported", "format=sherpa")
    require_the_same(run, folder, tmp_path, 12345)


def require_the_same(run, folder, tmp_path, length):
    """An exported example enhances so many samples as the run does."""
    steps = np.rint(built_in(RATE)[:length] * 32768).astype(np.int16)
    soundfile.write(tmp_path / "in.wav", steps, RATE)
    typed = [sys.executable, folder / "example.py", tmp_path / "in.wav", tmp_path / "out.wav"]
    subprocess.run(typed, check=True, cwd=tmp_path)
    given, _ = soundfile.read(tmp_path / "out.wav", dtype="int16")
    whole = load_run(run).enhance(torch.from_numpy(steps / np.float32(32768))[None])[0]
    assert np.abs(given - 32768 * whole.numpy()).max() < 0.6  # half a step is rounding


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    quick = ("network.stages=1", "trainer.max_epochs=1")  # an export takes as long as it has layers
    return fit(corpus(folder / "data"), folder / "run", "stft.window=sqrt_hann", *quick)


def exported(run, output, *typed):
    export.main(config("export", [f"run={run}", f"output={output}", *typed], output))
    return output


@pytest.fixture(scope="module")
def folder(run, tmp_path_factory):
    place = tmp_path_factory.mktemp("exported")
    soundfile.write(place / "mine.wav", built_in(RATE)[:RATE], RATE)
    return exported(run, place / "exported", f"check={place / 'mine.wav'}")


def test_the_folder_says_how_it_was_proved(folder):
    assert {path.name for path in folder.iterdir()} == {"model.onnx", "model.json", "example.py"}
    about = json.loads((folder / "model.json").read_text())
    assert list(about["differences_db"]) == ["built-in", "mine.wav"]
    for differences in about["differences_db"].values():
        assert list(differences) == ["stream", "onnxruntime"]
        assert max(differences.values()) <= LARGEST_DB
    assert len(about["window"]) == about["latency_samples"] == 2 * about["hop"] == 160
    assert about["inputs"]["state"] == about["outputs"]["next_state"] == [1, about["state_size"]]


@pytest.mark.parametrize("length", [1, 79, 80, 12345])
def test_the_example_enhances_a_recording_as_the_run_does(run, folder, tmp_path, length):
    require_the_same(run, folder, tmp_path, length)


def test_what_differs_is_not_exported(run, folder, tmp_path, monkeypatch):
    model = (folder / "model.onnx").read_bytes()

    def spoiled(step):
        with torch.no_grad():
            for parameter in step.enhancer.network.parameters():
                parameter.mul_(1.1)
        return model

    monkeypatch.setattr("command.exporting.onnx_bytes", spoiled)
    with pytest.raises(ValueError, match=r"built-in: onnxruntime differs .* nothing was exported"):
        exported(run, tmp_path / "exported")
    assert not (tmp_path / "exported").exists()


def test_without_the_extra_the_script_ends_in_a_line(tmp_path):
    def missing():
        sys.modules["onnxruntime"] = None  # an import of it fails

    typed = ["run=RUN", f"output={tmp_path / 'out'}"]
    script = forked.Script("export", tmp_path / "told", typed, missing)
    assert script.wait() == 1
    assert script.told.read_text() == (
        "export.py: needs onnxruntime of the extra 'export': pip install -e '.[export]'\n"
    )


@pytest.mark.parametrize("difference", [-89.9, float("nan"), float("inf")])
def test_a_difference_above_half_a_step_of_16_bit_or_of_no_number_is_refused(difference):
    require_equal({"stream": LARGEST_DB}, "equal")
    with pytest.raises(ValueError, match="mine: stream differs"):
        require_equal({"stream": difference}, "mine")


def test_a_folder_of_something_else_stays(run, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ValueError, match=r"holds notes\.txt, which exporting would remove"):
        exported(run, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_network_that_looks_ahead_is_refused():
    with pytest.raises(ValueError, match="UNet looks ahead"):
        Stream(enhancer("unet", "iam", "running"))


def test_without_the_extra_it_is_named(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(ValueError, match=r"pip install -e '\.\[export\]'"):
        exported(run, tmp_path / "exported")
