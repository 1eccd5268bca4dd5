"""The costs of a tagger, in the terms of models.cost."""

import torch
from torch import Tensor

from models.cost import Costs, costs_by_name, seconds_per_second
from models.tagging.tagger import Tagger


def costs(tagger: Tagger, clip_s: float) -> Costs:
    """See `models.cost.costs_by_name`; clips have `clip_s` seconds.

    They are answered at their ends.
    """
    features = tagger.features
    frames = round(clip_s * features.sample_rate / features.hop)
    per_frame = tagger.network.multiply_adds(frames) / frames

    def hear(mixture: Tensor) -> None:
        with torch.no_grad():
            tagger.scores(mixture, torch.tensor([mixture.shape[1]]))

    return costs_by_name(
        tagger.network,
        per_frame,
        features.sample_rate / features.hop,
        late_s=None,
        causal=False,
        cpu_seconds_per_second=seconds_per_second(hear, features.sample_rate),
    )
