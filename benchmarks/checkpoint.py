"""The cost of a checkpoint within an epoch: python benchmarks/checkpoint.py network=pl_crnn

Prints the size of a training's checkpoint, the seconds that writing it takes (median of ROUNDS),
and their share of training time at checkpoint_minutes.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import torch
from omegaconf import DictConfig

from command.check import check
from command.entry import start
from command.train_schema import TrainConfig
from models.enhancement_learner import build_learner
from models.saving import write_checkpoint

ROUNDS = 5


def main(cfg: DictConfig) -> None:
    """Write the weights of the config's network and the state of its optimiser."""
    check(cfg, TrainConfig)
    learner = build_learner(cfg)
    optimizer = learner.configure_optimizers()
    for weights in learner.parameters():
        weights.grad = torch.zeros_like(weights)
    optimizer.step()  # creates the state of the optimiser
    content = {"state_dict": learner.state_dict(), "optimizer_states": [optimizer.state_dict()]}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "within_epoch.ckpt"
        seconds = statistics.median(_written(content, path) for _ in range(ROUNDS))
        megabytes = path.stat().st_size / 1e6
    share = seconds / (60 * cfg.checkpoint_minutes)
    print(
        f"{megabytes:.0f} MB in {seconds:.2f} s: {share:.3%} of training at "
        f"checkpoint_minutes={cfg.checkpoint_minutes:g}"
    )


def _written(content: dict, path: Path) -> float:
    """The seconds that writing takes."""
    began = time.perf_counter()
    write_checkpoint(content, path)
    return time.perf_counter() - began


if __name__ == "__main__":
    start(main, "train")
