"""The network of the line enhancer: a gate for each prediction of a bin."""

from typing import Any

import torch
from torch import Tensor, nn

from models.baselines.predictor import CELLS

EVIDENCE = 18.0  # -log p at which a gate opens before training; noise rarely reaches it
STEEPNESS = 6.0  # of a gate over the logarithm of the evidence


def unlearned(evidence: Tensor, predictions: int) -> Tensor:
    """Gates before training: [frame, bin, memory] -> [prediction, bin, frame].

    They detect lines by the joint evidence of the past and the future over the same memory.
    """
    threshold = torch.tensor(EVIDENCE).log1p()
    opened = (STEEPNESS * (evidence - threshold)).sigmoid().permute(2, 1, 0)
    return opened.repeat(predictions // len(opened), 1, 1)


class LineGates(nn.Module):
    """A recurrent layer over the frames of a bin, the same for all bins, and an affine layer.

    The layer reads the past forwards and, with the cell "bilstm", the future backwards. It opens a
    gate between 0 and 1 for each prediction of the next frame. The affine layer begins as
    `unlearned`, and training refines it. cell: one of `CELLS`. inputs: the number of inputs of a
    bin and frame. memories: the number of predictions of a side.
    """

    def __init__(self, cell: str, inputs: int, hidden: int, memories: int):
        super().__init__()
        self.memories = memories
        sides = 2 if cell == "bilstm" else 1
        self.recurrent = CELLS[cell](inputs, hidden)
        self.affine = nn.Linear(sides * hidden + memories, sides * memories)
        nn.init.zeros_(self.affine.weight)
        own = STEEPNESS * torch.eye(memories).repeat(sides, 1)
        self.affine.weight.data[:, -memories:] = own
        threshold = torch.tensor(EVIDENCE).log1p()
        nn.init.constant_(self.affine.bias, -STEEPNESS * threshold.item())

    def forward(self, sides: Tensor, evidence: Tensor) -> Tensor:
        """Gates: [side, frame, bin, input], [frame, bin, memory] -> [prediction, bin, frame].

        The future of a frame is given in reverse order. The gates of the past's predictions come
        first, then those of the future's.
        """
        count, _, bins, _ = sides.shape
        together = torch.cat(tuple(sides), dim=1)  # as a single batch
        seen, _ = self.recurrent(together)
        halves = list(seen.split(bins, dim=1))
        if count == 2:
            halves[1] = halves[1].flip(0)
        return self._opened(halves, evidence)

    def advance(self, past: Tensor, evidence: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Gates of the next frames from the past alone, and the state to carry on.

        Shapes: [frame, bin, input], [frame, bin, memory] -> [prediction, bin, frame]. state: None
        before the first frame; no gradient goes through it.
        """
        seen, state = self.recurrent(past, state)
        kept = tuple(one.detach() for one in state) if isinstance(state, tuple) else state.detach()
        return self._opened([seen], evidence), kept

    def _opened(self, seen: list[Tensor], evidence: Tensor) -> Tensor:
        features = torch.cat([*seen, evidence], dim=-1)
        return self.affine(features).sigmoid().permute(2, 1, 0)
