"""The gain by a second worker: python benchmarks/workers.py experiment=librispeech data_root=DIR

Prints the speed-up of two processes that render, two processes that draw, and two processes
(trainer=ddp) that train, with one thread each, and the seconds of every round, interleaved. If the
machine does other work meanwhile, the second worker has no free core: see the last line.
"""

import csv
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import torch
from commands import run_script
from omegaconf import DictConfig

from command.check import check
from command.entry import start
from command.train_schema import TrainConfig
from datagen import from_config
from datagen.draw_parts import drawn_in_parts
from datagen.render_plan import render_plan

ROUNDS = 3
EPOCHS = 2  # epochs of a training; the last one is timed, the first one includes the start


def main(cfg: DictConfig) -> None:
    """Time rendering, drawing and training with one and with two workers."""
    check(cfg, TrainConfig)
    torch.set_num_threads(1)
    drawer = from_config.drawer(cfg)
    plan = from_config.plan(cfg, drawer, "train")
    render = partial(_render, plan, drawer.library, cfg)
    draw = partial(_draw, drawer, cfg)
    ways = {"rendering": render, "drawing, start-up included": draw, "training": _train}
    for what, seconds in ways.items():
        _compare(what, seconds)
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, {load:.1f} processes that wanted one in the last minute")


def _compare(what: str, seconds: Callable[[int], float]) -> None:
    """Print the speed-up of two workers over one."""
    rounds = [(seconds(1), seconds(2)) for _ in range(ROUNDS)]
    ratios = [one / two for one, two in rounds]
    listed = ", ".join(f"{one:.1f}/{two:.1f} s" for one, two in rounds)
    print(f"{what}: {statistics.median(ratios):.2f} times as fast with two ({listed})", flush=True)


def _render(plan, library, cfg: DictConfig, jobs: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        render_plan(plan, library, Path(folder), cfg.sample_rate, jobs=jobs)
        return time.perf_counter() - begin


def _draw(drawer, cfg: DictConfig, jobs: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        drawn_in_parts(drawer, "train", cfg.plan.train, Path(folder, "kept.csv"), jobs)
        return time.perf_counter() - begin


def _train(processes: int) -> float:
    """Seconds of the last epoch, of a training with the typed options."""
    trainer = ["trainer=ddp", "trainer.accelerator=cpu", "trainer.devices=2"]
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder, "run")
        typed = [*sys.argv[1:], f"output={run}", *(trainer if processes == 2 else ["trainer=cpu"])]
        typed += [f"trainer.max_epochs={EPOCHS}", "trainer.enable_progress_bar=false"]
        run_script("train.py", typed, {**os.environ, "OMP_NUM_THREADS": "1"})
        with (run / "times.csv").open(encoding="utf-8") as file:
            return float(list(csv.DictReader(file))[-1]["seconds"])


if __name__ == "__main__":
    start(main, "train")
