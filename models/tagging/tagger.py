"""The tagger: gives the scores of classes for a signal."""

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from models.recognition.features import Features
from models.tagging.network import TaggingNetwork


class Tagger(nn.Module):
    """A tagging network with its features, which have mean 0 and variance 1 over the training.

    Recognition normalises over each signal instead. Here level and timbre of a clip tell its class.
    """

    def __init__(self, features: Features, network: TaggingNetwork):
        super().__init__()
        self.features = features
        self.norm = nn.BatchNorm1d(features.count, affine=False)
        self.network = network

    def scores(self, signal: Tensor, length: Tensor) -> Tensor:
        """Unnormalised scores: [batch, time] with `length` [batch] in samples -> [batch, class].

        A signal that is shorter than a frame is padded to a frame.
        """
        hop = self.features.hop
        signal, length = pad(signal, (0, max(0, hop - signal.shape[1]))), length.clamp(min=hop)
        plain = self.features.plain(signal)
        frames = self.features.frames(length)
        inside = torch.arange(plain.shape[1], device=signal.device) < frames[:, None]
        heard = torch.zeros_like(plain)
        heard[inside] = self.norm(plain[inside])
        return self.network(heard, frames)
