"""An LSTM over padded signals: PyTorch's packed sequences are the reference."""

import pytest
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from models.padded_lstm import last_outputs, padded_outputs

LENGTHS = torch.tensor([4, 9, 1, 7])


def network(**options):
    torch.manual_seed(0)
    return nn.LSTM(3, 5, batch_first=True, **options)


def signals():
    return torch.randn(4, 9, 3, generator=torch.Generator().manual_seed(1))


def packed_outputs(lstm, inputs):
    packed = pack_padded_sequence(inputs, LENGTHS, batch_first=True, enforce_sorted=False)
    return pad_packed_sequence(lstm(packed)[0], batch_first=True)[0]


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("bias", [False, True])
def test_outputs_and_gradients_are_those_of_packed_sequences(bidirectional, layers, bias):
    lstm = network(num_layers=layers, bidirectional=bidirectional, bias=bias)
    results = []
    for outputs in (packed_outputs(lstm, signals()), padded_outputs(lstm, signals(), LENGTHS)):
        lstm.zero_grad()
        outputs.square().sum().backward()
        results.append([outputs.detach(), *(weight.grad for weight in lstm.parameters())])
    for expected, result in zip(*results, strict=True):
        torch.testing.assert_close(result, expected)


def test_what_follows_a_signal_changes_nothing():
    lstm, inputs = network(num_layers=2, bidirectional=True), signals()
    before = padded_outputs(lstm, inputs, LENGTHS)
    inputs[0, 4:] = 7.0
    torch.testing.assert_close(padded_outputs(lstm, inputs, LENGTHS), before)


@pytest.mark.parametrize("dropout", [0.0, 1.0])
def test_dropout_acts_between_layers_in_training_alone(dropout):
    """With a dropout of 1 the second layer sees only zeros, so nothing random is left."""
    lstm = network(num_layers=2, bidirectional=True, dropout=dropout)
    torch.testing.assert_close(
        padded_outputs(lstm, signals(), LENGTHS), packed_outputs(lstm, signals())
    )
    in_training = padded_outputs(lstm, signals(), LENGTHS)
    afterwards = padded_outputs(lstm.eval(), signals(), LENGTHS)
    assert torch.equal(in_training, afterwards) == (dropout == 0)


def test_the_last_outputs_are_the_last_states_of_packed_sequences():
    lstm = network(num_layers=2)
    packed = pack_padded_sequence(signals(), LENGTHS, batch_first=True, enforce_sorted=False)
    torch.testing.assert_close(last_outputs(lstm, signals(), LENGTHS), lstm(packed)[1][0][-1])


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_it_runs_in_mixed_precision(precision):
    lstm = network(num_layers=2, bidirectional=True)
    with torch.autocast("cpu", torch.bfloat16, enabled=precision == torch.bfloat16):
        outputs = padded_outputs(lstm, signals(), LENGTHS)
    assert outputs.dtype == precision
    expected = padded_outputs(lstm, signals(), LENGTHS)
    torch.testing.assert_close(outputs.float(), expected, atol=0.02, rtol=0.02)
