"""An LSTM over signals of different lengths in one batch, which are padded at their end.

PyTorch's packed sequences give the same outputs, but on the CPU their gradients take more than ten
times as long: each step adds to a tensor of the size of all steps.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout


def padded_outputs(lstm: nn.LSTM, inputs: Tensor, lengths: Tensor) -> Tensor:
    """The outputs of `lstm` (batch_first): [batch, step, feature] -> [batch, step, hidden].

    lengths [batch]: steps of each signal. The outputs do not depend on what is after them, and are
    0 there; the backward layers of a bidirectional LSTM begin at the last step of each signal.
    """
    number = torch.arange(inputs.shape[1], device=inputs.device)
    ends = lengths.to(inputs.device).unsqueeze(1)
    is_padding = (number >= ends).unsqueeze(-1)
    if lstm.bidirectional and is_padding.any():
        mirrored = torch.where(is_padding.squeeze(-1), number, ends - 1 - number)
        outputs = _both_ways(lstm, inputs, mirrored)
    else:
        outputs, _ = lstm(inputs)
    return outputs.masked_fill(is_padding, 0)


def last_outputs(lstm: nn.LSTM, inputs: Tensor, lengths: Tensor) -> Tensor:
    """The outputs of a causal `lstm` at the last step of each signal: [batch, hidden].

    Arguments as for `padded_outputs`.
    """
    outputs, _ = lstm(inputs)
    signals = torch.arange(len(outputs), device=outputs.device)
    return outputs[signals, lengths.to(outputs.device) - 1]


def _both_ways(lstm: nn.LSTM, inputs: Tensor, mirrored: Tensor) -> Tensor:
    """The outputs of a bidirectional `lstm`, layer by layer.

    mirrored [batch, step]: the steps of each signal from its last to its first, before its padding.
    """
    outputs = inputs
    for layer in range(lstm.num_layers):
        if layer:
            outputs = dropout(outputs, lstm.dropout, lstm.training)
        forward, backward = lstm.all_weights[2 * layer : 2 * layer + 2]
        later = _layer(lstm, backward, _in_order(outputs, mirrored))
        outputs = torch.cat((_layer(lstm, forward, outputs), _in_order(later, mirrored)), -1)
    return outputs


def _layer(lstm: nn.LSTM, weights: Sequence[Tensor], inputs: Tensor) -> Tensor:
    """The outputs of one layer in one direction, from a state of zeros."""
    zeros = inputs.new_zeros(1, len(inputs), lstm.hidden_size)
    # state, weights, has biases, layers, dropout, training, bidirectional, batch first
    return torch.lstm(
        inputs, (zeros, zeros), weights, lstm.bias, 1, 0.0, lstm.training, False, True
    )[0]


def _in_order(signals: Tensor, steps: Tensor) -> Tensor:
    """The values of signals [batch, step, value] at `steps` [batch, step]."""
    return signals.gather(1, steps.unsqueeze(-1).expand_as(signals))
