"""A mean over the steps of an epoch, which a checkpoint stores."""

import torch
from torch import Tensor

PENDING = 64  # steps whose numbers stay on their device until they are read


class RunningMean:
    """The mean of values by their weights, summed in 64 bits, the same on any device."""

    def __init__(self):
        self.reset()

    def reset(self) -> None:
        """Set the mean to that of no steps."""
        self._sum = self._weight = 0.0
        self._pending: list[Tensor] = []

    def add(self, sum_and_weight: Tensor) -> None:
        """Add a step, [2]: the weighted sum of its values, and the sum of the weights."""
        self._pending.append(sum_and_weight.detach())
        if len(self._pending) >= PENDING:
            self._read()

    def mean(self) -> float:
        """The mean so far; NaN before the first step."""
        self._read()
        return self._sum / self._weight if self._weight else float("nan")

    def state_dict(self) -> dict[str, float]:
        """The state that a checkpoint keeps."""
        self._read()
        return {"sum": self._sum, "weight": self._weight}

    def load_state_dict(self, state: dict[str, float]) -> None:
        """Restore the state of a checkpoint."""
        self.reset()
        self._sum, self._weight = state["sum"], state["weight"]

    def _read(self) -> None:
        if self._pending:
            for value, weight in torch.stack(self._pending).tolist():
                self._sum += value
                self._weight += weight
            self._pending = []
