"""Measures the time of a report: python benchmarks/reports.py [runs=[DIR] experiment=...].

The test enhances by NETWORKS networks, which are the one in DIR, which publish.py has made
(default: pretrained/), with slightly changed weights. Times a first report, which enhances and
scores; the scoring alone, of the same signals; and a second report, which uses the cache. Prints
the three times, and the first over the scoring. The corpora are scanned beforehand, as for a
training.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
os.environ["OMP_NUM_THREADS"] = "1"  # before NumPy is imported, here and in all processes

import numpy as np
import torch
from commands import ROOT, run_script
from omegaconf import DictConfig
from torch import Tensor

from command.about import typed_command
from command.check import check
from command.chosen import chosen_metrics
from command.entry import start
from command.evaluate_schema import EvaluateConfig
from datagen import from_config
from datagen.pairs.pairs import PairedTest
from files.fingerprint import of_contents
from files.sums import write_summed
from models.layouts import best_weights, config_path
from models.published import WEIGHTS, weights_file
from models.system import SpeechSystem
from models.trained import TrainedRun
from parallel.spread import over_processes
from reporting.scoring.bench import Bench
from reporting.scoring.score_plan import score_plan

NETWORKS = 8


class Ready(SpeechSystem):
    """Reads enhanced signals from `folder`, by the names of mixtures."""

    def __init__(self, folder: Path):
        self.folder = folder

    @property
    def made_of(self) -> None:
        """None: reading them needs no cache."""
        return

    def enhance_batch(self, batch: Mapping[str, Tensor]) -> Tensor:
        """The signal of the mixture: [1, time]."""
        (name,) = batch["name"]
        return torch.from_numpy(np.load(self.folder / f"{name}.npy")).unsqueeze(0)


def main(cfg: DictConfig) -> None:
    """Measure all three times."""
    check(cfg, EvaluateConfig)
    torch.set_num_threads(1)
    typed = typed_command("evaluate").split(" ")[1:]
    published = Path(cfg.runs[0]) if cfg.runs else ROOT / "pretrained"
    with tempfile.TemporaryDirectory() as folder:
        cfg.cache = f"{folder}/cache"
        test = from_config.test(cfg)
        runs = [
            _changed(published, Path(folder) / f"network_{number}", number)
            for number in range(NETWORKS)
        ]
        named = f"runs=[{','.join(map(str, runs))}]"
        typed += [named, f"cache={cfg.cache}"]
        first_s = _seconds([*typed, f"output={folder}/first"])
        second_s = _seconds([*typed, f"output={folder}/second"])
        scoring_s, signals = _scoring(cfg, test, runs, Path(folder))
    print(f"{signals} signals, {from_config.jobs(cfg)} processes")
    print(f"first report {first_s:.1f} s, scoring alone {scoring_s:.1f} s")
    print(f"{first_s / scoring_s:.2f} times the scoring; second report {second_s:.1f} s")


def _changed(published: Path, folder: Path, number: int) -> Path:
    """A copy of a published run whose weights are `number` thousandths larger."""
    shutil.copytree(published, folder)
    state = dict(best_weights(folder))
    for name, tensor in state.items():
        if tensor.is_floating_point():
            state[name] = tensor * (1 + number / 1000)
    content = weights_file(state, of_contents([config_path(folder)]))
    write_summed(folder, {WEIGHTS.name: content})
    return folder


def _seconds(typed: list[str]) -> float:
    begin = time.perf_counter()
    run_script("evaluate.py", typed)
    return time.perf_counter() - begin


def _scoring(
    cfg: DictConfig, test: PairedTest, runs: list[Path], folder: Path
) -> tuple[float, int]:
    """Seconds for scoring the enhanced signals, which are made beforehand."""
    bench = Bench(test.plan, test.audio, cfg.sample_rate)
    systems = {}
    for run in runs:
        network, signals = TrainedRun.load(run), folder / f"signals of {run.name}"
        signals.mkdir()
        for mixture in bench.mixtures():
            name = mixture.identity["mixture_id"]
            np.save(signals / f"{name}.npy", network.enhance_batch(mixture.batch)[0].numpy())
        systems[run.name] = Ready(signals)
    begin = time.perf_counter()
    table = score_plan(bench, systems, chosen_metrics(cfg), over_processes(from_config.jobs(cfg)))
    return time.perf_counter() - begin, len(table)


if __name__ == "__main__":
    start(main, "evaluate")
