"""The recogniser: gives the probabilities of characters in a signal, step by step."""

from typing import NamedTuple

from torch import Tensor, nn
from torch.nn.functional import log_softmax

from models.recognition.features import Features
from models.recognition.network import RecognitionNetwork


class LogProbabilities(NamedTuple):
    """The output of a recogniser.

    values: log-probabilities of tokens, [batch, step, token]; token 0 is BLANK. steps: the number
    of steps of each signal, [batch].
    """

    values: Tensor
    steps: Tensor


class Recogniser(nn.Module):
    """A recognition network with its features."""

    def __init__(self, features: Features, network: RecognitionNetwork):
        super().__init__()
        self.features = features
        self.network = network

    def steps(self, samples: int) -> int:
        """The number of steps of a signal of `samples`."""
        return self.network.steps(self.features.frames(samples))

    def log_probabilities(self, signal: Tensor, length: Tensor) -> LogProbabilities:
        """The output for signals [batch, time] of `length` [batch] samples, at least a frame."""
        features = self.features(signal, length, self.network.causal)
        frames = self.features.frames(length)
        scores = self.network(features, frames)
        return LogProbabilities(log_softmax(scores, -1), self.network.steps(frames))
