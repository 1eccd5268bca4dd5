"""The contract of every network with the code that trains, judges or runs it."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from models.targets.target import Target


class Network(nn.Module, ABC):
    """A mixture in, one estimate per stage out, both in the components of its target.

    The components are one number for each bin, its magnitude, or two, real and imaginary part. A
    class is made with `freqs`, the size of the frequency axis, `target`, which turns an output into
    an estimate, and the options of its yaml. It gives this class the target and its number of
    stages. A layer of a kind that models.multiply_adds does not know states its own cost.

    Shapes: mixture [batch, component, freq, frame] -> estimates [batch, stage, component, freq,
    frame].

    `neutral` names the parts that change nothing before they are trained, if there are any: a
    training may start from weights without them.

    Signals of a batch are padded with zeros at their ends: zeros after a mixture must change no
    estimate of it. So a network that sees later frames pads its own input, and no layer after that
    pads.
    Raises ValueError for fewer than one stage, and where `causal` and the class it derives from
    disagree.
    """

    neutral: ClassVar[tuple[str, ...]] = ()

    def __init__(self, target: Target, stage_count: int = 1):
        super().__init__()
        if stage_count < 1:
            raise ValueError(f"network.stages={stage_count}: must be at least 1")
        if self.causal is not isinstance(self, CausalNetwork):
            raise ValueError(_contradiction(type(self)))
        self.target = target
        self.stage_count = stage_count

    @property
    @abstractmethod
    def causal(self) -> bool:
        """Whether no frame depends on a later one; an attribute of the class."""

    @property
    def reach(self) -> int | None:
        """The number of frames to either side that an estimate depends on; None: all of them.

        A piece of a mixture that begins at a multiple of it has, at that distance from its ends,
        the same estimates as the whole mixture.
        """
        return None

    @abstractmethod
    def forward(self, mixture: Tensor) -> Tensor:
        """All frames at once: mixture to estimates, see the class."""

    @abstractmethod
    def final(self, estimates: Tensor) -> Tensor:
        """The final estimate: [batch, stage, ...] -> [batch, component, freq, frame]."""


class CausalNetwork(Network):
    """A network that also runs piece by piece, on a signal that has not ended.

    The state carries what it has seen.
    """

    causal = True

    def forward(self, mixture: Tensor) -> Tensor:
        """All frames at once: mixture to estimates, see the class."""
        state = self.initial_state(len(mixture))
        estimates, _ = self.advance(mixture, state)
        return estimates

    @abstractmethod
    def initial_state(self, batch: int) -> Any:
        """The state before the first frame: tensors, tuples, lists or dicts; see `zeros`."""

    @abstractmethod
    def advance(self, mixture: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Estimates of the next frames, and the state to pass with those after them.

        `state` itself stays as it is. Shapes are those of `Network`.
        """

    def zeros(self, *shape: int) -> Tensor:
        """Zeros on the device and in the dtype of the network's parameters."""
        return next(self.parameters()).new_zeros(shape)


@torch.no_grad()
def require_shapes(network: Network, freqs: int, frames: int = 128) -> None:
    """Raise ValueError where the estimates or the final estimate of `network` have a wrong shape.

    The network is run on ones. frames: a multiple of the windows of networks that work by windows.
    """
    training = network.training
    network.eval()
    components = network.target.component_count
    estimates = network(torch.ones(1, components, freqs, frames))
    wanted = (1, network.stage_count, components, freqs, frames)
    _require_shape(network, "forward", estimates, wanted)
    final = network.final(estimates)
    _require_shape(network, "final", final, (1, components, freqs, frames))
    network.train(training)


def _require_shape(network: Network, part: str, given: Tensor, wanted: tuple[int, ...]) -> None:
    if given.shape == wanted:
        return
    name = f"{type(network).__module__}.{type(network).__name__}"
    raise ValueError(
        f"{name}: {part} gives a tensor of {list(given.shape)}, which must be {list(wanted)}; "
        f"see {__name__}.Network"
    )


def _contradiction(network: type[Network]) -> str:
    """The remedy for a class whose `causal` contradicts its base class."""
    claim = f"{network.__module__}.{network.__name__}: causal = {network.causal!r}"
    place = f"{__name__}.CausalNetwork"
    if issubclass(network, CausalNetwork):
        return f"{claim}, but it derives from {place}; derive it from Network"
    return f"{claim}, but it derives from Network; derive it from {place}, or say False"
