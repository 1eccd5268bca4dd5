"""Adam (Kingma and Ba, 2015) for a network of a few weights."""

from collections.abc import Iterable

import torch
from torch import Tensor

DECAYS = (0.9, 0.999)
TINY = 1e-8


class Adam:
    """The same as torch.optim.Adam, whose import of a compiler takes over a second of one core.

    >>> weight = torch.tensor([1.0], requires_grad=True)
    >>> weight.square().backward()
    >>> Adam([weight], learning_rate=0.1).step()
    >>> round(weight.item(), 6)
    0.9
    """

    def __init__(self, weights: Iterable[Tensor], learning_rate: float):
        self.weights = list(weights)
        self.learning_rate = learning_rate
        self.means = [torch.zeros_like(weight) for weight in self.weights]
        self.squares = [torch.zeros_like(weight) for weight in self.weights]
        self.steps = 0

    @torch.no_grad()
    def step(self) -> None:
        """One update by the present gradients, which are cleared afterwards."""
        self.steps += 1
        unbiased, unbiased_square = (1 - decay**self.steps for decay in DECAYS)
        for weight, mean, square in zip(self.weights, self.means, self.squares, strict=True):
            mean.lerp_(weight.grad, 1 - DECAYS[0])
            square.mul_(DECAYS[1]).addcmul_(weight.grad, weight.grad, value=1 - DECAYS[1])
            spread = (square / unbiased_square).sqrt_().add_(TINY)
            weight.addcdiv_(mean, spread, value=-self.learning_rate / unbiased)
            weight.grad = None
