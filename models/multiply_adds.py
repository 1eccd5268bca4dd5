"""How many fused multiply-adds a network does: counted layer by layer while it runs, or refused."""

from collections import Counter
from collections.abc import Callable, Iterator
from math import prod
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrize import ParametrizationList

Rule = Callable[
    [Any, tuple, Any], int
]  # layer, what it is called with, what it gives -> multiply-adds of the call

FRAMES = 128  # whole windows of networks that work by windows
OWN = "multiply_adds"  # the method by which a layer states its cost itself
METHOD = f"{OWN}(self, inputs, output) -> int"


def multiply_adds_per_frame(network: nn.Module, freqs: int) -> float:
    """Fused multiply-adds per frame, as the PL-CRNN paper counts them (section 5.4); see `RULES`.

    Two lengths are run and their difference taken, so that frames of padding count nothing. What has no parameters
    (activations, pooling) counts nothing. Raises ValueError where a layer cannot be counted, see `require_countable`.
    """
    counts = [_counted(network, torch.rand(1, freqs, frames)) for frames in (FRAMES, 2 * FRAMES)]
    return (counts[1] - counts[0]) / FRAMES


def require_countable(network: nn.Module, freqs: int) -> None:
    """Raise ValueError, naming the layer, where the multiply-adds of `network` cannot be told.

    A layer is a module that has parameters of its own, not through those in it. It must be of a class of `RULES`, or
    of one derived from it that keeps its forward, or have a method `multiply_adds(inputs, output) -> int`: what one
    call of it costs, beside the layers in it that are called. And it must be called while `network` runs (once, on
    ones): weights that are used without a call would count nothing, unless a module around them has that method.
    """
    _counted(network, torch.ones(1, freqs, FRAMES))


@torch.no_grad()
def _counted(network: nn.Module, magnitude: Tensor) -> int:
    _require_rules(network)
    counts, before = Counter(), {module: module.training for module in network.modules()}
    hooks = [
        module.register_forward_hook(_adding_to(counts, rule), with_kwargs=True)
        for module in network.modules()
        if (rule := _rule(module)) is not None
    ]
    try:
        network.eval()(magnitude)
    finally:
        for hook in hooks:
            hook.remove()
        for module, training in before.items():
            module.training = training
    _require_calls(network, counts)
    return counts.total()


def _adding_to(counts: Counter, rule: Rule) -> Callable:
    def hook(layer: nn.Module, inputs: tuple, named: dict, output: Any) -> None:
        counts[layer] += rule(layer, (*inputs, *named.values()), output)

    return hook


def _require_rules(network: nn.Module) -> None:
    for place, layer in _layers(network):
        if (
            _rule(layer) is None and type(layer).forward is not nn.Module.forward
        ):  # a bag of parameters is not called
            raise ValueError(
                f"{_named(network, place, layer)} has parameters of its own, but its multiply-adds are unknown; give "
                f"that class, or one derived from it, a method {METHOD}"
            )


def _require_calls(network: nn.Module, counts: Counter) -> None:
    stated = [
        place
        for place, module in network.named_modules()
        if module in counts and hasattr(module, OWN)
    ]
    for place, layer in _layers(network):
        around = [other for other in stated if not other or place.startswith(f"{other}.")]
        if layer not in counts and not around:
            raise ValueError(
                f"{_named(network, place, layer)} has parameters, but is not called while the network runs, so "
                f"that its multiply-adds go unseen; call it, or give the class that uses it a method {METHOD}"
            )


def _layers(network: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """Every module that has parameters of its own, with its place."""
    for place, module in network.named_modules():
        if next(module.parameters(recurse=False), None) is not None:
            yield place, module


def _named(network: nn.Module, place: str, layer: nn.Module) -> str:
    kind = f"{type(layer).__module__}.{type(layer).__name__}"
    return f"{type(network).__name__}.{place}: {kind}" if place else kind


def _rule(module: nn.Module) -> Rule | None:
    """How `module` is counted; None where that is unknown."""
    if hasattr(module, OWN):
        return _own
    base = next((kind for kind in type(module).__mro__ if kind in RULES), None)
    # With a forward of its own it may do anything.
    return RULES[base] if base is not None and type(module).forward is base.forward else None


def _own(layer: Any, inputs: tuple, output: Any) -> int:
    return layer.multiply_adds(inputs, output)


def _nothing(layer: nn.Module, inputs: tuple, output: Any) -> int:
    return 0


def _each_value(times: int) -> Rule:
    return lambda layer, inputs, output: times * output.numel()


def _convolution(layer: Any, inputs: tuple, output: Tensor) -> int:
    kernel = layer.in_channels // layer.groups * prod(layer.kernel_size)
    return output.numel() * (kernel + (layer.bias is not None))


def _each_vector(values: Callable[[Any], list[Tensor | None]]) -> Rule:
    """Of all weights and biases, for every vector along the last axis."""

    def rule(layer: nn.Module, inputs: tuple, output: Any) -> int:
        vectors = inputs[0].numel() // inputs[0].shape[-1]
        return vectors * sum(value.numel() for value in values(layer) if value is not None)

    return rule


_linear = _each_vector(lambda layer: [layer.weight, layer.bias])
_recurrent = _each_vector(lambda layer: [value for values in layer.all_weights for value in values])
_cell = _each_vector(lambda layer: [layer.weight_ih, layer.weight_hh, layer.bias_ih, layer.bias_hh])

RULES: dict[type[nn.Module], Rule] = {
    # F_out * (C_in * K + 1) * C_out per output frame, transposed or not (PL-CRNN, section 5.4)
    **dict.fromkeys((nn.Conv1d, nn.Conv2d, nn.ConvTranspose1d, nn.ConvTranspose2d), _convolution),
    nn.Linear: _linear,
    **dict.fromkeys((nn.LSTM, nn.GRU, nn.RNN), _recurrent),
    **dict.fromkeys((nn.LSTMCell, nn.GRUCell, nn.RNNCell), _cell),
    # They fold into the convolution before them: the PL-CRNN paper counts nothing.
    **dict.fromkeys((nn.BatchNorm1d, nn.BatchNorm2d, nn.SyncBatchNorm), _nothing),
    # Mean, variance, normalised, scaled and shifted.
    **dict.fromkeys((nn.LayerNorm, nn.GroupNorm), _each_value(4)),
    nn.PReLU: _each_value(1),
    nn.Embedding: _nothing,  # looked up
    ParametrizationList: _nothing,  # it makes a weight, once for all frames
}
