"""Measures the cost of runs and of other enhancers: python benchmarks/tools.py OPTION...

The options are those of evaluate.py, such as runs=[pretrained] +baseline@baselines.rnnoise=rnnoise.
Prints a table: parameters, multiply-adds per second of audio and latency of the runs, and the
seconds of one core that each system takes for a second of audio, resampling included (medians of
ROUNDS interleaved rounds on noise).
"""

import statistics
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from omegaconf import DictConfig
from torch import Tensor

from command.check import check
from command.chosen import chosen_baselines
from command.entry import start
from command.evaluate_schema import EvaluateConfig
from models.cost import costs, seconds_per_second
from models.run import load_run

ROUNDS = 5
COSTS = ("parameters", "macs_per_second", "latency_ms")


def main(cfg: DictConfig) -> None:
    """Print a row for every run and baseline of the config."""
    check(cfg, EvaluateConfig)
    enhancers = {run: load_run(Path(run)) for run in cfg.runs}
    systems = {**enhancers, **chosen_baselines(cfg)}
    seconds: dict[str, list[float]] = {name: [] for name in systems}
    for _ in range(ROUNDS):
        for name, system in systems.items():
            seconds[name].append(_seconds(system.enhance, cfg.sample_rate))
    print(f"| system | {' | '.join(COSTS)} | seconds per second |\n|{'---|' * (len(COSTS) + 2)}")
    for name, rounds in seconds.items():
        known = costs(enhancers[name]) if name in enhancers else {}
        cells = [f"{known[cost]:,}" if cost in known else "" for cost in COSTS]
        print(f"| {name} | {' | '.join(cells)} | {statistics.median(rounds):.4f} |")


def _seconds(enhance: Callable[[Tensor], Tensor], sample_rate: int) -> float:
    return seconds_per_second(enhance, sample_rate, repeats=1)


if __name__ == "__main__":
    start(main, "evaluate")
