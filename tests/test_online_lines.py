"""The line enhancer on a signal that has not ended: what it holds, how late, and from the past alone."""

import numpy as np
import pytest
import torch

from datagen.tones import TonalProtocol, render_tonal
from dsp.tone import Tone
from enhancing.lines import LineWish, online, online_blocks, online_in_words
from metrics.snr_gain import snr_gain
from models.baselines.coherence import Memory, predict
from models.baselines.online_lines import OnlineLineEnhancer

RATE = 256
TONES = [Tone(50.3), Tone(90.15)]
SYSTEM = {"_target_": "models.baselines.online_lines.OnlineLineEnhancer", "memories_s": [1.0, 6.0]}


def mixture(seconds=20.0):
    protocol = TonalProtocol(TONES, sample_rate=RATE, duration_s=seconds)
    return render_tonal(protocol, 3.0, 0, 0)["mixture"]


def through(samples, size, share=0.0, **options):
    """[time, channel] in blocks of `size`: what came, and the most samples that were held back."""
    system = online(LineWish({**SYSTEM, **options}), RATE)
    given, held, came = 0, 0, []

    def blocks():
        nonlocal given, held
        for begin in range(0, len(samples), size):
            held = max(held, given - sum(map(len, came)))
            given += len(samples[begin : begin + size])
            yield samples[begin : begin + size]

    for block in online_blocks(system, blocks(), share):
        came.append(block)
    return np.concatenate(came), held


def test_tones_off_the_grid_are_held_once_they_were_heard():
    signal = mixture(30.0)
    made, _ = through(signal[:, None], 100)
    late = slice(12 * RATE, None)
    assert snr_gain(signal[late], made[late, 0], RATE, TONES) > 10


@pytest.mark.parametrize("size", [1, 77, 4000])
def test_the_latency_that_is_told_is_the_one_that_is_measured(size):
    """Held back before the next block is asked for: less than a window, and all but a sample of it."""
    system = online(LineWish(SYSTEM), RATE)
    signal = mixture(5.0)[:, None]
    made, held = through(signal, size)
    assert len(made) == len(signal)
    assert online_in_words(system).startswith("at most 2000 ms late")
    assert system.latency == 2 * RATE
    assert held <= system.latency
    if size == 1:
        assert held == system.latency - 1


def test_a_later_sample_never_changes_what_came_out():
    signal = mixture()
    changed = signal.copy()
    at = 11 * RATE + 13
    changed[at:] = 40.0
    latency = OnlineLineEnhancer(RATE).latency
    one, other = (through(samples[:, None], 64)[0] for samples in (signal, changed))
    np.testing.assert_array_equal(one[: at - latency], other[: at - latency])
    assert not np.array_equal(one[at - latency : at], other[at - latency : at])


def test_blocks_of_any_size_give_the_same_and_channels_do_not_meet():
    stereo = np.stack([mixture(8.0), mixture(8.0)[::-1]], 1)
    whole, _ = through(stereo, len(stereo))
    pieces, _ = through(stereo, 91)
    np.testing.assert_array_equal(pieces, whole)
    alone, _ = through(stereo[:, 1:], 1000)
    np.testing.assert_allclose(alone[:, 0], whole[:, 1], atol=1e-5)


@pytest.mark.parametrize("samples", [1, 127, 128, 512, 1001])
def test_where_hardly_anything_is_taken_away_the_signal_comes_back_in_its_place(samples):
    signal = np.random.default_rng(0).standard_normal((samples, 1))
    made, _ = through(signal, 50, limit_db=1e-3)
    np.testing.assert_allclose(made, signal, atol=2e-3)


def test_silence_stays_silent_and_what_begins_in_it_is_finite():
    signal = np.concatenate([np.zeros(6 * RATE), mixture(8.0)])[:, None]
    made, _ = through(signal, 200)
    assert not made[: 3 * RATE].any() and np.isfinite(made).all()


def test_a_limit_leaves_a_share_of_the_mixture():
    signal = mixture(6.0)[:, None]
    limited, _ = through(signal, 64, share=0.25)
    made, _ = through(signal, 64)
    np.testing.assert_allclose(limited, 0.25 * signal + 0.75 * made, atol=1e-6)


def test_frame_by_frame_a_memory_predicts_what_it_does_at_once():
    rng = np.random.default_rng(0)
    spectrum = (rng.standard_normal((9, 40)) + 1j * rng.standard_normal((9, 40))).astype("c8")
    whole = predict(spectrum, 5.0)
    memory = Memory(9, 5.0)
    for frame in range(40):
        one = memory.advance(spectrum[:, frame : frame + 1])
        for part, expected in zip(one, whole, strict=True):
            np.testing.assert_allclose(part[:, 0], expected[:, frame], atol=1e-5)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"cell": "bilstm"}, "cell='bilstm': must be one of rnn, gru, lstm"),
        ({"frame_s": 0.0}, "must be above 0"),
        ({"memories_s": []}, "must be above 0"),
        ({"limit_db": 0.0}, "limit_db at most 100"),
    ],
)
def test_options_out_of_range_are_refused(options, told):
    with pytest.raises(ValueError, match=told):
        OnlineLineEnhancer(RATE, **options)


def test_a_constant_mixture_is_refused():
    with pytest.raises(ValueError, match="constant"):
        OnlineLineEnhancer(RATE).enhance(torch.ones(1, 900))
