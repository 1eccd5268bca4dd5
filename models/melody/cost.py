"""The costs of a network of notes, in the terms of models.cost."""

import time

import torch

from models.cost import Costs, costs_by_name
from models.melody.next_note import NextNote

TOKENS_A_SECOND = 8  # two per note, for eighth notes at 120 quarter notes per minute
LAP = 64  # tokens of a timed run


def costs(network: NextNote) -> Costs:
    """See `models.cost.costs_by_name`; a frame is a token, and a second of a tune has eight."""
    per_token = sum(
        parameter.numel()
        for name, parameter in network.named_parameters()
        if parameter.ndim > 1 and "embedding" not in name
    )
    tokens = torch.zeros(1, LAP, dtype=torch.long)
    with torch.no_grad():
        network(tokens)
        begin = time.perf_counter()
        network(tokens)
        taken_s = time.perf_counter() - begin
    return costs_by_name(
        network,
        per_token,
        TOKENS_A_SECOND,
        late_s=None,
        causal=True,
        cpu_seconds_per_second=taken_s / LAP * TOKENS_A_SECOND,
    )
