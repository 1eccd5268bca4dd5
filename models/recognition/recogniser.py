"""What a recognition network makes with its features: from a signal to chances of characters."""

from typing import NamedTuple

from torch import Tensor, nn
from torch.nn.functional import log_softmax

from models.recognition.features import Features
from models.recognition.network import RecognitionNetwork


class Heard(NamedTuple):
    """log_chances [batch, step, token], token 0 for none; steps [batch]: how many are of it."""

    log_chances: Tensor
    steps: Tensor


class Recogniser(nn.Module):
    """Features and the network that hears them."""

    def __init__(self, features: Features, network: RecognitionNetwork):
        super().__init__()
        self.features = features
        self.network = network

    def steps(self, samples: int) -> int:
        """Steps of a signal of `samples`."""
        return self.network.steps(self.features.frames(samples))

    def heard(self, signal: Tensor, length: Tensor) -> Heard:
        """[batch, time] with `length` [batch] in samples, at least a frame each."""
        features = self.features(signal, length, self.network.causal)
        frames = self.features.frames(length)
        scores = self.network(features, frames)
        return Heard(log_softmax(scores, -1), self.network.steps(frames))
