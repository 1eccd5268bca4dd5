"""The costs of a recogniser, in the terms of models.cost."""

import torch
from torch import Tensor

from models.cost import Costs, costs_by_name, parameters, seconds_per_second
from models.recognition.recogniser import Recogniser


def costs(recogniser: Recogniser) -> Costs:
    """See `models.cost.costs_by_name`; a step uses each weight of its layers once."""
    network, features = recogniser.network, recogniser.features
    per_frame = parameters(network) / network.stride

    def hear(mixture: Tensor) -> None:
        with torch.no_grad():
            recogniser.log_probabilities(mixture, torch.tensor([mixture.shape[1]]))

    step_s = network.stride * features.hop / features.sample_rate
    return costs_by_name(
        network,
        per_frame,
        features.sample_rate / features.hop,
        late_s=step_s if network.causal else None,
        causal=network.causal,
        cpu_seconds_per_second=seconds_per_second(hear, features.sample_rate),
    )
