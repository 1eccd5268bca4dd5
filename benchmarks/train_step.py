"""The time of training steps: python benchmarks/train_step.py experiment=librispeech data_root=DIR

Prints, for the networks of NETWORKS, the seconds of a training step on a prepared batch; its
floating-point operations per second (three times the multiply-adds of the forward pass, two each),
beside those of a matrix product on this machine; and the seconds of a step with the data route
feeding it (data.cache=pool and so on). Rounds are interleaved; figures are medians of the rounds.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))

import torch
from hydra import compose
from omegaconf import DictConfig
from torch import Tensor

from command.check import check
from command.entry import start
from command.train_schema import TrainConfig
from command.training_audio import tell
from datagen.mixtures import mixtures
from models.enhancement_learner import EnhancementLearner, build_learner
from models.multiply_adds import multiply_adds_per_frame

NETWORKS = ("pl_crnn", "crnn")
ROUNDS = 3
STEPS = 2  # steps per round
MATRIX = 2048
Batch = dict[str, Tensor]
OF_TRAINING = ("stft", "target", "level", "recipe")  # choices that all networks share


class Round(NamedTuple):
    """The measurements of a network.

    ready_s: of a step on a prepared batch; fed_s: of a step with its data; matrix_rate: operations
    per second of a matrix product.
    """

    ready_s: float
    fed_s: float
    matrix_rate: float


def main(cfg: DictConfig) -> None:
    """Time training steps over the training rows of the plan."""
    check(cfg, TrainConfig)
    data = mixtures(cfg, partial(tell, cfg))
    finished = partial(data.on_after_batch_transfer, dataloader_idx=0)
    batches = cycle_batches(data.train_dataloader(), finished)
    head = f"{'network':10}{'s a step':>10}{'GFLOP/s':>9}{'matrices':>10}"
    print(f"{head}{'s with data':>13}{'of it the model':>17}")
    for name in NETWORKS:
        learner = _learner(name, cfg)
        ready = next(batches)
        timing = _timed(learner, ready, batches)
        _print(name, timing, _operations(learner, ready))
    shape = " x ".join(map(str, ready["mixture"].shape))
    threads = torch.get_num_threads()
    print(f"batch {shape} samples, {threads} threads, {cfg.data.workers} loader processes")


def _print(name: str, timing: Round, operations: float) -> None:
    """A line of the table. operations: of a step."""
    reached = operations / timing.ready_s / 1e9
    matrices = timing.matrix_rate / 1e9
    of_model = timing.ready_s / timing.fed_s
    print(
        f"{name:10}{timing.ready_s:10.3f}{reached:9.1f}{matrices:10.1f}{timing.fed_s:13.3f}{of_model:16.1%}"
    )


def cycle_batches(loader: torch.utils.data.DataLoader, on_device: Callable) -> Iterator[Batch]:
    """Batches without end, as the trainer passes them to the network."""
    for _ in cycle([None]):
        yield from map(on_device, loader)


def _learner(name: str, cfg: DictConfig) -> EnhancementLearner:
    training = compose("train", [f"network={name}", f"sample_rate={cfg.sample_rate}"])
    for group in OF_TRAINING:
        training[group] = cfg[group]
    return build_learner(training).train()


def _stepper(learner: EnhancementLearner) -> Callable[[Batch], None]:
    optimizer = learner.configure_optimizers()

    def step(batch: Batch) -> None:
        optimizer.zero_grad()
        learner.loss(batch)[0].backward()
        optimizer.step()

    return step


def _timed(learner: EnhancementLearner, ready: Batch, batches: Iterator[Batch]) -> Round:
    """Medians of the rounds, after a round that warms up.

    ready: a prepared batch; batches: made during the measurement.
    """
    step = _stepper(learner)
    _round(step, ready, batches)
    rounds = [_round(step, ready, batches) for _ in range(ROUNDS)]
    return Round(
        ready_s=statistics.median(timing.ready_s for timing in rounds),
        fed_s=statistics.median(timing.fed_s for timing in rounds),
        matrix_rate=statistics.median(timing.matrix_rate for timing in rounds),
    )


def _round(
    step: Callable[[Batch], None],
    ready: Batch,
    batches: Iterator[Batch],
) -> Round:
    """All measurements, once."""
    matrix = torch.randn(MATRIX, MATRIX)
    ready_s = _seconds(lambda: step(ready))
    fed_s = _seconds(lambda: step(next(batches)))
    product_s = _seconds(lambda: matrix @ matrix)
    return Round(ready_s, fed_s, 2 * MATRIX**3 / product_s)


def _seconds(run: Callable[[], object]) -> float:
    """Mean seconds over STEPS."""
    begin = time.perf_counter()
    for _ in range(STEPS):
        run()
    return (time.perf_counter() - begin) / STEPS


def _operations(learner: EnhancementLearner, batch: Batch) -> float:
    """Floating-point operations of a training step on `batch`."""
    utterances, samples = batch["mixture"].shape  # [batch, time]
    frames = int(learner.stft.frames(torch.tensor(samples)))
    learner.eval()
    multiply_adds = multiply_adds_per_frame(learner.network, learner.stft.freqs)
    forward = 2 * multiply_adds * utterances * frames
    return 3 * forward  # the backward pass computes a gradient of the inputs and one of the weights


if __name__ == "__main__":
    start(main, "train")
