"""The LMS line enhancer against the textbook's loop, and what it is known to do."""

import numpy as np
import pytest
import torch

from datagen.tones import TonalProtocol, render_tonal
from dsp.tone import Tone
from metrics.snr_gain import snr_gain
from models.baselines.lms import LMS, critical_snr_db

RATE = 1000
RNG = np.random.default_rng(0)


def textbook(signal, length, delay, step, normalised=False, leak=0.0):
    """Sample by sample, as the books write it; `signal` [time] comes after silence."""
    padded = np.concatenate([np.zeros(delay + length - 1), signal])
    weights, enhanced = np.zeros(length), np.zeros(len(signal))
    for n in range(len(signal)):
        seen = padded[n : n + length]
        enhanced[n] = weights @ seen
        error = signal[n] - enhanced[n]
        scale = step / max(seen @ seen, 1e-12) if normalised else 2 * step
        weights = (1 - step * leak) * weights + scale * error * seen
    return enhanced


OPTIONS = {
    "plain": {"step": 1e-3},
    "normalised": {"step": 0.3, "normalised": True},
    "leaky": {"step": 1e-3, "leak": 5.0},
    "both": {"step": 0.1, "normalised": True, "leak": 0.01},
}


@pytest.mark.parametrize("kind", OPTIONS)
def test_it_is_the_textbooks_filter(kind):
    signal = RNG.standard_normal(3000) + np.sin(np.arange(3000) / 5)
    enhanced = LMS(RATE, length=32, delay_s=0.05, **OPTIONS[kind]).enhance(
        torch.from_numpy(signal)[None]
    )[0]
    assert np.allclose(enhanced, textbook(signal, 32, 50, **OPTIONS[kind]), atol=1e-10)


@pytest.mark.parametrize("kind", OPTIONS)
@pytest.mark.parametrize("block", [1, 7, 500])
def test_block_by_block_is_as_at_once(kind, block):
    signal = RNG.standard_normal(1001)
    lms, state, pieces = LMS(RATE, length=16, delay_s=0.03, **OPTIONS[kind]), None, []
    whole = lms.enhance(torch.from_numpy(signal)[None])[0].numpy()
    for begin in range(0, len(signal), block):
        piece, state = lms.advance(signal[begin : begin + block], state)
        pieces.append(piece)
    assert np.allclose(np.concatenate(pieces), whole, atol=1e-12)
    assert len(state.history) == 30 + 15 and state.samples == 1001


def test_a_carried_state_is_left_as_it_was():
    lms = LMS(RATE, length=16, delay_s=0.03, step=1e-3)
    _, state = lms.advance(RNG.standard_normal(200), None)
    kept = state.weights.copy()
    first, _ = lms.advance(np.ones(50), state)
    again, _ = lms.advance(np.ones(50), state)
    assert np.array_equal(state.weights, kept) and np.array_equal(first, again)


def test_a_steady_tone_is_predicted_and_white_noise_is_not():
    time = np.arange(20 * RATE) / RATE
    tone, noise = np.sin(2 * np.pi * 50 * time), 0.1 * RNG.standard_normal(len(time))
    enhanced = (
        LMS(RATE, length=64, delay_s=0.1, step=1e-3)
        .enhance(torch.from_numpy(tone + noise)[None])[0]
        .numpy()
    )
    late = slice(10 * RATE, None)
    assert np.mean((enhanced - tone)[late] ** 2) < 0.1 * np.mean(noise[late] ** 2)


def test_it_collapses_below_the_critical_snr():
    """Gain as published.

    High at -15 dB, lost at -30 dB, with the paper's filter (length 512, delay 2 s, step 1e-7).
    """
    gains = []
    protocol = TonalProtocol([Tone(hz) for hz in (150.0, 350.0, 650.0, 900.0)])
    for snr in (-15.0, -30.0):
        mixture = render_tonal(protocol, snr, 0, 0)["mixture"]
        enhanced = LMS(16384).enhance(torch.from_numpy(mixture)[None])[0].numpy()
        gains.append(snr_gain(mixture, enhanced, 16384, protocol.tones))
    assert gains[0] > 15 and gains[1] < 0


def test_the_critical_snr_of_the_paper():
    assert critical_snr_db(512, 1e-7, noise_power=500.0) == pytest.approx(-24.08, abs=0.005)
    assert critical_snr_db(1024, 1e-7, 500.0) - critical_snr_db(512, 1e-7, 500.0) == pytest.approx(
        -3.01, abs=0.005
    )


def test_divergence_is_said_with_a_step_that_would_do():
    signal = 10 * RNG.standard_normal(5 * RATE)
    with pytest.raises(
        ValueError,
        match=r"step=0\.01: the filter diverged after .* s; choose a step below ([0-9.e-]+)",
    ) as told:
        LMS(RATE, length=32, delay_s=0.05, step=0.01).enhance(torch.from_numpy(signal)[None])
    step = float(str(told.value).split("step below ")[1].split(",")[0])
    assert torch.isfinite(
        LMS(RATE, length=32, delay_s=0.05, step=step).enhance(torch.from_numpy(signal)[None])
    ).all()


def test_a_mixture_with_nan_is_refused():
    with pytest.raises(ValueError, match="NaN or infinite"):
        LMS(RATE, length=8, delay_s=0.05).enhance(torch.tensor([[1.0, float("nan")] * 100]))


@pytest.mark.parametrize(
    "options", [{"length": 0}, {"delay_s": 0.0}, {"step": 0.0}, {"leak": -1.0}]
)
def test_options_that_make_no_filter_are_refused(options):
    with pytest.raises(ValueError, match="a filter needs"):
        LMS(RATE, **options)


def test_a_mixture_no_longer_than_delay_and_filter_is_refused():
    with pytest.raises(
        ValueError, match=r"0\.058 s are no longer than the delay and the filter, 0\.058 s"
    ):
        LMS(RATE, length=8, delay_s=0.05).enhance(torch.ones(1, 58))


def test_silence_stays_silent():
    for options in OPTIONS.values():
        assert not LMS(RATE, length=8, delay_s=0.05, **options).enhance(torch.zeros(2, 300)).any()
