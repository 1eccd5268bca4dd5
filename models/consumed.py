"""A hash of the rows that a training has used; it does not depend on which process had which."""

import torch
from torch import Tensor

PENDING = 64  # steps whose numbers stay on their device until they are read
MIX = (-0x61C8864680B583EB, -0x40A7B892E31B1A47, -0x6B2FB644ECCEEE15)  # of splitmix64
WRAP = 1 << 64


class Consumed:
    """The sum over steps of hashes of their rows: equal, up to chance, for equal steps alone."""

    def __init__(self):
        self.reset()

    def reset(self) -> None:
        """Set the sum to zero."""
        self._sum = 0
        self._pending: list[Tensor] = []

    def add(self, of_step: Tensor) -> None:
        """Add a step: the sum of `of_step` over the rows of all processes."""
        self._pending.append(of_step)
        if len(self._pending) >= PENDING:
            self._read()

    def digest(self) -> str:
        """The hash so far, as a word: r and 16 hex digits."""
        self._read()
        return f"r{self._sum:016x}"

    def state_dict(self) -> dict[str, str]:
        """The state that a checkpoint keeps."""
        return {"digest": self.digest()}

    def load_state_dict(self, state: dict[str, str]) -> None:
        """Restore the state of a checkpoint."""
        self.reset()
        self._sum = int(state["digest"].removeprefix("r"), 16)

    def _read(self) -> None:
        if self._pending:
            self._sum = (self._sum + sum(torch.stack(self._pending).tolist())) % WRAP
            self._pending = []


def of_step(rows: Tensor, counts: Tensor, step: int) -> Tensor:
    """The sum of the hashes of the `rows` [batch], names as int64, that count in `step`.

    Sums of several processes add up to the sum of all rows; int64 wraps alike on any device.
    """
    mixed = rows + (step + 1) * MIX[0] % (1 << 63)
    mixed = (mixed ^ (mixed >> 30)) * MIX[1]
    mixed = (mixed ^ (mixed >> 27)) * MIX[2]
    mixed = mixed ^ (mixed >> 31)
    return torch.where(counts > 0, mixed, 0).sum()
