"""Measures how fast networks enhance: python benchmarks/inference.py [sample_rate=16000 ...]

Prints, for the untrained networks of NETWORKS, on one core: seconds of work per second of audio for
a whole file at once, and for the same file in blocks, as long recordings are enhanced. For a stream
it prints the median and the 99th percentile of a hop beside its length, in PyTorch and, with the
extra export, by the exported frame step in onnxruntime, STFT included. Networks that look ahead
have no stream. With the extra peers, RNNoise enhances the same audio, resampling included. Rounds
are interleaved; figures are medians of the rounds.
"""

import contextlib
import itertools
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
import torch
from hydra import compose
from omegaconf import DictConfig
from torch import Tensor

from command.check import check
from command.entry import start
from command.train_schema import TrainConfig
from exporting.definition import definition
from exporting.example import enhance, stepper
from exporting.step import FrameStep, onnx_bytes
from models.baselines.rnnoise import RNNoise
from models.building import build_enhancer
from models.networks.network import CausalNetwork
from models.stream import Stream

NETWORKS = (("pl_crnn", "iam"), ("crnn", "iam"), ("dual_path", "complex_mask"), ("unet", "iam"))
SECONDS = 5
ROUNDS = 5
BLOCK_S = 1.0
SHARED = ("stft", "level")  # choices that all networks share


class Speed(NamedTuple):
    """whole, blocks: seconds of work per second of audio. hops_s, steps_s: of each hop.

    hops_s: of a stream in PyTorch. steps_s: of the exported frame step in onnxruntime.
    """

    whole: float
    blocks: float | None = None
    hops_s: Sequence[float] = ()
    steps_s: Sequence[float] = ()


def main(cfg: DictConfig) -> None:
    """Time networks on noise."""
    check(cfg, TrainConfig)
    torch.set_num_threads(1)
    mixture = 0.1 * torch.randn(1, SECONDS * cfg.sample_rate)
    measures = {name: _measure(name, target, cfg, mixture) for name, target in NETWORKS}
    with contextlib.suppress(ValueError):  # the extra is not installed
        peer = RNNoise(cfg.sample_rate)
        measures["rnnoise"] = lambda: Speed(_seconds(lambda: peer.enhance(mixture)) / SECONDS)
    speeds: dict[str, list[Speed]] = {name: [] for name in measures}
    for _ in range(ROUNDS + 1):
        for name, measure in measures.items():
            speeds[name].append(measure())
    hop_ms = 1000 * cfg.stft.hop_s
    print(f"{SECONDS} s at {cfg.sample_rate} Hz, one core, hops of {hop_ms:g} ms")
    heads = ("whole", "blocks", "hop ms", "99 % ms", "ONNX ms", "99 % ms")
    print(f"{'network':10}" + "".join(f"{head:>9}" for head in heads))
    for name, rounds in speeds.items():
        _print(name, rounds[1:])  # the first round warms up


def _measure(network: str, target: str, cfg: DictConfig, mixture: Tensor) -> Callable[[], Speed]:
    """A function that takes all measurements of a network once."""
    rate = f"sample_rate={cfg.sample_rate}"
    training = compose("train", [f"network={network}", f"target={target}", rate])
    for group in SHARED:
        training[group] = cfg[group]
    enhancer = build_enhancer(training).eval()
    if not isinstance(enhancer.network, CausalNetwork):
        return lambda: Speed(_seconds(lambda: enhancer.enhance(mixture)) / SECONDS)
    stream = Stream(enhancer)
    exported = _exported(stream)
    return lambda: _speed(stream, exported, mixture)


def _speed(stream: Stream, exported: Callable | None, mixture: Tensor) -> Speed:
    """All measurements of a causal network, once."""
    whole = _seconds(lambda: stream.enhancer.enhance(mixture)) / SECONDS
    blocks = mixture.split(round(BLOCK_S * stream.enhancer.stft.sample_rate), -1)
    in_blocks = _seconds(lambda: list(stream.blocks(blocks))) / SECONDS
    state = stream.initial_state(1)
    hops_s = []
    for samples in mixture.split(stream.hop, -1):
        begin = time.perf_counter()
        _, state = stream.advance(samples, state)
        hops_s.append(time.perf_counter() - begin)
    steps_s = [] if exported is None else exported(mixture[0].numpy())
    return Speed(whole, in_blocks, hops_s, steps_s)


def _exported(stream: Stream) -> Callable[[np.ndarray], list[float]] | None:
    """A function that measures the seconds of each frame of a signal; None without the extra."""
    step = FrameStep(stream)
    try:
        run = stepper(onnx_bytes(step))
    except ValueError:
        return None
    about = definition(step, "")

    def times(samples: np.ndarray) -> list[float]:
        ends = []

        def timed(*given: np.ndarray) -> list[np.ndarray]:
            ends.append(time.perf_counter())
            return run(*given)

        enhance(samples, timed, about)
        return [later - before for before, later in itertools.pairwise(ends)]

    return times


def _seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _print(name: str, rounds: list[Speed]) -> None:
    """A line of the table."""
    line = f"{name:10}{statistics.median(speed.whole for speed in rounds):9.4f}"
    if rounds[0].blocks is not None:
        line += f"{statistics.median(speed.blocks for speed in rounds):9.4f}"
        for times in ("hops_s", "steps_s"):
            seconds = torch.tensor([each for speed in rounds for each in getattr(speed, times)])
            if len(seconds):
                middle, late = 1000 * seconds.quantile(torch.tensor([0.5, 0.99]))
                line += f"{middle:9.2f}{late:9.2f}"
    print(line)


if __name__ == "__main__":
    start(main, "train")
