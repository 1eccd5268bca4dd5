"""The costs of a network of notes, in the terms of models.cost."""

import time

import torch

from models.cost import Costs, parameters
from models.melody.next_note import NextNote

TOKENS_A_SECOND = 8  # two per note, for eighth notes at 120 quarter notes per minute
LAP = 64  # tokens of a timed run


def costs(network: NextNote) -> Costs:
    """See `models.cost.costs`; a frame is a token, and a second of a tune has eight."""
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
    return {
        "parameters": parameters(network),
        "macs_per_frame": per_token,
        "macs_per_second": per_token * TOKENS_A_SECOND,
        "latency_ms": "",
        "causal": "yes",
        "cpu_seconds_per_second": taken_s / LAP * TOKENS_A_SECOND,
    }
