"""The line predictor: lengths, levels, seeds, refusals, and that it enhances what lasts."""

import pytest
import torch

from datagen.tones import TonalProtocol, render_tonal
from dsp.tone import Tone
from metrics.snr_gain import snr_gain
from models.baselines.line_predictor import LinePredictor
from models.baselines.predictor import CELLS

RATE = 1024
FOUND = {
    "frame_s": 0.5,
    "delay_s": 1.0,
    "initial": "zero",
    "scaled": True,
    "learning_rate": 1e-2,
    "updates": 10,
}


def mixture(snr=-12.0, hz=(50.0, 120.0), duration_s=20.0, draw=0):
    protocol = TonalProtocol([Tone(one) for one in hz], sample_rate=RATE, duration_s=duration_s)
    return protocol.tones, torch.from_numpy(render_tonal(protocol, snr, draw, 0)["mixture"])


def gain(predictor, snr, draw=0):
    tones, signal = mixture(snr, draw=draw)
    return snr_gain(signal.numpy(), predictor.enhance(signal[None])[0].numpy(), RATE, tones)


@pytest.mark.parametrize("cell", CELLS)
def test_it_enhances_tones_whatever_the_cell(cell):
    assert gain(LinePredictor(RATE, cell=cell, **FOUND), -12.0) > 8


def test_the_gain_hardly_depends_on_the_snr():
    gains = [gain(LinePredictor(RATE, **FOUND), snr) for snr in (-25.0, -18.0, -12.0)]
    assert max(gains) - min(gains) < 2


@pytest.mark.parametrize("factor_db", [-40, 40])
def test_scaled_it_does_not_depend_on_the_level(factor_db):
    _, signal = mixture()
    predictor, factor = LinePredictor(RATE, **FOUND), 10 ** (factor_db / 20)
    assert torch.allclose(
        predictor.enhance(factor * signal[None]) / factor,
        predictor.enhance(signal[None]),
        atol=1e-4,
    )


@pytest.mark.parametrize("samples", [2048, 2049, 3000, 4095])
@pytest.mark.parametrize("hop_s", [None, 0.25, 0.1])
def test_enhanced_is_as_long_as_the_mixture(samples, hop_s):
    predictor = LinePredictor(RATE, **{**FOUND, "updates": 1}, hop_s=hop_s)
    assert predictor.enhance(torch.randn(2, samples)).shape == (2, samples)


def test_an_item_alone_is_as_in_a_batch_and_repeats():
    signals = torch.stack([mixture(draw=draw)[1] for draw in range(2)])
    predictor = LinePredictor(RATE, **FOUND)
    together = predictor.enhance(signals)
    assert torch.equal(together[1], predictor.enhance(signals[1:])[0])
    assert not torch.equal(
        LinePredictor(RATE, **FOUND, seed=1).enhance(signals[1:])[0], together[1]
    )


def test_training_draws_no_number_of_the_caller():
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    LinePredictor(RATE, **FOUND).enhance(mixture()[1][None])
    assert torch.equal(torch.rand(3), expected)


def test_predictions_of_overlapping_frames_are_averaged():
    """A network whose every prediction is 1 predicts 1 everywhere, however frames overlap."""
    predictor = LinePredictor(RATE, **{**FOUND, "updates": 0, "scaled": False}, hop_s=0.2)
    _, signal = mixture()
    network = predictor.train(signal)
    torch.nn.init.ones_(network.affine.bias)
    assert torch.allclose(predictor.apply(network, signal).float(), torch.ones(len(signal)))


def test_online_blocks_use_nothing_later_and_enhance():
    tones, signal = mixture(snr=0.0, duration_s=30.0)
    predictor, state, pieces = (
        LinePredictor(RATE, **{**FOUND, "cell": "lstm", "delay_s": 4.0}),
        None,
        [],
    )
    changed = signal.clone()
    changed[20 * RATE :] = 0
    for used in (signal, changed):
        state, pieces = None, [*pieces, []]
        for block in used.split(RATE // 2):
            piece, state = predictor.advance(block, state)
            pieces[-1].append(piece)
    whole, cut = (torch.cat(one) for one in pieces)
    assert torch.equal(whole[: 20 * RATE], cut[: 20 * RATE])
    late = slice(10 * RATE, None)
    assert snr_gain(signal[late].numpy(), whole[late].double().numpy(), RATE, tones) > 3
    assert len(state.samples) == (8 + 2) * RATE // 2


@pytest.mark.parametrize(
    ("signal", "told"),
    [
        (torch.randn(2047), r"2 s are shorter than the delay and two frames, 2 s"),
        (torch.zeros(9000), "constant"),
        (torch.ones(9000), "constant"),
        (torch.full((9000,), float("nan")), "NaN"),
    ],
)
def test_signals_that_cannot_be_enhanced_are_refused(signal, told):
    with pytest.raises(ValueError, match=told):
        LinePredictor(RATE, **FOUND).enhance(signal[None])


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"cell": "transformer"}, "cell='transformer': must be one of rnn, gru, lstm, bilstm"),
        ({"initial": "ones"}, "initial='ones': must be one of zero, default"),
        ({"hop_s": 3.0}, "hop no longer than the frame"),
        ({"frame_s": 0.0}, "must be above 0"),
        ({"delay_s": 0.0}, "must be above 0"),
        ({"hidden": 0}, "must be above 0"),
        ({"learning_rate": 0.0}, "must be above 0"),
    ],
)
def test_options_out_of_range_are_refused(options, told):
    with pytest.raises(ValueError, match=told):
        LinePredictor(RATE, **options)


def test_a_block_of_another_length_is_refused():
    with pytest.raises(ValueError, match="must be one frame of 512"):
        LinePredictor(RATE, **FOUND).advance(torch.zeros(100), None)
