"""Progressive LSTM with dense connections (Gao et al., 2018), as in the PL-CRNN paper."""

from torch import Tensor, nn

from models.networks.causal import no_memory, recur
from models.networks.progressive import Progressive
from models.targets.target import Target


class PLLSTM(Progressive):
    """`stages` stages of an LSTM and an affine layer; a stage's inputs are joined along frequency.

    hidden: LSTM units per layer. shared: one LSTM serves all stages, which needs `dense` to be off.
    Raises ValueError where a shared LSTM would see inputs of different sizes.
    """

    def __init__(
        self,
        freqs: int,
        target: Target,
        stages: int = 3,
        hidden: int = 1024,
        layers: int = 2,
        dense: bool = True,
        average: bool = True,
        shared: bool = False,
    ):
        super().__init__(target, stages, dense, average)
        if shared and dense and stages > 1:
            raise ValueError(
                "network.shared=true: dense stages see inputs of different sizes; "
                "set network.dense=false"
            )
        self.lstms = nn.ModuleList()
        for number in range(1, 2 if shared else stages + 1):
            size = freqs * self.inputs(number)
            self.lstms.append(nn.LSTM(size, hidden, layers, batch_first=True))
        self.outputs = nn.ModuleList()
        for _ in range(stages):
            self.outputs.append(nn.Linear(hidden, target.component_count * freqs))

    def initial_stage_state(self, number: int, batch: int) -> tuple[Tensor, Tensor]:
        """See `Progressive.initial_stage_state`."""
        return no_memory(self._lstm(number), batch)

    def stage(self, number: int, seen: Tensor, state: tuple) -> tuple[Tensor, tuple]:
        """See `Progressive.stage`."""
        lstm = self._lstm(number)
        features = seen.flatten(1, 2).transpose(1, 2)  # [batch, frame, input * freq]
        features, carried = recur(lstm, features, state)
        output = self.outputs[number](features)
        return output.transpose(1, 2).unflatten(1, (-1, seen.shape[2])), carried

    def _lstm(self, number: int) -> nn.LSTM:
        return self.lstms[min(number, len(self.lstms) - 1)]
