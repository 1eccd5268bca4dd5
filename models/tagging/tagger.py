"""What a tagging network makes with its features: from a signal to scores of classes."""

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from models.recognition.features import Features
from models.tagging.network import TaggingNetwork


class Tagger(nn.Module):
    """Features, each with mean 0 and variance 1 over the training, and the network that hears them.

    Not over the clip, as for recognition: how loud and how bright it is tells its class.
    """

    def __init__(self, features: Features, network: TaggingNetwork):
        super().__init__()
        self.features = features
        self.norm = nn.BatchNorm1d(features.count, affine=False)
        self.network = network

    def scores(self, signal: Tensor, length: Tensor) -> Tensor:
        """[batch, time] with `length` [batch] in samples -> [batch, class], unnormalised.

        What is shorter than a frame is heard as one, with silence after it.
        """
        hop = self.features.hop
        signal, length = pad(signal, (0, max(0, hop - signal.shape[1]))), length.clamp(min=hop)
        plain = self.features.plain(signal)
        frames = self.features.frames(length)
        inside = torch.arange(plain.shape[1], device=signal.device) < frames[:, None]
        heard = torch.zeros_like(plain)
        heard[inside] = self.norm(plain[inside])
        return self.network(heard, frames)
