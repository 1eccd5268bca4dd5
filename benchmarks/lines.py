"""The time of line enhancement: python benchmarks/lines.py [systems.predictor.frame_s=0.5 ...]

It enhances 30 s of the plan's tones in noise on one core, after warming up, and prints medians of
the rounds, in seconds of the core, whatever else the machine does meanwhile. The published times
are from the Bi-LSTM line enhancement paper, on the paper's machine.
"""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

import torch
from omegaconf import DictConfig, OmegaConf
from torch import Tensor

from command.check import check
from command.entry import start
from command.lines import protocol
from command.lines_schema import LinesConfig
from datagen.tones import render_tonal
from models.baselines.line_predictor import LinePredictor
from models.system import Enhancing
from options.build import build
from reporting.tables.published import LINES_SECONDS, LINES_SNR_DB

ROUNDS = 5


def main(cfg: DictConfig) -> None:
    """Time the LMS filter, the training and the pass of the line predictor, and its online mode."""
    check(cfg, LinesConfig)
    torch.set_num_threads(1)
    plan = OmegaConf.to_container(cfg.plan, resolve=True)
    mixture = torch.from_numpy(render_tonal(protocol(plan), LINES_SNR_DB, 0, cfg.seed)["mixture"])
    lms, predictor, enhancer = (
        build(
            cfg.systems[name], Enhancing, within="models.baselines", sample_rate=plan["sample_rate"]
        )
        for name in ("lms", "predictor", "enhancer")
    )
    trained = predictor.train(mixture)
    jobs = {
        "LMS": lambda: lms.enhance(mixture[None]),
        "Bi-LSTM, pass of the trained network": lambda: predictor.apply(trained, mixture),
        "Bi-LSTM, training": lambda: predictor.train(mixture),
        "Bi-LSTM, online, every block tuned": lambda: _online(predictor, mixture),
        "Bi-LSTM on the spectrogram, all of it": lambda: enhancer.enhance(mixture[None]),
    }
    took = {name: [] for name in jobs}
    for number in range(1 + ROUNDS):  # the first round warms up
        for name, job in jobs.items():
            seconds = _seconds(job)
            took[name] += [seconds] if number else []
    limits = {
        "LMS": LINES_SECONDS["LMS"],
        "Bi-LSTM, pass of the trained network": LINES_SECONDS["Bi-LSTM"],
    }
    signal = f"{plan['duration_s']:g} s at {plan['sample_rate']} Hz"
    print(f"{signal:42}{'seconds':>9}{'published':>11}{'of real time':>14}")
    for name, seconds in took.items():
        median = statistics.median(seconds)
        print(
            f"{name:42}{median:9.4f}{limits.get(name, ''):>11}{median / plan['duration_s']:13.2%}"
        )


def _online(predictor: LinePredictor, mixture: Tensor) -> None:
    state = None
    for block in mixture.split(predictor.frame)[:-1]:
        _, state = predictor.advance(block, state)


def _seconds(job: Callable[[], object]) -> float:
    begin = time.process_time()
    job()
    return time.process_time() - begin


if __name__ == "__main__":
    start(main, "lines")
