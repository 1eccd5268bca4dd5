"""The slopes of STOI and ESTOI that a training follows: the scores on the same spectra, and their invariants."""

import numpy as np
import pytest
import torch
from numpy.lib.stride_tricks import sliding_window_view
from pystoi import stoi
from pystoi.utils import thirdoct

from dsp.stft import STFT
from metrics.estoi import ESTOI
from metrics.stoi import STOI
from models.losses.short_time_correlation import short_time_correlation

RATE = 16000
SPECTRA = STFT(RATE, window_s=0.032, hop_s=0.016, window="sqrt_hann")
SEGMENT = 24  # frames: 0.384 s
SCORES = {False: STOI, True: ESTOI}  # by `extended`
both = pytest.mark.parametrize("extended", SCORES, ids=["STOI", "ESTOI"])


def syllables(seconds, seed=0):
    """Noise whose level rises and falls 4 times a second: [time]."""
    random = np.random.default_rng(seed)
    time = np.arange(int(seconds * RATE)) / RATE
    return random.standard_normal(len(time)) * (1.05 + np.sin(8 * np.pi * time + seed))


def noisy(signal, gain):
    return signal + gain * np.random.default_rng(9).standard_normal(len(signal))


def spectra(signal):
    return SPECTRA(torch.tensor(signal, dtype=torch.float32)[None, None])


def correlation(estimate, reference, extended=False):
    frames = torch.tensor([SPECTRA.frames(len(reference))])
    how = (SPECTRA.sample_rate, SPECTRA.hop, extended)
    return float(short_time_correlation(spectra(estimate), spectra(reference), frames, *how))


def envelopes(signal):
    bands, _ = thirdoct(RATE, SPECTRA.length, 15, 150)
    band_power = bands @ spectra(signal)[0, 0].abs().square().numpy()
    return sliding_window_view(np.sqrt(band_power), SEGMENT, axis=-1).transpose(1, 0, 2)


@both
@pytest.mark.parametrize("gain", [0.1, 0.5, 2.0])
def test_it_is_the_score_of_the_same_spectra(gain, extended):
    clean = syllables(2.0)
    estimate = noisy(clean, gain)
    score = SCORES[extended]().correlation(envelopes(clean), envelopes(estimate))
    assert correlation(estimate, clean, extended) == pytest.approx(score, abs=1e-3)


@both
@pytest.mark.parametrize("gain", [0.1, 0.5, 2.0])
def test_it_is_near_the_score_of_the_signals(gain, extended):
    clean = syllables(4.0)
    estimate = noisy(clean, gain)
    score = stoi(clean, estimate, RATE, extended=extended)
    assert correlation(estimate, clean, extended) == pytest.approx(score, abs=0.04)


@both
def test_the_reference_correlates_fully_at_any_gain(extended):
    clean = syllables(1.0)
    for gain in (1.0, -1.0, 0.1, 100.0):
        assert correlation(gain * clean, clean, extended) == pytest.approx(1.0, abs=1e-4)


@both
def test_what_is_between_the_words_does_not_count(extended):
    clean, gap, pause = syllables(1.0), np.zeros(RATE // 20), np.zeros(RATE)
    estimate = noisy(clean, 0.5)
    without = correlation(np.tile(estimate, 2), np.tile(clean, 2), extended)
    noise = np.concatenate([gap, noisy(pause, 3.0), gap])
    silence = np.zeros_like(noise)
    long = correlation(
        np.concatenate([estimate, noise, estimate]),
        np.concatenate([clean, silence, clean]),
        extended,
    )
    at_the_joins = 0.02 if extended else 0.005  # ESTOI weighs soft frames like loud ones
    assert long == pytest.approx(without, abs=at_the_joins)


@both
@pytest.mark.parametrize("seconds", [0.05, 0.3])
def test_a_reference_shorter_than_a_segment_has_nothing_to_correlate(seconds, extended):
    short = np.concatenate([syllables(seconds), np.zeros(RATE)])
    assert correlation(noisy(short, 1.0), short, extended) == 1
    assert correlation(syllables(seconds, seed=1), syllables(seconds), extended) == 1


@both
def test_a_silent_estimate_is_like_a_constant_one_and_has_a_finite_slope(extended):
    clean = syllables(1.0)
    silent = torch.zeros(1, 1, RATE, requires_grad=True)
    frames = torch.tensor([SPECTRA.frames(RATE)])
    how = (SPECTRA.sample_rate, SPECTRA.hop, extended)
    value = short_time_correlation(SPECTRA(silent), spectra(clean), frames, *how)
    value.sum().backward()
    of_clean = envelopes(clean)
    constant = SCORES[extended]().correlation(of_clean, np.ones_like(of_clean))
    assert value.item() == pytest.approx(constant, abs=1e-3)
    assert silent.grad.isfinite().all()


@pytest.mark.parametrize("rate", [8000, 16000, 48000])
def test_every_sampling_rate_has_bands_below_its_half(rate):
    stft = STFT(rate, window_s=0.02, hop_s=0.01)
    signal = torch.randn(1, 1, rate, generator=torch.Generator().manual_seed(0))
    frames = torch.tensor([stft.frames(rate)])
    value = short_time_correlation(stft(signal), stft(signal), frames, rate, stft.hop)
    assert float(value) == pytest.approx(1.0, abs=1e-4)
