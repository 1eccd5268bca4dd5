"""The network that comes with Clarion does what its card promises, on signals made here."""

import numpy as np
import pytest
import torch
from tiny_run import ROOT

from command.enhanced_by import PRETRAINED
from dsp.decibel import amplitude
from dsp.level import level_db
from models.run import load_run
from models.stream import Stream

SIZE = 6_000_000  # bytes of weights, at most


@pytest.fixture(scope="module")
def shipped():
    torch.set_num_threads(1)
    return load_run(PRETRAINED)


@pytest.fixture(scope="module")
def noise(shipped):
    samples = np.random.default_rng(0).standard_normal(4 * shipped.stft.sample_rate)
    return torch.from_numpy(0.05 * samples.astype(np.float32))[None]


def test_it_is_small_causal_and_at_16_khz(shipped):
    assert (ROOT / "pretrained/weights.safetensors").stat().st_size < SIZE
    assert shipped.stft.sample_rate == 16000
    assert shipped.stft.window_name == "sqrt_hann"
    assert Stream(shipped).latency <= 512  # samples: 32 ms


def test_noise_alone_is_turned_down(shipped, noise):
    left = shipped.enhance(noise)[0]
    second = shipped.stft.sample_rate
    assert level_db(noise[0, second:]) - level_db(left[second:]) > 15


@pytest.mark.parametrize("gain_db", [-30.0, 20.0])
def test_the_level_of_a_recording_changes_nothing_but_the_level(shipped, noise, gain_db):
    gain = amplitude(gain_db)
    enhanced = shipped.enhance(noise)
    assert torch.allclose(shipped.enhance(gain * noise) / gain, enhanced, atol=1e-5)


def test_hop_by_hop_it_is_the_whole(shipped, noise):
    pieces = list(Stream(shipped).blocks(noise.split(999, -1)))
    assert torch.allclose(torch.cat(pieces, -1), shipped.enhance(noise), atol=1e-5)


def test_silence_stays_silence(shipped):
    assert not shipped.enhance(torch.zeros(1, 8000)).any()
