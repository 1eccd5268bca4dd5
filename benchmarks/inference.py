"""How fast networks enhance: python benchmarks/inference.py [sample_rate=16000 level=running ...]

Prints, for the networks of NETWORKS with untrained weights, on one core: seconds of work per second
of audio of a whole file at once and of the same file in blocks, as long recordings are enhanced;
and of a stream that is given a hop at a time, the median and the 99th percentile of a hop beside
its length. Networks that look ahead have no stream. Rounds interleaved; medians of the rounds.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))

import torch
from hydra import compose
from omegaconf import DictConfig
from torch import Tensor

from command.check import check
from command.entry import start
from command.schema import TrainConfig
from models.enhancer import Enhancer
from models.networks.network import CausalNetwork
from models.run import build_enhancer
from models.stream import Stream

NETWORKS = (("pl_crnn", "iam"), ("crnn", "iam"), ("dual_path", "complex_mask"), ("unet", "iam"))
SECONDS = 5
ROUNDS = 5
BLOCK_S = 1.0
SHARED = ("stft", "level")  # choices that every network is timed with


class Speed(NamedTuple):
    """whole, blocks: seconds of work per second of audio. hops_s: of each hop of a stream."""

    whole: float
    blocks: float | None
    hops_s: list[float]


def main(cfg: DictConfig) -> None:
    """Time networks on noise."""
    check(cfg, TrainConfig)
    torch.set_num_threads(1)
    enhancers = {name: _enhancer(name, target, cfg) for name, target in NETWORKS}
    mixture = 0.1 * torch.randn(1, SECONDS * cfg.sample_rate)
    speeds: dict[str, list[Speed]] = {name: [] for name in enhancers}
    for _ in range(ROUNDS + 1):
        for name, enhancer in enhancers.items():
            speeds[name].append(_speed(enhancer, mixture))
    hop_ms = 1000 * cfg.stft.hop_s
    print(f"{SECONDS} s at {cfg.sample_rate} Hz, one core, hops of {hop_ms:g} ms")
    print(f"{'network':10}{'whole':>9}{'blocks':>9}{'hop ms':>9}{'99 % ms':>9}")
    for name, rounds in speeds.items():
        _print(name, rounds[1:])  # the first one warms up


def _enhancer(network: str, target: str, cfg: DictConfig) -> Enhancer:
    rate = f"sample_rate={cfg.sample_rate}"
    training = compose("train", [f"network={network}", f"target={target}", rate])
    for group in SHARED:
        training[group] = cfg[group]
    return build_enhancer(training).eval()


def _speed(enhancer: Enhancer, mixture: Tensor) -> Speed:
    """One measurement of everything."""
    whole = _seconds(lambda: enhancer.enhance(mixture)) / SECONDS
    if not isinstance(enhancer.network, CausalNetwork):
        return Speed(whole, None, [])
    stream = Stream(enhancer)
    blocks = mixture.split(round(BLOCK_S * enhancer.stft.sample_rate), -1)
    in_blocks = _seconds(lambda: list(stream.blocks(blocks))) / SECONDS
    state = stream.initial_state(1)
    hops_s = []
    for samples in mixture.split(stream.hop, -1):
        begin = time.perf_counter()
        _, state = stream.advance(samples, state)
        hops_s.append(time.perf_counter() - begin)
    return Speed(whole, in_blocks, hops_s)


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _print(name: str, rounds: list[Speed]) -> None:
    """A line of the table."""
    line = f"{name:10}{statistics.median(speed.whole for speed in rounds):9.4f}"
    if rounds[0].blocks is not None:
        hops_s = torch.tensor([hop for speed in rounds for hop in speed.hops_s])
        middle, late = 1000 * hops_s.quantile(torch.tensor([0.5, 0.99]))
        in_blocks = statistics.median(speed.blocks for speed in rounds)
        line += f"{in_blocks:9.4f}{middle:9.2f}{late:9.2f}"
    print(line)


if __name__ == "__main__":
    start(main, "train")
