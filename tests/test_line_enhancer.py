"""The line enhancer on the spectrogram: what it holds, what it lets go, and what it may not see."""

import numpy as np
import pytest
import torch

from datagen.tones import Interferer, TonalProtocol, render_tonal
from dsp.hann import hann_signal, hann_spectrum
from dsp.tone import Tone
from metrics.snr_gain import snr_gain
from models.baselines.coherence import predict, turned_back
from models.baselines.line_enhancer import LineEnhancer
from models.baselines.line_gates import LineGates, unlearned
from models.baselines.line_sides import believed
from models.baselines.predictor import CELLS

RATE = 1024
SECONDS = 24.0


def made(hz, snr, **more):
    tones = [one if isinstance(one, Tone) else Tone(one) for one in hz]
    protocol = TonalProtocol(tones, sample_rate=RATE, duration_s=SECONDS, **more)
    return tones, render_tonal(protocol, snr, 0, 0)


def enhanced(signal, **options):
    return LineEnhancer(RATE, **options).enhance(torch.from_numpy(signal)[None])[0].numpy()


@pytest.mark.parametrize("hz", [(50.0, 120.0), (50.3, 120.15)])
@pytest.mark.parametrize("snr", [-15.0, -3.0])
def test_it_holds_tones_on_the_grid_of_its_bins_and_off_it_alike(hz, snr):
    tones, signals = made(hz, snr)
    assert snr_gain(signals["mixture"], enhanced(signals["mixture"]), RATE, tones) > 12.58


@pytest.mark.parametrize("cell", CELLS)
def test_it_enhances_whatever_the_cell(cell):
    tones, signals = made((50.3,), -10.0)
    assert snr_gain(signals["mixture"], enhanced(signals["mixture"], cell=cell), RATE, tones) > 8


def test_a_line_too_weak_to_stand_out_is_not_closed_by_what_is_learned_of_noise():
    tones, signals = made((167.3,), -27.0)
    mixture = signals["mixture"]
    untrained, trained = (
        snr_gain(mixture, enhanced(mixture, updates=updates), RATE, tones) for updates in (0, 60)
    )
    assert untrained > 10 and trained > untrained - 1


