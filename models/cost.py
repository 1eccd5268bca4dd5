"""What a network costs: parameters, multiply-adds, and time on this machine's CPU."""

import time
from collections.abc import Callable
from statistics import median

import torch
from torch import Tensor, nn

from models.enhancer import Enhancer

FRAMES = 128  # whole windows of networks that work by windows


def costs(enhancer: Enhancer) -> dict[str, float]:
    """parameters, macs_per_frame, macs_per_second (of audio), cpu_seconds_per_second (of one core of this machine)."""
    stft = enhancer.stft
    per_frame = multiply_adds_per_frame(enhancer.network, stft.freqs)
    return {
        "parameters": parameters(enhancer.network),
        "macs_per_frame": round(per_frame),
        "macs_per_second": round(per_frame * stft.sample_rate / stft.hop),
        "cpu_seconds_per_second": seconds_per_second(enhancer.enhance, stft.sample_rate),
    }


def parameters(network: nn.Module) -> int:
    """Number of learned values."""
    return sum(parameter.numel() for parameter in network.parameters())


def multiply_adds_per_frame(network: nn.Module, freqs: int) -> float:
    """Fused multiply-adds per frame, counted by hooks while the built network runs (PL-CRNN, section 5.4).

    As the paper counts: a convolution, transposed or not, of F_out * (C_in * K + 1) * C_out per output frame, a linear
    layer and an LSTM of all their weights and biases. Two lengths are run and their difference taken, so that frames
    of padding count nothing.
    """
    counts = [_counted(network, torch.rand(1, freqs, frames)) for frames in (FRAMES, 2 * FRAMES)]
    return (counts[1] - counts[0]) / FRAMES


def seconds_per_second(
    enhance: Callable[[Tensor], Tensor], sample_rate: int, seconds: int = 4, repeats: int = 3
) -> float:
    """Seconds that one CPU core takes to enhance a second of audio: median of `repeats` after one for warming up."""
    mixture, before, took = torch.randn(1, seconds * sample_rate) * 0.1, torch.get_num_threads(), []
    torch.set_num_threads(1)
    try:
        for _ in range(repeats + 1):
            begin = time.perf_counter()
            enhance(mixture)
            took.append(time.perf_counter() - begin)
    finally:
        torch.set_num_threads(before)
    return median(took[1:]) / seconds


@torch.no_grad()
def _counted(network: nn.Module, magnitude: Tensor) -> int:
    counts = []
    kinds = (nn.Conv2d, nn.ConvTranspose2d, nn.Linear, nn.LSTM)
    modules = [module for module in network.modules() if isinstance(module, kinds)]
    hooks = [module.register_forward_hook(lambda *call: counts.append(_of_call(*call))) for module in modules]
    try:
        network.eval()(magnitude)
    finally:
        for hook in hooks:
            hook.remove()
    return sum(counts)


def _of_call(module: nn.Module, given: tuple, result: Tensor | tuple) -> int:
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        kernel = module.kernel_size[0] * module.kernel_size[1]
        return result.numel() * (module.in_channels // module.groups * kernel + 1)
    vectors = given[0].numel() // given[0].shape[-1]  # a linear layer or an LSTM works on the last axis
    return vectors * parameters(module)
