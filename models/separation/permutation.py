"""The assignment of estimates to talkers: the permutation of the lowest cost."""

from itertools import permutations

import torch
from torch import Tensor


def best_permutation(costs: Tensor) -> tuple[Tensor, Tensor]:
    """The lowest mean cost over talkers, and the estimate that it assigns to each reference.

    A whole utterance has the same permutation (Kolbaek et al., 2017, equation 12).

    Shapes: costs [batch, estimate, reference] -> [batch], [batch, reference].

    >>> costs = torch.tensor([[[4.0, 1.0], [2.0, 5.0]]])
    >>> best_permutation(costs)
    (tensor([1.5000]), tensor([[1, 0]]))
    """
    talkers = costs.shape[-1]
    orders = torch.tensor(list(permutations(range(talkers))), device=costs.device)
    references = torch.arange(talkers, device=costs.device)
    of_each = costs[:, orders, references].mean(-1)  # [batch, permutation]
    least, chosen = of_each.min(-1)
    return least, orders[chosen]
