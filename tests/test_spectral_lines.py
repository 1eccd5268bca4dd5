"""Line enhancers without training: the mean of frames, and masks of the averaged spectrum."""

import numpy as np
import pytest
import torch

from datagen.tones import TonalProtocol, render_tonal
from dsp.tone import Tone
from metrics.snr_gain import snr_gain
from models.baselines.frame_mean import FrameMean
from models.baselines.spectral_lines import LofargramMask, SpectralPeaks

RATE = 1024


def gain(system, hz, snr=-10.0):
    protocol = TonalProtocol([Tone(one) for one in hz], sample_rate=RATE, duration_s=20.0)
    mixture = render_tonal(protocol, snr, 0, 0)["mixture"]
    enhanced = system.enhance(torch.from_numpy(mixture)[None])[0].numpy()
    assert len(enhanced) == len(mixture)
    return snr_gain(mixture, enhanced, RATE, protocol.tones)


def test_the_mean_of_n_frames_lowers_the_noise_by_n():
    assert gain(FrameMean(RATE, 1.0), (50.0,)) == pytest.approx(10 * np.log10(20), abs=0.7)


def test_the_mean_loses_a_tone_without_whole_periods():
    assert gain(FrameMean(RATE, 1.0), (50.5,)) < -10


def test_the_mean_of_frames_is_exact_where_the_last_one_is_cut_short():
    signal = torch.arange(7.0).repeat(2, 3)[:, :17]
    assert torch.equal(FrameMean(7, 1.0).enhance(signal), signal)


@pytest.mark.parametrize("kind", [LofargramMask, SpectralPeaks])
@pytest.mark.parametrize("hz", [(50.0,), (50.3,)])
def test_a_mask_of_the_averaged_spectrum_holds_any_tone(kind, hz):
    assert gain(kind(RATE), hz) > 10


def test_peaks_turn_white_noise_down_by_60_db():
    noise = torch.randn(1, 20 * RATE, generator=torch.Generator().manual_seed(0))
    assert SpectralPeaks(RATE, above_db=6.0).enhance(noise).square().mean() < 1.1e-6


@pytest.mark.parametrize(
    ("system", "signal", "told"),
    [
        (SpectralPeaks(RATE), torch.randn(1, 2047), "2 s are shorter than a window of 2 s"),
        (LofargramMask(RATE), torch.ones(1, 9000), "constant"),
        (FrameMean(RATE), torch.full((1, 9000), float("nan")), "NaN"),
    ],
)
def test_signals_that_cannot_be_enhanced_are_refused(system, signal, told):
    with pytest.raises(ValueError, match=told):
        system.enhance(signal)


@pytest.mark.parametrize(
    ("kind", "options"), [(FrameMean, {"frame_s": 0.0}), (SpectralPeaks, {"window_s": 0.0})]
)
def test_frames_without_samples_are_refused(kind, options):
    with pytest.raises(ValueError, match="choose a longer"):
        kind(RATE, **options)
