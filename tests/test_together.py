"""Short recordings in one batch: what each would be on its own."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile
from test_enhanced_signal import made

from audio import probing
from enhancing.many import groups, in_batches, one_by_one
from enhancing.places import find_jobs
from enhancing.signal import Wish

LENGTHS = {"a": (8000, 1, 3000), "b": (8000, 2, 4111), "c": (16000, 1, 9001), "d": (44100, 1, 700)}


@pytest.fixture
def folder(tmp_path):
    """Recordings of several rates, channels and lengths, a silent one and one that is none."""
    rng = np.random.default_rng(0)
    (tmp_path / "in").mkdir()
    for name, (rate, channels, samples) in LENGTHS.items():
        noise = 0.1 * rng.standard_normal((samples, channels))
        soundfile.write(tmp_path / f"in/{name}.wav", noise, rate, "FLOAT")
    soundfile.write(tmp_path / "in/silent.wav", np.zeros(1000), 8000)
    (tmp_path / "in/none.wav").write_bytes(b"RIFF and no more")
    return tmp_path


@pytest.mark.parametrize("network", ["pl_crnn", "unet"])
@pytest.mark.parametrize("wish", [Wish(), Wish(6.0, keep_upper_band=True)])
@pytest.mark.parametrize("size", [2, 10])
def test_a_batch_is_each_on_its_own(folder, network, wish, size):
    enhancer = made(network)

    def enhanced(kind, work, *more):
        jobs = find_jobs(folder / "in", folder / kind)
        outcomes = work(jobs, {"": enhancer}, wish, lambda s: None, *more)
        return {(outcome.job.name, outcome.became) for outcome in outcomes}

    alone = enhanced("alone", one_by_one)
    assert enhanced("batch", in_batches, size) == alone
    assert {("silent.wav", "copied"), ("none.wav", "failed"), ("b.wav", "enhanced")} <= alone
    for name in LENGTHS:
        one, other = (
            soundfile.read(folder / kind / f"{name}.wav")[0] for kind in ("alone", "batch")
        )
        assert one.shape == other.shape
        assert np.abs(one - other).max() < 1e-5


def test_long_recordings_go_alone(folder, monkeypatch):
    jobs = find_jobs(folder / "in", folder / "out")
    assert [len(group) for group in groups(jobs, 4)] == [4, 2]
    monkeypatch.setattr("enhancing.many.SHORT_S", 0.3)
    names = [[job.name for job in group] for group in groups(jobs, 4)]
    assert names[-3:] == [["a.wav"], ["b.wav"], ["c.wav"]]


def test_a_device_that_is_not_there_is_said(folder):
    from omegaconf import OmegaConf

    from command.enhanced_by import device_of

    assert device_of(OmegaConf.create({"device": "cpu"})).type == "cpu"
    with pytest.raises(ValueError, match="give device=cpu"):
        device_of(OmegaConf.create({"device": "cuda"}))


def test_a_recording_whose_header_does_not_tell_its_length_goes_alone(folder, monkeypatch):
    known = probing.header

    def silent_on_length(path):
        head = known(path)
        return replace(head, samples=None) if path.name == "a.wav" else head

    monkeypatch.setattr(probing, "header", silent_on_length)
    *_, last = groups(find_jobs(folder / "in", folder / "out"), 10)
    assert [job.name for job in last] == ["a.wav"]
