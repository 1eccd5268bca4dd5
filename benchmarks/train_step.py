"""How fast networks train: python benchmarks/train_step.py experiment=librispeech data_root=DIR [data.cache=pool ...]

Prints, for the networks of NETWORKS, the seconds of a training step on a batch that lies ready, the floating-point
operations a second that makes (three times the forward pass' multiply-adds, twice each), beside the matrix product's on
this machine; and the seconds of a step with the data route feeding it. Rounds interleaved; medians of the rounds.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import torch
from hydra import compose
from omegaconf import DictConfig
from torch import Tensor

from command.check import check
from command.entry import start
from command.schema import TrainConfig
from command.training import plan_data
from models.enhancer import Enhancer
from models.multiply_adds import multiply_adds_per_frame
from models.run import build_enhancer

NETWORKS, ROUNDS, STEPS = ("pl_crnn", "crnn"), 3, 2
MATRIX = 2048


def main(cfg: DictConfig) -> None:
    """Time training steps over the training rows of the plan."""
    check(cfg, TrainConfig)
    data = plan_data(cfg)
    batches = cycle_batches(data.train_dataloader(), data.sets["train"].on_device)
    print(f"{'network':10}{'s a step':>10}{'GFLOP/s':>9}{'matrices':>10}{'s with data':>13}{'of it the model':>17}")
    for name in NETWORKS:
        enhancer = _enhancer(name, cfg)
        ready = next(batches)
        step = _stepper(enhancer)
        rounds = [_round(step, ready, batches) for _ in range(1 + ROUNDS)][1:]  # the first warms up
        alone, fed, rate = (statistics.median(column) for column in zip(*rounds, strict=True))
        reached = _operations(enhancer, ready) / alone / 1e9
        print(f"{name:10}{alone:10.3f}{reached:9.1f}{rate / 1e9:10.1f}{fed:13.3f}{alone / fed:16.1%}")
    shape = " x ".join(map(str, ready["mixture"].shape))
    print(f"batch {shape} samples, {torch.get_num_threads()} threads, {cfg.data.workers} loader processes")


def cycle_batches(loader: torch.utils.data.DataLoader, on_device: Callable) -> Iterator[dict[str, Tensor]]:
    """Batches without end, as the trainer would hand them to the network."""
    for _ in cycle([None]):
        yield from map(on_device, loader)


def _enhancer(name: str, cfg: DictConfig) -> Enhancer:
    training = compose("train", [f"network={name}", f"sample_rate={cfg.sample_rate}"])
    training.update({group: cfg[group] for group in ("stft", "target", "level", "recipe")})
    return build_enhancer(training).train()


def _stepper(enhancer: Enhancer) -> Callable[[dict[str, Tensor]], None]:
    optimizer = enhancer.configure_optimizers()

    def step(batch: dict[str, Tensor]) -> None:
        optimizer.zero_grad()
        enhancer.loss(batch)[0].backward()
        optimizer.step()

    return step


def _round(step: Callable, ready: dict[str, Tensor], batches: Iterator[dict[str, Tensor]]) -> tuple[float, ...]:
    """Seconds of a step on `ready`, seconds of a step with its data, operations a second of a matrix product."""
    matrix = torch.randn(MATRIX, MATRIX)
    return (
        _seconds(lambda: step(ready)),
        _seconds(lambda: step(next(batches))),
        2 * MATRIX**3 / _seconds(lambda: matrix @ matrix),
    )


def _seconds(run: Callable[[], object]) -> float:
    begin = time.perf_counter()
    for _ in range(STEPS):
        run()
    return (time.perf_counter() - begin) / STEPS


def _operations(enhancer: Enhancer, batch: dict[str, Tensor]) -> float:
    frames = batch["mixture"].shape[0] * int(enhancer.stft.frames(torch.tensor(batch["mixture"].shape[1])))
    enhancer.eval()
    forward = 2 * multiply_adds_per_frame(enhancer.network, enhancer.stft.freqs) * frames
    return 3 * forward  # the backward pass makes a gradient for the inputs and one for the weights


if __name__ == "__main__":
    start(main, "train")
