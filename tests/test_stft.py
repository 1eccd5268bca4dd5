"""The STFT and its inverse: reconstruction, bins and frames of signals that are known."""

import math

import pytest
import torch

from dsp.stft import STFT

LENGTHS = (16000, 12345, 8063, 321, 320, 161, 100, 1)


def noise(*shape):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("sample_rate", [8000, 16000])
@pytest.mark.parametrize("time", LENGTHS)
def test_there_and_back_exceeds_120_db(sample_rate, time):
    stft, signal = STFT(sample_rate).double(), noise(2, time).double()
    error = stft.inverse(stft(signal), time) - signal
    assert 10 * torch.log10(signal.square().sum() / error.square().sum()) > 120


def test_single_precision_is_enough_for_120_db():
    stft, signal = STFT(16000), noise(16001)
    error = stft.inverse(stft(signal), 16001) - signal
    assert 10 * torch.log10(signal.square().sum() / error.square().sum()) > 120


@pytest.mark.parametrize(
    ("window_s", "hop_s"), [(0.032, 0.008), (0.025, 0.01), (0.03, 0.015), (0.02, 0.003)]
)
def test_other_windows_reconstruct_too(window_s, hop_s):
    stft, signal = STFT(16000, window_s, hop_s).double(), noise(5000).double()
    torch.testing.assert_close(stft.inverse(stft(signal), 5000), signal, atol=1e-9, rtol=0)


@pytest.mark.parametrize(("sample_rate", "freqs"), [(8000, 81), (16000, 161)])
def test_the_papers_setting_has_its_bins(sample_rate, freqs):
    stft = STFT(sample_rate)
    assert stft.freqs == freqs
    assert stft(noise(2, 3, sample_rate)).shape == (2, 3, freqs, 101)


@pytest.mark.parametrize("time", LENGTHS)
def test_frames_are_counted_as_they_come(time):
    stft = STFT(16000)
    assert (
        stft(noise(time)).shape[-1]
        == stft.frames(time)
        == int(stft.frames(torch.tensor([time]))[0])
    )


@pytest.mark.parametrize("freq", [1, 20, 80, 159])
def test_a_tone_lands_in_its_bin_with_the_sum_of_the_window(freq):
    stft = STFT(16000).double()
    tone = torch.cos(2 * math.pi * 50 * freq * torch.arange(16000, dtype=torch.float64) / 16000)
    inner = stft(tone)[:, 2:-2].abs()
    assert inner.argmax(0).unique().tolist() == [freq]
    expected = torch.hamming_window(320).double().sum() / 2
    torch.testing.assert_close(inner[freq], expected.expand_as(inner[freq]), rtol=2e-3, atol=0)


def test_frame_l_is_centred_on_sample_l_times_hop():
    stft, click = STFT(16000), torch.zeros(4800)
    click[1600] = 1
    magnitude = stft(click).abs()
    assert magnitude.sum(0).argmax() == 10
    torch.testing.assert_close(magnitude[:, 10], torch.ones(161))
    assert magnitude[:, :9].max() == magnitude[:, 12:].max() == 0


def test_padding_with_zeros_changes_no_frame_before_it():
    stft, signal = STFT(16000), noise(8000)
    padded = stft(torch.nn.functional.pad(signal, (0, 3200)))
    torch.testing.assert_close(padded[:, :51], stft(signal), atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("window_s", "hop_s"), [(0.02, 0.011), (0.02, 0.0), (0.02, 1e-5), (0.01, -0.01)]
)
def test_a_hop_that_loses_samples_is_refused(window_s, hop_s):
    with pytest.raises(ValueError, match=f"hop_s={hop_s} must be .* half of window_s={window_s}"):
        STFT(16000, window_s, hop_s)


def sqrt_hann(hop_s=0.01):
    return STFT(16000, hop_s=hop_s, window="sqrt_hann").double()


def test_the_window_is_that_which_was_named():
    place = torch.arange(320, dtype=torch.float64)
    torch.testing.assert_close(
        sqrt_hann().window, torch.sin(math.pi * place / 320), atol=1e-6, rtol=0
    )
    hamming = 0.54 - 0.46 * torch.cos(2 * math.pi * place / 320)
    torch.testing.assert_close(STFT(16000).double().window, hamming, atol=1e-6, rtol=0)
    assert torch.equal(STFT(16000).window, STFT(16000, window="hamming").window)


@pytest.mark.parametrize(("hop_s", "total"), [(0.01, 1), (0.005, 2), (0.0025, 4)])
def test_squares_of_square_root_hann_windows_add_up_to_a_constant(hop_s, total):
    stft = sqrt_hann(hop_s)
    added = stft.window.square().reshape(-1, stft.hop).sum(0)
    torch.testing.assert_close(added, torch.full_like(added, total), atol=1e-6, rtol=0)


@pytest.mark.parametrize("hop_s", [0.01, 0.005, 0.003])
@pytest.mark.parametrize("time", [*LENGTHS, 16159])
def test_square_root_hann_windows_reconstruct_in_single_precision(time, hop_s):
    stft, signal = STFT(16000, hop_s=hop_s, window="sqrt_hann"), noise(2, time)
    error = stft.inverse(stft(signal), time) - signal
    assert 10 * torch.log10(signal.square().sum() / error.square().sum()) > 120


@pytest.mark.parametrize("time", [*LENGTHS, 16159])
def test_the_inverse_of_square_root_hann_windows_is_plain_overlap_add(time):
    stft = sqrt_hann()
    spectrum = torch.randn(161, stft.frames(time), 2, dtype=torch.float64)
    spectrum[[0, -1], :, 1] = 0  # what is real in a real signal
    spectrum = torch.view_as_complex(spectrum)
    expected = torch.zeros(320 + 160 * (stft.frames(time) - 1), dtype=torch.float64)
    for frame, part in enumerate(torch.fft.irfft(spectrum, dim=0).T):
        expected[160 * frame : 160 * frame + 320] += stft.window * part
    torch.testing.assert_close(
        stft.inverse(spectrum, time), expected[160 : 160 + time], atol=1e-6, rtol=0
    )


@pytest.mark.parametrize("time", [*LENGTHS, 16159])
def test_square_root_hann_spectra_have_the_energy_of_the_signal(time):
    signal = noise(time).double()
    power = sqrt_hann()(signal).abs().square()
    both_sides = 2 * power.sum() - power[[0, -1]].sum()
    torch.testing.assert_close(both_sides / 320, signal.square().sum(), rtol=1e-6, atol=0)


@pytest.mark.parametrize("time", LENGTHS)
def test_square_root_hann_frames_reach_over_the_last_sample(time):
    stft = sqrt_hann()
    frames = stft.frames(time)
    assert stft(noise(time).double()).shape == (161, frames)
    assert frames == int(stft.frames(torch.tensor([time]))[0]) == 1 + math.ceil(time / 160)


def test_an_unknown_window_is_refused_by_the_names_of_the_others():
    with pytest.raises(ValueError, match=r"stft\.window='hann': must be hamming or sqrt_hann"):
        STFT(16000, window="hann")
