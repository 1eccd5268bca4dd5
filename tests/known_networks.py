"""Enhancers with networks whose answers are known."""

import torch
from torch.nn.functional import pad

from dsp.stft import STFT
from models.enhancement_learner import EnhancementLearner
from models.level import RawLevel, RunningLevel
from models.networks.crnn import CRNN
from models.networks.network import Network
from models.targets.iam import IAM
from models.targets.tms import TMS

TABLE_2 = {1: [], 2: [20], 3: [10, 20], 4: [5, 10, 20], 5: [5, 10, 15, 20]}  # PL-CRNN paper
RATE, HOP = 8000, 80


class Fake(Network):
    """Gives `estimate(mixture)` at every stage."""

    causal = False

    def __init__(self, stages, estimate, target=None):
        super().__init__(target or TMS(), stages)
        self.estimate = estimate

    def forward(self, mixture):
        return torch.stack([self.estimate(mixture)] * self.stage_count, 1)

    def final(self, estimates):
        return estimates[:, -1]


def fake(stages, estimate, target=None, **options):
    def network(freqs, target):
        return Fake(stages, estimate, target)

    return EnhancementLearner(STFT(RATE), target or TMS(), network, RawLevel(), TABLE_2, **options)


def crnn(stages=3, target=None, stft=None, **options):
    torch.manual_seed(0)

    def small(freqs, target):
        return CRNN(freqs, target, stages, [2, 2, 2, 3], 12)

    return EnhancementLearner(
        stft or STFT(RATE), target or IAM(), small, RunningLevel(), TABLE_2, **options
    )


def randn(*shape, seed=0):
    return 0.1 * torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def batch_of(*lengths):
    """Noise in noise, padded with zeros to the longest."""
    parts = {
        name: torch.stack(
            [
                pad(randn(n, seed=10 * i + place), (0, max(lengths) - n))
                for i, n in enumerate(lengths)
            ]
        )
        for place, name in enumerate(("clean", "noise"))
    }
    return {**parts, "mixture": parts["clean"] + parts["noise"], "length": torch.tensor(lengths)}


def item_of(batch, index):
    length = int(batch["length"][index])
    item = {name: batch[name][index : index + 1, :length] for name in ("clean", "noise", "mixture")}
    return {**item, "length": batch["length"][index : index + 1]}
