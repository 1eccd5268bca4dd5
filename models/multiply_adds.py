"""Counts the fused multiply-adds of a network, layer by layer while it runs, or refuses it."""

import inspect
from collections import Counter
from collections.abc import Callable, Iterator
from math import prod
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrize import ParametrizationList
from torch.utils.hooks import RemovableHandle

# Called with a layer, its inputs and its output; gives the multiply-adds of the call.
Rule = Callable[[Any, tuple, Any], int]

FRAMES = 128  # a multiple of the windows of networks that work by windows
METHOD = "multiply_adds"  # the method by which a layer states its cost itself
SIGNATURE = f"{METHOD}(self, inputs, output) -> int"


def multiply_adds_per_frame(network: nn.Module, freqs: int, components: int = 1) -> float:
    """Fused multiply-adds per frame, as the PL-CRNN paper counts them (section 5.4); see `RULES`.

    components: the numbers that the network sees of each bin. The count is the difference of runs
    of two lengths, so padding frames do not count. Layers without parameters (activations, pooling)
    do not count. Raises ValueError where a layer cannot be counted, see `require_countable`.
    """
    shorter = _counted(network, torch.rand(1, components, freqs, FRAMES))
    longer = _counted(network, torch.rand(1, components, freqs, 2 * FRAMES))
    return (longer - shorter) / FRAMES


def require_countable(network: nn.Module, freqs: int, components: int = 1) -> None:
    """Raise ValueError with the name of a layer of `network` that cannot be counted.

    A layer is a module with parameters of its own, not only of its submodules. Its class must be in
    `RULES`, or be derived from such a class and keep its forward, or have a method
    `multiply_adds(inputs, output) -> int`: the cost of one call, without the layers in it that are
    called. The layer must be called while `network` runs (once, on ones): weights that are used
    without a call would not be counted, unless a module around them has that method.
    """
    _counted(network, torch.ones(1, components, freqs, FRAMES))


@torch.no_grad()
def _counted(network: nn.Module, mixture: Tensor) -> int:
    """The multiply-adds of a call; the mode (training or evaluation) of each module is restored."""
    _require_rules(network)
    counts = Counter()
    training_before = {module: module.training for module in network.modules()}
    hooks = _hooks(network, counts)
    try:
        network.eval()(mixture)
    finally:
        for hook in hooks:
            hook.remove()
        for module, training in training_before.items():
            module.training = training
    _require_calls(network, counts)
    return counts.total()


def _hooks(network: nn.Module, counts: Counter) -> list[RemovableHandle]:
    """Hooks by which every module adds to `counts` when it is called."""
    hooks = []
    for module in network.modules():
        rule = _rule(module)
        if rule is not None:
            adding = _adding_to(counts, rule)
            hooks.append(module.register_forward_hook(adding, with_kwargs=True))
    return hooks


def _adding_to(counts: Counter, rule: Rule) -> Callable:
    def hook(layer: nn.Module, inputs: tuple, named: dict, output: Any) -> None:
        counts[layer] += rule(layer, (*inputs, *named.values()), output)

    return hook


def _require_rules(network: nn.Module) -> None:
    for place, layer in _layers(network):
        is_called = type(layer).forward is not nn.Module.forward  # a container of parameters is not
        if is_called and _rule(layer) is None:
            raise ValueError(
                f"{_named(network, place, layer)} has parameters of its own, "
                "but its multiply-adds are unknown; give that class, or one derived from it, "
                f"a method {SIGNATURE}"
            )


def _require_calls(network: nn.Module, counts: Counter) -> None:
    counted = []  # places of modules whose count includes the modules in them
    for place, module in network.named_modules():
        if module in counts and hasattr(module, METHOD):
            counted.append(place)
    for place, layer in _layers(network):
        if layer in counts or _lies_in_any(place, counted):
            continue
        raise ValueError(
            f"{_named(network, place, layer)} has parameters, "
            "but is not called while the network runs, so that its multiply-adds go unseen; "
            f"call it, or give the class that uses it a method {SIGNATURE}"
        )