def test_gates_are_learned_where_a_bin_stands_out_and_a_detectors_elsewhere():
    _, signals = made((50.0,), -3.0)
    enhancer = LineEnhancer(RATE)
    sides = enhancer.sides(hann_spectrum(torch.from_numpy(signals["mixture"]).float(), RATE // 2))
    assert sides.above_noise[100, 4:-4].all() and sides.above_noise.float().mean() < 0.05
    bins = torch.tensor([100, 300])
    learned = torch.full((6, 2, sides.target.shape[1]), -1.0)
    opened = believed(learned, sides, bins)
    assert (opened[:, 100, 4:-4] == -1).all() and (opened[:, 300] >= 0).all()
    detector = unlearned(sides.evidence, 6)
    assert torch.equal(opened[:, 101:], detector[:, 101:])
    inputs = sides.inputs.shape[-1]
    begun = LineGates("bilstm", inputs, 4, 3)(sides.inputs, sides.evidence)
    torch.testing.assert_close(begun, detector, atol=1e-5, rtol=0)


def test_a_tone_is_told_from_noise_in_a_band_as_narrow():
    tones, signals = made((167.3,), -3.0, interferers=[Interferer(120.0), Interferer(200.0)])
    assert snr_gain(signals["mixture"], enhanced(signals["mixture"]), RATE, tones) > 8.58


def test_a_tone_that_drifts_is_kept():
    time = np.arange(int(SECONDS * RATE)) / RATE
    tone = np.sin(2 * np.pi * (100 * time + time**2 / 60))  # 1 Hz in 30 s
    noise = np.random.default_rng(0).standard_normal(len(time))
    kept = enhanced(tone + noise)
    inside = slice(4 * RATE, -4 * RATE)
    assert np.dot(kept[inside], tone[inside]) > 0.7 * np.dot(tone[inside], tone[inside])


def test_a_tone_that_comes_and_goes_is_kept_while_it_is_there():
    _, signals = made((Tone(100.2, 1.0, 6.0, 16.0),), -3.0)
    kept, clean = enhanced(signals["mixture"]), signals["clean"]
    there = slice(8 * RATE, 14 * RATE)
    assert np.dot(kept[there], clean[there]) > 0.7 * np.dot(clean[there], clean[there])
    assert np.mean(kept[22 * RATE :] ** 2) < 0.1 * np.mean(signals["noise"][22 * RATE :] ** 2)


def test_white_noise_alone_is_taken_away():
    noise = np.random.default_rng(1).standard_normal(int(SECONDS * RATE))
    assert np.mean(enhanced(noise) ** 2) < 0.03


def test_no_prediction_of_a_frame_sees_a_sample_of_it():
    """Other samples in a frame, and the same prediction of it."""
    _, signals = made((50.3,), -3.0)
    signal = torch.from_numpy(signals["mixture"]).float()
    hop, frame = RATE // 2, 20
    changed = signal.clone()
    changed[(frame - 2) * hop : (frame + 2) * hop] = 7.0
    enhancer = LineEnhancer(RATE)
    for backwards in (1, -1):
        predictions = []
        for one in (signal, changed):
            spectrum = turned_back(hann_spectrum(one, hop).numpy())[:, ::backwards]
            at = frame if backwards == 1 else spectrum.shape[1] - 1 - frame
            for memory in enhancer.memories:
                predictions.append(predict(spectrum, memory).spectrum[:, at])
        half = len(predictions) // 2
        for before, after in zip(predictions[:half], predictions[half:], strict=True):
            np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize("hz", [100.0, 100.11, 100.25])
def test_a_steady_tone_is_predicted_wherever_it_lies_in_a_bin(hz):
    time = torch.arange(20 * RATE, dtype=torch.float64) / RATE
    spectrum = hann_spectrum(torch.sin(2 * torch.pi * hz * time), RATE // 2)
    target = turned_back(spectrum.to(torch.complex64).numpy())
    predicted = predict(target, 8.0).spectrum
    at, inside = 200, slice(12, -4)
    apart = np.abs(predicted[at, inside] - target[at, inside]).max()
    assert apart < 0.15 * np.abs(target[at, inside]).max()


def test_spectra_go_there_and_back():
    signal = torch.randn(2, 3001, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    again = hann_signal(hann_spectrum(signal, 250), 250, 3001)
    assert torch.allclose(again, signal, atol=1e-12)


def test_the_level_plays_no_part_and_a_run_repeats():
    _, signals = made((50.3,), -10.0)
    signal = signals["mixture"]
    once = enhanced(signal, updates=5)
    assert np.array_equal(enhanced(signal, updates=5), once)
    assert np.allclose(enhanced(1e-3 * signal, updates=5) / 1e-3, once, atol=1e-2)


def test_a_long_recording_in_pieces_is_whole():
    tones, signals = made((50.3,), -3.0)
    short = enhanced(signals["mixture"], frame_s=0.7, piece_s=7.0, updates=5)
    assert len(short) == len(signals["mixture"])
    assert snr_gain(signals["mixture"], short, RATE, tones) > 8


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"cell": "transformer"}, "cell='transformer': must be one of rnn, gru, lstm, bilstm"),
        ({"frame_s": 0.0}, "must be above 0"),
        ({"updates": -1}, "must be above 0"),
        ({"memories_s": []}, "must be above 0"),
        ({"hidden": 0}, "must be above 0"),
        ({"limit_db": 101.0}, "limit_db at most 100"),
        ({"piece_s": 3.0}, "a piece two frames or more"),
    ],
)
def test_options_out_of_range_are_refused(options, told):
    with pytest.raises(ValueError, match=told):
        LineEnhancer(RATE, **options)


@pytest.mark.parametrize(
    ("signal", "told"),
    [
        (torch.randn(4095), r"4 s are shorter than two windows, 4 s"),
        (torch.ones(9000), "constant"),
        (torch.full((9000,), float("nan")), "NaN"),
    ],
)
def test_signals_that_cannot_be_enhanced_are_refused(signal, told):
    with pytest.raises(ValueError, match=told):
        LineEnhancer(RATE).enhance(signal[None])
