"""The costs of a recogniser, in the terms of models.cost."""

import torch
from torch import Tensor

from models.cost import Costs, parameters, seconds_per_second
from models.recognition.recogniser import Recogniser


def costs(recogniser: Recogniser) -> Costs:
    """See `models.cost.costs`; a step uses each weight of its layers once."""
    network, features = recogniser.network, recogniser.features
    count = parameters(network)
    per_frame = count / network.stride

    def hear(mixture: Tensor) -> None:
        with torch.no_grad():
            recogniser.log_probabilities(mixture, torch.tensor([mixture.shape[1]]))

    return {
        "parameters": count,
        "macs_per_frame": round(per_frame),
        "macs_per_second": round(per_frame * features.sample_rate / features.hop),
        "latency_ms": _latency_ms(recogniser),
        "causal": "yes" if network.causal else "no",
        "cpu_seconds_per_second": seconds_per_second(hear, features.sample_rate),
    }


def _latency_ms(recogniser: Recogniser) -> float | str:
    """The look-ahead of a step in ms; "" where it is the whole signal."""
    if not recogniser.network.causal:
        return ""
    samples = recogniser.network.stride * recogniser.features.hop
    return round(1000 * samples / recogniser.features.sample_rate, 1)
