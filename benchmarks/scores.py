"""Measures how fast scores are computed: python benchmarks/scores.py [experiment=... plan.test=40]

It scores the test mixtures under SYSTEMS simulated systems (the noise attenuated, as by an
enhancer) in two ways: as evaluate.py does, and in a plain loop over as many processes that calls
pesq, pystoi and mir_eval as their documentation shows. Both use the same signals, take turns of
BLOCK mixtures, so that other load affects both alike, and have one thread per process. Prints both
times and the differences of scores, and fails if a difference exceeds 1e-6 twice.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy is imported, here and in all processes

import numpy as np
import pandas as pd
import torch
from omegaconf import DictConfig
from plain_scores import PLAIN, Pair, plain_scores, write_pairs
from torch import Tensor
from tqdm import tqdm

from command.check import check
from command.chosen import chosen_metrics
from command.entry import start
from command.evaluate_schema import EvaluateConfig
from datagen import from_config
from datagen.library import Library
from datagen.plan import Plan
from datagen.render import Rendering
from dsp.decibel import amplitude
from metrics.metric import Metric
from metrics.table import scores
from models.system import SpeechSystem, System
from parallel.spread import over_processes
from reporting.scoring.bench import Bench
from reporting.scoring.score_plan import score_plan

SYSTEMS = 8
BLOCK = 25  # number of mixtures
EQUAL = 1e-6  # dB for the SDR


class Test(NamedTuple):
    """The test: its systems and metrics by name, and the number of processes."""

    library: Library
    systems: Mapping[str, System]
    metrics: Mapping[str, Metric]
    sample_rate: int
    jobs: int


class Difference(NamedTuple):
    """A score that differed. text: all of its values; repeats: whether it differs again."""

    text: str
    repeats: bool


class Scored(NamedTuple):
    """A block scored by Clarion and by a plain loop: scores, seconds, differences."""

    ours: pd.DataFrame
    plain: pd.DataFrame
    ours_s: float
    plain_s: float
    differences: list[Difference]


def main(cfg: DictConfig) -> None:
    """Time both in turns."""
    check(cfg, EvaluateConfig)
    torch.set_num_threads(1)
    drawer = from_config.drawer(cfg)
    plan = from_config.plan(cfg, drawer, "test")
    test = Test(
        library=drawer.library,
        systems=_systems(),
        metrics=chosen_metrics(cfg),
        sample_rate=cfg.sample_rate,
        jobs=from_config.jobs(cfg),
    )
    blocks = []
    with get_context("spawn").Pool(test.jobs) as pool:
        begins = range(0, len(plan.rows), BLOCK)
        for begin in tqdm(begins, "scoring", unit="block", disable=None):
            rows = plan.rows[begin : begin + BLOCK]
            block = replace(plan, rows=rows)
            blocks.append(_in_turns(block, test, pool))
    _print(blocks, test.jobs)
    differences = [difference for block in blocks for difference in block.differences]
    for difference in differences:
        print(difference.text)
    if any(difference.repeats for difference in differences):
        problem = "scores are not what the packages find"
        sys.exit(f"differs by more than {EQUAL:g} once more: {problem}")


def _systems() -> dict[str, System]:
    """Systems that attenuate the noise by 0 dB, 1 dB and so on."""
    systems = {}
    for number in range(SYSTEMS):
        system = Lowered(float(number))
        systems[f"noise {-system.by_db:g} dB"] = system
    return systems


class Lowered(SpeechSystem):
    """Attenuates the noise of the batch by `db` dB."""

    def __init__(self, by_db: float):
        self.by_db = by_db

    def enhance_batch(self, batch: Mapping[str, Tensor]) -> Tensor:
        """Clean speech in less noise: [batch, time]."""
        factor = amplitude(torch.tensor(-self.by_db))
        return batch["clean"] + factor * batch["noise"]

    @property
    def made_of(self) -> float:
        """The attenuation in dB."""
        return self.by_db


def _in_turns(block: Plan, test: Test, pool: Pool) -> Scored:
    """Score a block by both, on the same signals."""
    begin = time.perf_counter()
    bench = Bench(block, Rendering(test.library), test.sample_rate)
    ours = score_plan(bench, test.systems, test.metrics, over_processes(test.jobs))
    ours_s = time.perf_counter() - begin
    with tempfile.TemporaryDirectory() as folder:
        pairs = write_pairs(bench, test.systems, Path(folder))
        tasks = [(*pair, test.sample_rate) for pair in pairs]
        begin = time.perf_counter()
        rows = pool.starmap(plain_scores, tasks, chunksize=4)
        plain_s = time.perf_counter() - begin
        plain = pd.DataFrame(rows, columns=PLAIN)
        differences = list(_differences(ours, plain, pairs, test))
    return Scored(ours, plain, ours_s, plain_s, differences)


def _differences(
    ours: pd.DataFrame,
    plain: pd.DataFrame,
    pairs: list[Pair],
    test: Test,
) -> Iterator[Difference]:
    """The differences, scored again by both, because PESQ's C code is not deterministic."""
    for number, (clean, enhanced) in enumerate(pairs):
        of_ours = ours.iloc[number]
        of_plain = plain.iloc[number]
        differing = []
        for name in PLAIN:
            if not _equal(of_ours[name], of_plain[name]):
                differing.append(name)
        if not differing:
            continue
        again, plain_again = _once_more(clean, enhanced, test)
        for name in differing:
            first = _beside(of_ours[name], of_plain[name])
            second = _beside(again[name], plain_again[name])
            yield Difference(
                text=f"{name} of {enhanced.stem}: {first}; again {second}",
                repeats=not _equal(again[name], plain_again[name]),
            )


def _once_more(
    clean: Path, enhanced: Path, test: Test
) -> tuple[dict[str, float], dict[str, float]]:
    """Scores of a pair by name: by Clarion, and PLAIN by the packages."""
    reference = np.load(clean)
    estimate = np.load(enhanced)
    again = scores(reference, estimate, test.sample_rate, test.metrics)
    ours = {name: value for name, (value, _) in again.items()}
    values = plain_scores(clean, enhanced, test.sample_rate)
    plain = dict(zip(PLAIN, values, strict=True))
    return ours, plain


def _beside(value: float, of_package: float) -> str:
    return f"{value:.6f}, the package {of_package:.6f}"


def _equal(value: float, other: float) -> bool:
    """Whether two scores are equal; NaN equals nothing."""
    return abs(value - other) <= EQUAL


def _print(blocks: list[Scored], jobs: int) -> None:
    """Print both times, and the differences of every score."""
    ours = pd.concat([block.ours for block in blocks])
    plain = pd.concat([block.plain for block in blocks])
    ours_s = sum(block.ours_s for block in blocks)
    plain_s = sum(block.plain_s for block in blocks)
    share = ours_s / plain_s
    print(f"{len(ours)} pairs, {jobs} processes: {ours_s:.1f} s")
    print(f"plain loop {plain_s:.1f} s: {share:.0%}")
    for name in PLAIN:
        difference = ours[name].to_numpy() - plain[name].to_numpy()
        size = np.abs(difference)
        highest = size.max()
        many = (~(size <= EQUAL)).sum()  # counts NaN, too
        print(f"{name:8} differs by at most {highest:.1e}, in {many} pairs by more than {EQUAL:g}")


if __name__ == "__main__":
    start(main, "evaluate")