def _lies_in_any(place: str, modules: list[str]) -> bool:
    """Whether `place` lies in one of `modules`, of which "" is the network itself."""
    return any(not module or place.startswith(f"{module}.") for module in modules)


def _layers(network: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """Every module that has parameters of its own, with its place."""
    for place, module in network.named_modules():
        if next(module.parameters(recurse=False), None) is not None:
            yield place, module


def _named(network: nn.Module, place: str, layer: nn.Module) -> str:
    name = _kind(layer)
    if not place:
        return name
    return f"{type(network).__name__}.{place}: {name}"


def _kind(layer: nn.Module) -> str:
    kind = type(layer)
    return f"{kind.__module__}.{kind.__name__}"


def _rule(module: nn.Module) -> Rule | None:
    """The rule that counts `module`; None where there is none."""
    if hasattr(module, METHOD):
        return _stated
    for kind in type(module).__mro__:
        if kind in RULES:
            # A class with its own forward may compute anything.
            keeps_forward = type(module).forward is kind.forward
            return RULES[kind] if keeps_forward else None
    return None


def _stated(layer: Any, inputs: tuple, output: Any) -> int:
    try:
        inspect.signature(layer.multiply_adds).bind(inputs, output)
        stated = layer.multiply_adds(inputs, output)
    except TypeError as error:
        raise ValueError(f"{_kind(layer)}.{METHOD}: {error}; it must be {SIGNATURE}") from error
    if not isinstance(stated, int):
        raise ValueError(f"{_kind(layer)}.{METHOD} gives {stated!r}; it must be {SIGNATURE}")
    return stated


def _nothing(layer: nn.Module, inputs: tuple, output: Any) -> int:
    return 0


def _each_value(times: int) -> Rule:
    return lambda layer, inputs, output: times * output.numel()


def _convolution(layer: Any, inputs: tuple, output: Tensor) -> int:
    per_value = layer.in_channels // layer.groups * prod(layer.kernel_size)
    if layer.bias is not None:
        per_value += 1
    return output.numel() * per_value


def _linear(layer: Any, inputs: tuple, output: Any) -> int:
    values = _values([layer.weight, layer.bias])
    return _vectors(inputs) * values


def _recurrent(layer: Any, inputs: tuple, output: Any) -> int:
    values = sum(_values(weights) for weights in layer.all_weights)
    return _vectors(inputs) * values


def _cell(layer: Any, inputs: tuple, output: Any) -> int:
    values = _values([layer.weight_ih, layer.weight_hh, layer.bias_ih, layer.bias_hh])
    return _vectors(inputs) * values


def _vectors(inputs: tuple) -> int:
    """The number of vectors along the last axis of a layer's input."""
    features = inputs[0]
    return features.numel() // features.shape[-1]


def _values(weights: list[Tensor | None]) -> int:
    """The number of learned values of `weights` and biases; a missing bias is None."""
    return sum(weight.numel() for weight in weights if weight is not None)


RULES: dict[type[nn.Module], Rule] = {
    # F_out * (C_in * K + 1) * C_out per output frame, transposed or not (PL-CRNN, section 5.4)
    **dict.fromkeys((nn.Conv1d, nn.Conv2d, nn.ConvTranspose1d, nn.ConvTranspose2d), _convolution),
    nn.Linear: _linear,
    **dict.fromkeys((nn.LSTM, nn.GRU, nn.RNN), _recurrent),
    **dict.fromkeys((nn.LSTMCell, nn.GRUCell, nn.RNNCell), _cell),
    # They fold into the convolution before them: the PL-CRNN paper counts nothing.
    **dict.fromkeys((nn.BatchNorm1d, nn.BatchNorm2d, nn.SyncBatchNorm), _nothing),
    # The mean, the variance, the normalisation, the scale and the shift.
    **dict.fromkeys((nn.LayerNorm, nn.GroupNorm), _each_value(4)),
    nn.PReLU: _each_value(1),
    nn.Embedding: _nothing,  # a look-up
    ParametrizationList: _nothing,  # it makes a weight, once for all frames
}
