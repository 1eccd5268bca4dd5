"""How fast scores are computed: python benchmarks/scores.py [experiment=... data_root=... plan.test=40]

Scores the test mixtures under SYSTEMS made-up systems (the noise lowered, as an enhancer would) as evaluate.py does,
and in a plain loop over as many processes that calls pesq, pystoi and mir_eval as their pages show, on the same
signals. The two take turns, BLOCK mixtures at a time, so that a busy machine is as busy for both, and every process has
one thread. Prints both times and by how much the scores differ, and fails where that is more than 1e-6 twice.
"""

import os
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy is loaded, here and in all processes

import numpy as np
import pandas as pd
import torch
from omegaconf import DictConfig
from tqdm import tqdm

from command import data
from command.check import check
from command.entry import start
from command.schema import EvaluateConfig
from command.trial import chosen_metrics
from datagen.render import render
from dsp.level import amplitude
from metrics.table import scores
from reporting.scoring.score_plan import score_plan

SYSTEMS = 8
BLOCK = 25  # mixtures
EQUAL = 1e-6  # dB for the SDR
PLAIN = ("pesq_nb", "pesq_wb", "stoi", "estoi", "sdr")


def main(cfg: DictConfig) -> None:
    """Time both in turns."""
    check(cfg, EvaluateConfig)
    torch.set_num_threads(1)
    drawer = data.drawer(cfg)
    plan = data.plan(cfg, drawer, "test")
    metrics = chosen_metrics(cfg)
    jobs = data.jobs(cfg)
    systems = {
        f"noise {-lowered:g} dB": partial(_lowered, amplitude(torch.tensor(-lowered)))
        for lowered in map(float, range(SYSTEMS))
    }
    ours, plain, took, odd = [], [], np.zeros(2), []
    with get_context("spawn").Pool(jobs) as pool:
        for first in tqdm(range(0, len(plan.rows), BLOCK), "scoring", unit="block", disable=None):
            block = replace(plan, rows=plan.rows[first : first + BLOCK])
            begin = time.perf_counter()
            ours.append(score_plan(block, drawer.library, systems, metrics, cfg.sample_rate, jobs))
            took[0] += time.perf_counter() - begin
            with tempfile.TemporaryDirectory() as folder:
                pairs = _pairs(block, drawer.library, systems, Path(folder))
                begin = time.perf_counter()
                found = pool.starmap(_plain, [(*pair, cfg.sample_rate) for pair in pairs], chunksize=4)
                took[1] += time.perf_counter() - begin
                plain.append(pd.DataFrame(found, columns=PLAIN))
                odd += _once_more(ours[-1], plain[-1], pairs, metrics, cfg.sample_rate)
    _print(pd.concat(ours), pd.concat(plain), took, jobs)
    for text, _ in odd:
        print(text)
    if not all(equal for _, equal in odd):
        sys.exit(f"differs by more than {EQUAL:g} once more: scores are not what the packages find")


def _lowered(factor: torch.Tensor, batch: dict[str, torch.Tensor]) -> torch.Tensor:
    return batch["clean"] + factor * batch["noise"]


def _pairs(plan, library, systems, folder: Path) -> list[tuple[Path, Path]]:
    """The same signals as files, in the order of the rows of `score_plan`."""
    pairs = []
    for row in plan.split("test").to_dict("records"):
        batch = {part: signal[None] for part, signal in render(row, library).items()}
        for name, signal in (("clean", batch["clean"]), *((name, system(batch)) for name, system in systems.items())):
            np.save(folder / f"{row['mixture_id']} {name}.npy", signal[0].double().numpy())
        pairs += [
            (folder / f"{row['mixture_id']} clean.npy", folder / f"{row['mixture_id']} {name}.npy") for name in systems
        ]
    return pairs


def _plain(clean: Path, enhanced: Path, sample_rate: int) -> tuple[float, ...]:
    from mir_eval.separation import bss_eval_sources
    from pesq import pesq
    from pystoi import stoi

    reference, estimate = np.load(clean), np.load(enhanced)
    with warnings.catch_warnings(action="ignore"):
        sdr = float(bss_eval_sources(reference[None], estimate[None], compute_permutation=False)[0][0])
    intelligible = [float(stoi(reference, estimate, sample_rate, extended=extended)) for extended in (False, True)]
    return (
        pesq(sample_rate, reference, estimate, "nb"),
        pesq(sample_rate, reference, estimate, "wb"),
        *intelligible,
        sdr,
    )


def _once_more(ours, plain, pairs, metrics, sample_rate: int) -> Iterator[tuple[str, bool]]:
    """What differs, scored again by both, and whether it is equal then: PESQ's C code does not always repeat itself."""
    for at, (clean, enhanced) in enumerate(pairs):
        first = {name: (ours[name][at], plain[name][at]) for name in PLAIN}
        if differing := [name for name, (one, other) in first.items() if not abs(one - other) <= EQUAL]:
            found = scores(np.load(clean), np.load(enhanced), sample_rate, metrics)
            again = dict(zip(PLAIN, _plain(clean, enhanced, sample_rate), strict=True))
            for name in differing:
                second = found[name][0], again[name]
                told = "; again ".join(f"{one:.6f}, the package {other:.6f}" for one, other in (first[name], second))
                yield f"{name} of {enhanced.stem}: {told}", abs(second[0] - second[1]) <= EQUAL


def _print(ours: pd.DataFrame, plain: pd.DataFrame, took: np.ndarray, jobs: int) -> None:
    share = took[0] / took[1]
    print(f"{len(ours)} pairs, {jobs} processes: {took[0]:.1f} s, plain loop {took[1]:.1f} s: {share:.0%}")
    for name in PLAIN:
        difference = np.abs(ours[name].to_numpy() - plain[name].to_numpy())
        many = (~(difference <= EQUAL)).sum()  # NaN too
        print(f"{name:8} differs by at most {difference.max():.1e}, in {many} pairs by more than {EQUAL:g}")


if __name__ == "__main__":
    start(main, "evaluate")
