"""The costs of a network: parameters, multiply-adds, and time on this machine's CPU."""

import time
from collections.abc import Callable, Mapping
from statistics import median

import torch
from torch import Tensor, nn

from models.enhancer import Enhancer
from models.multiply_adds import multiply_adds_per_frame
from parallel.threads import one_thread

Costs = Mapping[str, float | str]  # by name, see `costs_by_name`


def costs(enhancer: Enhancer) -> Costs:
    """The costs of `enhancer`, see `costs_by_name`."""
    stft = enhancer.stft
    components = enhancer.target.component_count
    per_frame = multiply_adds_per_frame(enhancer.network, stft.freqs, components)
    return costs_by_name(
        enhancer.network,
        per_frame,
        stft.sample_rate / stft.hop,
        latency_s(enhancer),
        enhancer.network.causal,
        seconds_per_second(enhancer.enhance, stft.sample_rate),
    )


def costs_by_name(
    network: nn.Module,
    macs_per_frame: float,
    frames_per_second: float,
    late_s: float | None,
    causal: bool,
    cpu_seconds_per_second: float,
) -> Costs:
    """The costs of `network` by the names of their columns in tables.

    macs_per_frame: multiply-adds. late_s: the look-ahead of an answer in the signal; None where
    that is the whole signal. cpu_seconds_per_second: of one core of this machine, for a second of
    the signal.
    """
    return {
        "parameters": parameters(network),
        "macs_per_frame": round(macs_per_frame),
        "macs_per_second": round(macs_per_frame * frames_per_second),
        "latency_ms": "" if late_s is None else round(1000 * late_s, 1),
        "causal": "yes" if causal else "no",
        "cpu_seconds_per_second": cpu_seconds_per_second,
    }


def latency_s(enhancer: Enhancer) -> float | None:
    """The algorithmic latency: the largest look-ahead of an enhanced sample in the mixture.

    It is one window and the look-ahead of the network; None where that is the whole signal.
    """
    stft, network = enhancer.stft, enhancer.network
    ahead = 0 if network.causal else network.reach
    return None if ahead is None else (stft.length + ahead * stft.hop) / stft.sample_rate


def parameters(network: nn.Module) -> int:
    """The number of learned values."""
    return sum(parameter.numel() for parameter in network.parameters())


def seconds_per_second(
    enhance: Callable[[Tensor], Tensor], sample_rate: int, seconds: int = 4, repeats: int = 3
) -> float:
    """Seconds that one CPU core needs to enhance a second of audio.

    It is the median of `repeats` runs, after a run for warming up.
    """
    mixture = torch.randn(1, seconds * sample_rate) * 0.1
    taken_s = []
    with one_thread():
        for _ in range(repeats + 1):
            begin = time.perf_counter()
            enhance(mixture)
            taken_s.append(time.perf_counter() - begin)
    return median(taken_s[1:]) / seconds
