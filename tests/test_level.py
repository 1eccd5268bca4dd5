"""Decibels, energies, levels and SNR of signals whose values are known."""

import math

import numpy as np
import pytest
import torch

from dsp.decibel import amplitude, power
from dsp.level import energy, is_silent, level_db, noise_gain, snr_db


@pytest.mark.parametrize(
    ("gain_db", "factor"), [(0, 1), (20, 10), (-20, 0.1), (60, 1000), (6.020599913279624, 2)]
)
def test_gains_in_db_are_amplitude_factors(gain_db, factor):
    assert float(amplitude(torch.tensor(gain_db, dtype=torch.float64))) == pytest.approx(
        factor, rel=1e-12
    )


@pytest.mark.parametrize("kind", [float, np.array, torch.tensor])
def test_decibels_are_factors_whatever_holds_them(kind):
    assert float(amplitude(kind(-40.0))) == pytest.approx(0.01) and float(
        power(kind(-40.0))
    ) == pytest.approx(0.0001)


def test_levels_of_known_signals():
    time = torch.arange(16000, dtype=torch.float64) / 16000
    sine = 0.5 * torch.sin(2 * math.pi * 100 * time)
    assert float(level_db(sine)) == pytest.approx(10 * math.log10(0.125), abs=1e-9)
    assert float(level_db(torch.ones(10))) == 0
    assert float(level_db(torch.full((10,), 32768), 32768)) == 0
    assert float(level_db(torch.zeros(10))) == -math.inf


def test_energy_of_16_bit_samples_is_exact_in_any_order():
    loudest = torch.full((480_000,), -32768, dtype=torch.int16)
    assert float(energy(loudest)) == 480_000 * 2**30
    samples = torch.randint(
        -32768, 32768, (100_000,), generator=torch.Generator().manual_seed(0)
    ).short()
    assert (
        float(energy(samples)) == float(energy(samples.flip(0))) == int((samples.long() ** 2).sum())
    )


def test_snr_is_the_ratio_of_energies_pauses_included():
    clean, noise = torch.zeros(2, 1000), torch.ones(2, 1000)
    clean[:, :100] = torch.tensor([[10.0], [1.0]])
    torch.testing.assert_close(snr_db(clean, noise), torch.tensor([[10.0], [-10.0]]).double())


@pytest.mark.parametrize("wanted", [-30.0, 0.0, 12.5])
def test_noise_gain_brings_noise_to_the_snr(wanted):
    clean, noise = torch.randn(2, 3, 4, 500, generator=torch.Generator().manual_seed(0)).unbind(0)
    gain = noise_gain(clean, noise, torch.full((3, 4), wanted))
    assert gain.shape == (3, 4, 1)
    torch.testing.assert_close(
        snr_db(clean, gain * noise), torch.full((3, 4, 1), wanted).double(), atol=1e-4, rtol=0
    )


@pytest.mark.parametrize(
    ("level", "silent"), [(-71, True), (-69, False), (-math.inf, True), (0, False)]
)
def test_silence_begins_at_70_db_below_full_scale(level, silent):
    signal = 10 ** (level / 20) * torch.tensor([1.0, -1.0]).repeat(2, 50)
    assert is_silent(signal).tolist() == [silent, silent]
    assert is_silent(signal + 0.25).tolist() == [silent, silent]  # an offset is not heard
    assert bool(is_silent(signal[0] * 32768, 32768)) is silent
