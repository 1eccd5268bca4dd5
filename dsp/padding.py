"""Signals of a batch that are padded to equal lengths."""

import torch
from torch import Tensor


def without_padding(values: Tensor, length: Tensor) -> Tensor:
    """Zeros after the first `length` [batch] places of the last axis: [batch, ..., time] -> same.

    >>> without_padding(torch.ones(2, 3), torch.tensor([1, 3])).tolist()
    [[1.0, 0.0, 0.0], [1.0, 1.0, 1.0]]
    """
    place = torch.arange(values.shape[-1], device=values.device)
    is_signal = place < length[:, None]  # [batch, time]
    between = [1] * (values.ndim - 2)
    return torch.where(is_signal.view(len(values), *between, -1), values, 0)
