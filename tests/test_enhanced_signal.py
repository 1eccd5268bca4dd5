"""A signal of any rate and channels comes back enhanced, to the sample, in time and by itself."""

import functools

import numpy as np
import pytest
import torch
from scipy.signal import correlate
from test_stream import RATE, enhancer

from dsp.decibel import amplitude
from dsp.stft import STFT
from enhancing.signal import Wish, enhanced_blocks
from enhancing.track import Track

RATES = [8000, 16000, 22050, 44100, 48000]
made = functools.cache(lambda name="pl_crnn": enhancer(name))


@functools.cache
def wide():
    """A network at 16 kHz."""
    return enhancer("pl_crnn", stft=STFT(16000))


def noise(time, channels=1, seed=0):
    return 0.1 * np.random.default_rng(seed).standard_normal((time, channels))


def through(samples, rate, *wished, size=5000, network=made, **options):
    pieces = [samples[at : at + size] for at in range(0, len(samples), size)]
    given = enhanced_blocks(network(), pieces, rate, Wish(*wished, **options))
    return np.concatenate(list(given))


def tone(hz, rate, time, amplitude=0.2):
    return amplitude * np.sin(2 * np.pi * hz * np.arange(time) / rate)[:, np.newaxis]


def level_at(samples, hz, rate):
    """Amplitude of a tone in the middle of a signal."""
    middle = samples[len(samples) // 4 : 3 * len(samples) // 4, 0]
    window = np.hanning(len(middle))
    turned = np.exp(-2j * np.pi * hz * np.arange(len(middle)) / rate)
    return 2 * abs(np.sum(window * turned * middle)) / window.sum()


@pytest.mark.parametrize("network", [made, wide])
@pytest.mark.parametrize("rate", RATES)
def test_what_comes_out_is_in_time_with_what_went_in(rate, network):
    samples = noise(rate)
    enhanced = through(samples, rate, network=network)
    assert enhanced.shape == samples.shape
    correlation = correlate(enhanced[:, 0], samples[:, 0])
    assert np.argmax(np.abs(correlation)) - (len(samples) - 1) == 0


@pytest.mark.parametrize("time", [1, 2, 79, 80, 4801])
@pytest.mark.parametrize("rate", [*RATES, 384000])
def test_any_length_stays_to_the_sample(rate, time):
    assert through(noise(time, 2), rate).shape == (time, 2)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("keep", [False, True])
def test_blocks_of_any_size_give_the_same(rate, keep):
    samples = noise(9000, 2)
    whole = through(samples, rate, None, keep, size=9000)
    for size in (701, 4096):
        pieces = through(samples, rate, None, keep, size=size)
        assert np.abs(pieces - whole).max() < 1e-5


def test_at_the_networks_rate_it_is_what_the_enhancer_gives():
    samples = noise(3 * RATE, 2)
    whole = made().enhance(torch.from_numpy(samples.T.astype(np.float32))).numpy().T
    assert np.abs(through(samples, RATE) - whole).max() < 1e-5


@pytest.mark.parametrize("network", [made, functools.partial(made, "unet")])
def test_every_channel_is_enhanced_by_itself(network):
    samples = noise(4000, 3) * [1.0, 0.01, 0.3]
    together = through(samples, 16000, network=network)
    for channel in range(3):
        alone = through(samples[:, [channel]], 16000, network=network)
        assert np.abs(together[:, [channel]] - alone).max() < 1e-5


@pytest.mark.parametrize("rate", RATES)
def test_a_limit_of_0_db_gives_the_input_back(rate):
    samples = noise(3000, 2)
    assert np.array_equal(through(samples, rate, 0.0), samples)


@pytest.mark.parametrize("limit_db", [6.0, 12.0])
@pytest.mark.parametrize("rate", [8000, 48000])
def test_a_limit_mixes_the_original_in(rate, limit_db):
    samples, share = noise(4000), amplitude(-limit_db)
    mixed = share * samples + (1 - share) * through(samples, rate)
    assert np.abs(through(samples, rate, limit_db) - mixed).max() < 1e-9


def scaled_by(monkeypatch, factor):
    network = enhancer("pl_crnn", stft=STFT(16000))
    monkeypatch.setattr(network, "audible", lambda estimates, spectrum, *_: factor * spectrum)
    return lambda: network


def test_nothing_stays_above_the_networks_band():
    samples = tone(12000, 48000, 48000)
    assert level_at(through(samples, 48000, network=wide), 12000, 48000) < amplitude(-100.0)


@pytest.mark.parametrize("gain", [0.25, 1.0])
def test_a_kept_upper_band_is_turned_down_as_the_top_octave_is(monkeypatch, gain):
    samples = tone(12000, 48000, 48000) + tone(6000, 48000, 48000)
    network = scaled_by(monkeypatch, gain)
    kept = through(samples, 48000, keep_upper_band=True, network=network)
    assert level_at(kept, 12000, 48000) == pytest.approx(0.2 * gain, rel=1e-3)
    assert level_at(kept, 6000, 48000) == pytest.approx(0.2 * gain, rel=1e-3)


def test_an_upper_band_stays_where_the_network_turns_up(monkeypatch):
    samples = tone(12000, 48000, 48000) + tone(6000, 48000, 48000, 0.05)
    kept = through(samples, 48000, keep_upper_band=True, network=scaled_by(monkeypatch, 2.0))
    assert level_at(kept, 12000, 48000) == pytest.approx(0.2, rel=1e-3)


def test_an_upper_band_stays_as_it_is_where_nothing_lies_below_it():
    samples = tone(12000, 48000, 48000)
    kept = through(samples, 48000, keep_upper_band=True, network=wide)
    assert level_at(kept, 12000, 48000) == pytest.approx(0.2, rel=1e-3)


def test_with_a_network_that_changes_nothing_a_kept_band_gives_the_input_back(monkeypatch):
    samples = noise(48000)
    kept = through(samples, 48000, keep_upper_band=True, network=scaled_by(monkeypatch, 1.0))
    assert np.abs(kept - samples)[480:-480].max() < 2e-3


def test_a_signal_without_samples_gives_none():
    assert list(enhanced_blocks(made(), [], 48000, Wish())) == []
    assert list(enhanced_blocks(made(), [np.zeros((0, 2))], 48000, Wish())) == []


def test_a_network_that_gives_nan_is_said(monkeypatch):
    with pytest.raises(ValueError, match="the network gave NaN"):
        through(noise(4000), 16000, network=scaled_by(monkeypatch, float("nan")))


def test_pieces_of_a_track_are_its_blocks_and_then_zeros():
    track = Track(np.arange(1, 8).reshape(-1, 1)[at : at + 3] for at in (0, 3, 6))
    assert [track.take(count)[:, 0].tolist() for count in (2, 0, 4, 3)] == [
        [1, 2],
        [],
        [3, 4, 5, 6],
        [7, 0, 0],
    ]
