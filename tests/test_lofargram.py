"""The averaged spectrogram of a line: that of scipy, and its panels."""

import numpy as np
import pytest
import scipy.signal
import torch

from dsp.lofargram import lofargram
from reporting.figures.lofargrams import HIGHEST_HZ, ROWS, shown_lofargrams

RATE = 1024


def test_it_is_scipys_spectrogram():
    signal = torch.from_numpy(np.random.default_rng(0).standard_normal((2, 10 * RATE)))
    ours = lofargram(signal, RATE, 2.0, 0.5)
    _, times, theirs = scipy.signal.spectrogram(
        signal.numpy(), RATE, "hann", 2 * RATE, 3 * RATE // 2, detrend=False, scaling="density"
    )
    assert ours.shape == (2, RATE + 1, len(times))
    assert np.allclose(ours, 10 * np.log10(theirs), atol=1e-6)


def test_a_tone_is_a_line_of_its_power():
    tone = torch.sin(2 * torch.pi * 150 * torch.arange(8 * RATE, dtype=torch.float64) / RATE)
    power = 10 ** (lofargram(tone, RATE) / 10) / 2.0  # bins of 1 / 2 s
    assert power.argmax(0).unique().tolist() == [300]
    assert power.sum(0).numpy() == pytest.approx(np.full(power.shape[1], 0.5), abs=1e-9)


@pytest.mark.parametrize(("samples", "hop_s"), [(RATE, 0.5), (10 * RATE, 0.0)])
def test_no_window_or_no_hop_is_refused(samples, hop_s):
    with pytest.raises(ValueError, match="shorter than one window of 2 s"):
        lofargram(torch.zeros(samples), RATE, 2.0, hop_s)


def test_panels_are_relative_to_the_mixture_and_keep_a_line_of_one_bin():
    time = np.arange(10 * 4000) / 4000
    noise = np.random.default_rng(0).standard_normal(len(time))
    mixture = noise + np.sin(2 * np.pi * 500.0 * time)
    shown = shown_lofargrams({"mixture": mixture, "softer": 0.1 * mixture}, 4000)
    assert np.median(shown["mixture"]) == pytest.approx(0.0, abs=1e-5)
    np.testing.assert_allclose(shown["mixture"] - shown["softer"], 20.0, atol=1e-3)
    row_of_line = int(500.0 / HIGHEST_HZ * ROWS)
    assert shown["mixture"].shape[0] == ROWS
    assert (shown["mixture"].argmax(0) == row_of_line).all()
